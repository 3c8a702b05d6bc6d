"""Raw bytes of an attacker: HTTP and WebSocket without a library that would correct them."""

import asyncio
import base64
import os
import struct
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import NamedTuple

PATIENCE = 15.0

CONT, TEXT, BINARY, CLOSE, PING, PONG = 0, 1, 2, 8, 9, 10


class Frame(NamedTuple):
    """`first` is the first byte: FIN, RSV1 to RSV3, opcode (RFC 6455 §5.2)."""

    first: int
    payload: bytes

    @property
    def opcode(self) -> int:
        return self.first & 15


def frame(opcode: int, payload: bytes = b"", *, fin: bool = True, rsv: int = 0, masked: bool = True) -> bytes:
    """A client's frame; `rsv` is 4 for RSV1, 2 for RSV2, 1 for RSV3."""
    first = (0x80 if fin else 0) | rsv << 4 | opcode
    length = len(payload)
    mask = 0x80 if masked else 0
    if length < 126:
        head = bytes((first, mask | length))
    elif length < 65536:
        head = struct.pack("!BBH", first, mask | 126, length)
    else:
        head = struct.pack("!BBQ", first, mask | 127, length)
    # A mask of zeros is a mask, and leaves the payload as it is.
    return head + (bytes(4) if masked else b"") + payload


class Raw:
    """A connection of bytes."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer

    async def write(self, data: bytes) -> None:
        """Gives up in silence when the other side has closed."""
        try:
            self.writer.write(data)
            await self.writer.drain()
        except ConnectionError:
            pass

    async def rest(self) -> bytes:
        """All that comes until the other side closes."""
        try:
            return await asyncio.wait_for(self.reader.read(), PATIENCE)
        except ConnectionError:
            return b""

    async def head(self) -> bytes:
        """The head of an HTTP response."""
        return await asyncio.wait_for(self.reader.readuntil(b"\r\n\r\n"), PATIENCE)

    async def upgrade(self, port: int, *extra: str) -> bytes:
        """Asks for a WebSocket at /live; gives the head of the response."""
        key = base64.b64encode(os.urandom(16)).decode()
        lines = [
            "GET /live HTTP/1.1",
            f"Host: 127.0.0.1:{port}",
            "Connection: Upgrade",
            "Upgrade: websocket",
            "Sec-WebSocket-Version: 13",
            f"Sec-WebSocket-Key: {key}",
            *extra,
        ]
        await self.write("\r\n".join([*lines, "", ""]).encode())
        return await self.head()

    async def frame(self) -> Frame | None:
        """The next frame of the server; None when it has closed."""
        try:
            return await asyncio.wait_for(self._frame(), PATIENCE)
        except (asyncio.IncompleteReadError, ConnectionError):
            return None

    async def _frame(self) -> Frame:
        first, length = await self.reader.readexactly(2)
        if length == 126:
            (length,) = struct.unpack("!H", await self.reader.readexactly(2))
        elif length == 127:
            (length,) = struct.unpack("!Q", await self.reader.readexactly(8))
        return Frame(first, await self.reader.readexactly(length))

    async def closing(self) -> int:
        """The code with which the server closes; 1006 when it does so without a word."""
        while (received := await self.frame()) is not None:
            if received.opcode == CLOSE:
                return struct.unpack("!H", received.payload[:2])[0] if received.payload else 1005
        return 1006


@asynccontextmanager
async def raw(port: int) -> AsyncGenerator[Raw]:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        yield Raw(reader, writer)
    finally:
        writer.transport.abort()


@asynccontextmanager
async def raw_websocket(port: int, *extra: str) -> AsyncGenerator[Raw]:
    """After the handshake, with no hello said."""
    async with raw(port) as connection:
        head = await connection.upgrade(port, *extra)
        assert head.startswith(b"HTTP/1.1 101 "), head
        yield connection
