"""Emails about sessions that moved or were cancelled."""

from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from rooms.core.store.tables import persons
from rooms.programme.imports.importing import import_schedule
from rooms.programme.messages import CancelSession, ChangeSession, StarSession
from rooms.programme.schedules.frab import read_file
from rooms.programme.schedules.schedule import Schedule
from rooms.programme.tables import sessions
from tests.support.schedules import EVENT, SECOND, file
from tests.support.visitor import Outbox, Visitor
from tests.support.world import World
from web import programme_news
from web.site import Site


async def prefer(world: World, who: str, **values: str) -> None:
    async with world.engine.database.write() as connection:
        await connection.execute(persons.update().where(persons.c.id == world.people[who]).values(**values))


async def sent(site: Site, emails: Outbox) -> dict[str, str]:
    await programme_news.send(site)
    await site.post.settled()
    return {each.to: f"{each.subject}\n{each.text}" for each in emails.sent}


async def test_a_moved_session_is_emailed_in_the_readers_language_and_zone(
    site: Site, world: World, emails: Outbox
) -> None:
    await prefer(world, "attendee", zone="Europe/Berlin")
    await prefer(world, "other", locale="zh_Hans")
    for who in ("attendee", "other", "guest"):
        await world.do(who, StarSession(world.session), room=world.lobby)
    at = {"starts_at": datetime(2026, 11, 21, 4, 0, tzinfo=UTC), "ends_at": datetime(2026, 11, 21, 5, 0, tzinfo=UTC)}
    move = ChangeSession(session=world.session, title="Opening", place="Hall 2", **at)
    await world.do("organiser", move, room=world.lobby)
    found = await sent(site, emails)
    assert set(found) == {f"{who}@example.org" for who in ("attendee", "other", "speaker", "moderator")}
    text = found["attendee@example.org"]
    assert text.startswith("“Opening” has moved\nHello Attendee,\n")
    assert "Before: Fri, Nov 20, 17:00–18:00 UTC+8 (10:00 your time)\n" in text
    assert "Now: Sat, Nov 21, 12:00–13:00 UTC+8 (05:00 your time), Hall 2\n" in text
    assert f"https://forum.example/c/forum/sessions/{world.session}" in text
    assert "your time" not in found["speaker@example.org"], "their zone is unknown"
    assert found["other@example.org"].startswith("“Opening”有变动\n")
    assert await programme_news.send(site) == 0


async def test_an_import_sends_one_email_per_person(site: Site, world: World, emails: Outbox) -> None:
    def schedule(*events: dict[str, Any]) -> Schedule:
        return read_file(file(*events), "Asia/Shanghai").schedule

    await import_schedule(world.engine, "forum", schedule(EVENT, SECOND), by=None)
    async with world.engine.database.read() as connection:
        imported = sa.select(sessions.c.id).where(sessions.c.external_id.is_not(None))
        ids = list((await connection.execute(imported)).scalars())
    assert len(ids) == 2
    world.clock.now = datetime(2026, 11, 10, tzinfo=UTC)
    for id in ids:
        await world.do("attendee", StarSession(id), room=world.lobby)
    later = {"date": "2026-11-15T09:30:00+08:00"}
    await import_schedule(world.engine, "forum", schedule(EVENT | later), by=None)
    found = await sent(site, emails)
    assert list(found) == ["attendee@example.org"]
    assert len(emails.sent) == 1
    text = found["attendee@example.org"]
    assert text.startswith("2 of your sessions at Conference on International Exchange of Professionals have changed\n")
    assert "“Opening” has moved\nBefore: Sat, Nov 14, 09:30–10:15 UTC+8, Hall 1\nNow: Sun, Nov 15, 09:30" in text
    assert "“Talent centres” is cancelled\nSat, Nov 14, 10:30–11:15 UTC+8, Hall 1" in text


async def test_cancelled_is_emailed_to_those_who_speak(site: Site, world: World, emails: Outbox) -> None:
    await world.do("organiser", CancelSession(world.session), room=world.lobby)
    found = await sent(site, emails)
    assert "“Opening” is cancelled\nFri, Nov 20, 17:00–18:00 UTC+8" in found["speaker@example.org"]


async def test_the_zone_of_the_browser_is_kept_for_emails(site: Site, world: World) -> None:
    visitor = await Visitor(site).sign_in(world.people["attendee"])
    visitor.http.cookies.set(site.cookie("zone-name"), "America/New_York")
    await visitor.get("/c/forum")
    async with world.engine.database.read() as connection:
        select = sa.select(persons.c.zone).where(persons.c.id == world.people["attendee"])
        assert (await connection.execute(select)).scalar_one() == "America/New_York"
