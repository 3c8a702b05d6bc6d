"""Handles the messages of one connection one after the other, while the connection goes on reading."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

MOST_WAITING = 16
"""When so many messages wait, nothing more is read, and the client's own writes come to a halt."""

Message = dict[str, Any]


class MessageQueue:
    """Calls `handle` for each message in order. A task exists only while there is something to do, so an idle connection costs almost nothing."""

    __slots__ = ("_handle", "_room", "_task", "_waiting")

    def __init__(self, handle: Callable[[Message], Awaitable[None]]) -> None:
        self._handle = handle
        self._waiting: list[Message] = []
        self._task: asyncio.Task[None] | None = None
        self._room: asyncio.Future[None] | None = None

    @property
    def is_full(self) -> bool:
        return len(self._waiting) >= MOST_WAITING

    def put(self, message: Message) -> None:
        """Adds a message. A writer must wait for room when the queue is full."""
        self._waiting.append(message)
        if self._task is None:
            self._task = asyncio.create_task(self._run())

    async def room(self) -> None:
        """Returns when there is room for another message. Only one task may wait."""
        while self.is_full:
            self._room = asyncio.get_running_loop().create_future()
            await self._room

    async def finish(self) -> None:
        """Returns when all messages have been handled: what a client asked for before it left counts."""
        if self._task is not None:
            await self._task

    async def _run(self) -> None:
        while self._waiting:
            await self._handle(self._waiting.pop(0))
            if self._room is not None and not self._room.done():
                self._room.set_result(None)
        self._task = None
