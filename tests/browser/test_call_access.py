"""Before, in and after a call: nothing shuts anybody out, at every width, in light and dark, and by keyboard."""

from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser, Page, expect

from tests.browser.callers import MEDIA, STAFF, all_connected, at_the_door, join, meeting_at_booth, menu
from tests.browser.conftest import DESKTOP, PHONE, TABLET, Venue
from tests.support.chromium import accessibility_faults, running_chromium

LIGHT, DARK = (DESKTOP, PHONE), (TABLET, PHONE)


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    async with running_chromium(*MEDIA) as chromium:
        yield chromium


async def open_to_everybody(page: Page, what: str, viewports: tuple[dict[str, int], ...]) -> None:
    for viewport in viewports:
        await page.set_viewport_size(viewport)
        assert await accessibility_faults(page) == [], (what, viewport)
        assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth"), (what, viewport)


async def test_nothing_shuts_anybody_out(venue: Venue) -> None:
    path = await meeting_at_booth(venue, "attendee", STAFF, staff=(STAFF, "organiser"))
    staff = await at_the_door(venue, STAFF, path, color_scheme="light")
    visitor = await at_the_door(venue, "attendee", path, color_scheme="dark")
    both = ((staff, LIGHT), (visitor, DARK))
    for page, viewports in both:
        await expect(page.locator(".check-item", has_text="Network")).to_contain_text("No relay")
        await open_to_everybody(page, "the check", viewports)
        await join(page)
    await all_connected([visitor, staff])
    for page, viewports in both:
        await open_to_everybody(page, "the call", viewports)
    for number, item in enumerate(("Devices", "People", "Safety code", "Report a person", "Support file", "Keys")):
        page, viewports = both[number % 2]
        await menu(page, item)
        await expect(page.locator("dialog")).to_be_visible()
        await open_to_everybody(page, item, viewports)
        await page.keyboard.press("Escape")
        await expect(page.locator("dialog")).to_have_count(0)
    await visitor.get_by_role("button", name="Share the screen").click()
    await expect(staff.locator(".tile-screen")).to_be_visible()
    for page, viewports in both:
        await open_to_everybody(page, "a screen", viewports)
        await page.get_by_role("button", name="Leave the call").click()
        await expect(page.get_by_role("heading", name="You have left the call")).to_be_focused()
        await open_to_everybody(page, "after it", viewports)


async def test_by_keyboard_and_in_chinese(venue: Venue) -> None:
    path = await meeting_at_booth(venue, "attendee", STAFF)
    page = await at_the_door(venue, "attendee", path, locale="zh-CN")
    await page.locator(".check-join .button-primary").focus()
    await page.keyboard.press("Enter")
    await page.wait_for_selector(".call")
    await expect(page.locator("#call-heading")).to_be_focused()
    assert await accessibility_faults(page) == []
    for key, name in (("m", "mic"), ("v", "cam")):
        before = await page.evaluate(f"document.querySelector('plenary-call').devices.{name}On")
        await page.keyboard.press(key)
        await page.wait_for_function(
            f"document.querySelector('plenary-call').devices.{name}On === {str(not before).lower()}"
        )
    await page.keyboard.press("c")  # the chat closes, and opens with the focus in it
    await page.keyboard.press("c")
    await expect(page.locator("#chat-text")).to_be_focused()
    await page.keyboard.type("m")
    assert await page.evaluate("document.querySelector('plenary-call').devices.micOn") is False
    await page.locator(".call-leave").focus()
    await page.keyboard.press("?")
    await expect(page.locator("dialog")).to_be_visible()
    await page.keyboard.press("Escape")
    await expect(page.locator(".call-leave")).to_be_focused()
