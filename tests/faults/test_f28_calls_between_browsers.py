"""A call between Firefox and Chromium outlives a restart of the server: pictures and sound go on, in both directions.

Both orders are tried: the one who joins later makes the first offer, and so decides who is the DTLS client.
"""

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser

from tests.browser.callers import MEDIA, STAFF, flowing, join, links, meeting_at_booth, until_links
from tests.browser.conftest import Venue, venue, world  # noqa: F401
from tests.support.chromium import running_chromium
from tests.support.firefox import FirefoxPage, running_firefox
from tests.support.server import Server, cookie_of, running_server, sign_in

AWAY_SECONDS = 4.0
WATCHED_SECONDS = 12.0
JOINED = "() => document.querySelector('.call') !== null"
RESTARTED_SECONDS = 6.0
RECOVERED_SECONDS = 60.0  # another connection may have to be built twice
RESTART = "() => [...document.querySelector('plenary-call').call.monitors.values()][0].link.restart('test')"
PRESS_JOIN = """() => {
    const press = [...document.querySelectorAll("plenary-call-check button")].find((each) => each.textContent.includes("Join the call"));
    press?.click();
    return press !== undefined;
}"""


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    async with running_chromium(*MEDIA) as chromium:
        yield chromium


@pytest.fixture
async def firefox(tmp_path: Path) -> AsyncIterator[FirefoxPage]:
    async with running_firefox(tmp_path) as page:
        yield page


@pytest.fixture
def running() -> Iterator[Server]:
    with running_server() as server:
        yield server


async def join_in_firefox(page: FirefoxPage) -> None:
    await page.wait_for_function(PRESS_JOIN)
    await page.wait_for_function(JOINED)


@pytest.mark.parametrize("first", ["firefox", "chromium"])
async def test_f28_media_flows_after_the_server_was_restarted(
    venue: Venue,  # noqa: F811
    firefox: FirefoxPage,
    first: str,
) -> None:
    path = await meeting_at_booth(venue, "attendee", STAFF)
    window = await venue.window_of("attendee")
    window.page.remove_listener("console", window._note_console)  # it says there that the server is gone
    cookie = cookie_of(venue.server, venue.world.engine, await sign_in(venue.world.engine, venue.world.people[STAFF]))
    await firefox.add_cookie(venue.server.url, cookie["name"], cookie["value"])
    await window.page.goto(path)
    await firefox.goto(venue.server.url + path)
    if first == "firefox":
        await join_in_firefox(firefox)
        await join(window.page)
    else:
        await join(window.page)
        await join_in_firefox(firefox)
    pages = [window.page, firefox]
    for page in pages:
        await until_links(page, lambda known: len(known) == 1 and known[0]["state"] == "connected")
        await flowing(page)

    venue.server.stop()
    await asyncio.sleep(AWAY_SECONDS)
    venue.server.start()
    for page in pages:
        await page.evaluate("""async () => {
            const {call} = document.querySelector("plenary-call");
            while (call.resuming) await new Promise((resolve) => setTimeout(resolve, 50));
        }""")
    loop = asyncio.get_running_loop()
    end = loop.time() + WATCHED_SECONDS
    while loop.time() < end:
        await asyncio.gather(*(flowing(page, 5) for page in pages))
    known = [(await links(page))[0] for page in pages]
    assert [(each["state"], each["gen"]) for each in known] == [("connected", 1)] * 2

    # Some restarts leave Firefox without media. Then the page notices, and builds another connection.
    for page in pages:
        await page.evaluate(RESTART)
        await asyncio.sleep(RESTARTED_SECONDS)
        await asyncio.gather(*(until_links(each, arriving, RECOVERED_SECONDS) for each in pages))
        await asyncio.gather(*(flowing(each, 5) for each in pages))


def arriving(known: list[dict[str, Any]]) -> bool:
    return len(known) == 1 and known[0]["state"] == "connected" and known[0]["level"] not in ("", "none")
