"""The WebSocket at /live, and the two ways in which a sink writes to it. web.security has checked before who may open one."""

import asyncio
import contextlib
from collections import deque
from itertools import count

from starlette.requests import HTTPConnection
from starlette.responses import Response
from starlette.types import Receive, Scope, Send
from starlette.websockets import WebSocket

from rooms.core.delivery.sink import DirectSink, EncodedMessage, Listener, Sink
from server.live.connection import Connection
from server.live.receiver import Receiver
from server.live.uvicorn_internals import BUFFER_LIMIT, EXTENSION, LiveProtocol
from server.live.wire import JSON, SUBPROTOCOLS
from server.watch import ConnectionRecord
from web.site import site_of
from web.viewer import stranger

_numbers = count(1)

UPGRADE = "Use subprotocol plenary.v1.json or plenary.v1.msgpack.\n"


class FastSink:
    """Writes encoded frames to the transport. The fan-out may also write to its socket directly."""

    __slots__ = ("__weakref__", "_protocol", "binary")

    def __init__(self, protocol: LiveProtocol, *, binary: bool) -> None:
        self.binary = binary
        self._protocol = protocol

    @property
    def descriptor(self) -> int:
        return self._protocol.descriptor

    def write(self, message: EncodedMessage) -> None:
        if not self._protocol.write_frame(message.msgpack_frame if self.binary else message.frame):
            self.close(4508, "too slow")

    def write_rest(self, frame: bytes, sent: int) -> None:
        self._protocol.write_rest(frame, sent)

    def close(self, code: int, reason: str) -> None:
        self._protocol.close_now(code, reason)

    def placed(self, listener: Listener) -> None:
        self._protocol.placed(listener)

    def displaced(self, listener: Listener) -> None:
        self._protocol.displaced(listener)


class PlainSink(DirectSink):
    """Writes through ASGI, for servers without our extension: a bounded queue and a task that sends what is in it."""

    def __init__(self, send: Send, *, binary: bool) -> None:
        self.binary = binary
        self._send = send
        self._queue: deque[bytes] = deque()
        self._size = 0
        self._closing: tuple[int, str] | None = None
        self._wake = asyncio.Event()

    def write(self, message: EncodedMessage) -> None:
        data = message.msgpack if self.binary else message.json
        if self._closing is None:
            self._queue.append(data)
            self._size += len(data)
            if self._size > BUFFER_LIMIT:
                self._queue.clear()
                self.close(4508, "too slow")
            self._wake.set()

    def close(self, code: int, reason: str) -> None:
        if self._closing is None:
            self._closing = (code, reason[:120])
            self._wake.set()

    async def run(self) -> None:
        """Sends until closed."""
        while True:
            while self._queue:
                data = self._queue.popleft()
                self._size -= len(data)
                if self.binary:
                    await self._send({"type": "websocket.send", "bytes": data})
                else:
                    await self._send({"type": "websocket.send", "text": data.decode()})
            if self._closing is not None:
                code, reason = self._closing
                await self._send({"type": "websocket.close", "code": code, "reason": reason})
                return
            self._wake.clear()
            await self._wake.wait()


async def live(scope: Scope, receive: Receive, send: Send) -> None:
    """Plain ASGI. With our own protocol the call returns as soon as the connection is open: the protocol then gives its messages to the receiver.
    A call that waits for them, with the layers around it, would take 4 KB for each idle connection."""
    offered: list[str] = scope["subprotocols"]
    subprotocol = next((name for name in offered if name in SUBPROTOCOLS), None)
    if scope["path"] != "/live" or (subprotocol is None and offered):
        status, text = (404, "Connections are opened at /live.\n") if scope["path"] != "/live" else (426, UPGRADE)
        await WebSocket(scope, receive, send).send_denial_response(Response(text, status))
        return
    await receive()  # "websocket.connect"
    await send({"type": "websocket.accept", "subprotocol": subprotocol})
    record: ConnectionRecord = scope["state"].get("seen") or ConnectionRecord()
    binary = subprotocol not in {None, JSON}
    protocol: LiveProtocol | None = scope["extensions"].get(EXTENSION)
    sink = PlainSink(send, binary=binary) if protocol is None else FastSink(protocol, binary=binary)
    receiver = Receiver(_connection_of(HTTPConnection(scope), sink), record, protocol)
    record.open()
    if isinstance(sink, PlainSink):
        await _relay(receive, sink, receiver)
    elif protocol is not None:
        protocol.hand_over(receiver)


async def _relay(receive: Receive, sink: PlainSink, receiver: Receiver) -> None:
    """Gives the messages of an ASGI server to the receiver until the client is gone."""
    sender = asyncio.create_task(sink.run())
    code = 1006
    try:
        while (message := await receive())["type"] != "websocket.disconnect":
            await receiver.take(message)
        code = message.get("code") or 1005
    finally:
        await receiver.end(code)
        sender.cancel()
        with contextlib.suppress(asyncio.CancelledError, RuntimeError, OSError):
            await sender


def _connection_of(viewer: HTTPConnection, sink: Sink) -> Connection:
    site = site_of(viewer)
    translate = site.languages.texts(stranger(viewer).locale).gettext
    return Connection(site.engine, site.calls, sink, str(next(_numbers)), translate)
