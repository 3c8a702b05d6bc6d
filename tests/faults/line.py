"""A WebSocket client of few lines, so that thousands of them leave the processor to the server. It can also be a very slow reader."""

import asyncio
import base64
import os
import socket
from collections.abc import Callable

OPEN_SECONDS = 30.0
GOING_AWAY = b"\x88\x82\x00\x00\x00\x00" + (1001).to_bytes(2, "big")


class Line(asyncio.Protocol):
    """`heard` gets the payload of each text frame, `ended` the close code (1006: it was cut). Frames are masked with zeros, which is a mask like any other."""

    def __init__(self, heard: Callable[[bytes], None], ended: Callable[[int], None]) -> None:
        self._heard = heard
        self._ended = ended
        self._buffer = bytearray()
        self._code = 1006
        self._is_open = False
        self.opened: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.transport: asyncio.Transport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport

    def connection_lost(self, exc: Exception | None) -> None:
        if not self.opened.done():
            self.opened.set_exception(ConnectionResetError("cut during the handshake"))
            self.opened.exception()
        elif self._is_open:
            self._ended(self._code)

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        if not self._is_open and not self._read_handshake():
            return
        while (taken := self._next_frame()) is not None:
            opcode, payload = taken
            if opcode == 1:
                self._heard(payload)
            elif opcode == 9:
                self._write(0x8A, payload)
            elif opcode == 8:
                self._code = int.from_bytes(payload[:2], "big") if payload else 1005
                self._write(0x88, payload[:2])
                self.transport.close()
                return

    def send(self, payload: bytes) -> None:
        if not self.transport.is_closing():
            self._write(0x81, payload)

    def close(self) -> None:
        """Leaves politely."""
        if not self.transport.is_closing():
            self.transport.write(GOING_AWAY)
            self.transport.close()

    def cut(self) -> None:
        """Is gone without a word."""
        self.transport.abort()

    def _write(self, first: int, payload: bytes) -> None:
        length = len(payload)
        if length < 126:
            head = bytes((first, 0x80 | length))
        elif length < 65536:
            head = bytes((first, 0x80 | 126)) + length.to_bytes(2, "big")
        else:
            head = bytes((first, 0x80 | 127)) + length.to_bytes(8, "big")
        self.transport.write(head + b"\0\0\0\0" + payload)

    def _read_handshake(self) -> bool:
        end = self._buffer.find(b"\r\n\r\n")
        if end < 0:
            return False
        status = bytes(self._buffer[: self._buffer.find(b"\r\n")])
        del self._buffer[: end + 4]
        if b" 101 " not in status:
            self.opened.set_exception(ConnectionRefusedError(status.decode(errors="replace")))
            self.transport.close()
            return False
        self._is_open = True
        if not self.opened.done():
            self.opened.set_result(None)
        return True

    def _next_frame(self) -> tuple[int, bytes] | None:
        buffer = self._buffer
        if len(buffer) < 2:
            return None
        length, start = buffer[1], 2
        if length == 126:
            length, start = int.from_bytes(buffer[2:4], "big"), 4
        elif length == 127:
            length, start = int.from_bytes(buffer[2:10], "big"), 10
        if len(buffer) < start + length:
            return None
        payload = bytes(buffer[start : start + length])
        opcode = buffer[0] & 15
        del buffer[: start + length]
        return opcode, payload


async def open_line(
    port: int,
    authority: str,
    heard: Callable[[bytes], None],
    ended: Callable[[int], None],
    *,
    receive_buffer: int | None = None,
) -> Line:
    """Connects to 127.0.0.1 under the name that the server insists on. `receive_buffer`: bytes that the kernel may keep for a slow reader. Raises OSError."""
    loop = asyncio.get_running_loop()
    sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    sock.setblocking(False)
    if receive_buffer is not None:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
    line: Line | None = None
    try:
        async with asyncio.timeout(OPEN_SECONDS):
            await loop.sock_connect(sock, ("127.0.0.1", port))
            _, line = await loop.create_connection(lambda: Line(heard, ended), sock=sock)
            key = base64.b64encode(os.urandom(16)).decode()
            request = (
                f"GET /live HTTP/1.1\r\nHost: {authority}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                f"Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: plenary.v1.json\r\n\r\n"
            )
            line.transport.write(request.encode())
            await line.opened
            return line
    except BaseException:
        if line is None:
            sock.close()
        else:
            line.cut()
        raise
