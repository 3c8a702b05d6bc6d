"""Jobs: written by members, found by words and facets in both languages, closed by organisers, and expired."""

from typing import Any

import pytest

from rooms.core.store.faceted_search import FacetedQuery, ValueCount
from rooms.organisations.messages import EditOrganisation
from rooms.recruitment.jobs import messages as m
from rooms.recruitment.jobs import queries, search
from rooms.recruitment.jobs.expiration import remind_and_expire_jobs
from tests.support.recruitment import JOB, job_draft, job_shown
from tests.support.refusals import refused
from tests.support.world import World


async def found(world: World, words: str = "", **facets: str) -> list[str]:
    query = FacetedQuery(words, facets)
    async with world.engine.database.read() as connection:
        jobs = await search.page(connection, world.conference, query, 0)
        assert await search.count(connection, world.conference, query) == len(jobs)
        return [each.title for each in jobs]


async def counts(world: World, words: str = "", **facets: str) -> dict[str, list[ValueCount]]:
    async with world.engine.database.read() as connection:
        shown = search.shown(world.conference)
        return await search.SEARCH.counts(connection, FacetedQuery(words, facets), shown)


async def notices(world: World, who: str) -> list[Any]:
    view = await world.engine.view(world.people[who], await world.desk(who))
    return view.snapshot.notices  # type: ignore[attr-defined]


async def test_jobs_are_found_by_words_and_facets(grown_world: World) -> None:
    world = grown_world
    await job_shown(world)
    await job_shown(world, title="Technician", country="CN", sciences=["2.5", "2.2"], languages=["zh"], visa=False)
    await job_draft(world, title="Hidden engineer")
    assert await found(world) == ["Technician", "Materials engineer"]
    for words in ("engineer", "uppsala", "材料", "材料工程師", "cells last"):
        assert "Materials engineer" in await found(world, words), words
    assert await found(world, "hidden") == []
    assert await found(world, science="2.5", language="en") == ["Materials engineer"]
    assert await found(world, science="2.2") == ["Technician"]
    assert await found(world, visa="yes") == ["Materials engineer"]
    assert await found(world, country="CN", visa="yes") == []
    numbers = await counts(world, country="CN")
    assert numbers["country"] == [("CN", 1), ("SE", 1)], "a chosen facet is left out of its own count"
    assert numbers["science"] == [("2.2", 1), ("2.5", 1)]
    assert "visa" not in numbers
    assert (await counts(world))["science"] == [("2.5", 2), ("2.2", 1)]


async def test_jobs_are_found_by_the_new_name_of_their_employer(world: World) -> None:
    await job_shown(world)
    await world.do("owner", EditOrganisation("Zephyr Works", organisation=world.organisation), room=world.lobby)
    assert await found(world, "zephyr") == ["Materials engineer"]


async def test_a_job_is_edited_closed_and_published_again(world: World) -> None:
    job = await job_shown(world)
    await world.do("owner", m.EditJob(**{**JOB, "title": "Chemist", "job": job}), room=world.lobby)
    assert await found(world, "chemist") == ["Chemist"]
    await world.do("staff", m.CloseJob(job), room=world.lobby)
    assert await found(world) == []
    world.clock.advance(hours=1)
    await world.do("staff", m.PublishJob(job), room=world.lobby)
    assert await found(world) == ["Chemist"]


async def test_organisers_close_a_job_and_do_nothing_else(world: World) -> None:
    job = await job_shown(world)
    with refused("forbidden"):
        await world.do("organiser", m.EditJob(**JOB, job=job), room=world.lobby)
    with refused("forbidden"):
        await job_draft(world, who="organiser")
    await world.do("organiser", m.CloseJob(job), room=world.lobby)
    assert await found(world) == []
    assert (await notices(world, "owner"))[0].kind == "job.closed"
    with refused("not_found"):
        await world.do("organiser", m.PublishJob(job), room=world.lobby)


async def test_strangers_neither_change_a_job_nor_learn_of_a_draft(world: World) -> None:
    draft, job = await job_draft(world), await job_shown(world)
    for who in ("attendee", "moderator", "speaker"):
        for command in (m.PublishJob(draft), m.CloseJob(draft), m.EditJob(**JOB, job=draft), m.SaveJob(draft)):
            with refused("not_found"):
                await world.do(who, command, room=world.lobby)
        with refused("forbidden"):
            await world.do(who, m.CloseJob(job), room=world.lobby)


async def test_a_job_reminds_and_expires(grown_world: World) -> None:
    world = grown_world
    await job_shown(world, days=10)
    world.clock.advance(days=6)
    assert await remind_and_expire_jobs(world.engine) == 0
    world.clock.advance(days=2)
    assert await remind_and_expire_jobs(world.engine) == 1
    assert await remind_and_expire_jobs(world.engine) == 0, "one reminder"
    assert (await notices(world, "staff"))[0].kind == "job.expiring"
    world.clock.advance(days=3)
    assert await remind_and_expire_jobs(world.engine) == 1
    assert (await notices(world, "staff"))[0].kind == "job.expired"
    assert await found(world) == []


async def test_a_saved_job_is_kept_until_it_is_no_longer_shown(world: World) -> None:
    job = await job_shown(world)

    async def saved() -> list[str]:
        async with world.engine.database.read() as connection:
            kept = await queries.saved(connection, world.conference, world.people["attendee"])
            return [each.id for each in kept]

    for _ in range(2):
        await world.do("attendee", m.SaveJob(job), room=world.lobby)
    assert await saved() == [job]
    await world.do("attendee", m.UnsaveJob(job), room=world.lobby)
    assert await saved() == []
    await world.do("attendee", m.SaveJob(job), room=world.lobby)
    await world.do("staff", m.CloseJob(job), room=world.lobby)
    assert await saved() == []


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"country": "QQ"}, "country"),
        ({"permit": True, "visa": False, "country": ""}, "country"),
        ({"permit": True}, "permit"),
        ({"sciences": ["9.9"]}, "sciences"),
        ({"languages": ["xx-xx"]}, "languages"),
        ({"title": "\u200b"}, "title"),
        ({"questions": [m.QuestionView("a", "One?"), m.QuestionView("a", "Two?")]}, "questions"),
    ],
)
async def test_what_a_job_cannot_say(world: World, changes: dict[str, Any], field: str) -> None:
    with refused("invalid", field):
        await job_draft(world, **changes)
