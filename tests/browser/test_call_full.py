"""A full call: a person who comes too late waits in a queue and joins automatically."""

from collections.abc import AsyncIterator

import pytest
import sqlalchemy as sa
from playwright.async_api import Browser, expect

from rooms.core.store.tables import conferences
from tests.browser.callers import MEDIA, at_the_door, call_of, meeting_at_booth
from tests.browser.conftest import Venue
from tests.support.chromium import accessibility_faults, running_chromium


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    async with running_chromium(*MEDIA) as chromium:
        yield chromium


async def test_a_latecomer_waits_and_joins_when_a_place_is_free(venue: Venue) -> None:
    path = await meeting_at_booth(venue, "attendee", "colleague", "other", "speaker")
    async with venue.world.engine.database.write() as connection:
        this = conferences.c.id == venue.world.conference
        await connection.execute(sa.update(conferences).where(this).values(call_limit=2))
    attendee, colleague = await call_of(venue, path, "attendee", "colleague")

    late = [await at_the_door(venue, who, path) for who in ("other", "speaker")]
    for number, page in enumerate(late, 1):
        await page.get_by_role("button", name="Join the call").click()
        await expect(page.get_by_role("heading", name="You cannot join now")).to_be_focused()
        await expect(page.locator(".call-end")).to_contain_text("This call is full (2 people)")
        await page.get_by_role("button", name="Wait for a place").press("Enter")
        await expect(page.get_by_text(f"You are number {number} in the queue.")).to_be_visible()
    assert await accessibility_faults(late[0]) == []

    await attendee.get_by_role("button", name="Leave the call").click()
    await expect(late[0].locator(".call")).to_be_visible(timeout=20_000)
    await expect(late[1].get_by_text("You are number 1 in the queue.")).to_be_visible()

    await late[1].get_by_role("button", name="Stop waiting").click()
    await expect(late[1].get_by_role("button", name="Wait for a place")).to_be_visible()
    await expect(colleague.locator(".tile", has_text="Other")).to_be_visible()
    await expect(late[1].locator(".call")).to_have_count(0)
