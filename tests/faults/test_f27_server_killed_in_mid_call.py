"""F27: the server is killed in the middle of a call. Media flows on without it, and after its return over the same connections."""

import asyncio
import time
from collections.abc import AsyncIterator, Iterator

import pytest
from playwright.async_api import Browser

from tests.browser.callers import MEDIA, STAFF, all_connected, flowing, join, links, meeting_at_booth
from tests.browser.conftest import Venue, venue, world  # noqa: F401
from tests.faults.report import note
from tests.support.chromium import running_chromium
from tests.support.server import Server, running_server

AWAY_SECONDS = 6.0
RESUMED_SECONDS = 5.0
WATCHED_SECONDS = 4.0
RESUMED = "() => !document.querySelector('plenary-call').call.resuming"


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    async with running_chromium(*MEDIA) as chromium:
        yield chromium


@pytest.fixture
def running() -> Iterator[Server]:
    """A server of the test's own, to be killed."""
    with running_server() as server:
        yield server


async def test_f27_the_server_is_killed_in_mid_call(venue: Venue) -> None:  # noqa: F811
    path = await meeting_at_booth(venue, "attendee", STAFF)
    windows = [await venue.window_of(who) for who in ("attendee", STAFF)]
    pages = [window.page for window in windows]
    for window in windows:
        window.page.remove_listener("console", window._note_console)  # it says there that the server is gone
        await window.page.goto(path)
        await join(window.page)
    await all_connected(pages)
    before = [(await links(page))[0] for page in pages]

    venue.server.kill()
    gone = time.monotonic()
    while time.monotonic() - gone < AWAY_SECONDS:
        await asyncio.gather(*(flowing(page, 5) for page in pages))
    assert [(await links(page))[0]["state"] for page in pages] == ["connected", "connected"]

    venue.server.start()
    back = time.monotonic()
    for page, old in zip(pages, before, strict=True):
        await page.wait_for_function(RESUMED, timeout=RESUMED_SECONDS * 1000)
        assert (await links(page))[0]["peer"] == old["peer"], "the place was lost"
    seconds = time.monotonic() - back
    await asyncio.sleep(WATCHED_SECONDS)
    await asyncio.gather(*(flowing(page) for page in pages))
    for page, old in zip(pages, before, strict=True):
        [link] = await links(page)
        same = (link["gen"], link["ufrag"], link["state"]) == (1, old["ufrag"], "connected")
        assert same, "a link on which media arrives was restarted or rebuilt"
    note(
        "F27",
        "the server killed for 6 s in a call of two",
        f"media never stopped, both were back in the call {seconds:.1f} s after its return",
    )
