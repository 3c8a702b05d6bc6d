"""People in a call, in windows with a camera and a microphone of Chromium's own making."""

import asyncio
from collections.abc import Callable
from typing import Any

from playwright.async_api import Page

from rooms.exhibition.booths.editing import hall_of, make_booth, set_duty
from rooms.exhibition.booths.staff_messages import Duty
from rooms.meetings.create import open_meeting
from tests.browser.conftest import Venue

# A green field with a clock and a beep each second; no question whether the page may have them.
MEDIA = (
    "--use-fake-device-for-media-stream=fps=10",
    "--use-fake-ui-for-media-stream",
    "--auto-select-desktop-capture-source=Entire screen",
)
STAFF = "colleague"

LINKS = """() => Promise.all([...document.querySelector("plenary-call").call.monitors.values()].map(async ({link, mode, safety, reading}) => {
    const stats = link.pc ? [...(await link.pc.getStats()).values()] : [];
    const incoming = stats.filter((each) => each.type === "inbound-rtp");
    const of = (kind) => incoming.filter((each) => each.kind === kind);
    const frames = (mid) => of("video").filter((each) => each.mid === mid).reduce((sum, each) => sum + (each.framesDecoded ?? 0), 0);
    return {
        peer: link.peer, state: link.state, gen: link.gen, mode, path: reading?.path ?? "", level: reading?.level ?? "",
        signaling: link.pc?.signalingState, sound: of("audio").reduce((sum, each) => sum + each.packetsReceived, 0),
        camera: frames("1"), screen: frames("2"), code: safety?.code ?? "", relayProblem: link.relayProblem,
        ufrag: /a=ice-ufrag:(\\S+)/.exec(link.pc?.currentLocalDescription?.sdp ?? "")?.[1] ?? "",
        local: (() => {
            const transport = stats.find((each) => each.type === "transport");
            const pair = stats.find((each) => each.id === transport?.selectedCandidatePairId);
            const end = stats.find((each) => each.id === pair?.localCandidateId);
            return [end?.candidateType ?? "", end?.relayProtocol ?? end?.protocol ?? ""];
        })(),
        log: link.log.map(({text}) => text),
    };
}))"""


async def meeting_at_booth(venue: Venue, *people: str, staff: tuple[str, ...] = (STAFF,)) -> str:
    """The path of a meeting at a booth, to which these people are invited."""
    world = venue.world
    async with world.engine.database.write() as connection:
        hall = await hall_of(connection, world.conference, "Hall 1")
        booth, _ = await make_booth(connection, world.conference, hall, {"name": "Lumen"}, open=True, number="A1")
        for who in staff:
            await set_duty(connection, booth, world.people[who], Duty.STAFF, world.clock())
        invited = [world.people[who] for who in people]
        meeting = await open_meeting(connection, world.conference, booth, invited, world.clock())
    return f"/c/{venue.slug}/meetings/{meeting}"


async def at_the_door(venue: Venue, who: str, path: str, **options: Any) -> Page:
    """The meeting's page before the call."""
    page = (await venue.window_of(who, **options)).page
    await page.goto(path)
    await page.wait_for_selector("plenary-call-check, .call, .call-end")
    return page


async def join(page: Page) -> Page:
    await page.get_by_role("button", name="Join the call").click()
    await page.wait_for_selector(".call")
    return page


async def call_of(venue: Venue, path: str, *people: str, **options: Any) -> list[Page]:
    """They join one after the other, and wait until all see and hear each other."""
    pages = [await join(await at_the_door(venue, who, path, **options)) for who in people]
    await all_connected(pages)
    return pages


async def links(page: Page) -> list[dict[str, Any]]:
    return await page.evaluate(LINKS)


async def until_links(
    page: Page, holds: Callable[[list[dict[str, Any]]], bool], seconds: float = 30
) -> list[dict[str, Any]]:
    """The links once a condition holds; fails with what they are when it does not come about."""
    known: list[dict[str, Any]] = []
    for _ in range(int(seconds / 0.2)):
        known = await links(page)
        if holds(known):
            return known
        await asyncio.sleep(0.2)
    raise AssertionError(f"this did not come about: {known}")


async def all_connected(pages: list[Page], seconds: float = 30) -> None:
    """Every page decodes the camera and hears the microphone of every other one."""
    await asyncio.gather(
        *(
            until_links(
                page,
                lambda known: len(known) == len(pages) - 1 and all(each["state"] == "connected" for each in known),
                seconds,
            )
            for page in pages
        )
    )
    await asyncio.gather(*(flowing(page, seconds) for page in pages))


async def flowing(page: Page, seconds: float = 20) -> None:
    """Pictures and sound come from everybody, now."""
    before = {each["peer"]: each for each in await links(page)}
    assert before, "there is nobody from whom they could come"

    def more(known: list[dict[str, Any]]) -> bool:
        return len(known) == len(before) and all(
            each["camera"] > before.get(each["peer"], each)["camera"]
            and each["sound"] > before.get(each["peer"], each)["sound"]
            for each in known
        )

    await until_links(page, more, seconds)


async def menu(page: Page, item: str) -> None:
    await page.locator(".call-more > summary").click()
    await page.locator(".call-more").get_by_role("button", name=item).click()
