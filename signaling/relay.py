"""Tries a STUN or TURN server as a browser would, for `python -m server doctor`: does it answer, does it relay, and whom would it let one reach?"""

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

from signaling.ice import Credentials, Server

PATIENCE = 5.0  # seconds for each step
ALLOCATION_SECONDS = 60
FIRST_CHANNEL = 0x4000

# One address of each network that no relay for the public may reach: the machine itself, private nets, the metadata of clouds, multicast.
INNER_PEERS = (
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
# The same for one that relays over IPv6, where IPv4 is written as ::ffff:a.b.c.d or behind the prefix of a translator too.
INNER_PEERS_6 = (
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

# What aioice does not know (RFC 8656 §18.8): the family of the address to relay from, in the first of four bytes.
FAMILY = "REQUESTED-ADDRESS-FAMILY"
IPV6 = 0x02 << 24
stun.ATTRIBUTES_BY_NAME.setdefault(FAMILY, (0x0017, FAMILY, stun.pack_unsigned, stun.unpack_unsigned))
UDP = 0x11 << 24


@dataclass(slots=True)
class Tried:
    """What came of it. `mapped`: our own address as the server sees it; `relayed`: where it would relay for us, None for a STUN server.

    `reaches` are the inner networks that it would let a stranger reach; `fault` says why it cannot be used, and is empty when it can.
    """

    mapped: str = ""
    relayed: str | None = None
    reaches: list[str] = field(default_factory=list[str])
    fault: str = ""

    @property
    def relays_from_inside(self) -> bool:
        """Whether the address that it relays from is a private one, which people elsewhere cannot reach."""
        return self.relayed is not None and not ip_address(self.relayed).is_global


async def check_turn(server: Server, credentials: Credentials | None, patience: float = PATIENCE) -> Tried:
    """Asks a STUN server for a binding, or has a TURN server relay. Faults of the server are in the answer; raises nothing."""
    tried = Tried()
    try:
        async with _connected(server, credentials, patience) as client:
            await (_allocate if server.relays else _bind)(client, tried, patience)
        if server.relays:
            async with _connected(server, credentials, patience) as client:
                await _allocate_ipv6(client, tried, patience)
    except stun.TransactionFailed as fault:
        tried.fault = _refusal(fault)
    except (TimeoutError, stun.TransactionTimeout):
        tried.fault = f"no answer within {patience:g} seconds: is the port open for {server.transport.upper()}?"
    except (OSError, ssl.SSLError) as fault:
        tried.fault = f"no connection: {fault}"
    return tried


@asynccontextmanager
async def _connected(
    server: Server, credentials: Credentials | None, patience: float
) -> AsyncGenerator[TurnClientProtocol]:
    client = await asyncio.wait_for(_connect(server, credentials), patience)
    try:
        yield client
    finally:
        # Not closed politely: over TLS that waits for a word of goodbye, for which nobody here stays.
        client.transport.abort()


async def _connect(server: Server, command: Credentials | None) -> TurnClientProtocol:
    loop = asyncio.get_running_loop()
    kind = socket.SOCK_STREAM if server.transport == "tcp" else socket.SOCK_DGRAM
    found = await loop.getaddrinfo(server.host, server.port, type=kind)
    address = (str(found[0][4][0]), server.port)
    username, password = command or (None, None)
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


async def _bind(client: TurnClientProtocol, tried: Tried, patience: float) -> None:
    request = stun.Message(message_method=stun.Method.BINDING, message_class=stun.Class.REQUEST)
    response, _ = await asyncio.wait_for(client.request(request), patience)
    mapped = response.attributes.get("XOR-MAPPED-ADDRESS") or response.attributes.get("MAPPED-ADDRESS")
    tried.mapped = str(mapped[0]) if mapped else ""


async def _allocate(client: TurnClientProtocol, tried: Tried, patience: float) -> None:
    relayed, mapped = await asyncio.wait_for(_ask_to_relay(client), patience)
    try:
        tried.relayed, tried.mapped = relayed, mapped
        await _reach_for(INNER_PEERS, client, tried, patience)
    finally:
        await asyncio.wait_for(client.delete(), patience)


async def _allocate_ipv6(client: TurnClientProtocol, tried: Tried, patience: float) -> None:
    try:
        await asyncio.wait_for(_ask_to_relay(client, IPV6), patience)
    except stun.TransactionFailed:
        return  # it does not relay over IPv6 (440)
    try:
        await _reach_for(INNER_PEERS_6, client, tried, patience)
    finally:
        await asyncio.wait_for(client.delete(), patience)


async def _ask_to_relay(client: TurnClientProtocol, family: int | None = None) -> tuple[str, str]:
    """Where it relays for us, and our own address as it sees it."""
    request = stun.Message(message_method=stun.Method.ALLOCATE, message_class=stun.Class.REQUEST)
    request.attributes |= {"LIFETIME": ALLOCATION_SECONDS, "REQUESTED-TRANSPORT": UDP}
    if family is not None:
        request.attributes[FAMILY] = family
    told = (await ask(client, request)).attributes
    relayed, mapped = told.get("XOR-RELAYED-ADDRESS"), told.get("XOR-MAPPED-ADDRESS")
    return str(relayed[0]) if relayed else "", str(mapped[0]) if mapped else ""


async def ask(client: TurnClientProtocol, request: stun.Message) -> stun.Message:
    """Asks once more when the nonce is stale (438): a first request that was sent twice makes the server give two, of which only one holds."""
    try:
        return (await client.request_with_retry(request))[0]
    except stun.TransactionFailed as fault:
        if fault.response.error_code != 438:
            raise
        request.transaction_id = secrets.token_bytes(12)
        return (await client.request_with_retry(request))[0]


async def _reach_for(peers: Iterable[str], client: TurnClientProtocol, tried: Tried, patience: float) -> None:
    for number, peer in enumerate(peers):
        try:
            await asyncio.wait_for(client.channel_bind(FIRST_CHANNEL + number, (peer, 9)), patience)
        except stun.TransactionFailed:
            continue  # as it should be: 403 (RFC 8656 §9.2)
        tried.reaches.append(peer)


def _refusal(fault: stun.TransactionFailed) -> str:
    match fault.response.error_code:
        case 401:
            return "it refuses our credentials (401): PLENARY_TURN_SECRET must be its static-auth-secret, and both clocks must be right"
        case 437 | 486 | 508:
            return f"it has no room for another allocation ({fault.response.error_code})"
        case code:
            return f"it answers with error {code}"
