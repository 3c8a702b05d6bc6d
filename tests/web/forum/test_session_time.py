"""When a session is: its day, its zone, and the reader's own time."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from babel import Locale

from rooms.programme.messages import StartSession
from rooms.programme.tables import sessions
from tests.support.visitor import Visitor, make_site
from tests.support.world import World
from web.session_time import Start, When, start_of, when, zone_letters

START, END = datetime(2026, 12, 6, 10, 30, tzinfo=UTC), datetime(2026, 12, 6, 11, 10, tzinfo=UTC)
NOW = datetime(2026, 12, 1, tzinfo=UTC)
BERLIN, NEW_YORK, ENGLISH = ZoneInfo("Europe/Berlin"), ZoneInfo("America/New_York"), Locale("en")


def test_a_time_names_its_day_its_zone_and_the_readers_own_time() -> None:
    """users.md 3, inputs.md 8."""
    assert when(START, END, BERLIN, NEW_YORK, NOW, ENGLISH) == When("Sun, Dec 6", "11:30", "", "12:10", "CET", "05:30")
    assert when(START, END, BERLIN, ZoneInfo("Europe/Paris"), NOW, ENGLISH).yours == ""
    assert when(START, END, BERLIN, None, NOW.replace(year=2028), ENGLISH).day == "Sun, Dec 6, 2026"


def test_the_night_on_which_the_clock_is_set_back_names_both_zones() -> None:
    """inputs.md 16: “02:30–02:00” without an offset."""
    start, end = datetime(2026, 10, 25, 0, 30, tzinfo=UTC), datetime(2026, 10, 25, 1, 0, tzinfo=UTC)
    at = when(start, end, BERLIN, None, NOW, ENGLISH)
    assert (at.starts, at.start_zone, at.ends, at.zone) == ("02:30", "CEST", "02:00", "CET")


def test_zones_have_the_abbreviations_that_people_know_or_an_offset() -> None:
    zones = ("Europe/Berlin", "America/New_York", "Asia/Shanghai", "Asia/Kolkata", "UTC")
    named = [zone_letters(START.astimezone(ZoneInfo(zone))) for zone in zones]
    assert named == ["CET", "EST", "UTC+8", "UTC+5:30", "UTC"]


@pytest.mark.parametrize(("minute", "start"), [(29, Start.AHEAD), (30, Start.SOON), (32, Start.LATE)])
def test_a_session_that_nobody_starts_is_late(minute: int, start: Start) -> None:
    assert start_of(START, END, START.replace(minute=minute)) is start
    assert start_of(START, END, END) is Start.OVER


@pytest.mark.parametrize("end", ["", "/speak", "/screen"])
async def test_every_page_of_a_session_says_on_which_day_it_is(world: World, end: str) -> None:
    await move(world, START, END)
    visitor = Visitor(make_site(world))
    await visitor.sign_in(world.people["organiser"])
    page = (await visitor.get(f"/c/forum/sessions/{world.session}{end}")).text
    assert "Sun, Dec 6" in page
    assert "11:30" in page or "18:30" in page


async def test_a_session_that_is_over_and_was_never_started_says_so(world: World) -> None:
    """inputs.md 9: every page of a past conference said “Starting in a moment”."""
    await move(world, START, END)
    world.clock.now = END.replace(hour=15)
    visitor = Visitor(make_site(world))
    page = (await visitor.get(f"/c/forum/sessions/{world.session}")).text
    assert "This session was scheduled for Sun, Dec 6" in page
    assert "Starts " not in page


async def test_the_audience_learns_that_the_moderator_is_late(world: World) -> None:
    """users.md 24."""
    await move(world, START, END)
    world.clock.now = START.replace(minute=40)
    visitor = Visitor(make_site(world))
    assert "The moderator is late" in (await visitor.get(f"/c/forum/sessions/{world.session}")).text


async def test_lists_say_that_nobody_has_started_a_session(world: World) -> None:
    """users.md 24 and 49: it was listed under “On now” without a word."""
    await move(world, START, END)
    site = make_site(world)
    world.clock.now = START.replace(minute=40)
    assert "Not started yet" in (await Visitor(site).get("/c/forum")).text
    organiser = await Visitor(site).sign_in(world.people["organiser"], "/c/forum/organise")
    assert "Not started yet" in organiser.page
    await world.do("moderator", StartSession())
    for path in ("/c/forum", "/c/forum/organise"):
        assert "Not started yet" not in (await organiser.get(path)).text


async def move(world: World, start: datetime, end: datetime) -> None:
    async with world.engine.transaction() as tx:
        change = sessions.update().where(sessions.c.id == world.session)
        await tx.connection.execute(change.values(starts_at=start, ends_at=end))


async def test_the_big_screen_shows_a_code_and_a_short_address(world: World) -> None:
    """users.md 17: an address of sixty characters, which nobody in a hall can type."""
    visitor = Visitor(make_site(world))
    page = (await visitor.get(f"/c/forum/sessions/{world.session}/screen")).text
    short = f"forum.example/s/{world.session[:6]}"
    assert f">{short}<" in page
    assert 'class="qr"' in page
    answer = await visitor.get(f"/s/{world.session[:6].upper()}", follow=False)
    assert (answer.status_code, answer.headers["location"]) == (303, f"/c/forum/sessions/{world.session}")
    assert (await visitor.get("/s/zz")).status_code == 404
    assert (await visitor.get("/s/" + "%25" * 6)).status_code == 404
