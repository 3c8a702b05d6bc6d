"""Tests a STUN or TURN server as a browser would use it, for `python -m server doctor`: does it answer, does it relay, and which networks can one reach?"""

import asyncio
import secrets
import socket
import ssl
from collections.abc import AsyncGenerator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from ipaddress import ip_address

from aioice import stun
from aioice.turn import TurnClientProtocol, TurnClientTcpProtocol, TurnClientUdpProtocol

from signaling.ice import Credentials, IceAddress

STEP_SECONDS = 5.0
ALLOCATION_SECONDS = 60
FIRST_CHANNEL = 0x4000

# One address of each network that a public relay must not reach: loopback, private networks, cloud metadata, multicast.
PRIVATE_PEERS = (
    "127.0.0.1",
    "0.0.0.0",
    "10.0.0.1",
    "172.16.0.1",
    "192.168.0.1",
    "100.64.0.1",
    "169.254.169.254",
    "198.18.0.1",
    "224.0.0.1",
    "255.255.255.255",
)
# The same for IPv6, including IPv4-mapped and NAT64 addresses.
PRIVATE_PEERS_6 = (
    "::1",
    "::",
    "::ffff:127.0.0.1",
    "::ffff:0.0.0.0",
    "::ffff:10.0.0.1",
    "::ffff:169.254.169.254",
    "64:ff9b::7f00:1",
    "fc00::1",
    "fe80::1",
    "ff02::1",
)

# aioice lacks this attribute (RFC 8656 §18.8): the address family to relay from, in the first of four bytes.
FAMILY = "REQUESTED-ADDRESS-FAMILY"
IPV6 = 0x02 << 24
stun.ATTRIBUTES_BY_NAME.setdefault(FAMILY, (0x0017, FAMILY, stun.pack_unsigned, stun.unpack_unsigned))
UDP = 0x11 << 24


@dataclass(slots=True)
class Probe:
    """The result. `mapped`: our address as the server sees it; `relayed`: the relayed address, None for a STUN server.

    `reaches`: private addresses that strangers can reach through it; `fault`: why it cannot be used, or empty.
    """

    mapped: str = ""
    relayed: str | None = None
    reaches: list[str] = field(default_factory=list[str])
    fault: str = ""

    @property
    def relays_from_inside(self) -> bool:
        """Whether the relayed address is private, so that others cannot reach it."""
        return self.relayed is not None and not ip_address(self.relayed).is_global


async def probe_server(server: IceAddress, credentials: Credentials | None, patience: float = STEP_SECONDS) -> Probe:
    """Requests a binding from a STUN server, or an allocation from a TURN server. Raises nothing: faults are in the result."""
    probe = Probe()
    try:
        async with _connected(server, credentials, patience) as client:
            await (_allocate if server.relays else _bind)(client, probe, patience)
        if server.relays:
            async with _connected(server, credentials, patience) as client:
                await _allocate_ipv6(client, probe, patience)
    except stun.TransactionFailed as fault:
        probe.fault = _refusal(fault)
    except (TimeoutError, stun.TransactionTimeout):
        probe.fault = f"no answer within {patience:g} seconds: is the port open for {server.transport.upper()}?"
    except (OSError, ssl.SSLError) as fault:
        probe.fault = f"no connection: {fault}"
    return probe


@asynccontextmanager
async def _connected(
    server: IceAddress, credentials: Credentials | None, patience: float
) -> AsyncGenerator[TurnClientProtocol]:
    client = await asyncio.wait_for(_connect(server, credentials), patience)
    try:
        yield client
    finally:
        # Abort instead of close: over TLS, close waits for the server's close_notify.
        client.transport.abort()


