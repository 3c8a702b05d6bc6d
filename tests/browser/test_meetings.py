"""From a request to a meeting: proposed, accepted and held in a call, in real browsers."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from playwright.async_api import Browser, Page, expect

from rooms.core.ids import new_id
from rooms.meetings.bookings.tables import booking_people, bookings, meeting_windows
from tests.browser.callers import MEDIA, all_connected, join
from tests.browser.conftest import PHONE, Venue
from tests.support.chromium import accessibility_faults, running_chromium


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    async with running_chromium(*MEDIA) as chromium:
        yield chromium


async def to_the_call(page: Page) -> None:
    await page.get_by_role("link", name="Join the call").first.click()
    await page.wait_for_selector("plenary-call-check, .call")
    await join(page)


async def test_from_a_request_to_a_call(venue: Venue) -> None:
    world = venue.world
    starts = datetime.now(UTC).replace(second=0, microsecond=0) + timedelta(minutes=10)
    window = {"id": new_id(), "starts_at": starts, "ends_at": starts + timedelta(hours=2)}
    async with world.engine.database.write() as connection:
        await connection.execute(meeting_windows.insert().values(conference=world.conference, **window))
    asker = (await venue.window_of("attendee")).page
    await asker.goto(f"/c/{venue.slug}/meetings/new?person={world.people['colleague']}")
    await asker.get_by_role("checkbox").first.check()
    await asker.get_by_role("textbox", name="Message").fill("About batteries")
    await asker.get_by_role("button", name="Propose").click()
    await expect(asker.get_by_role("heading", name="Waiting for an answer")).to_be_visible()

    asked = (await venue.window_of("colleague", viewport=PHONE)).page
    await asked.goto(f"/c/{venue.slug}/meetings")
    await expect(asked.get_by_text("About batteries")).to_be_visible()
    assert await accessibility_faults(asked) == []
    await asked.get_by_role("button", name="Accept").click()
    await expect(asked.get_by_role("heading", name="Next", exact=True)).to_be_visible()
    assert await accessibility_faults(asked) == []

    await expect(asker.get_by_text("meets you:")).to_be_visible()  # a notice, without a reload
    await asker.reload()
    for page in (asker, asked):
        await to_the_call(page)
    await all_connected([asker, asked])
    async with world.engine.database.read() as connection:
        # The database is shared by all tests of this folder; other conferences have bookings to which nobody has come.
        here = sa.select(bookings.c.id).where(bookings.c.conference == world.conference)
        came = sa.select(booking_people.c.checked_in_at).where(booking_people.c.booking.in_(here))
        found = (await connection.execute(came)).scalars().all()
    assert (len(found), all(found)) == (2, True)
