"""The programme in real browsers: stars on all one's devices, filters, zones, what is on now, and the keyboard."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from playwright.async_api import Page, expect

from rooms.programme.imports.importing import import_schedule
from rooms.programme.messages import CancelSession, ChangeSession, CreateSession, EndSession, SpeakerLine, StartSession
from rooms.programme.schedules.frab import read
from tests.browser.conftest import DESKTOP, PHONE, TABLET, Venue
from tests.support.chromium import accessibility_faults
from tests.support.schedules import camp
from tests.support.world import World


async def write(world: World, title: str, starts_at: datetime, minutes: int = 60, **fields: Any) -> None:
    command = CreateSession(title=title, starts_at=starts_at, ends_at=starts_at + timedelta(minutes=minutes), **fields)
    await world.do("organiser", command, room=world.lobby)


async def programme(venue: Venue, who: str | None, **options: Any) -> Page:
    page = (await venue.window_of(who, **options)).page
    await page.goto(f"/c/{venue.slug}/programme")
    if options.get("java_script_enabled", True):
        await page.wait_for_selector("plenary-programme.live")
    return page


async def test_a_star_shows_on_all_devices_of_its_owner_and_for_nobody_else(venue: Venue) -> None:
    laptop, phone = await programme(venue, "attendee"), await programme(venue, "attendee", viewport=PHONE)
    other = await programme(venue, "other")
    star = laptop.get_by_role("button", name="Star: Opening")
    await star.click()
    await expect(star).to_have_attribute("aria-pressed", "true")
    await expect(phone.get_by_role("button", name="Star: Opening")).to_have_attribute("aria-pressed", "true")
    await expect(other.get_by_role("button", name="Star: Opening")).to_have_attribute("aria-pressed", "false")

    await phone.get_by_label("My stars").check()
    await expect(phone.get_by_role("listitem").filter(has_text="Opening")).to_be_visible()
    await star.press("Enter")
    await expect(phone.get_by_text("No matching sessions.")).to_be_visible()
    await laptop.reload()
    await expect(star).to_have_attribute("aria-pressed", "false")


async def test_stars_and_filters_without_javascript(venue: Venue) -> None:
    await write(venue.world, "Robots", datetime.now(UTC) + timedelta(hours=3), track="Science")
    page = await programme(venue, "attendee", java_script_enabled=False)
    await page.get_by_role("button", name="Star: Robots").click()
    await expect(page.get_by_role("button", name="Star: Robots")).to_have_attribute("aria-pressed", "true")
    await page.get_by_role("searchbox").fill("robots")
    await page.get_by_role("button", name="Show").click()
    await expect(page.get_by_role("heading", name="Robots")).to_be_visible()
    await expect(page.get_by_role("heading", name="Opening")).to_be_hidden()


async def test_the_timetable_follows_the_sessions(venue: Venue) -> None:
    page = await programme(venue, "other")
    slot = page.locator(f"#session-{venue.world.session}")
    await venue.act("moderator", StartSession())
    await expect(slot.get_by_text("Live", exact=True)).to_be_visible(timeout=1_000)
    await venue.act("moderator", EndSession())
    await expect(slot.get_by_text("Ended")).to_be_visible(timeout=1_000)
    await venue.act("organiser", CancelSession(venue.world.session), room=venue.world.lobby)
    await expect(slot.get_by_text("Cancelled")).to_be_visible(timeout=1_000)
    assert "line-through" in await slot.get_by_role("link").evaluate("it => getComputedStyle(it).textDecorationLine")


async def test_a_moved_session_is_announced_without_moving_the_page_under_the_reader(venue: Venue) -> None:
    page = await programme(venue, "other")
    before = await page.locator(f"#session-{venue.world.session}").bounding_box()
    later = datetime.now(UTC) + timedelta(hours=5)
    moved = ChangeSession(
        session=venue.world.session, title="Opening", starts_at=later, ends_at=later + timedelta(hours=1)
    )
    await venue.world.do("organiser", moved, room=venue.world.lobby)
    # Done in another process: without a bus between the two, the server learns of it when it compares.
    await expect(page.get_by_text("1 session is new or has moved.")).to_be_visible(timeout=15_000)
    await write(venue.world, "Robots", later)
    await expect(page.get_by_text("2 sessions are new or have moved.")).to_be_visible(timeout=15_000)
    after = await page.locator(f"#session-{venue.world.session}").bounding_box()
    assert before is not None
    assert after is not None
    assert before["x"] == after["x"]
    await page.get_by_role("button", name="Show the new programme").click()
    await expect(page.get_by_role("heading", name="Robots")).to_be_visible()
    await expect(page.get_by_text("new or have moved")).to_be_hidden()


async def test_now_is_marked_and_can_be_gone_to(venue: Venue) -> None:
    now = datetime.now(UTC)
    await write(venue.world, "Running", now - timedelta(minutes=10), 60)
    await write(venue.world, "Later", now + timedelta(hours=2), 60)
    page = await programme(venue, "other")
    await expect(page.locator(".slot-now", has_text="Running")).to_be_visible()
    await expect(page.locator(".slot-now", has_text="Later")).to_have_count(0)
    line, slot = page.locator(".now-line:not([hidden])"), page.locator(".slot", has_text="Running")
    inside = await line.bounding_box()
    around = await slot.bounding_box()
    assert inside is not None
    assert around is not None
    assert around["y"] <= inside["y"] <= around["y"] + around["height"]
    await page.get_by_role("link", name="Now").click()
    await expect(line).to_be_in_viewport()


async def test_the_device_gives_the_time_zone(venue: Venue) -> None:
    # 20:00 in Shanghai is 13:00 in Berlin by summer time, 12:00 before, and 02:00 of the same day in Honolulu.
    await write(venue.world, "Winter", datetime(2026, 3, 28, 12, tzinfo=UTC))
    await write(venue.world, "Summer", datetime(2026, 3, 29, 12, tzinfo=UTC))
    await write(venue.world, "Early", datetime(2026, 3, 30, 1, tzinfo=UTC))
    page = await programme(venue, None, timezone_id="Europe/Berlin")

    def time(title: str):
        return page.locator(".slot", has_text=title).locator(".slot-time")

    await expect(page.get_by_text("Times in China Standard Time")).to_be_visible()
    await expect(time("Winter")).to_contain_text("20:00")
    await page.get_by_role("button", name="My time").first.click()
    await expect(page.get_by_text("Times in Central European")).to_be_visible()
    await expect(time("Winter")).to_contain_text("13:00")
    await expect(time("Summer")).to_contain_text("14:00")
    await expect(time("Early")).to_have_text("03:00– to 04:00")
    await page.get_by_role("button", name="Event time").first.click()
    await expect(time("Winter")).to_contain_text("20:00")

    far = await programme(venue, None, timezone_id="Pacific/Honolulu")
    await far.get_by_role("button", name="My time").first.click()
    early = far.locator(".slot", has_text="Early").locator(".slot-time")
    await expect(early).to_have_text("15:00−1 day– to 16:00−1 day")


async def test_by_keyboard_alone(venue: Venue) -> None:
    await write(venue.world, "Robots", datetime.now(UTC) + timedelta(hours=3), speakers=[SpeakerLine("Aiko Tanaka")])
    page = await programme(venue, "attendee")
    await page.get_by_role("searchbox").focus()
    await page.keyboard.type("aiko")
    await expect(page.get_by_role("status").filter(has_text="1 session")).to_be_visible()
    await expect(page).to_have_url(f"{venue.server.url}/c/{venue.slug}/programme?words=aiko")
    for _ in range(12):
        await page.keyboard.press("Tab")
        if await page.evaluate("document.activeElement.textContent.trim()") == "Robots":
            break
    await page.keyboard.press("Tab")
    await page.keyboard.press("Space")
    await expect(page.get_by_role("button", name="Star: Robots")).to_have_attribute("aria-pressed", "true")
    await page.keyboard.press("Shift+Tab")
    await page.keyboard.press("Enter")
    await page.wait_for_url("**/sessions/*")


@pytest.mark.parametrize(
    ("viewport", "scheme"), [(PHONE, "dark"), (TABLET, "light"), (DESKTOP, "light")], ids=["phone", "tablet", "desktop"]
)
async def test_the_camp_is_readable_by_everyone_at_every_width(
    venue: Venue, viewport: dict[str, int], scheme: str
) -> None:
    await import_schedule(venue.world.engine, venue.slug, read(camp()), by=None)
    page = await programme(venue, "attendee", viewport=viewport, color_scheme=scheme)
    assert await page.locator(".slot").count() == 80
    assert await accessibility_faults(page) == []
    assert await page.evaluate("document.documentElement.scrollWidth") == viewport["width"]
    boxes = await page.evaluate(
        "[...document.querySelectorAll('.slot')].map(slot => slot.getBoundingClientRect()).map(b => [b.x, b.y, b.width, b.height])"
    )
    assert not any(_overlap(one, other) for i, one in enumerate(boxes) for other in boxes[:i])


def _overlap(one: list[float], other: list[float]) -> bool:
    return all(one[i] + 1 < other[i] + other[i + 2] and other[i] + 1 < one[i] + one[i + 2] for i in (0, 1))
