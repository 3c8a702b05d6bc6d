"""From the queue to the call and on to the next visitor: people notice their turn in any tab, and the staff finish a talk where it takes place."""

from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser, Page, expect

from rooms.exhibition.booths.editing import hall_of, make_booth, set_duty
from rooms.exhibition.booths.staff_messages import Duty
from tests.browser.callers import MEDIA, STAFF, all_connected, join
from tests.browser.conftest import Venue
from tests.support.chromium import running_chromium

# What the page asks of the system and of the loudspeaker. The answer outlasts the page, as the browser's would.
RECORD = """
window.shown = [];
window.asked = window.notes = 0;
window.Notification = class {
    static get permission() { return localStorage.getItem("test-permission") ?? "default"; }
    static async requestPermission() {
        window.asked += 1;
        localStorage.setItem("test-permission", "granted");
        return "granted";
    }
    constructor(title) { window.shown.push(title); }
    close() { window.shown.pop(); }
};
const {start} = AudioScheduledSourceNode.prototype;
AudioScheduledSourceNode.prototype.start = function (...given) {
    window.notes += 1;
    return start.apply(this, given);
};
"""


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    async with running_chromium(*MEDIA) as chromium:
        yield chromium


@pytest.fixture
async def booth(venue: Venue) -> str:
    world = venue.world
    async with world.engine.database.write() as connection:
        hall = await hall_of(connection, world.conference, "Hall 1")
        made, _ = await make_booth(connection, world.conference, hall, {"name": "Lumen"}, open=True, number="A1")
        await set_duty(connection, made, world.people[STAFF], Duty.STAFF, world.clock())
    return f"/c/{venue.slug}/exhibition/{made}"


async def enter(venue: Venue, who: str, path: str) -> Page:
    page = (await venue.window_of(who)).page
    await page.add_init_script(RECORD)
    await page.goto(path)
    return page


async def wait_in_queue(page: Page) -> None:
    await page.wait_for_selector("plenary-queue form", state="detached")  # the island has replaced the server's form
    await page.get_by_role("button", name="Join the queue").click()
    await expect(page.get_by_role("button", name="Leave the queue")).to_be_visible()


async def test_a_turn_is_noticed_in_another_tab(venue: Venue, booth: str) -> None:
    staff, visitor = await enter(venue, STAFF, booth), await enter(venue, "attendee", booth)
    await expect(visitor.get_by_text("you talk with the staff in a video call")).to_be_visible()
    await wait_in_queue(visitor)
    assert await visitor.evaluate("window.asked") == 1
    await visitor.goto(f"/c/{venue.slug}/exhibition")
    await visitor.wait_for_selector("plenary-called", state="attached")
    title = await visitor.title()
    await staff.get_by_role("button", name="Next, please").click()
    await expect(visitor).to_have_title(f"It is your turn · {title}")
    assert await visitor.evaluate("[window.shown, window.notes]") == [["Lumen calls you: it is your turn."], 2]
    assert await visitor.evaluate("window.asked") == 0, "asked once only"

    # Accepted in a second tab: the first one no longer asks for anything.
    second = await visitor.context.new_page()
    await second.goto(booth)
    await second.get_by_role("button", name="Accept").click()
    await second.wait_for_url("**/meetings/*")
    await expect(visitor).to_have_title(title)
    await expect(visitor.locator("plenary-called .toast")).to_have_count(0)
    assert await visitor.evaluate("window.shown") == []


async def test_a_turn_that_is_over_is_not_announced(venue: Venue, booth: str) -> None:
    visitor = await enter(venue, "attendee", booth)
    title = await visitor.title()
    await visitor.evaluate(
        """(href) => {
            const values = {booth: "Lumen", until: new Date(Date.now() - 1000).toISOString()};
            document.querySelector("plenary-called").happened({type: "desk.notified", kind: "call", values, href});
        }""",
        booth,
    )
    await visitor.wait_for_timeout(200)
    assert await visitor.title() == title
    assert await visitor.evaluate("window.notes") == 0
    await expect(visitor.locator("plenary-toasts").get_by_text("calls you")).to_have_count(0)


async def test_the_staff_finish_a_talk_and_call_the_next_in_one_click(venue: Venue, booth: str) -> None:
    staff, visitor, other = [await enter(venue, who, booth) for who in (STAFF, "attendee", "other")]
    await wait_in_queue(visitor)
    await wait_in_queue(other)
    await staff.get_by_role("button", name="Next, please").click()
    await visitor.get_by_role("button", name="Accept").click()
    await visitor.wait_for_url("**/meetings/*")
    await staff.get_by_role("link", name="Go to the call").click()
    await all_connected([await join(staff), await join(visitor)])
    await visitor.get_by_role("button", name="Leave the call").click()
    await expect(staff.locator(".notice").get_by_text("Attendee has left.")).to_be_visible()
    await staff.get_by_role("button", name="Finish and call the next one").click()
    await staff.wait_for_url(f"**{booth}")
    await expect(staff.get_by_text("Called,")).to_be_visible()
    await expect(other.get_by_role("button", name="Accept")).to_be_visible()


async def test_the_staff_who_left_can_finish_the_talk(venue: Venue, booth: str) -> None:
    staff, visitor = await enter(venue, STAFF, booth), await enter(venue, "attendee", booth)
    await wait_in_queue(visitor)
    await staff.get_by_role("button", name="Next, please").click()
    await visitor.get_by_role("button", name="Accept").click()
    await visitor.wait_for_url("**/meetings/*")
    await staff.get_by_role("link", name="Go to the call").click()
    await join(staff)
    await staff.get_by_role("button", name="Leave the call").click()
    await expect(staff.get_by_text("Nobody else is in the call.")).to_be_visible()
    await staff.get_by_role("button", name="Finish the talk").click()
    await staff.wait_for_url(f"**{booth}")
    await expect(staff.get_by_text("Nobody is waiting.")).to_be_visible()
