"""Breaks on the staff's page of a booth: after the current talk, and back again, as the staff and a visitor see it."""

from playwright.async_api import expect

from rooms.exhibition.booths.editing import hall_of, make_booth, set_duty
from rooms.exhibition.booths.staff_messages import Duty
from tests.browser.conftest import Venue
from tests.support.chromium import accessibility_faults


async def test_a_break_after_this_one_and_back_again(venue: Venue) -> None:
    world = venue.world
    async with world.engine.database.write() as connection:
        hall = await hall_of(connection, world.conference, "Hall 1")
        made, _ = await make_booth(connection, world.conference, hall, {"name": "Lumen"}, open=True)
        await set_duty(connection, made, world.people["colleague"], Duty.OWNER, world.clock())
    booth = f"/c/{venue.slug}/exhibition/{made}"
    staff, visitor, other = [(await venue.window_of(who)).page for who in ("colleague", "attendee", "speaker")]
    for page in (staff, visitor, other):
        await page.goto(booth)
    for page in (visitor, other):
        await page.get_by_role("button", name="Join the queue").click()
    await expect(other.get_by_text("1 person before you · about 5 minutes")).to_be_visible(timeout=10_000)
    await staff.get_by_role("button", name="Next, please").click()
    await visitor.get_by_role("button", name="Accept").click()
    await visitor.wait_for_url("**/meetings/*")
    await staff.get_by_text("Take a break").click()
    await expect(staff.get_by_role("button", name="Break now")).to_be_hidden()
    await staff.get_by_label("Expected length").select_option("30 minutes")
    await staff.get_by_role("button", name="After this one").click()
    await expect(staff.get_by_text("Your break begins after this talk.")).to_be_visible()
    await expect(other.get_by_text("about 35 minutes")).to_be_visible()
    await staff.get_by_role("button", name="Finish").click()
    await expect(staff.get_by_text("You are on a break until")).to_be_visible()
    await expect(staff.get_by_role("button", name="Next, please")).to_be_hidden()
    await expect(other.get_by_text("The staff are on a break.")).to_be_visible()
    assert await accessibility_faults(staff) == []
    await staff.get_by_role("button", name="I am back").click()
    await expect(other.get_by_text("any moment now")).to_be_visible()
    await staff.get_by_role("button", name="Next, please").click()
    await expect(other.locator("plenary-queue").get_by_text("It is your turn.")).to_be_visible()
