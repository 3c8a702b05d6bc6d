"""The microphone and camera that a person chooses are the ones that are used, and the sound of a shared screen reaches the others."""

from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser, Page, expect

from tests.browser.callers import MEDIA, STAFF, at_the_door, call_of, join, meeting_at_booth, menu
from tests.browser.conftest import Venue
from tests.support.chromium import running_chromium

LABELS = "() => (({mic, cam}) => [mic?.label, cam?.label, mic?.readyState, cam?.readyState])(document.querySelector('plenary-call').devices)"
# One device cannot be opened: `name` is the exception of getUserMedia.
REFUSE = """([id, name]) => {
    const {mediaDevices} = navigator, open = mediaDevices.getUserMedia.bind(mediaDevices);
    mediaDevices.getUserMedia = async (wanted) => {
        const {deviceId} = wanted.audio || wanted.video;
        if (deviceId?.exact === id) throw new DOMException("", name);
        return open(wanted);
    };
    window.release = () => {
        delete mediaDevices.getUserMedia;
        mediaDevices.dispatchEvent(new Event("devicechange"));
    };
}"""
# A screen that shows something, with a tone of 440 Hz if the page asks for sound.
SCREEN = """() => {
    navigator.mediaDevices.getDisplayMedia = async ({audio}) => {
        const canvas = document.createElement("canvas"), context = new AudioContext();
        canvas.getContext("2d").fillRect(0, 0, 10, 10);
        const out = context.createMediaStreamDestination(), tone = context.createOscillator();
        tone.frequency.value = 440;
        tone.connect(out);
        tone.start();
        return new MediaStream([...canvas.captureStream(5).getTracks(), ...(audio ? out.stream.getTracks() : [])]);
    };
}"""
ENERGY = """async () => {
    const [{link}] = document.querySelector("plenary-call").call.monitors.values();
    const sum = async () => [...(await link.pc.getStats()).values()].find((each) => each.type === "inbound-rtp" && each.kind === "audio").totalAudioEnergy;
    const before = await sum();
    await new Promise((resolve) => setTimeout(resolve, 1000));
    return (await sum()) - before;
}"""


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    flags = [flag.replace("fps=10", "fps=10,device-count=3") for flag in MEDIA]
    async with running_chromium(*flags) as chromium:
        yield chromium


async def chosen(page: Page, kind: str, label: str) -> str:
    """Chooses a device, and returns its id."""
    select = page.locator(f"select.device[aria-label={kind}]")
    await expect(select.locator("option", has_text=label)).to_have_count(1)
    await select.select_option(label=label)
    return await select.locator("option", has_text=label).get_attribute("value") or ""


async def until_used(page: Page, mic: str, cam: str) -> None:
    await page.wait_for_function(
        f"([mic, cam]) => {{ const now = ({LABELS})(); return now[0]?.includes(mic) && now[1]?.includes(cam); }}",
        arg=[mic, cam],
    )


async def test_the_chosen_devices_are_used_and_remembered(venue: Venue) -> None:
    path = await meeting_at_booth(venue, "attendee", STAFF)
    page = await at_the_door(venue, "attendee", path)
    await chosen(page, "Microphone", "Fake Audio Input 2")
    await chosen(page, "Camera", "fake_device_1")
    await until_used(page, "Fake Audio Input 2", "fake_device_1")
    await page.reload()
    await until_used(page, "Fake Audio Input 2", "fake_device_1")
    await join(page)
    await menu(page, "Devices")
    await chosen(page, "Microphone", "Fake Audio Input 1")
    await chosen(page, "Camera", "fake_device_2")
    await until_used(page, "Fake Audio Input 1", "fake_device_2")


