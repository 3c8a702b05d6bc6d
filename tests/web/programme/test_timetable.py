"""The programme, as somebody without JavaScript reads it: filters, stars, zones."""

import re
from datetime import UTC, datetime, timedelta
from urllib.parse import quote

import pytest

from rooms.core.store.tables import conferences
from rooms.programme.actions import create_session
from rooms.programme.messages import CancelSession, CreateSession, SpeakerLine
from rooms.programme.tables import sessions
from tests.support.visitor import Visitor
from tests.support.world import START, World
from web.site import Site


@pytest.fixture
async def attendee(site: Site, world: World) -> Visitor:
    return await Visitor(site).sign_in(world.people["attendee"])


async def write(world: World, title: str, hours: float, **fields: object) -> None:
    times = {"starts_at": START + timedelta(hours=hours), "ends_at": START + timedelta(hours=hours + 1)}
    await world.do("organiser", CreateSession(title=title, **times, **fields), room=world.lobby)


def slots(page: str) -> dict[str, str]:
    """The session's list items by title."""
    found = re.findall(r'<li class="slot.*?</li>', page, re.DOTALL)
    return {re.sub("<.*?>", "", re.search(r"<h3.*?</h3>", each, re.DOTALL)[0]).strip(): each for each in found}


def shown(page: str) -> list[str]:
    return [title for title, slot in slots(page).items() if not re.search(r"<li [^>]*\shidden>", slot)]


def times(page: str, title: str) -> str:
    said = re.search(r'<p class="slot-time">(.*?)</p>', slots(page)[title], re.DOTALL)
    assert said is not None
    return re.sub("<.*?>", "", said[1].replace('<span class="visually-hidden"> to </span>', ""))


async def test_filters_by_words_track_language_and_star(world: World, attendee: Visitor) -> None:
    speakers = [SpeakerLine("Lin Yuehua", "Shenzhen University")]
    chinese = {"zh_Hans": {"title": "人才中心"}}
    await write(world, "Talent", 1, track="Forum", language="zh", speakers=speakers, texts=chinese, place="Hall B")
    await write(world, "Robots", 2, track="Science")
    path = "/c/forum/programme"
    await attendee.get(path)
    assert shown(attendee.page) == ["Opening", "Talent", "Robots"]
    for words in ("talent", "yuehua", "shenzhen lin", "人才", "hall b"):
        await attendee.get(path, params={"words": words})
        assert shown(attendee.page) == ["Talent"], words
    await attendee.get(path, params={"track": "Science"})
    assert shown(attendee.page) == ["Robots"]
    await attendee.get(path, params={"language": "en"})
    assert shown(attendee.page) == ["Opening", "Robots"]
    await attendee.get(path, params={"starred": "1"})
    assert shown(attendee.page) == []
    assert '<div class="filter-empty">' in attendee.page


async def test_a_star_is_a_form(world: World, attendee: Visitor) -> None:
    await attendee.get("/c/forum/programme")
    star = slots(attendee.page)["Opening"]
    assert 'action="/do/session.star"' in star
    fields = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', star))
    await attendee.post("/do/session.star", fields)
    assert 'action="/do/session.unstar"' in slots(attendee.page)["Opening"]
    await attendee.get("/c/forum/programme", params={"starred": "1"})
    assert shown(attendee.page) == ["Opening"]


async def test_who_has_not_signed_in_reads_and_gets_no_stars(visitor: Visitor) -> None:
    assert (await visitor.get("/c/forum/programme")).status_code == 200
    assert shown(visitor.page) == ["Opening"]
    assert "star-form" not in visitor.page


async def test_a_cancelled_session_stays_struck_and_says_so(world: World, visitor: Visitor) -> None:
    await world.do("organiser", CancelSession(world.session), room=world.lobby)
    await visitor.get("/c/forum/programme")
    assert "slot-cancelled" in slots(visitor.page)["Opening"]
    assert "Cancelled" in slots(visitor.page)["Opening"]


