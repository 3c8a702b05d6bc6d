"""ICE-lite (RFC 8445 §2.5) for all peers on one UDP port.

A datagram belongs to the peer whose address it comes from. An address becomes a peer's by a STUN request (RFC 8489) whose integrity is proven with that
peer's password: nothing is stored before that, so a flood from made-up addresses costs one HMAC each. An established peer moves to another address only after
it has answered there, because a sender of requests could otherwise direct its stream at somebody else.
"""

import asyncio
import contextlib
import logging
import secrets
import socket
import struct
import time
from collections.abc import Iterable
from ipaddress import ip_address
from typing import NamedTuple, Protocol

from aioice import stun

log = logging.getLogger("plenary.stage")

READS = 8
"""Datagrams read in one turn of the loop. A keyframe's packets arrive together, and each is forwarded to every viewer."""
BUFFER = 4 << 20
LONGEST = 2_048
LONGEST_STUN = 548
ADDRESSES = 8
"""Addresses that one peer may have at a time: its candidates."""
CHECKS = 4
"""Moves to another address that one peer may attempt at a time."""
CHECK_SECONDS = 5.0

Address = tuple[str, int]


class Path(NamedTuple):
    socket: socket.socket
    address: Address

    def send(self, data: bytes) -> None:
        # A full buffer or an unreachable peer: what is lost is repeated, or the peer is given up.
        with contextlib.suppress(OSError):
            self.socket.sendto(data, self.address)


class MuxPeer(Protocol):
    """What the mux needs of a peer. `remote`: the other side's ICE user name and password; `seen`: the last sign of life (time.monotonic)."""

    path: Path | None
    remote: tuple[str, str]
    seen: float

    def moved(self, path: Path) -> None: ...
    def take_dtls(self, data: bytes) -> None: ...
    def take_media(self, data: bytes) -> None: ...


class _Check(NamedTuple):
    peer: MuxPeer
    path: Path
    ends: float


