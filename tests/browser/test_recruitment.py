"""A graduate in a real browser: applies, waits at the employer's booth, is interviewed in a call, is rated, and gets an outcome."""

import asyncio
import re
from collections.abc import AsyncIterator

import msgspec
import pytest
from playwright.async_api import Browser, expect

from rooms.exhibition.booths.editing import hall_of, make_booth, set_duty
from rooms.exhibition.booths.staff_messages import Duty
from rooms.exhibition.organisations import organisation_of
from rooms.recruitment.jobs import messages as jm
from server.demo.drawing import brochure
from tests.browser.callers import MEDIA, STAFF, all_connected, join
from tests.browser.conftest import Venue
from tests.support.chromium import running_chromium
from tests.support.recruitment import JOB, profile_of


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    async with running_chromium(*MEDIA) as chromium:
        yield chromium


@pytest.fixture
async def job(venue: Venue) -> str:
    """The path of a job of the employer at whose booth the colleague works."""
    world = venue.world
    async with world.engine.database.write() as connection:
        hall = await hall_of(connection, world.conference, "Hall 1")
        made, _ = await make_booth(connection, world.conference, hall, {"name": "Lumen"}, open=True, number="A1")
        await set_duty(connection, made, world.people[STAFF], Duty.STAFF, world.clock())
        employer = await organisation_of(connection, made)
    done = await world.do(STAFF, jm.CreateJob(organisation=employer or "", **JOB), room=world.lobby)
    id = msgspec.json.decode(done.reply, type=jm.JobCreated).job
    await world.do(STAFF, jm.PublishJob(id), room=world.lobby)
    await profile_of(world)
    return f"/c/{venue.slug}/recruitment/jobs/{id}"


async def test_a_graduate_applies_is_interviewed_rated_and_hired(venue: Venue, job: str) -> None:
    graduate = (await venue.window_of("attendee")).page
    await graduate.goto(f"/c/{venue.slug}/recruitment/profile")
    cv = {"name": "cv.pdf", "mimeType": "application/pdf", "buffer": brochure(40, "Attendee", "CV", ["Membranes"])}
    await graduate.locator("#file-cv").set_input_files(cv)
    await graduate.get_by_role("button", name="Upload").click()
    await expect(graduate.get_by_text("Your CV is saved.")).to_be_visible()
    await graduate.goto(job)
    await graduate.get_by_label("Message to the employer").fill("I know your membranes.")
    await graduate.get_by_role("button", name="Apply", exact=True).click()
    await graduate.get_by_role("button", name="Wait for an interview now").click()
    await graduate.wait_for_url("**/exhibition/*")
    booth = graduate.url
    await expect(graduate.get_by_text("You are next")).to_be_visible()

    staff = (await venue.window_of(STAFF)).page
    await staff.goto(booth)
    mark = staff.locator(".queue-line").get_by_role("link", name="Candidate")
    await expect(mark).to_have_attribute("href", re.compile("/recruitment/candidates/"))
    await staff.get_by_role("button", name="Next, please").click()
    await graduate.locator("plenary-queue").get_by_role("button", name="Accept").click()
    await graduate.wait_for_url("**/meetings/*")
    await staff.get_by_role("link", name="Go to the call").click()
    await staff.wait_for_url("**/meetings/*")
    await all_connected([await join(staff), await join(graduate)])
    candidate = staff.locator(".call-candidate")
    await expect(candidate.get_by_text("I know your membranes.")).to_be_visible()
    await expect(candidate.get_by_role("link", name="Open the CV")).to_be_visible()
    beside, tiles = await candidate.bounding_box(), await staff.locator(".call").bounding_box()
    assert beside is not None
    assert tiles is not None
    assert beside["x"] >= tiles["x"] + tiles["width"] - 1, "beside the call, not over it"
    async with asyncio.timeout(20):  # until Chromium's own viewer shows the CV in the frame
        while not any(each.url.startswith("chrome-extension://") for each in staff.frames):
            await asyncio.sleep(0.1)
    await candidate.get_by_text("CV", exact=True).click()
    await expect(staff.get_by_title("CV of Attendee")).to_be_hidden()

    await candidate.get_by_label("Your note").fill("Calm and precise.")
    await candidate.get_by_label("Rating").select_option("5")
    await expect(candidate.get_by_text("Saved", exact=True)).to_be_visible()
    await staff.reload()
    await expect(candidate.get_by_label("Your note")).to_have_value("Calm and precise.")
    async with staff.context.expect_page() as opened:
        await candidate.get_by_role("link", name="Materials engineer").click()
    other = await opened.value
    await other.get_by_label("Move to").select_option("hired")
    await other.get_by_role("button", name="Move").click()
    await expect(other.get_by_text("Hired")).to_be_visible()

    await graduate.goto(f"/c/{venue.slug}/recruitment/mine")
    await expect(graduate.get_by_role("listitem").filter(has_text="Hired")).to_be_visible()


async def test_a_note_is_not_lost_and_never_overwrites_another(venue: Venue, job: str) -> None:
    graduate = (await venue.window_of("attendee")).page
    await graduate.goto(job)
    await graduate.get_by_role("button", name="Apply", exact=True).click()
    await graduate.wait_for_url("**/mine#applications")
    windows = [(await venue.window_of(STAFF)).page for _ in range(2)]
    first, second = windows
    for page in windows:
        await page.goto(f"/c/{venue.slug}/recruitment/employer")
        await page.get_by_role("link", name="Attendee").click()
    await first.get_by_label("Your note").fill("From the first window")
    await expect(first.get_by_text("Saved", exact=True)).to_be_visible()
    await second.get_by_label("Your note").fill("From the second window")
    await expect(second.get_by_text("Another window has saved this note: “From the first window”.")).to_be_visible()
    await expect(second.get_by_label("Your note")).to_have_value("From the second window")
    await second.get_by_role("button", name="Save the note").click()
    await expect(second.get_by_text("Saved", exact=True)).to_be_visible()
    await first.reload()
    await expect(first.get_by_label("Your note")).to_have_value("From the second window")
    await first.context.set_offline(True)
    await first.get_by_label("Your note").fill("Typed without a connection")
    await first.wait_for_timeout(1200)
    await first.context.set_offline(False)
    await expect(first.get_by_text("Saved", exact=True)).to_be_visible(timeout=30_000)
    await first.reload()
    await expect(first.get_by_label("Your note")).to_have_value("Typed without a connection")
