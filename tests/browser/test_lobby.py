"""The lobby in real browsers: what is on flips for everyone, chats tell what is unread, and everybody can read it."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from playwright.async_api import Page, expect

from rooms.chat.messages import PostMessage
from rooms.programme.messages import CreateSession, EndSession, StarSession, StartSession
from tests.browser.conftest import DESKTOP, PHONE, TABLET, Venue
from tests.support.chromium import accessibility_faults
from tests.support.schedules import file


async def lobby(venue: Venue, who: str | None, **options: Any) -> Page:
    page = (await venue.window_of(who, **options)).page
    await page.goto(f"/c/{venue.slug}")
    if options.get("java_script_enabled", True):
        await page.wait_for_selector("plenary-chat .chat-scroll")
    return page


async def test_what_is_on_flips_for_everyone_within_a_second(venue: Venue) -> None:
    pages = [await lobby(venue, who) for who in ("attendee", None)]
    await venue.act("moderator", StartSession())
    for page in pages:
        card = page.get_by_role("region", name="On now").get_by_role("listitem").filter(has_text="Opening")
        await expect(card.get_by_text("Live", exact=True)).to_be_visible(timeout=1_000)
    await venue.act("moderator", EndSession())
    for page in pages:
        await expect(page.get_by_text("No session is live at the moment.")).to_be_visible(timeout=1_000)


async def test_the_next_and_the_starred_sessions_follow(venue: Venue) -> None:
    # These are done in another process: without a bus between the two, the server learns of them when it compares.
    page = await lobby(venue, "attendee")
    at = datetime.now(UTC) + timedelta(minutes=3)  # before the opening
    command = CreateSession(title="Robots", starts_at=at, ends_at=at + timedelta(hours=1))
    outcome = await venue.world.do("organiser", command, room=venue.world.lobby)
    await expect(page.get_by_role("region", name="Next").get_by_role("link", name="Robots")).to_be_visible(
        timeout=15_000
    )
    session = outcome.reply.decode().split('"')[3]
    await venue.world.do("attendee", StarSession(session), room=venue.world.lobby)
    await expect(page.get_by_role("region", name="Your sessions").get_by_role("link", name="Robots")).to_be_visible(
        timeout=15_000
    )


async def test_the_countdown_runs_until_the_first_session(venue: Venue) -> None:
    from sqlalchemy import update

    from rooms.programme.tables import sessions

    at = datetime.now(UTC) + timedelta(hours=2, seconds=-30)
    async with venue.world.engine.database.write() as connection:
        await connection.execute(update(sessions).values(starts_at=at, ends_at=at + timedelta(hours=1)))
    page = await lobby(venue, None)
    timer = page.get_by_role("timer")
    shown = await timer.text_content()
    assert shown is not None
    assert shown.startswith("1:59:")
    await expect(timer).not_to_have_text(shown)


async def test_the_chat_of_the_conference_and_who_is_here(venue: Venue) -> None:
    one, other = await lobby(venue, "attendee"), await lobby(venue, "other")
    await one.get_by_placeholder("Write a message…").fill("Hello from Berlin")
    await one.keyboard.press("Enter")
    await expect(other.get_by_text("Hello from Berlin")).to_be_visible()
    await expect(other.get_by_text("2 people here").first).to_be_visible()


async def test_each_channel_shows_unread_messages_until_they_are_read(venue: Venue) -> None:
    world = venue.world
    await world.do("attendee", StarSession(world.session), room=world.lobby)
    for number in range(3):
        await world.do("other", PostMessage(f"Message {number}"))
    page = await lobby(venue, "attendee")
    channel = page.get_by_role("region", name="Conversations").get_by_role("listitem").filter(has_text="Opening")
    await expect(channel.get_by_text("3 unread")).to_be_attached()
    await world.do("other", PostMessage("One more"))
    await page.evaluate("window.dispatchEvent(new Event('pageshow'))")  # as when one comes back to the page
    await expect(channel.get_by_text("4 unread")).to_be_attached()

    await channel.get_by_role("link").click()
    await page.wait_for_url("**/sessions/*")
    await page.get_by_role("tab", name="Chat").or_(page.get_by_role("link", name="Chat")).first.click()
    await expect(page.get_by_text("One more")).to_be_visible()
    await page.wait_for_timeout(1_500)  # reading takes a moment, so that passing by is no reading
    await page.goto(f"/c/{venue.slug}")
    await expect(channel.get_by_text("unread")).to_have_count(0)


async def test_what_is_read_in_one_tab_is_no_longer_unread_in_the_lobby_of_another(venue: Venue) -> None:
    """inputs.md 12: the other tab went on showing "2 unread"."""
    world = venue.world
    await world.do("attendee", StarSession(world.session), room=world.lobby)
    for number in range(2):
        await world.do("other", PostMessage(f"Message {number}"))
    window = await venue.window_of("attendee")
    page = window.page
    await page.goto(f"/c/{venue.slug}")
    channel = page.get_by_role("region", name="Conversations").get_by_role("listitem").filter(has_text="Opening")
    await expect(channel.get_by_text("2 unread")).to_be_attached()
    second = await window.context.new_page()
    await second.goto(f"{venue.session}#panel-chat")
    await expect(second.get_by_text("Message 1")).to_be_visible()
    await expect(channel.get_by_text("unread")).to_have_count(0, timeout=10_000)


async def test_without_javascript_the_lobby_reads_and_its_chat_is_a_form(venue: Venue) -> None:
    page = await lobby(venue, "attendee", java_script_enabled=False)
    await expect(page.get_by_role("heading", name="The Forum")).to_be_visible()
    await page.get_by_placeholder("Write a message…").fill("Hello, plainly")
    await page.get_by_role("button", name="Send").click()
    await expect(page.get_by_text("Hello, plainly")).to_be_visible()


async def test_an_import_by_keyboard_and_without_javascript(venue: Venue) -> None:
    page = (await venue.window_of("organiser", java_script_enabled=False)).page
    await page.goto(f"/c/{venue.slug}/organise/programme")
    schedule = {"name": "schedule.json", "mimeType": "application/json", "buffer": file()}
    await page.get_by_label("Schedule file").set_input_files(schedule)
    await page.get_by_role("button", name="Preview changes").press("Enter")
    await expect(page.get_by_text("Nothing has been changed yet.")).to_be_visible()
    await page.get_by_role("button", name="Apply all changes").press("Enter")
    await expect(page.get_by_text("Sessions: 2 added.")).to_be_visible()
    await expect(page.get_by_role("link", name="Talent centres")).to_be_visible()


@pytest.mark.parametrize(
    ("viewport", "scheme"), [(PHONE, "dark"), (TABLET, "light"), (DESKTOP, "light")], ids=["phone", "tablet", "desktop"]
)
async def test_every_page_is_for_everyone_at_every_width(venue: Venue, viewport: dict[str, int], scheme: str) -> None:
    window = await venue.window_of("organiser", viewport=viewport, color_scheme=scheme)
    page = window.page
    session = venue.world.session
    ends = ["", "/programme", "/organise", "/organise/programme", "/organise/sessions/new"]
    for path in [f"/c/{venue.slug}{end}" for end in [*ends, f"/organise/sessions/{session}"]]:
        await page.goto(path)
        await page.wait_for_load_state("networkidle")
        assert await accessibility_faults(page) == [], path
        assert await page.evaluate("document.documentElement.scrollWidth") == viewport["width"], path
    await page.goto(f"/c/{venue.slug}/organise/programme")
    schedule = {"name": "schedule.json", "mimeType": "application/json", "buffer": file()}
    await page.get_by_label("Schedule file").set_input_files(schedule)
    await page.get_by_role("button", name="Preview changes").click()
    await page.wait_for_url("**/import/*")
    assert await accessibility_faults(page) == []
    assert await page.evaluate("document.documentElement.scrollWidth") == viewport["width"]
