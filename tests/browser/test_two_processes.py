"""The moderator's journey with its people on different processes, over a real PostgreSQL and a real Redis."""

from collections.abc import Awaitable, Callable

from playwright.async_api import expect

from tests.browser.conftest import DESKTOP, live
from tests.browser.console import lane
from tests.support.chromium import Window
from tests.support.server import Server, cookie_of, running_server, sign_in
from tests.support.world import make_world


async def test_people_on_two_processes_are_in_one_room(
    postgres_url: str, redis_url: str, window: Callable[..., Awaitable[Window]]
) -> None:
    with (
        running_server(postgres_url, redis=redis_url) as first,
        running_server(postgres_url, redis=redis_url) as second,
    ):
        world = await make_world(postgres_url, empty=False)

        async def enter(server: Server, who: str, end: str = ""):
            opened = await window(base_url=server.url, viewport=DESKTOP, locale="en-GB")
            signin = await sign_in(world.engine, world.people[who])
            await opened.context.add_cookies([cookie_of(server, world.engine, signin)])
            await opened.page.goto(f"/c/forum/sessions/{world.session}{end}")
            await live(opened.page)
            return opened.page

        asker = await enter(first, "attendee")
        reader = await enter(second, "other")
        moderator = await enter(second, "moderator", "/moderate")
        colleague = await enter(first, "colleague", "/moderate")
        screen = await enter(first, "speaker", "/screen")

        await asker.get_by_label("Your question").fill("Are we in one room?")
        await asker.get_by_role("button", name="Ask", exact=True).click()
        waiting = moderator.locator(".queue-row", has_text="Are we in one room?")
        await expect(waiting).to_have_attribute("aria-selected", "true")
        await expect(reader.locator(".question")).to_have_count(0)

        await moderator.keyboard.press("a")
        await expect(reader.locator(".question", has_text="Are we in one room?")).to_be_visible()
        await expect(asker.locator(".own-question")).to_contain_text("Shown to everyone")
        await expect(lane(colleague, "Approved")).to_contain_text("1")

        await reader.locator(".question", has_text="Are we in one room?").get_by_role("button").first.click()
        await expect(asker.locator(".question", has_text="Are we in one room?").locator(".vote")).to_contain_text("2")

        # The colleague, on the other process, puts it on the screen.
        await colleague.keyboard.press("2")
        await expect(colleague.locator(".queue-row", has_text="Are we in one room?")).to_be_visible()
        await colleague.keyboard.press("s")
        await expect(screen.get_by_text("Are we in one room?")).to_be_visible()
        await world.close()
