"""The stage of a session on a desktop: without a video, and above everything else in the theatre view."""

import pytest
from playwright.async_api import Locator, expect

from rooms.forum.hosting_messages import ShowStage, StageKind
from rooms.programme.messages import OpenSession, StartSession
from tests.browser.conftest import Venue

DESKTOP = {"width": 1440, "height": 900}
PHONE = {"width": 360, "height": 740}


async def width(locator: Locator) -> float:
    box = await locator.bounding_box()
    return box["width"] if box else 0


@pytest.mark.parametrize("viewport", [DESKTOP, PHONE])
async def test_a_session_without_video_shows_its_title_once_and_says_so(venue: Venue, viewport: dict[str, int]) -> None:
    """users.md 55: title and badge twice, no word about the picture, and a grey box days ahead."""
    page = (await venue.window_of("attendee", viewport=viewport)).page
    await page.goto(venue.session)
    await expect(page.locator("html.alive")).to_have_count(1)
    await expect(page.locator(".slate-title")).to_have_text("Opening")
    head = page.locator(".session-title")
    assert await width(head.locator("h1")) <= 1, "only screen readers need it again"
    assert await width(head.locator(".badge")) <= 1
    strip = page.locator(".now-strip")
    await expect(strip).to_have_text("You can ask questions before the session starts.")
    await expect(strip).to_have_css("background-color", "rgba(0, 0, 0, 0)")
    await venue.act("moderator", OpenSession())
    await venue.act("moderator", StartSession())
    await expect(page.locator(".slate")).to_contain_text("No video is shown at the moment.")
    await expect(strip).to_contain_text("No question is being answered")
    await venue.act("moderator", ShowStage(StageKind.SLATE, "", "A short break"))
    await expect(page.locator(".slate-title")).to_have_text("A short break")
    assert await width(head.locator("h1")) > 1, "the slate has a title of its own"


async def test_the_theatre_view_is_wide_and_remembered(venue: Venue) -> None:
    """users.md 56: the stage was 43 % of a wide window."""
    page = (await venue.window_of("attendee", viewport=DESKTOP)).page
    await page.goto(venue.session)
    stage, button = page.locator(".session-stage"), page.get_by_role("button", name="Theatre view")
    await expect(button).to_have_attribute("aria-pressed", "false")
    before = await width(stage)
    await button.focus()
    await page.keyboard.press("Enter")
    await expect(button).to_have_attribute("aria-pressed", "true")
    assert await width(stage) > 1.8 * before
    await expect(button).to_be_in_viewport()
    await page.reload()
    await expect(button).to_have_attribute("aria-pressed", "true")
    assert await width(stage) > 1.8 * before
    await page.locator("#ask-text").fill("Can I still ask?")
    await page.locator("#ask-text").press("Tab")
    await page.set_viewport_size({"width": 360, "height": 740})
    await expect(button).to_be_hidden()
    assert await page.evaluate("document.documentElement.scrollWidth") <= 360
    await page.set_viewport_size({"width": 1440, "height": 900})
    await button.click()
    assert abs(await width(stage) - before) < 2
