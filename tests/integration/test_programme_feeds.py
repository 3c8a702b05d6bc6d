"""The calendars that people subscribe to follow the programme: every change under a higher sequence, links to the live page."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from icalendar import Calendar

from rooms.core.errors import Problem
from rooms.core.store.tables import persons
from rooms.programme import queries
from rooms.programme.calendars.feeds import owner_of_calendar, personal_calendar, programme_calendar, session_calendar
from rooms.programme.imports.importing import import_schedule
from rooms.programme.imports.stored import load
from rooms.programme.messages import CancelSession, CreateSession, StarSession, UnstarSession
from rooms.programme.schedules.frab import read_json
from rooms.programme.tables import speakers
from tests.support.schedules import EVENT, SECOND, camp, event, file
from tests.support.world import START, World

BASE = "https://plenary.example"


def events(data: bytes) -> dict[str, Any]:
    """The events of a calendar by title."""
    return {str(event["SUMMARY"]): event for event in Calendar.from_ical(data).walk("VEVENT")}


async def programme(world: World) -> dict[str, Any]:
    async with world.engine.database.read() as connection:
        conference = await queries.conference(connection, "forum")
        return events(await programme_calendar(connection, conference, BASE))


async def personal(world: World, who: str) -> dict[str, Any]:
    async with world.engine.database.read() as connection:
        conference = await queries.conference(connection, "forum")
        return events(await personal_calendar(connection, conference, world.people[who], BASE, "My sessions"))


async def bring(world: World, data: bytes) -> None:
    await import_schedule(world.engine, "forum", read_json(data), by=None)


async def session_of(world: World, external: str) -> str:
    async with world.engine.database.read() as connection:
        return (await load(connection, await queries.conference(connection, "forum"))).sessions[external].id


async def test_the_camp_as_a_calendar(world: World):
    await bring(world, camp())
    found = await programme(world)
    assert len(found) == 79 + 1  # the session of the small world is still there
    opening = found["Opening Ceremony"]
    assert opening.decoded("DTSTART") == datetime(2019, 8, 21, 9, 0, tzinfo=UTC)
    assert opening.decoded("DTEND") == datetime(2019, 8, 21, 9, 30, tzinfo=UTC)
    assert str(opening["LOCATION"]) == "Curie"
    assert opening["CATEGORIES"].cats == ["CCC"]
    assert str(opening["DESCRIPTION"]).startswith("jinxx, smtw")
    assert "2019-08-21 11:00 Europe/Berlin" in str(opening["DESCRIPTION"])


async def test_links_lead_to_the_live_page(world: World):
    await bring(world, file(EVENT, SECOND))
    talk = await session_of(world, SECOND["guid"])
    found = (await programme(world))["Talent centres"]
    assert str(found["URL"]) == f"{BASE}/c/forum/sessions/{talk}"
    assert str(found["UID"]) == f"{talk}@plenary.example"


async def test_a_move_keeps_the_uid_and_raises_the_sequence(world: World):
    await bring(world, file(EVENT | {"title": "Talk"}))
    before = (await programme(world))["Talk"]
    world.clock.advance(hours=1)
    await bring(world, file(event(title="Talk", date="2026-11-14T11:00:00+08:00", start="11:00")))
    after = (await programme(world))["Talk"]
    assert after["UID"] == before["UID"]
    assert (before["SEQUENCE"], after["SEQUENCE"]) == (0, 1)
    assert after.decoded("DTSTART") - before.decoded("DTSTART") == timedelta(minutes=90)
    assert after.decoded("LAST-MODIFIED") - before.decoded("LAST-MODIFIED") == timedelta(hours=1)


async def test_a_session_gone_from_the_file_is_cancelled_in_calendars(world: World):
    await bring(world, file(EVENT, SECOND))
    assert str((await programme(world))["Talent centres"]["STATUS"]) == "CONFIRMED"
    await bring(world, file(EVENT))
    gone = (await programme(world))["Talent centres"]
    assert (str(gone["STATUS"]), gone["SEQUENCE"]) == ("CANCELLED", 1)


async def test_one_session(world: World):
    await bring(world, file())
    talk = await session_of(world, SECOND["guid"])
    async with world.engine.database.read() as connection:
        conference = await queries.conference(connection, "forum")
        assert set(events(await session_calendar(connection, conference, talk, BASE))) == {"Talent centres"}
        elsewhere = await queries.conference(connection, "elsewhere")
        with pytest.raises(Problem) as caught:
            await session_calendar(connection, elsewhere, talk, BASE)
    assert caught.value.code == "not_found"


async def test_what_one_person_has_starred(world: World):
    await bring(world, file())
    talk = await session_of(world, SECOND["guid"])
    assert await personal(world, "attendee") == {}
    await world.do("attendee", StarSession(talk), room=world.lobby)
    assert set(await personal(world, "attendee")) == {"Talent centres"}
    assert await personal(world, "other") == {}
    await world.do("organiser", CancelSession(talk), room=world.lobby)
    assert str((await personal(world, "attendee"))["Talent centres"]["STATUS"]) == "CANCELLED"
    await world.do("attendee", UnstarSession(talk), room=world.lobby)
    assert await personal(world, "attendee") == {}


async def test_a_speakers_own_sessions_are_in_their_calendar(world: World):
    await bring(world, file(EVENT, SECOND | {"persons": []}))
    assert await personal(world, "speaker") == {}
    async with world.engine.database.write() as connection:
        await connection.execute(speakers.update().values(person=world.people["speaker"]))
    assert set(await personal(world, "speaker")) == {"Opening"}


async def test_a_session_made_here(world: World):
    made = CreateSession("By hand", START, START + timedelta(hours=1), place="Hall 9")
    await world.do("organiser", made, room=world.lobby)
    assert str((await programme(world))["By hand"]["LOCATION"]) == "Hall 9"


async def test_the_key_of_a_calendar_is_its_owners(world: World):
    async with world.engine.database.read() as connection:
        row = persons.select().where(persons.c.id == world.people["attendee"])
        key = (await connection.execute(row)).one().calendar_key
        assert await owner_of_calendar(connection, key) == world.people["attendee"]
        with pytest.raises(Problem) as caught:
            await owner_of_calendar(connection, "x" * 20)
    assert caught.value.code == "not_found"
