"""Takes what arrives on one WebSocket, gives it to its connection in order, and ends the connection."""

import asyncio
from collections.abc import Coroutine
from typing import Any, Protocol

from starlette.types import Message

from server import logs
from server.live.connection import Connection
from server.live.message_queue import MessageQueue
from server.live.wire import HELLO_SECONDS
from server.watch import ConnectionRecord


class Socket(Protocol):
    """What a receiver needs of the WebSocket that puts messages into it (uvicorn_internals.LiveProtocol)."""

    def hold_back(self) -> None:
        """Reads no more until `go_on`: the client's own writes come to a halt."""
        ...

    def go_on(self) -> None: ...

    def spawn(self, work: Coroutine[Any, Any, None]) -> None:
        """Runs work in a task that the server waits for when it stops."""
        ...


class Receiver:
    """Takes the ASGI messages of one connection: from a socket by `put_nowait`, or from an ASGI call by `take` and `end`."""

    __slots__ = ("_connection", "_ended", "_hello", "_queue", "_record", "_socket")

    def __init__(self, connection: Connection, record: ConnectionRecord, socket: Socket | None) -> None:
        self._connection = connection
        self._record = record
        self._socket = socket
        self._queue = MessageQueue(self._handle)
        self._ended = False
        # The timer waits for the first message only. Handling it may take longer, when Redis or the database is slow.
        self._hello: asyncio.TimerHandle | None = asyncio.get_running_loop().call_later(
            HELLO_SECONDS, connection.miss_hello
        )

    def put_nowait(self, message: Message) -> None:
        if self._socket is None or self._ended:
            return
        if message["type"] == "websocket.disconnect":
            self._ended = True
            # In a task, because a connection may be closed in the middle of a broadcast to it.
            self._socket.spawn(self.end(message.get("code") or 1005))
            return
        was_full = self._queue.is_full
        self._read(message)
        if self._queue.is_full and not was_full:
            self._socket.hold_back()
            self._socket.spawn(self._go_on(self._socket))

    async def _go_on(self, socket: Socket) -> None:
        await self._queue.room()
        socket.go_on()

    async def take(self, message: Message) -> None:
        """Returns when there is room for another message."""
        self._read(message)
        await self._queue.room()

    def _read(self, message: Message) -> None:
        self._forget_timer()
        data = message.get("text")
        read = self._connection.read(message["bytes"] if data is None else data)
        if read is not None:
            self._queue.put(read)

    async def _handle(self, message: dict[str, Any]) -> None:
        logs.current.set({"connection": self._record.id})  # this is in the queue's own task
        await self._connection.handle(message)

    async def end(self, code: int) -> None:
        """Must be called once, when the client is gone. What it asked for before is finished first."""
        logs.current.set({"connection": self._record.id})
        self._forget_timer()
        try:
            await self._queue.finish()
        finally:
            self._connection.end()
            self._record.end(code, self._connection.person)

    def _forget_timer(self) -> None:
        if self._hello is not None:
            self._hello.cancel()
            self._hello = None
