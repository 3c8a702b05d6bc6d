"""Reactions rise over the stage, are announced calmly to screen readers, and do not move with reduced motion."""

import asyncio

from playwright.async_api import expect

from rooms.programme.messages import EndSession, StartSession
from tests.browser.conftest import PHONE, Venue
from tests.support.chromium import accessibility_faults


async def test_applause_rises_over_every_stage(venue: Venue) -> None:
    attendee, stranger = await venue.enter("attendee"), await venue.enter(None)
    speaker, screen = await venue.enter("speaker", "/speak"), await venue.enter(None, "/screen")
    await expect(attendee.locator(".reaction")).to_have_count(0)
    await venue.act("moderator", StartSession())
    await expect(attendee.locator(".reaction")).to_have_count(4)
    await expect(stranger.locator(".reaction")).to_have_count(0)
    pages = (attendee, stranger, speaker, screen)
    # All at once: a sign is seen for a few seconds only.
    seen = [asyncio.create_task(expect(page.locator(".burst-sign")).to_have_text("👏")) for page in pages]
    await attendee.get_by_role("button", name="Applaud").click()
    await asyncio.gather(*seen)
    for page in pages:
        await expect(page.locator(".burst-sign")).to_have_count(0)
    await venue.act("moderator", EndSession())
    await expect(attendee.locator(".reaction")).to_have_count(0)


async def test_without_motion_numbers_do_not_move(venue: Venue) -> None:
    attendee = await venue.enter("attendee", reduced_motion="reduce", viewport=PHONE)
    await venue.act("moderator", StartSession())
    await attendee.get_by_role("button", name="Cheer").click()
    await expect(attendee.locator(".burst-numbers")).to_have_text("🎉 1")
    await expect(attendee.locator(".burst-sign")).to_have_count(0)
    assert await accessibility_faults(attendee) == []


async def test_screen_readers_get_reactions_in_one_sentence(venue: Venue) -> None:
    attendee = await venue.enter("attendee")
    await venue.act("moderator", StartSession())
    await expect(attendee.locator("plenary-burst")).to_have_attribute("aria-hidden", "true")
    for name in ("Applaud", "Laugh"):
        await attendee.get_by_role("button", name=name).click()
    announced = attendee.locator("plenary-toasts > [role=status]")
    await expect(announced).to_have_text("1 clap, 1 laugh", timeout=20_000)


async def test_one_reacts_without_javascript(venue: Venue) -> None:
    await venue.act("moderator", StartSession())
    other = await venue.enter("other")
    attendee = await venue.enter("attendee", java_script_enabled=False)
    await attendee.get_by_role("button", name="Send a heart").click()
    await expect(attendee.locator(".reaction")).to_have_count(4)
    await expect(other.locator(".burst-sign")).to_have_text("❤️")