async def _connect(server: IceAddress, credentials: Credentials | None) -> TurnClientProtocol:
    loop = asyncio.get_running_loop()
    kind = socket.SOCK_STREAM if server.transport == "tcp" else socket.SOCK_DGRAM
    found = await loop.getaddrinfo(server.host, server.port, type=kind)
    address = (str(found[0][4][0]), server.port)
    username, password = credentials or (None, None)
    if server.transport == "tcp":
        _, stream = await loop.create_connection(
            lambda: TurnClientTcpProtocol(address, username, password, ALLOCATION_SECONDS, ALLOCATION_SECONDS),
            *address,
            ssl=ssl.create_default_context() if server.tls else None,
            server_hostname=server.host if server.tls else None,
        )
        return stream
    _, datagrams = await loop.create_datagram_endpoint(
        lambda: TurnClientUdpProtocol(address, username, password, ALLOCATION_SECONDS, ALLOCATION_SECONDS),
        remote_addr=address,
    )
    return datagrams


async def _bind(client: TurnClientProtocol, probe: Probe, patience: float) -> None:
    request = stun.Message(message_method=stun.Method.BINDING, message_class=stun.Class.REQUEST)
    response, _ = await asyncio.wait_for(client.request(request), patience)
    mapped = response.attributes.get("XOR-MAPPED-ADDRESS") or response.attributes.get("MAPPED-ADDRESS")
    probe.mapped = str(mapped[0]) if mapped else ""


async def _allocate(client: TurnClientProtocol, probe: Probe, patience: float) -> None:
    relayed, mapped = await asyncio.wait_for(_request_allocation(client), patience)
    try:
        probe.relayed, probe.mapped = relayed, mapped
        await _try_peers(PRIVATE_PEERS, client, probe, patience)
    finally:
        await asyncio.wait_for(client.delete(), patience)


async def _allocate_ipv6(client: TurnClientProtocol, probe: Probe, patience: float) -> None:
    try:
        await asyncio.wait_for(_request_allocation(client, IPV6), patience)
    except stun.TransactionFailed:
        return  # it does not relay over IPv6 (440)
    try:
        await _try_peers(PRIVATE_PEERS_6, client, probe, patience)
    finally:
        await asyncio.wait_for(client.delete(), patience)


async def _request_allocation(client: TurnClientProtocol, family: int | None = None) -> tuple[str, str]:
    """The relayed address, and our address as the server sees it."""
    request = stun.Message(message_method=stun.Method.ALLOCATE, message_class=stun.Class.REQUEST)
    request.attributes |= {"LIFETIME": ALLOCATION_SECONDS, "REQUESTED-TRANSPORT": UDP}
    if family is not None:
        request.attributes[FAMILY] = family
    attributes = (await ask(client, request)).attributes
    relayed, mapped = attributes.get("XOR-RELAYED-ADDRESS"), attributes.get("XOR-MAPPED-ADDRESS")
    return str(relayed[0]) if relayed else "", str(mapped[0]) if mapped else ""


async def ask(client: TurnClientProtocol, request: stun.Message) -> stun.Message:
    """Repeats the request once if the nonce is stale (438): a retransmitted first request makes the server issue two nonces, and only one is valid."""
    try:
        return (await client.request_with_retry(request))[0]
    except stun.TransactionFailed as fault:
        if fault.response.error_code != 438:
            raise
        request.transaction_id = secrets.token_bytes(12)
        return (await client.request_with_retry(request))[0]


async def _try_peers(peers: Iterable[str], client: TurnClientProtocol, probe: Probe, patience: float) -> None:
    for number, peer in enumerate(peers):
        try:
            await asyncio.wait_for(client.channel_bind(FIRST_CHANNEL + number, (peer, 9)), patience)
        except stun.TransactionFailed:
            continue  # expected: 403 (RFC 8656 §9.2)
        probe.reaches.append(peer)


def _refusal(fault: stun.TransactionFailed) -> str:
    match fault.response.error_code:
        case 401:
            return "it refuses our credentials (401): PLENARY_TURN_SECRET must be its static-auth-secret, and both clocks must be right"
        case 437 | 486 | 508:
            return f"it has no room for another allocation ({fault.response.error_code})"
        case code:
            return f"it answers with error {code}"
