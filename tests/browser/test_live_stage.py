"""A speaker goes live from their browser, and attendees see and hear it: in real browsers, through the real server and its stage process."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from playwright.async_api import Browser, Page, expect

from rooms.programme.messages import OpenSession, StartSession
from signaling.stage.control import FILE, StagePlace
from tests.browser.callers import MEDIA
from tests.browser.conftest import Venue, live
from tests.support.chromium import running_chromium
from tests.support.firefox import running_firefox
from tests.support.server import cookie_of, sign_in

SEEN = """async () => {
    const link = document.querySelector("plenary-live-stream")?.link;
    const video = document.querySelector("plenary-live-stream video");
    if (!link?.pc || !video) return null;
    const stats = [...(await link.pc.getStats()).values()].filter((each) => each.type === "inbound-rtp");
    const of = (kind) => stats.find((each) => each.kind === kind) ?? {};
    const canvas = new OffscreenCanvas(64, 36);
    const drawn = canvas.getContext("2d");
    drawn.drawImage(video, 0, 0, 64, 36);
    const pixels = drawn.getImageData(0, 0, 64, 36).data;
    const sums = [0, 0, 0];
    pixels.forEach((value, at) => at % 4 < 3 && (sums[at % 4] += value / (64 * 36)));
    return {frames: of("video").framesDecoded ?? 0, sound: of("audio").totalSamplesReceived ?? 0, energy: of("audio").totalAudioEnergy ?? 0,
            concealed: of("audio").concealedSamples ?? 0, width: video.videoWidth, red: sums[0], green: sums[1], blue: sums[2]};
}"""


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    async with running_chromium(*MEDIA, "--autoplay-policy=no-user-gesture-required") as chromium:
        yield chromium


async def seen_live(page: Page, *, more_than: int = 5, seconds: float = 20) -> dict[str, Any]:
    """Waits until pictures and sound arrive; returns what is seen."""
    found: dict[str, Any] | None = None
    for _ in range(round(seconds / 0.25)):
        found = await page.evaluate(SEEN)
        # The picture of Chromium's camera is green.
        if (
            found
            and found["frames"] > more_than
            and found["green"] > 60
            and found["green"] > 1.5 * found["red"]
            and found["sound"] > 48_000
        ):
            return found
        await asyncio.sleep(0.25)
    raise AssertionError(f"nothing is seen: {found}")


async def go_live(venue: Venue) -> Page:
    return await broadcast(await venue.enter("speaker"))


async def broadcast(page: Page) -> Page:
    await page.get_by_role("button", name="Go live from this browser").click()
    await expect(page.locator(".broadcast-view video")).to_be_visible()
    await page.get_by_role("button", name="Go live", exact=True).click()
    await expect(page.locator(".broadcast-state")).to_contain_text("Everyone in this session sees and hears you.")
    return page


def stage_process(venue: Venue) -> int:
    place = msgspec.json.decode((venue.server.folder / "data" / FILE).read_bytes(), type=StagePlace)
    return place.pid


async def test_a_speaker_goes_live_and_everyone_sees_and_hears_it(venue: Venue) -> None:
    await venue.act("moderator", OpenSession())
    await venue.act("moderator", StartSession())
    attendee, visitor = await venue.enter("attendee"), await venue.enter(None)
    await expect(attendee.get_by_role("button", name="Go live from this browser")).to_have_count(0)

    speaker = await go_live(venue)
    for page in (attendee, visitor):
        found = await seen_live(page)
        assert found["width"] >= 320
        assert await page.evaluate('document.querySelector("plenary-live-stream video").muted'), "it starts muted"
    await attendee.get_by_role("button", name="Turn sound on").click()
    await expect(attendee.get_by_role("button", name="Turn sound on")).to_have_count(0)
    assert not await attendee.evaluate('document.querySelector("plenary-live-stream video").muted')

    # The stage process dies: publisher and viewers come back by themselves.
    os.kill(stage_process(venue), signal.SIGKILL)
    await expect(attendee.locator(".stage-note")).to_be_visible(timeout=10_000)
    await expect(attendee.locator(".stage-note")).to_have_count(0, timeout=30_000)
    before = await seen_live(attendee)
    await expect(speaker.locator(".broadcast-state")).to_contain_text("Everyone in this session sees and hears you.")
    assert (await seen_live(attendee, more_than=before["frames"]))["frames"] > before["frames"]

    # The speaker stops: the stage says what it waits for.
    await speaker.get_by_role("button", name="Stop broadcasting").click()
    await expect(attendee.locator(".stage-note")).to_have_text("Waiting for the stream. It starts by itself.")
    await expect(speaker.get_by_role("button", name="Go live from this browser")).to_be_visible()

    # The same viewers go on when the speaker comes back.
    await speaker.get_by_role("button", name="Go live from this browser").click()
    await speaker.get_by_role("button", name="Go live", exact=True).click()
    await expect(attendee.locator(".stage-note")).to_have_count(0, timeout=15_000)
    seen = await seen_live(attendee)
    await seen_live(attendee, more_than=seen["frames"])

    # Their page is loaded again: its stream ends at once, not after a timeout.
    speaker.on("dialog", lambda dialog: asyncio.ensure_future(dialog.accept()))
    await speaker.reload()
    await expect(attendee.locator(".stage-note")).to_have_text("Waiting for the stream. It starts by itself.")


async def test_firefox_views_and_publishes(venue: Venue, tmp_path: Path) -> None:
    await venue.act("moderator", OpenSession())
    await venue.act("moderator", StartSession())
    speaker = await go_live(venue)
    async with running_firefox(tmp_path) as firefox:
        signin = await sign_in(venue.world.engine, venue.world.people["moderator"])
        cookie = cookie_of(venue.server, venue.world.engine, signin)
        await firefox.add_cookie(venue.server.url, cookie["name"], cookie["value"])
        await firefox.goto(venue.server.url + venue.session)
        await firefox.wait_for_function(
            """async () => {
                const pc = document.querySelector("plenary-live-stream")?.link.pc;
                const stats = pc ? [...(await pc.getStats()).values()].filter((each) => each.type === "inbound-rtp") : [];
                return stats.some((each) => each.framesDecoded > 10) && stats.some((each) => each.kind === "audio" && each.packetsReceived > 20);
            }"""
        )
        await speaker.get_by_role("button", name="Stop broadcasting").click()
        for name in ("Go live from this browser", "Go live"):
            await firefox.wait_for_function(
                """() => {
                    const all = [...document.querySelectorAll("plenary-broadcast button")];
                    const found = all.find((each) => each.textContent.trim() === "NAME" && !each.disabled);
                    found?.click();
                    return Boolean(found);
                }""".replace("NAME", name)
            )
        before = (await speaker.evaluate(SEEN))["frames"]
        async with asyncio.timeout(20):
            while (await speaker.evaluate(SEEN))["frames"] < before + 10:
                await asyncio.sleep(0.25)


async def test_a_moderator_takes_over_and_the_speaker_is_informed(venue: Venue) -> None:
    await venue.act("moderator", OpenSession())
    await venue.act("moderator", StartSession())
    windows = [await venue.window_of(who) for who in ("speaker", "moderator")]
    speaker, moderator = (window.page for window in windows)
    for page in (speaker, moderator):
        await page.goto(venue.session)
        await live(page)
    await broadcast(speaker)
    await moderator.get_by_role("button", name="Go live from this browser").click()
    await moderator.get_by_role("button", name="Go live", exact=True).click()
    await expect(moderator.locator(".broadcast-state")).to_have_text(
        "Speaker is live on this stage. You can take their place."
    )
    await moderator.get_by_role("button", name="Take over").click()
    await expect(moderator.locator(".broadcast-state")).to_contain_text("Everyone in this session sees and hears you.")
    taken = "Moderator is live on this stage. You can take their place."
    await expect(speaker.locator(".broadcast-state")).to_have_text(taken, timeout=20_000)
    await seen_live(speaker)
    for window in windows:
        assert all("409" in fault for fault in window.faults), "the browser notes the two refusals"
        window.faults.clear()
