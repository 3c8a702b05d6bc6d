"""A schedule brought into a conference: all of it or nothing, once, and everybody who follows it learns of it. On both databases."""

import asyncio
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from rooms.core.errors import Problem
from rooms.core.imports.plan import Act
from rooms.core.store.journal import journal
from rooms.core.store.tables import audit
from rooms.programme import queries
from rooms.programme.imports.importing import import_schedule, plan_import
from rooms.programme.imports.plan import SchedulePlan
from rooms.programme.imports.stored import load
from rooms.programme.schedules.frab import read, read_json
from rooms.programme.schedules.frab_export import write_json
from rooms.programme.schedules.schedule import Schedule, ScheduleFaults
from rooms.programme.tables import halls, session_speakers, sessions, speakers, tracks
from tests.support.programmes import bring, stored
from tests.support.schedules import EVENT, SECOND, camp, camp_events, event, file
from tests.support.world import ListSink, World


async def heard(sink: ListSink, type: str) -> dict[str, Any]:
    """The one event of a type, as soon as it has come."""
    async with asyncio.timeout(10):
        while type not in sink.types:
            await asyncio.sleep(0.01)
    (found,) = [event for event in sink.events if event.get("type") == type]
    return found


async def rows(world: World, table: sa.Table) -> list[dict[str, Any]]:
    async with world.engine.database.read() as connection:
        found = await connection.execute(sa.select(table).order_by(*table.primary_key.columns))
        return [dict(row._mapping) for row in found]


async def everything(world: World) -> dict[str, list[dict[str, Any]]]:
    kept = (tracks, halls, sessions, speakers, session_speakers, journal, audit)
    return {table.name: await rows(world, table) for table in kept}


async def test_the_camp_comes_in_whole(world: World):
    schedule = read_json(camp())
    plan = await bring(world, schedule)
    assert plan.count(Act.ADDED) == 79
    found = {row["external_id"]: row for row in await rows(world, sessions) if row["external_id"]}
    assert len(found) == 79
    for listed in camp_events():
        row = found[listed["guid"]]
        hours, minutes = map(int, listed["duration"].split(":"))
        assert row["starts_at"] == datetime.fromisoformat(listed["date"])
        assert row["ends_at"] - row["starts_at"] == timedelta(hours=hours, minutes=minutes)
        assert row["place"] == listed["room"]
        assert row["title"] == " ".join(listed["title"].split())
    assert len(await rows(world, speakers)) == 90
    assert len(await rows(world, session_speakers)) == 96
    assert {row["name"] for row in await rows(world, tracks)} == {listed["track"] for listed in camp_events()}
    assert {row["name"] for row in await rows(world, halls)} == {"Curie", "Meitner"}
    conference = (await stored(world)).conference
    assert (conference.title, conference.zone) == ("Chaos Communication Camp 2019", "Europe/Berlin")


async def test_every_imported_session_has_its_live_room(world: World):
    await bring(world, read_json(camp()))
    for found in (await stored(world)).sessions.values():
        async with world.engine.database.read() as connection:
            room = await queries.session_room(connection, world.conference, found.id)
        view = await world.engine.view(world.people["attendee"], room)
        assert view.snapshot.session.title == found.session.title  # pyright: ignore[reportAttributeAccessIssue]


async def test_a_second_time_nothing_happens(world: World):
    schedule = read_json(camp())
    await bring(world, schedule)
    before = await everything(world)
    world.clock.advance(hours=1)
    assert (await plan_import(world.engine, "forum", schedule)).empty
    assert (await bring(world, schedule)).empty
    assert await everything(world) == before


async def test_a_dry_run_tells_and_writes_nothing(world: World):
    before = await everything(world)
    planned = await plan_import(world.engine, "forum", read_json(camp()))
    assert planned.count(Act.ADDED) == 79
    assert await everything(world) == before
    assert await bring(world, read_json(camp())) == planned


