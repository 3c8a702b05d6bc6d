"""Interest in an entry: asked, answered with a reason, and followed to an outcome."""

from typing import Any

import pytest

from rooms.cooperation import messages as m
from rooms.cooperation import queries
from rooms.cooperation.tables import interests
from rooms.people import erasure
from rooms.people.messages import RemovePerson
from tests.support.cooperation import interested, published
from tests.support.refusals import refused
from tests.support.world import World


async def views(world: World) -> list[m.InterestView]:
    async with world.engine.database.read() as connection:
        return await queries.interest_views(connection, queries.e.conference == world.conference)


async def notices(world: World, who: str) -> list[Any]:
    view = await world.engine.view(world.people[who], await world.desk(who))
    return view.snapshot.notices  # type: ignore[attr-defined]


async def test_from_interest_to_an_agreement(grown_world: World) -> None:
    world = grown_world
    interest = await interested(world)
    news = (await notices(world, "owner"))[0]
    assert (news.kind, news.values["name"]) == ("interest.new", "Attendee")
    with refused("conflict", "interest"):
        await world.do("attendee", m.RecordOutcome(interest, m.InterestOutcome.TALKS), room=world.lobby)
    await world.do("staff", m.AcceptInterest(interest), room=world.lobby)
    assert (await notices(world, "attendee"))[0].kind == "interest.accepted"
    await world.do("attendee", m.RecordOutcome(interest, m.InterestOutcome.TALKS), room=world.lobby)
    await world.do("owner", m.RecordOutcome(interest, m.InterestOutcome.AGREEMENT), room=world.lobby)
    assert [(each.state, each.outcome) for each in await views(world)] == [("accepted", "agreement")]
    with refused("stale"):
        await world.do("staff", m.DeclineInterest(interest, m.DeclineReason.NO_FIT), room=world.lobby)


async def test_a_decline_has_a_reason(world: World) -> None:
    interest = await interested(world)
    await world.do("staff", m.DeclineInterest(interest, m.DeclineReason.BUDGET), room=world.lobby)
    view = (await views(world))[0]
    assert (view.state, view.reason) == ("declined", "budget")
    with refused("conflict"):
        await interested(world, view.entry)


async def test_only_the_organisation_answers(world: World) -> None:
    interest = await interested(world)
    for command in (m.AcceptInterest(interest), m.DeclineInterest(interest, m.DeclineReason.OTHER)):
        for who in ("attendee", "other", "moderator"):
            with refused("not_found"):
                await world.do(who, command, room=world.lobby)
    with refused("not_found"):
        await world.do("other", m.WithdrawInterest(interest), room=world.lobby)


async def test_one_may_ask_again_after_withdrawing(world: World) -> None:
    interest = await interested(world)
    await world.do("attendee", m.WithdrawInterest(interest), room=world.lobby)
    entry = (await views(world))[0].entry
    assert await interested(world, entry, text="Once more.") == interest
    assert [(each.state, each.text) for each in await views(world)] == [("waiting", "Once more.")]


@pytest.mark.parametrize(("who", "code"), [("staff", "forbidden"), ("guest", "forbidden"), ("banned", "forbidden")])
async def test_who_cannot_show_interest(world: World, who: str, code: str) -> None:
    entry = await published(world)
    with refused(code):
        await interested(world, entry, who=who)


async def test_interest_in_what_is_not_shown_or_in_a_foreign_name_is_refused(world: World) -> None:
    entry = await published(world)
    with refused("forbidden"):
        await interested(world, entry, organisation=world.organisation)
    await world.do("staff", m.WithdrawEntry(entry), room=world.lobby)
    with refused("not_found"):
        await interested(world, entry)


async def test_the_median_wait_counts_those_that_wait(grown_world: World) -> None:
    world = grown_world

    async def median() -> float | None:
        async with world.engine.database.read() as connection:
            return await queries.median_wait(connection, world.conference, world.clock())

    assert await median() is None
    first = await interested(world)
    world.clock.advance(hours=2)
    await world.do("staff", m.AcceptInterest(first), room=world.lobby)
    await interested(world, who="other")
    world.clock.advance(hours=4)
    assert await median() == 3 * 3600


async def test_an_erased_person_leaves_no_interest(world: World) -> None:
    await interested(world)
    await erasure.erase(world.engine, world.people["attendee"])
    assert await views(world) == []
    async with world.engine.database.read() as connection:
        assert (await connection.execute(interests.select())).all() == []


async def test_a_removed_person_is_not_notified_of_the_answer(world: World) -> None:
    interest = await interested(world)
    await world.do("organiser", RemovePerson(world.people["attendee"]), room=world.lobby)
    before = [each.kind for each in await notices(world, "attendee")]
    await world.do("staff", m.AcceptInterest(interest), room=world.lobby)
    assert [each.kind for each in await notices(world, "attendee")] == before
