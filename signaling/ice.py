"""STUN and TURN servers for a browser (RFC 8445), with short-lived credentials for one person.

The credentials follow draft-uberti-behave-turn-rest: the user name is "expiry:person", the password its HMAC-SHA1 under a secret that the TURN server shares
(coturn: `use-auth-secret`, `static-auth-secret`). So the relay needs no list of users, and a leaked credential soon expires.
"""

import base64
import hashlib
import hmac
import re
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from rooms.core.commands.messages import View

LASTS = timedelta(hours=12)

_ADDRESS = re.compile(
    r"(?P<scheme>stuns?|turns?):(?P<host>\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]+)(?::(?P<port>\d{1,5}))?"
    r"(?:\?transport=(?P<transport>udp|tcp))?"
)


class Credentials(NamedTuple):
    username: str
    password: str


class IceAddress(NamedTuple):
    """A parsed STUN or TURN address (RFC 7064, RFC 7065). `transport` is "udp" or "tcp"; `tls`: TLS over that tcp."""

    address: str
    relays: bool
    host: str
    port: int
    transport: str
    tls: bool


class IceServer(View, omit_defaults=True):
    """One entry of the `iceServers` of an RTCPeerConnection."""

    urls: list[str]
    username: str = ""
    credential: str = ""


def parse(address: str) -> IceAddress:
    """Raises ValueError for anything but a STUN or TURN address."""
    match = _ADDRESS.fullmatch(address)
    if match is None or not 0 < int(match["port"] or 1) < 65536:
        raise ValueError(f"not the address of a STUN or TURN server: {address!r}")
    tls = match["scheme"] in {"stuns", "turns"}
    transport = match["transport"] or ("tcp" if tls else "udp")
    port = int(match["port"] or (5349 if tls else 3478))
    return IceAddress(address, match["scheme"].startswith("turn"), match["host"].strip("[]"), port, transport, tls)


def credentials(secret: str, person: str, now: datetime, lasts: timedelta = LASTS) -> Credentials:
    username = f"{int((now + lasts).timestamp())}:{person}"
    digest = hmac.new(secret.encode(), username.encode(), hashlib.sha1).digest()
    return Credentials(username, base64.b64encode(digest).decode())


def ice_servers(addresses: Iterable[str], secret: str, person: str, now: datetime) -> list[IceServer]:
    """For this person's browser; empty if no servers are configured, so only direct paths are tried."""
    parsed = [parse(address) for address in addresses]
    servers: list[IceServer] = []
    if stun := _urls(parsed, relays=False):
        servers.append(IceServer(stun))
    if turn := _urls(parsed, relays=True):
        username, password = credentials(secret, person, now)
        servers.append(IceServer(turn, username, password))
    return servers


def _urls(servers: Sequence[IceAddress], *, relays: bool) -> list[str]:
    return [server.address for server in servers if server.relays is relays]