async def test_a_broken_file_changes_nothing(world: World):
    await bring(world, read_json(file()))
    before = await everything(world)
    with pytest.raises(ScheduleFaults):
        await bring(world, read(file(EVENT | {"title": "New"}, SECOND)[:-20]))
    assert await everything(world) == before


async def test_a_failure_in_the_middle_changes_nothing(world: World):
    await bring(world, read_json(file()))
    before = await everything(world)

    def fails(done: int, total: int) -> None:
        if done == total:
            raise RuntimeError("the power fails at the last step")

    changed = read_json(file(event(title="Renamed"), SECOND, event(id=9, guid="new", title="New")))
    with pytest.raises(RuntimeError, match="the power fails"):
        await import_schedule(world.engine, "forum", changed, by=None, progress=fails)
    assert await everything(world) == before
    assert (await bring(world, changed)).count(Act.ADDED, Act.CHANGED) == 2


async def test_progress_reaches_its_end(world: World):
    steps: list[tuple[int, int]] = []
    await import_schedule(
        world.engine,
        "forum",
        read_json(camp()),
        by=None,
        progress=lambda done, total: steps.append((done, total)),
    )
    assert steps == sorted(steps)
    assert steps[-1][0] == steps[-1][1] == 79 + 90 + 7 + 2


async def test_a_move_is_announced_in_the_session_and_in_the_lobby(world: World):
    await bring(world, read_json(file()))
    opening = (await stored(world)).sessions[EVENT["guid"]]
    async with world.engine.database.read() as connection:
        room = await queries.session_room(connection, world.conference, opening.id)
    _, in_session = await world.join("attendee", room=room)
    _, in_lobby = await world.join("other", room=world.lobby)
    later = event(date="2026-11-14T11:00:00+08:00", start="11:00", room="Hall 2")
    days = [{"date": "2026-11-14", "rooms": {"Hall 1": [SECOND], "Hall 2": [later]}}]
    plan = await bring(world, read_json(file(days=days)))
    assert [(item.act, item.name) for item in plan.sessions] == [(Act.MOVED, "Opening")]
    found = await heard(in_session, "session.changed")
    assert found["session"]["starts_at"] == "2026-11-14T03:00:00Z"
    assert found["session"]["place"] == "Hall 2"
    found = await heard(in_lobby, "session.listed")
    assert found["session"]["id"] == opening.id
    assert found["session"]["starts_at"] == "2026-11-14T03:00:00Z"


async def test_only_what_changed_gets_a_new_revision(world: World):
    await bring(world, read_json(file()))
    world.clock.advance(hours=1)
    await bring(world, read_json(file(event(title="Grand opening"), SECOND)))
    revisions = {row["title"]: (row["revision"], row["changed_at"]) for row in await rows(world, sessions)}
    first = world.clock() - timedelta(hours=1)
    assert revisions["Grand opening"] == (1, world.clock())
    assert revisions["Talent centres"] == (0, first)


async def test_a_renamed_speaker_is_announced_in_their_sessions(world: World):
    await bring(world, read_json(file(EVENT, SECOND | {"persons": []})))
    renamed = event(persons=[{"id": 7, "public_name": "Li Wei-Ming"}])
    plan = await bring(world, read_json(file(renamed, SECOND | {"persons": []})))
    assert (plan.sessions, plan.touched) == ((), (EVENT["guid"],))
    found = (await stored(world)).sessions
    revisions = {row["id"]: row["revision"] for row in await rows(world, sessions)}
    assert revisions[found[EVENT["guid"]].id] == 1
    assert revisions[found[SECOND["guid"]].id] == 0


