"""The calendars over HTTP: whose they are, when they have changed, and where their links lead."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
from icalendar import Calendar

from rooms.core.store.tables import persons
from rooms.people.messages import RemovePerson
from rooms.programme.messages import CancelSession, ChangeSession, StarSession
from tests.support.visitor import URL, Visitor
from tests.support.world import START, World


def events(data: bytes) -> list:
    return Calendar.from_ical(data).walk("VEVENT")


@pytest.fixture
async def key(world: World) -> str:
    async with world.engine.database.read() as connection:
        select = sa.select(persons.c.calendar_key).where(persons.c.id == world.people["attendee"])
        return (await connection.execute(select)).scalar_one()


async def test_the_programme_and_one_session(world: World, visitor: Visitor) -> None:
    for path in ("programme.ics", f"sessions/{world.session}.ics"):
        answer = await visitor.get(f"/c/forum/{path}")
        assert answer.headers["content-type"].startswith("text/calendar")
        [event] = events(answer.content)
        assert event["SUMMARY"] == "Opening"
        assert event["DTSTART"].dt == START
        assert event["URL"] == f"{URL}/c/forum/sessions/{world.session}"
    assert (await visitor.get("/c/forum/sessions/nothing.ics")).status_code == 404


async def test_my_sessions_follow_my_stars_without_a_cookie(world: World, visitor: Visitor, key: str) -> None:
    path = f"/c/forum/my.ics?key={key}"
    assert events((await visitor.get(path)).content) == []
    await world.do("attendee", StarSession(world.session), room=world.lobby)
    [event] = events((await visitor.get(path)).content)
    assert (event["SUMMARY"], event["STATUS"], event["SEQUENCE"]) == ("Opening", "CONFIRMED", 0)

    later = {"starts_at": START + timedelta(hours=4), "ends_at": START + timedelta(hours=5)}
    change = ChangeSession(session=world.session, title="Opening", **later)
    await world.do("organiser", change, room=world.lobby)
    [event] = events((await visitor.get(path)).content)
    assert (event["DTSTART"].dt, event["SEQUENCE"]) == (START + timedelta(hours=4), 1)

    await world.do("organiser", CancelSession(world.session), room=world.lobby)
    [event] = events((await visitor.get(path)).content)
    assert (event["STATUS"], event["SEQUENCE"]) == ("CANCELLED", 2)


async def test_nothing_new_is_answered_without_a_body(world: World, visitor: Visitor, key: str) -> None:
    path = f"/c/forum/my.ics?key={key}"
    tag = (await visitor.get(path)).headers["etag"]
    same = await visitor.get(path, headers={"If-None-Match": f'"another", W/{tag}'})
    assert (same.status_code, same.content) == (304, b"")
    await world.do("attendee", StarSession(world.session), room=world.lobby)
    assert (await visitor.get(path, headers={"If-None-Match": tag})).status_code == 200


async def test_what_a_feed_may_not_do(world: World, visitor: Visitor, key: str) -> None:
    answer = await visitor.get(f"/c/forum/my.ics?key={key}")
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "private, no-cache"
    for wrong in ("", "?key=", f"?key={key[:-1]}"):
        refused = await visitor.get(f"/c/forum/my.ics{wrong}")
        assert refused.status_code == 404
        assert refused.headers["cache-control"] == "no-store"
    # The conference for members alone does not know its owner.
    assert (await visitor.get(f"/c/elsewhere/my.ics?key={key}")).status_code == 404
    await world.do("organiser", RemovePerson(world.people["attendee"]), room=world.lobby)
    assert (await visitor.get(f"/c/forum/my.ics?key={key}")).status_code == 403