@pytest.mark.parametrize("name", ["NotReadableError", "NotAllowedError"])
async def test_a_camera_that_does_not_open_leaves_the_current_one_on(venue: Venue, name: str) -> None:
    path = await meeting_at_booth(venue, "attendee", STAFF)
    page = await at_the_door(venue, "attendee", path)
    await until_used(page, "", "fake_device_0")
    select = page.locator("select.device[aria-label=Camera]")
    busy = await select.locator("option", has_text="fake_device_1").get_attribute("value")
    before = await select.input_value()
    await page.evaluate(REFUSE, [busy, name])
    await chosen(page, "Camera", "fake_device_1")
    await expect(page.locator(".toast").first).to_be_visible()
    assert (await page.evaluate(LABELS))[1::2] == ["fake_device_0", "live"]
    assert await select.input_value() == before, "the menu shows the camera in use"


async def test_the_chosen_microphone_is_used_again_when_it_is_back(venue: Venue) -> None:
    path = await meeting_at_booth(venue, "attendee", STAFF)
    page = await at_the_door(venue, "attendee", path)
    headset = await chosen(page, "Microphone", "Fake Audio Input 2")
    await until_used(page, "Fake Audio Input 2", "")
    await page.evaluate(REFUSE, [headset, "OverconstrainedError"])
    await page.evaluate("document.querySelector('plenary-call').devices.mic.dispatchEvent(new Event('ended'))")
    await page.wait_for_function(f"() => !({LABELS})()[0]?.includes('Audio Input 2')")
    await page.evaluate("window.release()")
    await until_used(page, "Fake Audio Input 2", "")


async def test_the_sound_of_a_shared_screen_plays_although_its_owner_is_muted(venue: Venue) -> None:
    path = await meeting_at_booth(venue, "attendee", STAFF)
    visitor, staff = await call_of(venue, path, "attendee", STAFF)
    await staff.get_by_role("button", name="Microphone").click()
    await visitor.wait_for_timeout(1000)
    assert await visitor.evaluate(ENERGY) < 1e-4, "the premise: nothing is heard"
    await staff.evaluate(SCREEN)
    await staff.get_by_role("button", name="Share the screen").click()
    await expect(visitor.get_by_label("Screen of Colleague")).to_be_visible()
    await visitor.wait_for_timeout(500)
    assert await visitor.evaluate(ENERGY) > 1e-2
    await staff.get_by_role("button", name="Share the screen").click()
    await visitor.wait_for_timeout(1000)
    assert await visitor.evaluate(ENERGY) < 1e-4


async def test_of_two_shared_screens_a_third_person_chooses_one(venue: Venue) -> None:
    people = ("attendee", STAFF, "other")
    path = await meeting_at_booth(venue, *people)
    visitor, staff, third = await call_of(venue, path, *people)
    for page in (visitor, staff):
        await page.evaluate(SCREEN)
        await page.get_by_role("button", name="Share the screen").click()
    group = third.get_by_role("group", name="Shared screens")
    first = group.get_by_role("button", name="Screen of Attendee")
    second = group.get_by_role("button", name="Screen of Colleague")
    await expect(first).to_have_attribute("aria-pressed", "true")
    await second.click()
    await expect(third.locator(".tile-screen figcaption")).to_have_text("Screen of Colleague")
    await expect(second).to_have_attribute("aria-pressed", "true")
    await staff.get_by_role("button", name="Share the screen").click()
    await expect(group).to_have_count(0)
    await expect(third.locator(".tile-screen figcaption")).to_have_text("Screen of Attendee")


async def test_a_reload_says_that_the_screen_is_no_longer_shared(venue: Venue) -> None:
    path = await meeting_at_booth(venue, "attendee", STAFF)
    staff = await join(await at_the_door(venue, STAFF, path))
    await staff.evaluate(SCREEN)
    await staff.get_by_role("button", name="Share the screen").click()
    await expect(staff.get_by_label("Your screen")).to_be_visible()
    await staff.reload()
    await expect(staff.get_by_text("The reload has stopped sharing your screen.")).to_be_visible()
    await staff.evaluate(SCREEN)
    await staff.get_by_role("button", name="Share again").click()
    await expect(staff.get_by_label("Your screen")).to_be_visible()
