"""Every part of a conference can be reached from every width, and one sees where one is."""

import pytest
from playwright.async_api import Page, expect
from sqlalchemy import update

from rooms.core.store.tables import conferences
from tests.browser.conftest import DESKTOP, PHONE, TABLET, Venue
from tests.support.cooperation import entry_type

TITLE = "The International Conference on Talent and Innovation of the Region, Held for the Twenty-Third Time"
SIDEWAYS = {"width": 740, "height": 360}
ZOOMED = {"width": 720, "height": 450}


@pytest.fixture
async def long_title(venue: Venue) -> None:
    async with venue.world.engine.database.write() as connection:
        await connection.execute(update(conferences).where(conferences.c.slug == venue.slug).values(title=TITLE))


async def open_menu(page: Page) -> None:
    menu = page.locator(".shell-nav-small summary")
    if await menu.is_visible():
        await menu.click()


@pytest.mark.usefixtures("long_title")
@pytest.mark.parametrize("viewport", [DESKTOP, TABLET, SIDEWAYS, ZOOMED, PHONE], ids=lambda each: str(each["width"]))
@pytest.mark.parametrize(("who", "last"), [("organiser", "Organise"), (None, "Exhibition")])
async def test_every_part_is_reachable_at_every_width(
    venue: Venue, viewport: dict[str, int], who: str | None, last: str
) -> None:
    window = await venue.window_of(who, viewport=viewport)
    page = window.page
    await page.goto(f"/c/{venue.slug}/programme")
    await expect(
        page.locator("header [aria-current=page], header nav summary").filter(visible=True).first
    ).to_contain_text("Programme")
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    await open_menu(page)
    for name in {"Exhibition", last}:
        await expect(page.get_by_role("banner").get_by_role("link", name=name)).to_be_in_viewport(ratio=1)
    if who is None:
        sign_in = page.get_by_role("banner").get_by_role("link", name="Sign in")
        await expect(sign_in).to_be_in_viewport(ratio=1)
        box = await sign_in.bounding_box()
        assert box is not None
        assert box["height"] < 50, "in one line"
    await page.get_by_role("banner").get_by_role("link", name=last).click()
    await expect(page).to_have_url(f"{venue.server.url}/c/{venue.slug}/{last.lower()}")


@pytest.mark.parametrize("viewport", [TABLET, SIDEWAYS, ZOOMED], ids=lambda each: str(each["width"]))
async def test_the_name_of_the_conference_has_room_beside_every_entry(venue: Venue, viewport: dict[str, int]) -> None:
    """With cooperation open, five entries left two letters of the name."""
    await entry_type(venue.world)
    page = (await venue.window_of("organiser", viewport=viewport)).page
    await page.goto(f"/c/{venue.slug}/programme")
    name = page.locator(".brand-name")
    assert await name.evaluate("(name) => name.scrollWidth <= name.clientWidth"), await name.inner_text()


async def test_the_current_tab_is_in_view_and_the_row_shows_that_there_are_more(venue: Venue) -> None:
    page = (await venue.window_of("organiser", viewport=PHONE)).page
    await page.goto(f"/c/{venue.slug}/organise/audit")
    await expect(
        page.get_by_role("navigation", name="Organise").get_by_role("link", name="Audit log")
    ).to_be_in_viewport(ratio=0.9)
    row = page.locator("nav.tabs")
    await expect(row).to_have_attribute("data-more", "left")
    await page.goto(f"/c/{venue.slug}/organise")
    await expect(row).to_have_attribute("data-more", "right")


async def test_on_a_wide_screen_all_tabs_are_in_view(venue: Venue) -> None:
    page = (await venue.window_of("organiser", viewport=DESKTOP)).page
    await page.goto(f"/c/{venue.slug}/organise")
    row = page.locator("nav.tabs")
    assert await row.evaluate("(row) => row.scrollWidth <= row.clientWidth")
