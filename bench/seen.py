"""How soon a moderator's keystroke is seen: by an attendee on their phone, by the speaker, and on the big screen, each in its own Chromium window.

    python -m bench.seen [--rounds 30]

Measured in the pages themselves, on one machine with one clock: from the keydown to the frame that was painted after the page had changed.
"""

import argparse
import asyncio
import statistics
from typing import Any

from playwright.async_api import Browser, Page

from rooms.forum.questions.messages import AskQuestion
from tests.support.chromium import open_window, running_chromium
from tests.support.server import Server, cookie_of, furnish, running_server, sign_in
from tests.support.world import World

PRESSED = "addEventListener('keydown', () => { window.pressedAt = Date.now() }, true)"
# Resolves with the moment of the first frame in which the text is there.
SHOWN = """text => new Promise(seen => {
    const there = () => document.querySelector('main').innerText.includes(text);
    const look = () => { if (there()) { watch.disconnect(); requestAnimationFrame(() => setTimeout(() => seen(Date.now()))) } };
    const watch = new MutationObserver(look);
    watch.observe(document.body, {childList: true, subtree: true, characterData: true, attributes: true});
    look();
})"""


async def measure(rounds: int) -> dict[str, list[float]]:
    """Milliseconds of each round, by what was done and who saw it."""
    took: dict[str, list[float]] = {}
    with running_server() as server:
        world = await furnish(server)
        world.lift_limits()
        async with running_chromium() as browser:
            moderator = await _enter(browser, server, world, "moderator", "/moderate")
            await moderator.evaluate(PRESSED)
            watchers = {
                "attendee": await _enter(browser, server, world, "attendee", ""),
                "speaker": await _enter(browser, server, world, "speaker", "/speak"),
                "screen": await _enter(browser, server, world, None, "/screen"),
            }
            for number in range(rounds):
                text = f"Question number {number} of this measurement?"
                await world.do("other", AskQuestion(text, False))
                await moderator.keyboard.press("1")
                row = moderator.locator(".queue-row", has_text=text)
                await row.click()
                await _press(moderator, "a", text, ["attendee", "speaker"], watchers, took)
                await moderator.keyboard.press("2")
                await row.click()
                await _press(moderator, "s", text, ["screen"], watchers, took)
                await moderator.keyboard.press("x")
        await world.close()
    return took


async def _press(
    moderator: Page, key: str, text: str, who: list[str], watchers: dict[str, Page], took: dict[str, list[float]]
) -> None:
    seen = {name: asyncio.create_task(watchers[name].evaluate(SHOWN, text)) for name in who}
    await asyncio.sleep(0.1)
    if any(task.done() for task in seen.values()):
        raise RuntimeError("what is to be seen is there already")
    await moderator.keyboard.press(key)
    for name, task in seen.items():
        at = await asyncio.wait_for(task, 10)
        took.setdefault(name, []).append(at - await moderator.evaluate("pressedAt"))


async def _enter(browser: Browser, server: Server, world: World, who: str | None, end: str) -> Page:
    options: dict[str, Any] = {"base_url": server.url, "viewport": {"width": 1280, "height": 800}, "locale": "en-GB"}
    window = await open_window(browser, **options)
    if who is not None:
        signin = await sign_in(world.engine, world.people[who])
        cookie: Any = cookie_of(server, world.engine, signin)
        await window.context.add_cookies([cookie])
    await window.page.goto(f"/c/forum/sessions/{world.session}{end}")
    await window.page.wait_for_selector(
        "plenary-questions .questions-bar, .console, .speaker-times, plenary-screen.live"
    )
    return window.page


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=30)
    took = asyncio.run(measure(parser.parse_args().rounds))
    print(f"{'ms from the keystroke to the painted frame':44} p50  p95  worst")
    for name, values in took.items():
        centiles = statistics.quantiles(values, n=20, method="inclusive")
        print(f"{name:44} {statistics.median(values):3.0f}  {centiles[18]:3.0f}  {max(values):5.0f}")


if __name__ == "__main__":
    main()
