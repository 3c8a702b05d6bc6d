"""What an organiser may not expect is said before it is done, without JavaScript too."""

import re
from datetime import date

import pytest
from sqlalchemy import select

from rooms.core.store.tables import conferences
from rooms.people.tables import notices
from rooms.programme import news
from rooms.programme.messages import ReinstateSession, StarSession
from rooms.programme.tables import sessions
from tests.support.visitor import Visitor
from tests.support.world import World
from tests.web.programme.test_conferences import session
from web.site import Site

NEW = "/c/forum/organise/sessions/new"
SETTINGS = "/c/forum/organise/settings"
FORM = {"title": "Late idea", "starts_at": "2026-11-21T10:00", "ends_at": "2026-11-21T11:00", "language": "en"}
CONFERENCE = {"title": "The Forum", "zone": "Asia/Shanghai", "starts_on": "2026-11-20", "ends_on": "2026-11-22"}
CONFERENCE |= {"access": "public", "guests": "on"}


@pytest.fixture
async def organiser(site: Site, world: World) -> Visitor:
    return await Visitor(site).sign_in(world.people["organiser"], NEW)


async def titles(world: World) -> set[str]:
    async with world.engine.database.read() as connection:
        return set((await connection.execute(select(sessions.c.title))).scalars())


def agreed(page: str) -> dict[str, str]:
    found = re.search(r'name="agreed" value="(\w+)"', page)
    assert found is not None
    return {"agreed": found[1]}


async def test_a_hall_that_is_taken_is_said_and_asked_about(organiser: Visitor, world: World) -> None:
    await organiser.post(NEW, {**FORM, "title": "First one", "place": "Hall B", "key": "k1"})
    assert "First one" in await titles(world), "nothing to ask"
    taken = {**FORM, "place": "Hall B", "starts_at": "2026-11-21T10:30", "key": "k2"}
    await organiser.post(NEW, taken)
    assert "At this time Hall B is taken by “First one”" in organiser.page
    assert "Save anyway" in organiser.page
    assert 'value="Late idea"' in organiser.page
    assert "Late idea" not in await titles(world)
    yes = agreed(organiser.page)
    # What was agreed to is not what is asked about now.
    await organiser.post(
        NEW, {**taken, **yes, "starts_at": "2026-11-29T10:30", "ends_at": "2026-11-29T11:00", "key": "k3"}
    )
    assert "outside the days of the conference" in organiser.page
    assert "Late idea" not in await titles(world)
    await organiser.post(NEW, {**taken, **yes, "key": "k4"})
    assert "Late idea" in await titles(world)


async def test_other_halls_and_unchanged_times_ask_nothing(organiser: Visitor, world: World) -> None:
    await organiser.post(NEW, {**FORM, "title": "First one", "place": "Hall B", "key": "k1"})
    await organiser.post(NEW, {**FORM, "title": "Beside it", "place": "Hall C", "key": "k2"})
    await organiser.post(
        NEW,
        {
            **FORM,
            "title": "After it",
            "place": "Hall B",
            "starts_at": "2026-11-21T11:00",
            "ends_at": "2026-11-21T12:00",
            "key": "k3",
        },
    )
    # In the small hours after the last day the evening is not over.
    await organiser.post(
        NEW,
        {**FORM, "title": "Last dance", "starts_at": "2026-11-23T01:00", "ends_at": "2026-11-23T02:00", "key": "k4"},
    )
    assert await titles(world) >= {"First one", "Beside it", "After it", "Last dance"}


async def test_a_session_outside_the_days_is_asked_about(organiser: Visitor, world: World) -> None:
    outside = {**FORM, "starts_at": "2026-11-13T10:00", "ends_at": "2026-11-13T11:00", "key": "k1"}
    await organiser.post(NEW, outside)
    assert "outside the days of the conference, November 20, 2026 to November 22, 2026" in organiser.page
    assert "Late idea" not in await titles(world)
    await organiser.post(NEW, {**outside, **agreed(organiser.page)})
    assert "Late idea" in await titles(world)