async def test_event_zone_and_personal_zone_with_different_days(world: World, visitor: Visitor) -> None:
    # The event is in Shanghai: 09:00 UTC is 17:00 there, and 23:00 of the day before in Honolulu.
    visitor.http.cookies.set(visitor.site.cookie("zone-name"), "Pacific/Honolulu")
    path = "/c/forum/programme"
    await visitor.get(path)
    assert times(visitor.page, "Opening") == "17:00–18:00"
    await visitor.post("/preferences", {"zone": "viewer", "next": path})
    assert times(visitor.page, "Opening") == "23:00−1 day–00:00"
    assert "Hawaii" in visitor.page
    await visitor.post("/preferences", {"zone": "event", "next": path})
    assert times(visitor.page, "Opening") == "17:00–18:00"


async def test_a_viewer_in_berlin_across_the_change_of_clocks(world: World, visitor: Visitor) -> None:
    visitor.http.cookies.set(visitor.site.cookie("zone-name"), "Europe/Berlin")
    visitor.http.cookies.set(visitor.site.cookie("zone"), "viewer")
    # On 29 March 2026 Berlin jumps from UTC+1 to UTC+2.
    saturday = START.replace(month=3, day=28, hour=12)
    async with world.engine.database.write() as connection:
        for day, title in enumerate(("Before", "After")):
            at = saturday + timedelta(days=day)
            span = {"starts_at": at, "ends_at": at + timedelta(hours=1), "now": world.clock()}
            await create_session(connection, world.conference, title=title, **span)
    await visitor.get("/c/forum/programme")
    assert times(visitor.page, "Before") == "13:00–14:00"
    assert times(visitor.page, "After") == "14:00–15:00"


async def test_the_zone_is_named_as_of_the_event(world: World, visitor: Visitor) -> None:
    async def hold(*months: int) -> None:
        async with world.engine.database.write() as connection:
            here = conferences.c.id == world.conference
            await connection.execute(conferences.update().where(here).values(zone="Europe/Berlin"))
            first = START.replace(month=months[0])
            await connection.execute(sessions.update().values(starts_at=first, ends_at=first + timedelta(hours=1)))
            for month in months[1:]:
                at = START.replace(month=month)
                span = {"starts_at": at, "ends_at": at + timedelta(hours=1), "now": world.clock()}
                await create_session(connection, world.conference, title="Later", **span)

    for months, named in (((8,), "Summer Time"), ((12,), "Standard Time"), ((8, 12), "Time")):
        await hold(*months)
        await visitor.get("/c/forum/programme")
        assert f"Times in Central European {named}</p>" in visitor.page


async def test_the_night_in_which_the_clocks_go_back(world: World, visitor: Visitor) -> None:
    at = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    async with world.engine.database.write() as connection:
        here = conferences.c.id == world.conference
        await connection.execute(conferences.update().where(here).values(zone="Europe/Berlin"))
        span = {"starts_at": at, "ends_at": at + timedelta(minutes=30), "now": world.clock()}
        await create_session(connection, world.conference, title="Night", **span)
    await visitor.get("/c/forum/programme")
    assert times(visitor.page, "Night") == "02:30 UTC+2–02:00 UTC+1"


@pytest.mark.parametrize("words", ["große", "GROSSE", "λόγος", "ΛΟΓΟΣ", "Fidencio", "Fidêncio"])
async def test_a_search_finds_what_people_mean(world: World, visitor: Visitor, words: str) -> None:
    span = {"starts_at": START, "ends_at": START + timedelta(hours=1), "now": world.clock()}
    async with world.engine.database.write() as connection:
        await create_session(connection, world.conference, title="Große Λόγος of Fidêncio", **span)
    await visitor.get(f"/c/forum/programme?words={quote(words)}")
    assert "1 session" in visitor.page
    # The island gets the folded text.
    assert "grosse λογοσ of fidencio" in visitor.page


async def test_a_hundred_sessions_and_more(world: World, visitor: Visitor) -> None:
    async with world.engine.database.write() as connection:
        for number in range(150):
            at = START + timedelta(minutes=30 * (number // 5))
            span = {"starts_at": at, "ends_at": at + timedelta(minutes=30), "now": world.clock()}
            await create_session(
                connection, world.conference, title=f"Talk {number}", place=f"Hall {number % 5}", **span
            )
    await visitor.get("/c/forum/programme")
    assert len(shown(visitor.page)) == 151
    assert "columns-6" in visitor.page
