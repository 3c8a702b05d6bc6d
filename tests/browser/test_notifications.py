"""The bell counts in every tab and on every device at once, and the menu of all zones can be used by keyboard at every width."""

import pytest
from playwright.async_api import expect

from rooms.core.commands.people import Role
from rooms.exhibition.tables import booths
from rooms.matchmaking.tables import match_settings
from rooms.people.messages import GrantRole
from tests.browser.conftest import DESKTOP, PHONE, Venue
from tests.support.chromium import accessibility_faults
from tests.support.cooperation import entry_type

LAPTOP = {"width": 1240, "height": 800}
ZOOMED = {"width": 720, "height": 450}


async def test_the_bell_is_the_same_everywhere(venue: Venue) -> None:
    session = await venue.enter("attendee")
    page = (await venue.window_of("attendee", viewport=PHONE)).page
    await page.goto("/account")
    await venue.act("organiser", GrantRole(venue.world.people["attendee"], Role.SPEAKER))
    for each in (session, page):
        await expect(each.get_by_role("banner").get_by_role("link", name="Notifications")).to_have_accessible_name(
            "Notifications 1 unread"
        )
    await page.get_by_role("link", name="Notifications").click()
    await expect(page.get_by_role("heading", name="Notifications")).to_be_visible()
    assert not await accessibility_faults(page)
    await page.get_by_role("link", name="You have a new role in a session.").click()
    await expect(page).to_have_url(f"{venue.server.url}/c/{venue.slug}/sessions/{venue.world.session}")
    for each in (session, page):
        await expect(each.locator("plenary-unread .count")).to_have_count(0)


@pytest.mark.parametrize("viewport", [DESKTOP, LAPTOP, ZOOMED, PHONE], ids=lambda each: str(each["width"]))
async def test_the_menu_of_all_zones_is_used_by_keyboard(venue: Venue, viewport: dict[str, int]) -> None:
    await entry_type(venue.world)
    async with venue.world.engine.database.write() as connection:
        here = booths.c.conference == venue.world.conference
        await connection.execute(booths.update().where(here).values(open=True))
        opened = {"conference": venue.world.conference, "open": True, "most": 5, "together": False}
        await connection.execute(match_settings.insert().values(opened))
    page = (await venue.window_of("organiser", viewport=viewport)).page
    await page.goto(f"/c/{venue.slug}")
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert not await accessibility_faults(page)
    name = page.locator(".brand-name")
    if await name.is_visible():
        assert await name.evaluate("(name) => name.clientWidth > 90 || name.scrollWidth <= name.clientWidth")
    menu = page.locator("header nav summary").filter(visible=True)
    await menu.focus()
    await page.keyboard.press("Enter")
    link = page.get_by_role("banner").get_by_role("link", name="Whom to meet")
    await expect(link).to_be_in_viewport(ratio=1)
    await page.keyboard.press("Escape")
    await expect(link).to_be_hidden()
    await expect(menu).to_be_focused()
    await page.keyboard.press("Enter")
    await link.focus()
    await page.keyboard.press("Enter")
    await expect(page).to_have_url(f"{venue.server.url}/c/{venue.slug}/matchmaking")
