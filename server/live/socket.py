"""The WebSocket at /live, and the two ways in which a sink writes to it. Who may open one, web.security has decided."""

import asyncio
import contextlib
from collections import deque
from itertools import count

from starlette.requests import HTTPConnection
from starlette.responses import Response
from starlette.types import Receive, Scope, Send
from starlette.websockets import WebSocket

from rooms.outbound import Listener, Outbound, Sink, Unswept
from server.live.connection import Connection
from server.live.protocols import BUFFER_LIMIT, EXTENSION, LiveProtocol
from server.live.turns import Turns
from server.live.wire import HELLO_SECONDS, JSON, SUBPROTOCOLS
from web.site import site_of
from web.viewer import stranger

_numbers = count(1)

UPGRADE = "Use subprotocol plenary.v1.json or plenary.v1.msgpack.\n"


class FastSink:
    """Writes ready frames to the transport, or has them sent to its socket directly."""

    def __init__(self, protocol: LiveProtocol, *, binary: bool) -> None:
        self.binary = binary
        self._protocol = protocol
        self._listeners: set[Listener] = set()
        protocol.descriptor_changed = self._refresh

    @property
    def descriptor(self) -> int:
        return self._protocol.descriptor

    def write(self, message: Outbound) -> None:
        if not self._protocol.write_frame(message.msgpack_frame if self.binary else message.frame):
            self.close(4508, "too slow")

    def write_rest(self, frame: bytes, sent: int) -> None:
        self._protocol.write_rest(frame, sent)

    def close(self, code: int, reason: str) -> None:
        self._protocol.close_now(code, reason)

    def placed(self, listener: Listener) -> None:
        self._listeners.add(listener)

    def displaced(self, listener: Listener) -> None:
        self._listeners.discard(listener)

    def _refresh(self) -> None:
        for listener in self._listeners:
            listener.refresh()


class PlainSink(Unswept):
    """Writes through ASGI, for servers without our extension: a bounded queue and a task that empties it."""

    def __init__(self, send: Send, *, binary: bool) -> None:
        self.binary = binary
        self._send = send
        self._queue: deque[bytes] = deque()
        self._size = 0
        self._closing: tuple[int, str] | None = None
        self._wake = asyncio.Event()

    def write(self, message: Outbound) -> None:
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
    """Plain ASGI: of the memory of an idle connection, each layer around it takes a part."""
    offered: list[str] = scope["subprotocols"]
    subprotocol = next((name for name in offered if name in SUBPROTOCOLS), None)
    if scope["path"] != "/live" or (subprotocol is None and offered):
        status, text = (404, "Connections are opened at /live.\n") if scope["path"] != "/live" else (426, UPGRADE)
        await WebSocket(scope, receive, send).send_denial_response(Response(text, status))
        return
    await receive()  # "websocket.connect"
    await send({"type": "websocket.accept", "subprotocol": subprotocol})
    await _serve(scope, receive, send, binary=subprotocol not in {None, JSON})


async def _serve(scope: Scope, receive: Receive, send: Send, *, binary: bool) -> None:
    protocol = scope["extensions"].get(EXTENSION)
    sender: asyncio.Task[None] | None = None
    sink: Sink
    if protocol is not None:
        sink = FastSink(protocol, binary=binary)
    else:
        sink = plain = PlainSink(send, binary=binary)
        sender = asyncio.create_task(plain.run())
    viewer = HTTPConnection(scope)
    site = site_of(viewer)
    translate = site.languages.texts(stranger(viewer).locale).gettext
    if protocol is not None:
        protocol.forget_handshake()
    connection = Connection(site.house, site.calls, sink, str(next(_numbers)), translate)
    turns = Turns(connection.deal)
    patience = asyncio.get_running_loop().call_later(
        HELLO_SECONDS, lambda: None if connection.greeted else sink.close(4408, "no hello")
    )
    try:
        while (message := await receive())["type"] != "websocket.disconnect":
            data = message.get("text")
            read = connection.read(message["bytes"] if data is None else data)
            if read is not None:
                await turns.put(read)
        await turns.finish()
    finally:
        patience.cancel()
        connection.end()
        if "seen" in scope["state"]:
            scope["state"]["seen"].person = connection.person
        if sender is not None:
            sender.cancel()
            with contextlib.suppress(asyncio.CancelledError, RuntimeError, OSError):
                await sender
