"""S9-S11: frames that break the WebSocket protocol or its bounds. Each ends the connection with its code, and costs the server little."""

import asyncio
import zlib
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from server.live.wire import MAX_FRAME
from tests.support.raw import BINARY, CONT, PING, PONG, TEXT, Raw, frame, raw, raw_websocket
from tests.support.server import Server
from tests.support.wire import wire

MEGABYTE = 1 << 20
Tickets = Callable[[], str]


def memory(server: Server) -> int:
    """Resident bytes of the server's process."""
    pages = Path(f"/proc/{server.pid}/statm").read_text().split()[1]
    return int(pages) * 4096


async def unharmed(server: Server, tickets: Tickets) -> None:
    async with wire(server.socket_url, tickets()) as client:
        assert "ok" in await client.ask("heartbeat")


def hello(ticket: str) -> bytes:
    return frame(TEXT, msgspec.json.encode({"op": "hello", "ticket": ticket}))


async def greeted(connection: Raw, ticket: str) -> None:
    await connection.write(hello(ticket))
    welcome = await connection.frame()
    assert welcome is not None
    assert b'"welcome"' in welcome.payload


# S9


def pad_to_power_of_two(size: int) -> bytes:
    """A heartbeat of exactly so many bytes."""
    message = b'{"op":"heartbeat","id":1%s}'
    return message % (b" " * (size - len(message) + 2))


async def test_a_frame_of_the_limit_is_taken_and_one_byte_more_is_not(target: Server, tickets: Tickets) -> None:
    async with raw_websocket(target.port) as connection:
        await greeted(connection, tickets())
        await connection.write(frame(TEXT, pad_to_power_of_two(MAX_FRAME)))
        answer = await connection.frame()
        assert answer is not None
        assert b'"seqs"' in answer.payload
        await connection.write(frame(TEXT, pad_to_power_of_two(MAX_FRAME + 1)))
        assert await connection.closing() == 1009


async def test_a_frame_that_only_says_that_it_is_huge_is_refused_at_once(target: Server) -> None:
    async with raw_websocket(target.port) as connection:
        await connection.write(bytes((0x81, 0xFF)) + (1 << 62).to_bytes(8, "big") + bytes(4))
        assert await connection.closing() == 1009


async def test_compression_is_declined_and_a_compressed_bomb_is_a_breach(target: Server, tickets: Tickets) -> None:
    async with raw(target.port) as connection:
        head = await connection.upgrade(target.port, "Sec-WebSocket-Extensions: permessage-deflate")
        assert head.startswith(b"HTTP/1.1 101 ")
        assert b"sec-websocket-extensions" not in head.lower()
        packer = zlib.compressobj(9, zlib.DEFLATED, -15)
        bomb = packer.compress(bytes(16 * MEGABYTE)) + packer.flush(zlib.Z_SYNC_FLUSH)
        assert len(bomb) < MAX_FRAME, "it would fit through the limit of a frame"
        before = memory(target)
        await connection.write(frame(TEXT, bomb, rsv=4))
        assert await connection.closing() == 1002
        assert memory(target) - before < 8 * MEGABYTE
    await unharmed(target, tickets)


# S10


async def test_fragments_add_up_to_a_frame(target: Server, tickets: Tickets) -> None:
    async with raw_websocket(target.port) as connection:
        message = msgspec.json.encode({"op": "hello", "ticket": tickets()})
        half = len(message) // 2
        await connection.write(frame(TEXT, message[:half], fin=False) + frame(CONT, message[half:]))
        welcome = await connection.frame()
        assert welcome is not None
        assert b'"welcome"' in welcome.payload


async def test_fragments_together_are_bounded_in_size(target: Server) -> None:
    async with raw_websocket(target.port) as connection:
        await connection.write(frame(TEXT, b"x", fin=False))
        # Not one more than it takes: what a closed socket leaves unread would reset the connection, and lose its last word.
        for _ in range(9):
            await connection.write(frame(CONT, b"x" * 8000, fin=False))
        assert await connection.closing() == 1009


@pytest.mark.parametrize("size", [0, 1])
async def test_fragments_are_bounded_in_number(target: Server, tickets: Tickets, size: int) -> None:
    async with raw_websocket(target.port) as connection:
        await greeted(connection, tickets())
        before = memory(target)
        await connection.write(frame(TEXT, b"", fin=False))
        burst = frame(CONT, b"x" * size, fin=False) * 1000
        closing = asyncio.create_task(connection.closing())
        for _ in range(500):
            if closing.done():
                break
            await connection.write(burst)
            await asyncio.sleep(0)
        assert await closing == 1009
        assert memory(target) - before < 16 * MEGABYTE
    await unharmed(target, tickets)


@pytest.mark.parametrize("opcode", [PING, PONG])
async def test_a_flood_of_control_frames_ends_with_a_code_to_come_back(
    target: Server, tickets: Tickets, opcode: int
) -> None:
    async with raw_websocket(target.port) as connection:
        await greeted(connection, tickets())
        closing = asyncio.create_task(connection.closing())
        for _ in range(200):
            if closing.done():
                break
            await connection.write(frame(opcode, b"x" * 100) * 50)
            await asyncio.sleep(0)
        assert await closing == 4529
    await unharmed(target, tickets)


async def test_a_few_pings_are_answered(target: Server, tickets: Tickets) -> None:
    async with raw_websocket(target.port) as connection:
        await greeted(connection, tickets())
        for number in range(10):
            await connection.write(frame(PING, b"%d" % number))
            answer = await connection.frame()
            assert answer == (0x80 | PONG, b"%d" % number)


# S11


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (frame(TEXT, b"\xff\xfe"), 1007),
        (frame(TEXT, b"\xed\xa0\x80"), 1007),
        (frame(TEXT, b"\xe4\xb8"), 1007),
        (frame(TEXT, b"{}", rsv=4), 1002),
        (frame(TEXT, b"{}", rsv=2), 1002),
        (frame(BINARY, b"{}", rsv=1), 1002),
        (frame(3, b"{}"), 1002),
        (frame(11, b""), 1002),
        (frame(CONT, b"{}"), 1002),
        (frame(TEXT, b"{", fin=False) + frame(TEXT, b"}"), 1002),
        (frame(PING, b"x" * 126), 1002),
        (frame(PING, b"", fin=False), 1002),
        (frame(8, b"\x03"), 1002),
        (frame(TEXT, b"{}", masked=False), 1002),
    ],
    ids=[
        "no UTF-8",
        "a surrogate",
        "half a character",
        "RSV1",
        "RSV2",
        "RSV3",
        "an unknown opcode",
        "an unknown control opcode",
        "nothing to continue",
        "a message within a message",
        "a long ping",
        "a fragmented ping",
        "half a close code",
        "no mask",
    ],
)
async def test_a_breach_of_the_protocol_ends_the_connection(target: Server, data: bytes, code: int) -> None:
    async with raw_websocket(target.port) as connection:
        await connection.write(data)
        assert await connection.closing() == code


async def test_a_character_may_be_parted_between_fragments(target: Server, tickets: Tickets) -> None:
    message = msgspec.json.encode({"op": "hello", "ticket": tickets(), "client": "平"})
    cut = message.index("平".encode()) + 1
    async with raw_websocket(target.port) as connection:
        await connection.write(frame(TEXT, message[:cut], fin=False) + frame(CONT, message[cut:]))
        welcome = await connection.frame()
        assert welcome is not None
        assert b'"welcome"' in welcome.payload
