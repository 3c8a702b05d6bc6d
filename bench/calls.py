"""From “Next, please” at a booth to the first picture on both sides: two Chromium pages with cameras of their own making, through the real server.

    python -m bench.calls [--rounds 20] [--relay]

Each round is what people do: the visitor waits in the queue, the staff calls, the visitor accepts, and both pages go to the call with the devices that
they used before. `--relay`: through a coturn on this machine alone. The steps are those of the side that was connected last; what is between them and
the whole is the way of the pages to the call.
"""

import argparse
import asyncio
import contextlib
import statistics
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from playwright.async_api import Browser, Page

from rooms.core.store.tables import conferences
from rooms.exhibition.booths.editing import hall_of, make_booth, set_duty
from rooms.exhibition.booths.staff_messages import Duty
from tests.browser.callers import MEDIA
from tests.support.chromium import open_window, running_chromium
from tests.support.coturn import running_coturn
from tests.support.server import Server, cookie_of, furnish, running_server, sign_in
from tests.support.world import World

PAUSE = 5.0  # seconds: one person may join ten queues a minute
STEPS = ("accept", "page", "sdp", "ice", "dtls", "frame", "total")
REMEMBERED = """localStorage.setItem("plenary-call-devices", '{"passed": true}')"""
MARKS = """async () => {
    const call = document.querySelector("plenary-call")?.call;
    const [care] = call?.monitors.values() ?? [];
    return care?.link.marks.frame === undefined ? null : {...care.link.marks, opened: performance.timeOrigin};
}"""


@contextmanager
def served(relay: bool) -> Iterator[Server]:
    if not relay:
        with running_server() as server:
            yield server
        return
    with (
        running_coturn() as turn,
        running_server(turn=f"{turn.url}?transport=udp", turn_secret=turn.secret) as server,
    ):
        yield server


async def booth_of(world: World, relay: bool) -> str:
    """The path of a booth where the colleague works."""
    async with world.engine.database.write() as connection:
        await connection.execute(conferences.update().values(relay_only=relay))
        hall = await hall_of(connection, world.conference, "Hall 1")
        booth, _ = await make_booth(connection, world.conference, hall, {"name": "Lumen"}, open=True, number="A1")
        await set_duty(connection, booth, world.people["colleague"], Duty.STAFF, world.clock())
    return f"/c/forum/exhibition/{booth}"


async def page_of(browser: Browser, server: Server, world: World, who: str) -> Page:
    window = await open_window(browser, base_url=server.url, locale="en-GB")
    signin = await sign_in(world.engine, world.people[who])
    cookie: Any = cookie_of(server, world.engine, signin)
    await window.context.add_cookies([cookie])
    await window.context.add_init_script(REMEMBERED)
    return window.page


async def marks_of(page: Page) -> dict[str, float]:
    while True:
        with contextlib.suppress(Exception):  # the page may be on its way
            if (marks := await page.evaluate(MARKS)) is not None:
                return marks
        await asyncio.sleep(0.1)


async def follow(page: Page, name: str, role: Any) -> None:
    await page.get_by_role(role, name=name).click()


async def call(visitor: Page, staff: Page, booth: str) -> dict[str, float]:
    """One round; milliseconds of each step."""
    await asyncio.gather(visitor.goto(booth), staff.goto(booth))
    await follow(visitor, "Join the queue", "button")
    await staff.get_by_text("Attendee").wait_for()
    pressed: float = await staff.evaluate("performance.timeOrigin + performance.now()")
    await asyncio.gather(
        follow(staff, "Next, please", "button"),
        follow(visitor, "Accept", "button"),
        follow(staff, "Go to the call", "link"),
    )
    ends = [await asyncio.wait_for(marks_of(page), 60) for page in (visitor, staff)]
    last = max(ends, key=lambda marks: marks["frame"])
    stages = [pressed, last["opened"], last["began"], last["described"], last["ice"], last["dtls"], last["frame"]]
    steps = {step: max(0.0, after - before) for step, before, after in zip(STEPS, stages, stages[1:], strict=False)}
    await staff.goto(booth)
    await follow(staff, "Finish", "button")
    await staff.get_by_text("Nobody is waiting.").wait_for()
    return {**steps, "total": last["frame"] - pressed}


async def measure(rounds: int, relay: bool) -> list[dict[str, float]]:
    with served(relay) as server:
        world = await furnish(server)
        booth = await booth_of(world, relay)
        async with running_chromium(*MEDIA) as browser:
            visitor, staff = [await page_of(browser, server, world, who) for who in ("attendee", "colleague")]
            await call(visitor, staff, booth)  # caches are filled by a first one
            results: list[dict[str, float]] = []
            for _ in range(rounds):
                await asyncio.sleep(PAUSE)
                results.append(await call(visitor, staff, booth))
        await world.close()
    return results


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--relay", action="store_true")
    given = parser.parse_args()
    results = asyncio.run(measure(given.rounds, given.relay))
    print(f"{given.rounds} calls, {'through TURN alone' if given.relay else 'directly'}, milliseconds")
    for step in STEPS:
        values = sorted(round_[step] for round_ in results)
        p95 = values[min(len(values) - 1, round(0.95 * (len(values) - 1)))]
        print(f"{step:>8}  p50 {statistics.median(values):7.0f}  p95 {p95:7.0f}")


if __name__ == "__main__":
    main()
