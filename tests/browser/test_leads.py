"""Leads in real browsers: shared, asked for, noted upon and taken back, while others look on; by keyboard, too."""

import pytest
from playwright.async_api import Page, expect

from rooms.core.store.journal import room_of
from rooms.exhibition.booths.editing import hall_of, make_booth, set_duty
from rooms.exhibition.booths.staff_messages import Duty
from rooms.exhibition.leads.messages import Purpose, ShareLead
from tests.browser.conftest import DESKTOP, PHONE, TABLET, Venue
from tests.support.chromium import accessibility_faults


@pytest.fixture
async def booth(venue: Venue) -> str:
    """The path of a booth where the colleague works; the moderator owns it."""
    world = venue.world
    async with world.engine.database.write() as connection:
        hall = await hall_of(connection, world.conference, "Hall 1")
        said = {"name": "Lumen", "tagline": "Light for everybody", "about": "Lamps."}
        made, world.stand = await make_booth(connection, world.conference, hall, said, open=True, number="A1")
        await set_duty(connection, made, world.people["colleague"], Duty.STAFF, world.clock())
        await set_duty(connection, made, world.people["moderator"], Duty.OWNER, world.clock())
        world.booth = made
    return f"/c/{venue.slug}/exhibition/{made}"


async def enter(venue: Venue, who: str | None, path: str, **options: object) -> Page:
    page = (await venue.window_of(who, **options)).page
    await page.goto(path)
    await page.wait_for_selector("html.alive")
    return page


async def test_a_visitor_is_asked_agrees_and_takes_it_back(venue: Venue, booth: str) -> None:
    visitor = await enter(venue, "attendee", booth)
    await visitor.get_by_role("button", name="Join the queue").click()
    await expect(visitor.get_by_text("You are next")).to_be_visible()
    staff = await enter(venue, "colleague", f"{booth}/leads")
    await staff.get_by_role("button", name="Ask to share · Attendee").click()
    await expect(staff.get_by_text("Not agreed yet")).to_be_visible()
    await expect(visitor.locator("plenary-lead").get_by_text("Colleague asks for your contact.")).to_be_visible()
    await visitor.get_by_label("Organisation (optional)").fill("Sol AB")
    await visitor.get_by_role("button", name="Share my contact").click()
    await expect(visitor.get_by_text("You have shared your contact")).to_be_visible()
    # The colleague's list follows by itself.
    await expect(staff.get_by_text("Sol AB")).to_be_visible()
    await expect(staff.get_by_role("link", name="@example.org")).to_be_visible()
    owner = await enter(venue, "moderator", f"{booth}/leads")
    await owner.get_by_label("Note about Attendee").fill("Wants forty lamps")
    await owner.get_by_label("Note about Attendee").press("Enter")
    await expect(staff.get_by_text("Wants forty lamps")).to_be_visible()
    # What a colleague is writing is not swept away by what others do.
    await staff.get_by_label("Note about Attendee").fill("By March")
    await owner.get_by_label("Rating", exact=True).last.select_option("hot")
    await owner.get_by_role("button", name="Save · Attendee").click()
    await expect(staff.get_by_label("Note about Attendee")).to_have_value("By March")
    await visitor.goto("/account")
    await visitor.get_by_role("button", name="Withdraw · Lumen").click()
    await expect(visitor.get_by_text("Withdrawn")).to_be_visible()
    await staff.get_by_label("Note about Attendee").fill("")
    await staff.get_by_role("heading", name="Leads", exact=True).click()
    await expect(staff.get_by_text("Sol AB")).to_be_hidden()


async def tab_to(page: Page, name: str) -> None:
    for _ in range(60):
        await page.keyboard.press("Tab")
        focused = "(document.activeElement.labels?.[0] ?? document.activeElement).textContent.trim()"
        if await page.evaluate(focused) == name:
            return
    raise AssertionError(f"{name} cannot be reached")


async def test_by_keyboard_alone(venue: Venue, booth: str) -> None:
    visitor = await enter(venue, "attendee", booth)
    await expect(visitor.locator("plenary-lead form")).to_be_visible()
    await tab_to(visitor, "Join the queue")
    await visitor.keyboard.press("Enter")
    await expect(visitor.get_by_text("You are next")).to_be_visible()
    await tab_to(visitor, "to answer me about what we talked about")
    await visitor.keyboard.press("ArrowDown")
    await tab_to(visitor, "Organisation (optional)")
    await visitor.keyboard.type("Sol AB")
    await visitor.keyboard.press("Enter")
    await expect(visitor.get_by_text("and to send me news and offers")).to_be_visible()
    # The staff judge and note, and come back to the booth.
    staff = await enter(venue, "colleague", booth)
    await tab_to(staff, "Leads")
    await staff.keyboard.press("Enter")
    await staff.wait_for_url("**/leads")
    await tab_to(staff, "Rating")  # the filter's
    await tab_to(staff, "Rating")
    await staff.keyboard.press("h")
    await tab_to(staff, "Save · Attendee")
    await staff.keyboard.press("Enter")
    await expect(staff.locator("[name=rating]").last).to_have_value("hot")
    await tab_to(staff, "Note about Attendee")
    await staff.keyboard.type("Wants forty lamps")
    await staff.keyboard.press("Enter")
    await expect(staff.locator(".lead-note")).to_contain_text("Wants forty lamps")
    await visitor.bring_to_front()
    await tab_to(visitor, "Withdraw")
    await visitor.keyboard.press("Space")
    await expect(visitor.get_by_role("button", name="Share my contact")).to_be_visible()


@pytest.mark.parametrize(
    ("scheme", "viewport", "locale"),
    [("light", DESKTOP, "en-GB"), ("dark", TABLET, "en-GB"), ("light", PHONE, "zh-CN")],
)
async def test_nothing_shuts_anybody_out(
    venue: Venue, booth: str, scheme: str, viewport: dict[str, int], locale: str
) -> None:
    world = venue.world
    async with world.engine.database.read() as connection:
        stand = await room_of(connection, "booth", world.booth)
    share = ShareLead(Purpose.NEWS, organisation="Nordic Light & Power Cooperative of the North")
    await world.do("attendee", share, room=stand)
    pages = [("attendee", booth), ("other", booth), ("colleague", f"{booth}/leads"), ("attendee", "/account")]
    pages += [(None, f"{booth}/share"), ("moderator", f"{booth}/staff"), ("organiser", f"{booth}/figures")]
    pages += [("other", f"/c/{venue.slug}/exhibition/apply"), ("organiser", f"/c/{venue.slug}/organise/exhibitors")]
    for who, path in pages:
        page = await enter(venue, who, path, color_scheme=scheme, viewport=viewport, locale=locale)
        assert await accessibility_faults(page) == [], (who, path)
        assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth"), (who, path)
        await page.context.close()
