"""Rounds of short talks in real browsers, with the media of Chromium's own making: people are brought to their talks, and a lost partner is replaced."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from playwright.async_api import Browser, Page, expect

from rooms.meetings.rounds import messages as m
from tests.browser.callers import MEDIA, join
from tests.browser.conftest import Venue
from tests.support.chromium import accessibility_faults, running_chromium
from tests.support.rounds import set_up

PEOPLE = ("attendee", "speaker", "moderator", "colleague")


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    async with running_chromium(*MEDIA) as chromium:
        yield chromium


async def test_people_are_brought_to_their_talks_and_a_lost_partner_is_replaced(venue: Venue) -> None:
    round = await set_up(venue.world, talks=1, starts_at=venue.world.clock() + timedelta(hours=1))
    path = f"/c/{venue.slug}/rounds/{round}"
    pages: dict[str, Page] = {}
    for who in PEOPLE:
        pages[who] = page = (await venue.window_of(who)).page
        await page.goto(path)
        await page.get_by_role("button", name="Enter the waiting room").click()
        await expect(page.get_by_text("You are in the waiting room.")).to_be_visible()
    assert await accessibility_faults(pages["attendee"]) == []
    await asyncio.sleep(3)  # each process has noted who is here
    await venue.act("organiser", m.StartRound(round), room=venue.world.lobby)
    await asyncio.gather(*(page.wait_for_url("**/meetings/*", timeout=20_000) for page in pages.values()))
    for page in pages.values():
        await join(page)
        await expect(page.get_by_text("Talk 1 of 1")).to_be_visible()
    rooms = {who: page.url for who, page in pages.items()}
    gone = "speaker"
    alone = next(who for who in PEOPLE if who != gone and rooms[who] == rooms[gone])
    await pages[gone].context.close()
    # The person who is now alone joins the other two.
    others = next(url for who, url in rooms.items() if who not in {gone, alone})
    await pages[alone].wait_for_url(others, timeout=20_000)
