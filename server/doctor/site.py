"""The public address, as a browser meets it: through the proxy, with TLS, to a page and to the live connection."""

import asyncio
import json
import ssl
import urllib.error
import urllib.request
from collections.abc import AsyncIterator
from urllib.parse import urlsplit

from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidStatus, WebSocketException
from websockets.typing import Origin, Subprotocol

from server.doctor.findings import Finding, Verdict, ok, unused, wrong
from server.live.wire import JSON
from server.settings import Settings

PATIENCE = 8.0
NAME = "public address"
PROXY = "the proxy must pass on Upgrade, Connection and Host as docs/operations.md shows"


async def check_site(settings: Settings) -> AsyncIterator[Finding]:
    finding = await asyncio.to_thread(_ask_health, settings.url)
    yield finding
    if finding.verdict is Verdict.OK:
        yield await _try_socket(settings.url)


def _ask_health(url: str) -> Finding:
    address = f"{url}/health/ready"
    try:
        with urllib.request.urlopen(address, timeout=PATIENCE) as answer:
            body = answer.read(1000)
    except urllib.error.HTTPError as fault:
        with fault:
            return _of_status(address, fault.code)
    except (OSError, ValueError) as fault:
        reason = getattr(fault, "reason", fault)
        if isinstance(reason, ssl.SSLError):
            remedy = "is the certificate for this name, whole (with its chain), and not expired?"
            return wrong(NAME, f"{url}: TLS fails: {reason}", remedy)
        if isinstance(reason, ConnectionRefusedError):
            return unused(NAME, f"nothing answers at {url}: start Plenary and its proxy to have this checked")
        return wrong(NAME, f"{url} cannot be reached from here: {reason}", "check PLENARY_URL, DNS and the firewall")
    try:
        status = json.loads(body)["status"]
    except (ValueError, TypeError, KeyError):
        text = f"{address} is answered, but not by Plenary"
        return wrong(NAME, text, "check PLENARY_URL, and to which port the proxy passes requests on")
    return ok(NAME, f"{address} answers: {status}")


def _of_status(address: str, status: int) -> Finding:
    if status in {502, 503, 504}:
        return unused(NAME, f"{address} answers {status}: start Plenary to have this checked")
    return wrong(
        NAME, f"{address} answers {status}", "check PLENARY_URL, and to which port the proxy passes requests on"
    )


async def _try_socket(url: str) -> Finding:
    """Says hello with a ticket that is none. To be refused in the words of the protocol shows that messages pass in both directions."""
    parts = urlsplit(url)
    address = f"{'wss' if parts.scheme == 'https' else 'ws'}://{parts.netloc}/live"
    try:
        async with connect(
            address, origin=Origin(url), subprotocols=[Subprotocol(JSON)], proxy=None, open_timeout=PATIENCE
        ) as socket:
            await socket.send(json.dumps({"op": "hello", "ticket": "doctor", "client": "doctor"}))
            answer = json.loads(await asyncio.wait_for(socket.recv(), PATIENCE))
    except InvalidStatus as fault:
        status = fault.response.status_code
        return wrong("live connection", f"{address} answers {status} instead of opening a WebSocket", PROXY)
    except (WebSocketException, ConnectionClosed, OSError, TimeoutError, ValueError) as fault:
        return wrong("live connection", f"{address} does not work: {fault or type(fault).__name__}", PROXY)
    if answer.get("error", {}).get("code") != "malformed":
        return wrong("live connection", f"{address} gives an unexpected answer", PROXY)
    return ok("live connection", f"{address} opens, and messages pass in both directions")
