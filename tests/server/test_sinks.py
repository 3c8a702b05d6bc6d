"""The plain sink of a connection: bounded, and closed to be resumed when its reader leaves it full."""

import asyncio
from typing import Any

from rooms.core.delivery.sink import EncodedMessage
from server.live.socket import FastSink, PlainSink
from server.live.uvicorn_internals import BUFFER_LIMIT


class _StalledSend:
    """ASGI's send to a client that does not read: it waits until it is let go."""

    def __init__(self) -> None:
        self.sent: list[str] = []
        self.closed: tuple[int, str] | None = None
        self.go_on = asyncio.Event()

    async def __call__(self, message: Any) -> None:
        if message["type"] == "websocket.close":
            self.closed = (message["code"], message["reason"])
            return
        await self.go_on.wait()
        self.sent.append(message["text"])


async def test_the_plain_sink_is_bounded_too() -> None:
    socket = _StalledSend()
    sink = PlainSink(socket, binary=False)
    sending = asyncio.create_task(sink.run())
    message = EncodedMessage(b'"' + b"x" * 10_000 + b'"')
    for _ in range(BUFFER_LIMIT // 10_000 + 2):
        sink.write(message)
    sink.write(message)  # ignored: it is closing
    socket.go_on.set()
    await asyncio.wait_for(sending, 5)
    assert socket.closed == (4508, "too slow")
    assert len(socket.sent) <= 1, "what waited was dropped"


async def test_a_sink_that_its_reader_leaves_full_is_closed_to_be_resumed() -> None:
    class Full:
        closed: tuple[int, str] | None = None

        def write_frame(self, frame: bytes) -> bool:
            return False

        def close_now(self, code: int, reason: str) -> None:
            self.closed = (code, reason)

    protocol: Any = Full()
    FastSink(protocol, binary=False).write(EncodedMessage(b"{}"))
    assert protocol.closed == (4508, "too slow")
