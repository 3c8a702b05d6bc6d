"""Cameras and microphones that die during a call. Where Chromium's own process that captures for its pages is killed, each page sees its device die."""

import os
import signal
import subprocess
from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser, Page, expect

from tests.browser.callers import (
    MEDIA,
    STAFF,
    all_connected,
    at_the_door,
    call_of,
    flowing,
    join,
    links,
    meeting_at_booth,
)
from tests.browser.conftest import Venue
from tests.support.chromium import running_chromium

CAMERA, MICROPHONE = "video_capture.mojom.VideoCaptureService", "audio.mojom.AudioService"
WATCH = """() => {
    const {devices} = document.querySelector("plenary-call");
    window.ended = [];
    for (const kind of ["cam", "mic"]) devices[kind].addEventListener("ended", () => window.ended.push(kind));
}"""
# Nothing is there any more when it is looked for, until it is plugged in.
UNPLUG = """() => {
    const {mediaDevices} = navigator;
    mediaDevices.getUserMedia = async () => { throw new DOMException("", "NotFoundError"); };
    window.plugIn = () => {
        delete mediaDevices.getUserMedia;
        mediaDevices.dispatchEvent(new Event("devicechange"));
    };
}"""
BOTH = """() => {
    const {devices} = document.querySelector("plenary-call");
    return [devices.mic, devices.cam].every((track) => track?.readyState === "live");
}"""

# A camera that is long in coming.
SLOW = """() => {
    const {mediaDevices} = navigator, take = mediaDevices.getUserMedia.bind(mediaDevices);
    mediaDevices.getUserMedia = async (wanted) => {
        const stream = await take(wanted);
        [window.opening] = stream.getTracks();
        await new Promise((resolve) => (window.hand = resolve));
        return stream;
    };
}"""


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    async with running_chromium(*MEDIA) as chromium:
        yield chromium


def kill_capture(service: str) -> None:
    """Kills the process that captures for the pages of this test's browser; those of other tests' go on."""
    listed = subprocess.run(["ps", "-wweo", "pid=,ppid=,args="], capture_output=True, text=True, check=True).stdout
    rows = [line.split(None, 2) for line in listed.splitlines()]
    parents = {int(pid): int(parent) for pid, parent, *_ in rows}

    def is_ours(pid: int) -> bool:
        while pid and pid != os.getpid():
            pid = parents.get(pid, 0)
        return pid != 0

    found = [int(pid) for pid, _, *args in rows if service in "".join(args) and is_ours(int(pid))]
    assert len(found) == 1, found
    os.kill(found[0], signal.SIGKILL)


async def until_ended(page: Page, kind: str) -> None:
    await page.wait_for_function("(kind) => window.ended.includes(kind)", arg=kind)


async def test_a_camera_and_a_microphone_that_die_are_taken_again(venue: Venue) -> None:
    path = await meeting_at_booth(venue, "attendee", STAFF)
    pages = await call_of(venue, path, "attendee", STAFF)
    before = [(await links(page))[0] for page in pages]
    for service, kind in ((CAMERA, "cam"), (MICROPHONE, "mic")):
        for page in pages:
            await page.evaluate(WATCH)
        kill_capture(service)
        for page in pages:
            await until_ended(page, kind)
            await page.wait_for_function(BOTH)
        await all_connected(pages)
    for page, old in zip(pages, before, strict=True):
        [link] = await links(page)
        assert (link["gen"], link["ufrag"]) == (old["gen"], old["ufrag"]), "the connection was never in question"
        await expect(page.get_by_role("button", name="Camera")).to_have_attribute("aria-pressed", "true")


async def test_an_unplugged_device_is_reported_and_used_again_when_it_is_back(venue: Venue) -> None:
    path = await meeting_at_booth(venue, "attendee", STAFF)
    visitor, staff = await call_of(venue, path, "attendee", STAFF)
    theirs = staff.locator(".tile", has_text="Attendee")
    await expect(theirs.locator("video")).to_be_visible()
    await visitor.evaluate(WATCH)
    await visitor.evaluate(UNPLUG)
    kill_capture(CAMERA)
    await until_ended(visitor, "cam")
    await expect(visitor.get_by_text("No camera was found. Plug one in").first).to_be_visible()
    await expect(theirs.locator("video")).to_have_count(0)
    await visitor.evaluate("window.plugIn()")
    await expect(visitor.get_by_text("Your camera is back.").first).to_be_visible()
    await expect(theirs.locator("video")).to_be_visible()
    await flowing(staff)


async def test_who_was_muted_stays_muted_with_another_microphone(venue: Venue) -> None:
    path = await meeting_at_booth(venue, "attendee", STAFF)
    visitor, staff = await call_of(venue, path, "attendee", STAFF)
    await visitor.get_by_role("button", name="Microphone").click()
    theirs = staff.locator(".tile", has_text="Attendee")
    await expect(theirs.get_by_text("Microphone off")).to_be_attached()
    await visitor.evaluate(WATCH)
    kill_capture(MICROPHONE)
    await until_ended(visitor, "mic")
    await visitor.wait_for_function("""() => {
        const {mic} = document.querySelector("plenary-call").devices;
        return mic?.readyState === "live" && !mic.enabled;
    }""")
    await expect(theirs.get_by_text("Microphone off")).to_be_attached()
    await visitor.get_by_role("button", name="Microphone").click()
    await expect(theirs.get_by_text("Microphone off")).to_have_count(0)


async def test_a_camera_that_comes_too_late_stays_off(venue: Venue) -> None:
    """Nobody is filmed behind a page that shows no picture: here the camera opens only after its owner has left."""
    path = await meeting_at_booth(venue, "attendee", STAFF)
    visitor = await join(await at_the_door(venue, "attendee", path))
    await visitor.get_by_role("button", name="Camera").click()
    await visitor.evaluate(SLOW)
    await visitor.get_by_role("button", name="Camera").click()
    await visitor.wait_for_function("() => window.opening?.readyState === 'live'")
    await visitor.get_by_role("button", name="Leave the call").click()
    await expect(visitor.get_by_role("heading", name="You have left the call")).to_be_visible()
    assert await visitor.evaluate("window.opening.readyState") == "live", "it was on, so that it can be let go"
    await visitor.evaluate("window.hand()")
    await visitor.wait_for_function("() => window.opening.readyState === 'ended'")
