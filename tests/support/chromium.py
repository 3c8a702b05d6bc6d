"""A real Chromium, driven by Playwright, and axe-core to look for what shuts people out."""

import functools
import os
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from shutil import which
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import urlsplit

from playwright.async_api import Browser, BrowserContext, ConsoleMessage, Page, async_playwright

from tests.support.components import absent, find_program

ISLANDS = Path(__file__).parents[2] / "web" / "islands"
FLAGS = (
    "--no-sandbox",  # tests run as root in containers, where Chromium's sandbox cannot
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # No other host can be reached, by requests, WebSockets or WebRTC. A route handler of Playwright would switch off the browser's cache too.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost, EXCLUDE *.local",
    # Pages of Chromium's own behind its address bar, in which nobody types here: they cost as much as a page of ours, for each window. Of several such
    # switches the last one counts, so those of Playwright that matter here are repeated in it.
    "--disable-features=WebUIOmniboxPopup,WebUIOmniboxAimPopup,WebUIOmniboxFullPopup,AvoidUnnecessaryBeforeUnloadCheckSync,"
    "DestroyProfileOnBrowserClose,HttpsFirstBalancedModeAutoEnable,HttpsUpgrades,LensOverlay,MediaRouter,OptimizationHints,PaintHolding,"
    "ThirdPartyStoragePartitioning",
)
NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
MAC_FOLDERS = [Path(f"/Applications/{name}.app/Contents/MacOS") for name in ("Chromium", "Google Chrome")]


WIDE, NARROW = "DejaVu Serif", "Liberation Sans Narrow"
"""Fonts of systems between which every layout must hold."""


@asynccontextmanager
async def running_chromium(*flags: str, system_font: str = "") -> AsyncIterator[Browser]:
    """A browser of its own; `flags` are added to its command line.

    With `system_font` that is the only font of its system, and it loads none from a page: what a reader sees whose font is late.
    """
    program = find_program(*NAMES, "Chromium", "Google Chrome", folders=MAC_FOLDERS if sys.platform == "darwin" else ())
    if program is None:
        absent("Chromium", "install the Debian package chromium")
    async with async_playwright() as playwright, AsyncExitStack() as stack:
        environment = dict[str, str | float | bool](os.environ)
        if system_font:
            flags = (*flags, "--disable-remote-fonts")
            environment["FONTCONFIG_FILE"] = str(_only(system_font, Path(stack.enter_context(TemporaryDirectory()))))
        browser = await playwright.chromium.launch(executable_path=program, args=[*FLAGS, *flags], env=environment)
        stack.push_async_callback(browser.close)
        yield browser


def _only(font: str, folder: Path) -> Path:
    """A configuration of fontconfig under which a system has one family of fonts."""
    listed = (
        subprocess.run(["fc-list", font, "file"], capture_output=True, text=True).stdout if which("fc-list") else ""
    )
    if not listed:
        absent(f"The font {font}", "install the Debian packages fontconfig, fonts-dejavu-core and fonts-liberation")
    for line in listed.splitlines():
        path = Path(line.strip().removesuffix(":"))
        (folder / path.name).symlink_to(path)
    configuration = folder / "fonts.conf"
    configuration.write_text(
        f"<fontconfig><dir>{folder}</dir><cachedir>{folder}/cache</cachedir>"
        f"<match><edit name='family' mode='assign' binding='strong'><string>{font}</string></edit></match></fontconfig>"
    )
    return configuration


OWN_HOSTS = {"127.0.0.1", "localhost"}
"""Where the servers of tests are. A request to any other host fails the test."""


class Window:
    """One person's browser window: a context of its own (cookies, language, colours) with one page.

    `faults` gathers what went wrong unseen, in this page and in those opened from it: exceptions, console errors (breaches of the
    content security policy are among them), and requests and WebSockets to other hosts than the server's own.
    """

    def __init__(self, context: BrowserContext, page: Page) -> None:
        self.context = context
        self.page = page
        self.faults: list[str] = []
        context.on("request", lambda request: self._note_address(request.url))
        context.on("page", self._watch)
        self._watch(page)

    def _watch(self, page: Page) -> None:
        page.on("pageerror", lambda error: self.faults.append(f"exception: {error}"))
        page.on("console", self._note_console)
        page.on("websocket", lambda socket: self._note_address(socket.url))

    def _note_console(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.faults.append(f"console: {message.text}")

    def _note_address(self, address: str) -> None:
        url = urlsplit(address)
        if url.scheme in {"http", "https", "ws", "wss"} and url.hostname not in OWN_HOSTS:
            self.faults.append(f"request to another host: {address}")


async def open_window(browser: Browser, **options: Any) -> Window:
    """`options` are those of Playwright's `new_context`: base_url, locale, timezone_id, color_scheme, viewport…"""
    context = await browser.new_context(**options)
    return Window(context, await context.new_page())


@functools.cache
def _axe() -> str:
    script = ISLANDS / "node_modules" / "axe-core" / "axe.min.js"
    if not script.exists():
        absent("axe-core", "run scripts/setup --dev")
    return script.read_text()


async def accessibility_faults(page: Page) -> list[str]:
    """The findings of axe-core on the current page: one line per rule and element, none if there are no faults."""
    # Evaluated by the debugger, which no content security policy hinders.
    await page.evaluate(_axe())
    result = await page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    return [
        f"{rule['id']} ({rule['impact']}): {' '.join(map(str, node['target']))}: {rule['help']}"
        for rule in result["violations"]
        for node in rule["nodes"]
    ]
