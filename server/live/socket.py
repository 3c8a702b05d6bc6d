"""The WebSocket at /live, and the two ways in which a sink writes to it. web.security has checked before who may open one."""

import asyncio
import contextlib
from collections import deque
from itertools import count

from starlette.requests import HTTPConnection
from starlette.responses import Response
from starlette.types import Message, Receive, Scope, Send
from starlette.websockets import WebSocket

from rooms.core.delivery.sink import DirectSink, EncodedMessage, Listener, Sink
from server.live.connection import Connection
from server.live.message_queue import MessageQueue
from server.live.uvicorn_internals import BUFFER_LIMIT, EXTENSION, LiveProtocol
from server.live.wire import HELLO_SECONDS, JSON, SUBPROTOCOLS
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

    def forget_handshake(self) -> None:
        self._protocol.forget_handshake()

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
    """Plain ASGI, because each layer around a connection, and each variable here, adds to the memory of an idle connection."""
    offered: list[str] = scope["subprotocols"]
    subprotocol = next((name for name in offered if name in SUBPROTOCOLS), None)
    if scope["path"] != "/live" or (subprotocol is None and offered):
        status, text = (404, "Connections are opened at /live.\n") if scope["path"] != "/live" else (426, UPGRADE)
        await WebSocket(scope, receive, send).send_denial_response(Response(text, status))
        return
    await receive()  # "websocket.connect"
    await send({"type": "websocket.accept", "subprotocol": subprotocol})
    seen: ConnectionRecord = scope["state"].get("seen") or ConnectionRecord()
    seen.open()
    sink, sender = _sink_of(scope, send, binary=subprotocol not in {None, JSON})
    connection = _connection_of(HTTPConnection(scope), sink)
    queue = MessageQueue(connection.handle)
    patience = asyncio.get_running_loop().call_later(HELLO_SECONDS, connection.miss_hello)
    if isinstance(sink, FastSink):
        sink.forget_handshake()
    try:
        while True:
            message = await receive()
            if message["type"] == "websocket.disconnect":
                break
            # The timer waits for the first message only. Handling it may take longer, when Redis or the database is slow.
            patience.cancel()
            await _take(message, connection, queue)
            del message
        seen.code = message.get("code") or 1005
        await queue.finish()
    finally:
        patience.cancel()
        connection.end()
        seen.person = connection.person
        if sender is not None:
            sender.cancel()
            with contextlib.suppress(asyncio.CancelledError, RuntimeError, OSError):
                await sender


def _sink_of(scope: Scope, send: Send, *, binary: bool) -> tuple[FastSink | PlainSink, asyncio.Task[None] | None]:
    """The sink, and the task that sends what it queues if it needs one."""
    if (protocol := scope["extensions"].get(EXTENSION)) is not None:
        return FastSink(protocol, binary=binary), None
    plain = PlainSink(send, binary=binary)
    return plain, asyncio.create_task(plain.run())


def _connection_of(viewer: HTTPConnection, sink: Sink) -> Connection:
    site = site_of(viewer)
    translate = site.languages.texts(stranger(viewer).locale).gettext
    return Connection(site.engine, site.calls, sink, str(next(_numbers)), translate)


async def _take(message: Message, connection: Connection, queue: MessageQueue) -> None:
    data = message.get("text")
    read = connection.read(message["bytes"] if data is None else data)
    if read is not None:
        await queue.put(read)