async def test_a_session_gone_from_the_file_is_cancelled_with_its_questions_and_comes_back(world: World):
    await bring(world, read_json(file()))
    talk = (await stored(world)).sessions[SECOND["guid"]]
    async with world.engine.database.read() as connection:
        world.room = await queries.session_room(connection, world.conference, talk.id)
    question = await world.ask("Will it be held?")
    plan = await bring(world, read_json(file(EVENT)))
    assert [(item.act, item.name) for item in plan.sessions] == [(Act.CANCELLED, "Talent centres")]
    assert (await stored(world)).sessions[SECOND["guid"]].cancelled
    assert (await world.question(question)).text == "Will it be held?"
    assert SECOND["guid"] not in {session.external for session in (await stored(world)).schedule.sessions}
    plan = await bring(world, read_json(file()))
    assert [item.act for item in plan.sessions] == [Act.RESTORED]
    again = (await stored(world)).sessions[SECOND["guid"]]
    assert (again.id, again.cancelled) == (talk.id, False)


async def test_a_session_made_here_is_left_alone(world: World):
    assert [found.id for found in (await stored(world)).sessions.values()] == [world.session]
    await bring(world, read_json(file()))
    found = {one.id: one for one in (await stored(world)).sessions.values()}
    assert not found[world.session].cancelled


async def test_other_conferences_are_untouched(world: World):
    async with world.engine.database.read() as connection:
        before = await load(connection, await queries.conference(connection, "elsewhere"))
    await bring(world, read_json(camp()))
    async with world.engine.database.read() as connection:
        assert await load(connection, await queries.conference(connection, "elsewhere")) == before


async def test_speakers_keep_the_order_of_the_file(world: World):
    persons = [{"id": 9, "name": "Zhao"}, {"id": 7, "name": "Li Wei"}, {"id": 8, "name": "Anna"}]
    await bring(world, read_json(file(event(persons=persons))))
    opening = (await stored(world)).sessions[EVENT["guid"]]
    async with world.engine.database.read() as connection:
        assert [one.name for one in (await queries.session_view(connection, opening.id)).speakers] == [
            "Zhao",
            "Li Wei",
            "Anna",
        ]
    await bring(world, read_json(file(event(persons=persons[::-1]))))
    async with world.engine.database.read() as connection:
        assert [one.name for one in (await queries.session_view(connection, opening.id)).speakers] == [
            "Anna",
            "Li Wei",
            "Zhao",
        ]


async def test_tracks_and_halls_that_are_no_longer_used_go(world: World):
    await bring(world, read_json(file()))
    moved = [one | {"track": "Fair", "room": "Hall 2"} for one in (EVENT, SECOND)]
    await bring(world, read_json(file(days=[{"date": "2026-11-14", "rooms": {"Hall 2": moved}}])))
    assert [row["name"] for row in await rows(world, tracks)] == ["Fair"]
    assert [row["name"] for row in await rows(world, halls)] == ["Hall 2"]


async def test_an_unknown_conference(world: World):
    for attempt in (plan_import, bring_to_nowhere):
        with pytest.raises(Problem) as caught:
            await attempt(world.engine, "nowhere", read_json(file()))
        assert caught.value.code == "not_found"


async def bring_to_nowhere(engine: Any, slug: str, schedule: Schedule) -> SchedulePlan:
    return await import_schedule(engine, slug, schedule, by=None)


async def test_an_import_is_audited_once(world: World):
    await bring(world, read_json(file()))
    await bring(world, read_json(file()))
    notes = [row for row in await rows(world, audit) if row["act"] == "programme.imported"]
    assert [(note["actor"], note["details"]) for note in notes] == [(world.people["organiser"], {"added": 2})]


async def test_clocks_put_back_do_not_confuse(world: World):
    night = [
        event(date="2026-10-25T02:30:00+02:00", start="02:30"),
        SECOND | {"date": "2026-10-25T02:30:00+01:00", "start": "02:30"},
    ]
    await bring(world, read_json(file(*night, time_zone_name="Europe/Berlin")))
    starts = [found.session.starts for found in (await stored(world)).sessions.values() if found.imported]
    assert sorted(starts) == [datetime(2026, 10, 25, 0, 30, tzinfo=UTC), datetime(2026, 10, 25, 1, 30, tzinfo=UTC)]
    exported = json.loads(write_json((await stored(world)).schedule))
    dates = [day["date"] for day in exported["schedule"]["conference"]["days"]]
    assert "2026-10-25" in dates
