"""A running server with the small world of tests/support/world.py, and windows in which its people have opened its pages."""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import pytest
from playwright.async_api import Page

from rooms.forum.messages import ApproveQuestion
from tests.support.chromium import Window
from tests.support.server import Server, cookie_of, furnish, running_server, sign_in
from tests.support.world import World

PHONE = {"width": 360, "height": 740}
TABLET = {"width": 768, "height": 1024}
DESKTOP = {"width": 1440, "height": 900}


@dataclass
class Venue:
    server: Server
    world: World
    window: Callable[..., Awaitable[Window]]

    @property
    def session(self) -> str:
        return f"/c/forum/sessions/{self.world.session}"

    async def ask(self, text: str, who: str = "attendee", *, anonymous: bool = False) -> str:
        """A question that is a moment younger than the one before."""
        self.world.clock.advance(milliseconds=1)
        return await self.world.ask(text, who, anonymous=anonymous)

    async def approved(self, text: str, who: str = "attendee") -> str:
        question = await self.ask(text, who)
        await self.world.do("moderator", ApproveQuestion(question, (await self.world.question(question)).version))
        return question

    async def window_of(self, who: str | None, **options: Any) -> Window:
        """A window in which one of the world's people is signed in; None: nobody."""
        options = {"viewport": DESKTOP, "locale": "en-GB", "timezone_id": "Asia/Shanghai", **options}
        window = await self.window(base_url=self.server.url, **options)
        if who is not None:
            signin = await sign_in(self.world.house, self.world.people[who])
            await window.context.add_cookies([cookie_of(self.server, self.world.house, signin)])
        return window

    async def enter(self, who: str | None, end: str = "", **options: Any) -> Page:
        """The session's page, or /moderate, /speak, /screen; live already, unless there is no JavaScript."""
        window = await self.window_of(who, **options)
        await window.page.goto(self.session + end)
        if options.get("java_script_enabled", True):
            await live(window.page)
        return window.page


async def live(page: Page) -> None:
    """Waits until the islands have taken over what the server has drawn."""
    await page.wait_for_selector("plenary-questions .questions-bar, .console, .speaker-times, plenary-screen.live")


@pytest.fixture
async def served() -> AsyncIterator[tuple[Server, World]]:
    with running_server() as server:
        world = await furnish(server)
        world.lift_limits()
        yield server, world
        await world.close()


@pytest.fixture
def venue(served: tuple[Server, World], window: Callable[..., Awaitable[Window]]) -> Venue:
    # The server comes first, so that it outlives the windows.
    return Venue(*served, window)
