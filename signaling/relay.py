"""Tries a STUN or TURN server as a browser would, for `python -m server doctor`: does it answer, does it relay, and whom would it let one reach?"""

import asyncio
import socket
import ssl
from dataclasses import dataclass, field
from ipaddress import ip_address

from aioice import stun
from aioice.turn import TurnClientProtocol, TurnClientTcpProtocol, TurnClientUdpProtocol

from signaling.ice import Credentials, Server

PATIENCE = 5.0  # seconds for each step
ALLOCATION_SECONDS = 60
FIRST_CHANNEL = 0x4000

# One address of each network that no relay for the public may reach: the machine itself, private nets, the metadata of clouds.
INNER_PEERS = ("127.0.0.1", "0.0.0.0", "10.0.0.1", "172.16.0.1", "192.168.0.1", "100.64.0.1", "169.254.169.254")


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
    client: TurnClientProtocol | None = None
    try:
        client = await asyncio.wait_for(_connect(server, credentials), patience)
        if server.relays:
            await _allocate(client, tried, patience)
        else:
            await _bind(client, tried, patience)
    except stun.TransactionFailed as fault:
        tried.fault = _refusal(fault)
    except (TimeoutError, stun.TransactionTimeout):
        tried.fault = f"no answer within {patience:g} seconds: is the port open for {server.transport.upper()}?"
    except (OSError, ssl.SSLError) as fault:
        tried.fault = f"no connection: {fault}"
    finally:
        if client is not None:
            client.transport.close()
    return tried


async def _connect(server: Server, given: Credentials | None) -> TurnClientProtocol:
    loop = asyncio.get_running_loop()
    kind = socket.SOCK_STREAM if server.transport == "tcp" else socket.SOCK_DGRAM
    found = await loop.getaddrinfo(server.host, server.port, type=kind)
    address = (str(found[0][4][0]), server.port)
    username, password = given or (None, None)
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
    relayed, _ = await asyncio.wait_for(client.connect(), patience)
    try:
        tried.relayed = relayed
        tried.mapped = client.mapped_address[0] if client.mapped_address else ""
        for number, peer in enumerate(INNER_PEERS):
            try:
                await asyncio.wait_for(client.channel_bind(FIRST_CHANNEL + number, (peer, 9)), patience)
            except stun.TransactionFailed:
                continue  # as it should be: 403 (RFC 8656 §9.2)
            tried.reaches.append(peer)
    finally:
        await asyncio.wait_for(client.delete(), patience)


def _refusal(fault: stun.TransactionFailed) -> str:
    match fault.response.error_code:
        case 401:
            return "it refuses our credentials (401): PLENARY_TURN_SECRET must be its static-auth-secret, and both clocks must be right"
        case 437 | 486 | 508:
            return f"it has no room for another allocation ({fault.response.error_code})"
        case code:
            return f"it answers with error {code}"
