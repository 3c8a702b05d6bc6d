"""F27: the server is killed in the middle of a call. The media goes on without it, and within 5 s of its return every link has found a new path."""

import asyncio
import time
from collections.abc import AsyncIterator, Iterator

import pytest
from playwright.async_api import Browser

from tests.browser.callers import MEDIA, STAFF, all_connected, flowing, join, links, meeting_at_booth, until_links
from tests.browser.conftest import Venue, venue, world  # noqa: F401
from tests.faults.report import note
from tests.support.chromium import running_chromium
from tests.support.server import Server, running_server

AWAY_SECONDS = 6.0
RESTARTED_SECONDS = 5.0


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
        [link] = await until_links(page, lambda known, old=old: known[0]["ufrag"] != old["ufrag"], RESTARTED_SECONDS)
        assert (link["peer"], link["gen"]) == (old["peer"], 1), "the place was lost, or the connection was built anew"
    seconds = time.monotonic() - back
    await asyncio.gather(*(flowing(page) for page in pages))
    note(
        "F27",
        "the server killed for 6 s in a call of two",
        f"media never stopped, ICE restarted {seconds:.1f} s after its return",
    )