async def test_another_zone_says_what_it_does_to_the_sessions(organiser: Visitor, world: World) -> None:
    form = {**CONFERENCE, "zone": "Europe/Berlin"}
    await organiser.get(SETTINGS)
    await organiser.post(SETTINGS, form)
    # 09:00 UTC
    assert re.search(r"1 session stays at the same moment.*“Opening” moves from .*17:00 to .*10:00", organiser.page)
    assert await zone_of(world) == "Asia/Shanghai"
    await organiser.post(SETTINGS, {**form, **agreed(organiser.page)})
    assert await zone_of(world) == "Europe/Berlin"


async def test_other_days_count_the_sessions_that_they_leave_out(organiser: Visitor, world: World) -> None:
    await session(world, "On the second day", 24)
    await organiser.get(SETTINGS)
    form = {**CONFERENCE, "ends_on": "2026-11-20"}
    await organiser.post(SETTINGS, form)
    assert "1 session would be outside the days of the conference." in organiser.page
    await organiser.post(SETTINGS, {**form, **agreed(organiser.page)})
    async with world.engine.database.read() as connection:
        ends = (
            await connection.execute(select(conferences.c.ends_on).where(conferences.c.slug == "forum"))
        ).scalar_one()
    assert ends == date(2026, 11, 20)


async def test_whom_a_private_conference_shuts_out_is_said_and_asked_about(organiser: Visitor, world: World) -> None:
    """users.md 27: people who had taken part were out, and nobody had announced it."""

    async def access() -> str:
        async with world.engine.database.read() as connection:
            here = conferences.c.slug == "forum"
            return (await connection.execute(select(conferences.c.access).where(here))).scalar_one()

    form = {**CONFERENCE, "access": "members"}
    await organiser.get(SETTINGS)
    await organiser.post(SETTINGS, form)
    assert "Everyone without a role loses access at once, also guests who have taken part." in organiser.page
    assert await access() == "public"
    await organiser.post(SETTINGS, {**form, **agreed(organiser.page)})
    assert await access() == "members"
    await organiser.post(SETTINGS, CONFERENCE)
    assert await access() == "public", "nothing to ask"


async def zone_of(world: World) -> str:
    async with world.engine.database.read() as connection:
        return (await connection.execute(select(conferences.c.zone).where(conferences.c.slug == "forum"))).scalar_one()


async def test_cancelling_asks_first_and_notifies_those_who_starred(organiser: Visitor, world: World) -> None:
    chosen, _ = await session(world, "Chosen one", 5)
    for who in ("attendee", "other", "organiser"):
        await world.do(who, StarSession(chosen), room=world.lobby)
    await organiser.get("/c/forum/organise/programme")
    assert 'action="/do/session.cancel"' not in organiser.page
    await organiser.get(f"/c/forum/organise/sessions/{chosen}/cancel")
    assert "Cancel this session?" in organiser.page
    assert "3 attendees have starred it and are notified." in organiser.page
    found = re.search(r'action="/do/session.cancel">(.*?)</form>', organiser.page, re.DOTALL)
    assert found is not None
    fields = dict(re.findall(r'name="(\w+)" value="([^"]*)"', found[1]))
    await organiser.post("/do/session.cancel", fields)
    assert await received(world) == {("attendee", "session.cancelled"), ("other", "session.cancelled")}
    world.clock.advance(seconds=1)
    await world.do("organiser", ReinstateSession(chosen), room=world.lobby)
    assert len(await received(world)) == 4


async def received(world: World) -> set[tuple[str, str]]:
    _ = [each async for each in news.deliver(world.engine)]
    names = {id: name for name, id in world.people.items()}
    n = notices.c
    async with world.engine.database.read() as connection:
        kept = select(n.person, n.kind, n["values"], n.href).where(n.kind.startswith("session."))
        found = (await connection.execute(kept)).all()
    assert all(row[2] == {"session": "Chosen one"} and "/sessions/" in row[3] for row in found)
    return {(names[row[0]], row[1]) for row in found}


async def test_a_new_conference_begins_in_the_zone_of_the_browser(site: Site, world: World) -> None:
    admin = await Visitor(site).sign_in(world.people["admin"], "/conferences/new")
    assert "<option selected>UTC</option>" in admin.page
    assert "Asia/Calcutta" not in admin.page, "obsolete"
    assert "Asia/Kolkata" in admin.page
    admin.http.cookies.set(site.cookie("zone-name"), "Europe/Berlin")
    await admin.get("/conferences/new")
    assert "<option selected>Europe/Berlin</option>" in admin.page
