"""The exhibition in real browsers: from the hall to the booth's queue and, when called, to a room of one's own."""

import pytest
from playwright.async_api import Page, expect

from rooms.exhibition.booths.editing import hall_of, make_booth, set_duty
from rooms.exhibition.booths.staff_messages import Duty
from tests.browser.conftest import DESKTOP, PHONE, TABLET, Venue
from tests.support.chromium import accessibility_faults

TEXTS = {"zh_Hans": {"name": "流明照明", "tagline": "让每个人都有光"}}


@pytest.fixture
async def booth(venue: Venue) -> str:
    """The path of a booth where the colleague works."""
    world = venue.world
    said = {"name": "Lumen", "tagline": "Light for everybody", "about": "Lamps.", "languages": ["en", "zh"]}
    said |= {"country": "SE", "field": "Energy", "texts": TEXTS}
    async with world.engine.database.write() as connection:
        hall = await hall_of(connection, world.conference, "Hall 1")
        await make_booth(connection, world.conference, hall, {"name": "Aurora"}, open=True, number="A2")
        made, _ = await make_booth(connection, world.conference, hall, said, open=True, number="A1", tier=1)
        await set_duty(connection, made, world.people["colleague"], Duty.STAFF, world.clock())
    return f"/c/{venue.slug}/exhibition/{made}"


async def enter(venue: Venue, who: str | None, path: str, **options: object) -> Page:
    page = (await venue.window_of(who, **options)).page
    await page.goto(path)
    return page


async def to_hall(page: Page, venue: Venue) -> None:
    await page.goto(f"/c/{venue.slug}/exhibition")
    await page.get_by_role("link", name="Hall 1").click()
    await page.wait_for_selector("plenary-hall h2")


async def test_from_the_hall_through_the_queue_to_a_talk(venue: Venue, booth: str) -> None:
    staff = await enter(venue, "colleague", booth)
    await expect(staff.get_by_text("Nobody is waiting.")).to_be_visible()
    visitor = await enter(venue, "attendee", booth)
    await visitor.get_by_role("button", name="Join the queue").click()
    await expect(visitor.get_by_text("You are next")).to_be_visible()
    await visitor.reload()
    await expect(visitor.get_by_text("You are next")).to_be_visible()
    await to_hall(visitor, venue)
    here = visitor.get_by_role("listitem").filter(has_text="Lumen")
    await expect(here.get_by_text("Staffed now")).to_be_visible(timeout=10_000)
    await expect(here.get_by_text("1 waiting")).to_be_visible()
    await expect(visitor.get_by_role("listitem").filter(has_text="Aurora").get_by_text("Staffed now")).to_be_hidden()
    await staff.get_by_role("button", name="Next, please").click()
    await expect(visitor.locator("plenary-called").get_by_text("Lumen calls you: it is your turn.")).to_be_visible()
    await visitor.get_by_role("link", name="Go to the booth").click()
    await expect(visitor.locator("plenary-queue .numbers")).to_be_visible()
    await visitor.get_by_role("button", name="Accept").click()
    await visitor.wait_for_url("**/meetings/*")
    await staff.get_by_role("link", name="Go to the call").click()
    await visitor.get_by_role("textbox", name="Your message").fill("Hello!")
    await visitor.get_by_role("textbox", name="Your message").press("Enter")
    await expect(staff.get_by_role("log").get_by_text("Hello!")).to_be_visible()
    # The last of the staff leaves: the page of the call counts, too, because it shows the booth's queue.
    await staff.goto(f"{venue.server.url}/c/{venue.slug}")
    await to_hall(visitor, venue)
    await expect(here.get_by_text("Staffed now")).to_be_hidden(timeout=10_000)
    await staff.goto(booth)
    await staff.get_by_role("button", name="Finish").click()
    await expect(staff.get_by_text("Nobody is waiting.")).to_be_visible()


@pytest.mark.parametrize(
    ("scheme", "viewport", "locale"),
    [("light", DESKTOP, "en-GB"), ("light", PHONE, "en-GB"), ("dark", TABLET, "en-GB"), ("dark", PHONE, "zh-CN")],
)
async def test_nothing_shuts_anybody_out(
    venue: Venue, booth: str, scheme: str, viewport: dict[str, int], locale: str
) -> None:
    hall = await enter(venue, None, booth, color_scheme=scheme)
    await to_hall(hall, venue)
    pages = [(None, hall.url.removeprefix(venue.server.url)), (None, f"/c/{venue.slug}/exhibition")]
    pages += [("attendee", booth), ("colleague", booth), ("organiser", f"{booth}/edit")]
    for who, path in pages:
        page = await enter(venue, who, path, color_scheme=scheme, viewport=viewport, locale=locale)
        await page.wait_for_selector("html.alive")
        assert await accessibility_faults(page) == [], (who, path)
        assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth"), (who, path)
        current = page.locator(".shell-nav [aria-current=page], .shell-nav-small summary").filter(visible=True)
        await expect(current).to_be_in_viewport(ratio=1)
        await page.context.close()
