"""The UDP port: nothing is stored for those who prove nothing, and a stream follows its viewer only to an address at which the viewer answers."""

import asyncio
import contextlib
import os
import socket
import time
from collections.abc import AsyncIterator, Iterator

import pytest
from aioice import stun

from signaling.stage.mux import ADDRESSES, CHECKS, Mux, Path


class StubPeer:
    def __init__(self) -> None:
        self.path: Path | None = None
        self.remote = "them", "their password"
        self.seen = time.monotonic()
        self.heard: list[bytes] = []

    def moved(self, path: Path) -> None:
        self.path = path

    def take_dtls(self, data: bytes) -> None:
        self.heard.append(data)

    take_media = take_dtls


@pytest.fixture
async def mux() -> AsyncIterator[Mux]:
    mux = Mux("127.0.0.1", 0, [])
    mux.start()
    yield mux
    mux.close()


@pytest.fixture
def client() -> Iterator["Client"]:
    yield Client()
    while OPEN:
        OPEN.pop().close()


OPEN: list[socket.socket] = []


class Client:
    def __init__(self) -> None:
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind(("127.0.0.1", 0))
        self.socket.setblocking(False)
        OPEN.append(self.socket)

    async def say(self, mux: Mux, data: bytes) -> bytes | None:
        self.socket.sendto(data, ("127.0.0.1", mux.port))
        for _ in range(20):
            await asyncio.sleep(0.005)
            try:
                return self.socket.recv(2000)
            except BlockingIOError:
                pass
        return None


def request(name: str, password: str, *, nominates: bool = True) -> bytes:
    message = stun.Message(stun.Method.BINDING, stun.Class.REQUEST)
    message.attributes["USERNAME"] = f"{name}:them"
    message.attributes["PRIORITY"] = 1
    message.attributes["ICE-CONTROLLING"] = 1
    if nominates:
        message.attributes["USE-CANDIDATE"] = None
    message.add_message_integrity(password.encode())
    return bytes(message)


async def test_only_a_proven_request_makes_a_path(mux: Mux, client: Client) -> None:
    peer = StubPeer()
    name, password = mux.admit(peer)
    empty = mux.size
    for data in (
        request(name, "guessed"),
        request("nobody", password),
        b"\0" * 20,
        b"\0\1",
        request(name, password)[:-3],
    ):
        assert await client.say(mux, data) is None
    assert await client.say(mux, b"\x80" + os.urandom(50)) is None
    assert (mux.size, peer.path, peer.heard) == (empty, None, [])
    answer = await client.say(mux, request(name, password))
    assert answer is not None
    response = stun.parse_message(answer)
    assert response.message_class is stun.Class.RESPONSE
    assert response.check_message_integrity(password.encode())
    assert response.attributes["XOR-MAPPED-ADDRESS"] == client.socket.getsockname()
    assert peer.path is not None
    await client.say(mux, b"\x80 media")
    await client.say(mux, b"\x16 keys")
    assert peer.heard == [b"\x80 media", b"\x16 keys"]
    mux.forget(peer)
    assert mux.size == (0, 0, 0)


async def test_noise_costs_nothing_that_lasts(mux: Mux, client: Client) -> None:
    peer = StubPeer()
    mux.admit(peer)
    before = mux.size
    for _ in range(300):
        client.socket.sendto(os.urandom(int.from_bytes(os.urandom(1), "big") + 1), ("127.0.0.1", mux.port))
    valid = request("guess", "guess")
    for cut in range(0, len(valid), 3):
        client.socket.sendto(valid[:cut] + os.urandom(4) + valid[cut + 4 :], ("127.0.0.1", mux.port))
    await asyncio.sleep(0.1)
    assert mux.size == before


async def test_a_stream_moves_only_to_where_its_viewer_answers(mux: Mux, client: Client) -> None:
    """Somebody who knows their own password could otherwise send the stream to a third party, by requests with a forged sender."""
    peer, elsewhere = StubPeer(), Client()
    name, password = mux.admit(peer)
    await client.say(mux, request(name, password))
    here = client.socket.getsockname()
    assert peer.path is not None
    assert peer.path.address == here
    said: list[bytes] = []
    elsewhere.socket.sendto(request(name, password), ("127.0.0.1", mux.port))
    for _ in range(20):
        await asyncio.sleep(0.01)
        with contextlib.suppress(BlockingIOError):
            said.append(elsewhere.socket.recv(2000))
    check = next(m for m in map(stun.parse_message, said) if m.message_class is stun.Class.REQUEST)
    assert peer.path.address == here, "nothing moves before the answer"

    forged = stun.Message(stun.Method.BINDING, stun.Class.RESPONSE, check.transaction_id)
    forged.add_message_integrity(b"guessed")
    await elsewhere.say(mux, bytes(forged))
    assert peer.path.address == here
    proven = stun.Message(stun.Method.BINDING, stun.Class.RESPONSE, check.transaction_id)
    proven.add_message_integrity(peer.remote[1].encode())
    await elsewhere.say(mux, bytes(proven))
    assert peer.path.address == elsewhere.socket.getsockname()


async def test_the_addresses_of_one_peer_are_bounded(mux: Mux, client: Client) -> None:
    peer = StubPeer()
    name, password = mux.admit(peer)
    await client.say(mux, request(name, password))
    for _ in range(3 * ADDRESSES):
        await Client().say(mux, request(name, password))
    names, addresses, checks = mux.size
    assert (names, addresses) == (1, ADDRESSES)
    assert checks <= CHECKS
    await client.say(mux, b"\x80 media")
    assert peer.heard == [b"\x80 media"], "the address in use stays"


async def test_credentials_after_a_restart(mux: Mux, client: Client) -> None:
    peer = StubPeer()
    first = mux.admit(peer)
    second = mux.admit(peer)
    assert await client.say(mux, request(*first))
    assert await client.say(mux, request(*second))
    mux.admit(peer)
    assert await client.say(mux, request(*first)) is None, "two restarts ago"
    assert mux.size[0] == 2
