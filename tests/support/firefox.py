"""A real Firefox, driven by WebDriver BiDi over its own WebSocket: no geckodriver needed."""

import asyncio
import itertools
import os
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import msgspec
from websockets.asyncio.client import ClientConnection, connect

from tests.support.components import absent, find_program
from tests.support.process import Process

# A camera and a microphone of Firefox's own making, and no question whether the page may have them. Nothing is fetched from Mozilla.
PREFERENCES = {
    "media.navigator.streams.fake": True,
    "media.navigator.permission.disabled": True,
    "media.autoplay.default": 0,
    "app.normandy.enabled": False,
    "app.update.enabled": False,
    "browser.safebrowsing.malware.enabled": False,
    "browser.safebrowsing.phishing.enabled": False,
    "browser.shell.checkDefaultBrowser": False,
    "datareporting.policy.dataSubmissionEnabled": False,
    "extensions.update.enabled": False,
    "media.gmp-manager.url": "data:text/plain,",
    "network.captive-portal-service.enabled": False,
    "network.connectivity-service.enabled": False,
    "services.settings.server": "data:,",
    "toolkit.telemetry.enabled": False,
}
LISTENING = re.compile(r"WebDriver BiDi listening on (ws://\S+)")
COMMAND_SECONDS = 30


class FirefoxPage:
    """One page. `evaluate` takes a function, as Playwright's does."""

    def __init__(self, connection: ClientConnection) -> None:
        self._connection = connection
        self._numbers = itertools.count(1)
        self._context = ""

    async def open(self) -> None:
        await self._command("session.new", capabilities={})
        tree = await self._command("browsingContext.getTree")
        self._context = tree["contexts"][0]["context"]

    async def goto(self, url: str) -> None:
        await self._command("browsingContext.navigate", context=self._context, url=url, wait="complete")

    async def add_cookie(self, url: str, name: str, value: str) -> None:
        host = url.partition("://")[2].partition(":")[0].partition("/")[0]
        cookie = {"name": name, "value": {"type": "string", "value": value}, "domain": host, "path": "/"}
        await self._command("storage.setCookie", cookie=cookie)

    async def evaluate(self, function: str, argument: Any = None) -> Any:
        """The function's result, awaited, as JSON."""
        wrapped = f"async (given) => JSON.stringify((await ({function})(JSON.parse(given))) ?? null)"
        answer = await self._command(
            "script.callFunction",
            functionDeclaration=wrapped,
            arguments=[{"type": "string", "value": msgspec.json.encode(argument).decode()}],
            target={"context": self._context},
            awaitPromise=True,
            userActivation=True,
        )
        if answer["type"] != "success":
            raise RuntimeError(answer["exceptionDetails"]["text"])
        return msgspec.json.decode(answer["result"]["value"])

    async def wait_for_function(self, function: str, seconds: float = 20) -> None:
        deadline = asyncio.get_running_loop().time() + seconds
        while not await self.evaluate(function):
            if asyncio.get_running_loop().time() > deadline:
                raise AssertionError(f"waited {seconds} s in vain for {function}")
            await asyncio.sleep(0.1)

    async def _command(self, method: str, **params: Any) -> dict[str, Any]:
        number = next(self._numbers)
        await self._connection.send(msgspec.json.encode({"id": number, "method": method, "params": params}).decode())
        async with asyncio.timeout(COMMAND_SECONDS):
            while True:  # one command at a time: all else is an event
                message = msgspec.json.decode(await self._connection.recv())
                if message.get("id") == number:
                    break
        if message["type"] == "error":
            raise RuntimeError(f"{method}: {message['error']}: {message['message']}")
        return message["result"]


@asynccontextmanager
async def running_firefox(folder: Path) -> AsyncIterator[FirefoxPage]:
    """A browser with one page; its profile is made in `folder`."""
    program = find_program("firefox-esr", "firefox", folders=[Path("/Applications/Firefox.app/Contents/MacOS")])
    if program is None:
        absent("Firefox", "install the Debian package firefox-esr")
    profile = folder / "profile"
    profile.mkdir()
    lines = (f"user_pref({_json(name)}, {_json(value)});\n" for name, value in PREFERENCES.items())
    (profile / "user.js").write_text("".join(lines))
    command = [program, "--headless", "--no-remote", "--profile", profile, "--remote-debugging-port", "0"]
    environment = {**os.environ, "HOME": str(folder), "MOZ_DISABLE_CONTENT_SANDBOX": "1"}
    firefox = Process(command, ready=lambda: _address(firefox) is not None, folder=folder, environment=environment)
    with firefox:
        async with connect(f"{_address(firefox)}/session", max_size=None) as connection:
            page = FirefoxPage(connection)
            await page.open()
            yield page


def _address(firefox: Process) -> str | None:
    match = LISTENING.search(firefox.output())
    return match[1] if match else None


def _json(value: object) -> str:
    return msgspec.json.encode(value).decode()