class Mux:
    """`host` "" listens on every address. `addresses` are those that peers are given; without any, the machine's own."""

    def __init__(self, host: str, port: int, addresses: Iterable[str]) -> None:
        self._sockets = _open(host, port)
        self.port: int = self._sockets[0].getsockname()[1]
        families = {each.family for each in self._sockets}
        wanted = list(addresses) or own_addresses(host)
        self.candidates = [(each, self.port) for each in wanted if _family(each) in families]
        self._by_name: dict[str, tuple[MuxPeer, bytes]] = {}
        self._by_address: dict[Address, MuxPeer] = {}
        self._addresses: dict[MuxPeer, list[Address]] = {}
        self._names: dict[MuxPeer, list[str]] = {}
        self._checks: dict[bytes, _Check] = {}

    def start(self) -> None:
        loop = asyncio.get_running_loop()
        for each in self._sockets:
            loop.add_reader(each, self._readable, each)

    def close(self) -> None:
        loop = asyncio.get_running_loop()
        for each in self._sockets:
            loop.remove_reader(each)
            each.close()

    def admit(self, peer: MuxPeer) -> tuple[str, str]:
        """New ICE credentials for a peer. Those that it had before are valid until `forget`, as in an ICE restart both are in use for a while."""
        name, password = secrets.token_hex(6), secrets.token_hex(16)
        self._by_name[name] = peer, password.encode()
        names = self._names.setdefault(peer, [])
        names.append(name)
        if len(names) > 2:
            del self._by_name[names.pop(0)]
        return name, password

    def forget(self, peer: MuxPeer) -> None:
        for name in self._names.pop(peer, ()):
            del self._by_name[name]
        for address in self._addresses.pop(peer, ()):
            if self._by_address.get(address) is peer:
                del self._by_address[address]
        for id in [id for id, check in self._checks.items() if check.peer is peer]:
            del self._checks[id]

    @property
    def size(self) -> tuple[int, int, int]:
        """Stored user names, addresses and checks: what must not grow without peers."""
        return len(self._by_name), len(self._by_address), len(self._checks)

    def _readable(self, sock: socket.socket) -> None:
        for _ in range(READS):
            try:
                data, address = sock.recvfrom(LONGEST)
            except OSError:
                return
            if len(data) < 2:
                continue
            # RFC 7983: the first byte says what a datagram is.
            kind = data[0]
            if 127 < kind < 192:
                if (peer := self._by_address.get(address)) is not None:
                    peer.take_media(data)
            elif 19 < kind < 64:
                if (peer := self._by_address.get(address)) is not None:
                    peer.take_dtls(data)
            elif kind < 4 and len(data) <= LONGEST_STUN:
                self._stun(data, Path(sock, address))

    def _stun(self, data: bytes, path: Path) -> None:
        try:
            message = stun.parse_message(data)
        except (ValueError, IndexError, struct.error):
            return
        if message.message_method is not stun.Method.BINDING:
            return
        if message.message_class is stun.Class.REQUEST:
            self._requested(message, path)
        elif message.message_class is stun.Class.RESPONSE:
            self._answered(message, path)

    def _requested(self, message: stun.Message, path: Path) -> None:
        name = str(message.attributes.get("USERNAME", "")).partition(":")[0]
        known = self._by_name.get(name)
        if known is None or not message.check_message_integrity(known[1]):
            return
        peer, password = known
        peer.seen = time.monotonic()
        response = stun.Message(stun.Method.BINDING, stun.Class.RESPONSE, message.transaction_id)
        response.attributes["XOR-MAPPED-ADDRESS"] = path.address[:2]
        response.add_message_integrity(password)
        path.send(bytes(response))
        self._own(peer, path.address)
        if peer.path is None:
            peer.moved(path)
        elif "USE-CANDIDATE" in message.attributes and peer.path.address != path.address:
            self._check(peer, path, name)

    def _own(self, peer: MuxPeer, address: Address) -> None:
        if self._by_address.get(address) is peer:
            return
        self._by_address[address] = peer
        owned = self._addresses.setdefault(peer, [])
        owned.append(address)
        if len(owned) > ADDRESSES:
            # Not the one in use
            oldest = next(each for each in owned if peer.path is None or each != peer.path.address)
            owned.remove(oldest)
            if self._by_address.get(oldest) is peer:
                del self._by_address[oldest]

    def _check(self, peer: MuxPeer, path: Path, name: str) -> None:
        """Asks whether the peer is really at this address."""
        now = time.monotonic()
        for id in [id for id, check in self._checks.items() if check.ends < now]:
            del self._checks[id]
        running = [check.path.address for check in self._checks.values() if check.peer is peer]
        if path.address in running or len(running) >= CHECKS:
            return
        remote, password = peer.remote
        request = stun.Message(stun.Method.BINDING, stun.Class.REQUEST)
        request.attributes["USERNAME"] = f"{remote}:{name}"
        request.attributes["PRIORITY"] = 1
        request.attributes["ICE-CONTROLLED"] = secrets.randbits(64)
        request.add_message_integrity(password.encode())
        self._checks[request.transaction_id] = _Check(peer, path, now + CHECK_SECONDS)
        path.send(bytes(request))

    def _answered(self, message: stun.Message, path: Path) -> None:
        check = self._checks.get(message.transaction_id)
        if check is None or check.path.address != path.address:
            return
        if message.check_message_integrity(check.peer.remote[1].encode()):
            del self._checks[message.transaction_id]
            check.peer.moved(path)


def _family(address: str) -> int:
    return socket.AF_INET6 if ip_address(address).version == 6 else socket.AF_INET


def _open(host: str, port: int) -> list[socket.socket]:
    """A socket for IPv4, and one for IPv6 on the same port where the machine has it. Raises OSError."""
    families = [_family(host)] if host else [socket.AF_INET, socket.AF_INET6]
    opened: list[socket.socket] = []
    for family in families:
        sock = socket.socket(family, socket.SOCK_DGRAM)
        try:
            sock.setblocking(False)
            if family == socket.AF_INET6:
                sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
            for buffer in (socket.SO_RCVBUF, socket.SO_SNDBUF):
                sock.setsockopt(socket.SOL_SOCKET, buffer, BUFFER)
            sock.bind((host, port))
        except OSError:
            sock.close()
            if not opened:
                raise
            break  # a machine without IPv6
        opened.append(sock)
        port = sock.getsockname()[1]
    return opened


def own_addresses(host: str) -> list[str]:
    """The addresses from which this machine reaches others; nothing is sent to find them."""
    if host:
        return [host]
    found: list[str] = []
    for family, other in ((socket.AF_INET, "192.0.2.1"), (socket.AF_INET6, "2001:db8::1")):
        with contextlib.suppress(OSError), socket.socket(family, socket.SOCK_DGRAM) as sock:
            sock.connect((other, 9))
            found.append(sock.getsockname()[0])
    return found or ["127.0.0.1"]
