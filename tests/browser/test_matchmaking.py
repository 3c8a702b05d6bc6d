"""The automatic schedule in real browsers: an organiser makes, reads and publishes it, and a participant sees the meeting that is booked."""

from datetime import timedelta

from playwright.async_api import expect

from rooms.core.ids import new_id
from rooms.matchmaking.messages import WishKind
from rooms.meetings.bookings.tables import meeting_windows
from tests.browser.conftest import PHONE, Venue
from tests.support.chromium import accessibility_faults
from tests.support.matchmaking import wished


async def test_an_organiser_makes_a_schedule_and_a_participant_sees_the_meeting(venue: Venue) -> None:
    world = venue.world
    begins = world.clock() + timedelta(hours=1)  # whatever the hour, and the day of the conference
    window = {
        "id": new_id(),
        "conference": world.conference,
        "starts_at": begins,
        "ends_at": begins + timedelta(hours=2),
    }
    async with world.engine.database.write() as connection:
        await connection.execute(meeting_windows.insert().values(window))
    await wished(world, "attendee", "other", WishKind.MUST)
    organiser = (await venue.window_of("organiser")).page
    await organiser.goto(f"/c/{venue.slug}/organise/matchmaking")
    assert await accessibility_faults(organiser) == []
    await organiser.get_by_role("button", name="Make a schedule").click()
    await expect(organiser.get_by_text("Waiting to start").or_(organiser.get_by_text("Being made"))).to_be_visible()
    # The page follows the solver's process without being loaded again.
    await expect(organiser.get_by_text("Draft: only organisers see it")).to_be_visible(timeout=60_000)
    await expect(organiser.get_by_text("1 of 1")).to_be_visible()
    await organiser.get_by_role("button", name="Show it to the participants").click()

    attendee = (await venue.window_of("attendee", viewport=PHONE)).page
    await attendee.goto(f"/c/{venue.slug}/matchmaking/wishes")
    await expect(attendee.get_by_role("heading", name="Your provisional schedule")).to_be_visible()
    assert await accessibility_faults(attendee) == []

    await organiser.get_by_role("button", name="Publish and book the meetings").click()
    await expect(organiser.get_by_text("1 meeting booked")).to_be_visible(timeout=30_000)
    await attendee.reload()
    await expect(attendee.get_by_role("heading", name="Your meetings in the schedule")).to_be_visible()
    await expect(attendee.get_by_text("Booked", exact=True)).to_be_visible()
    await expect(attendee.get_by_text("Other", exact=True).first).to_be_visible()
