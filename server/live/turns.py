"""Messages of one connection, dealt with one after the other, while it goes on reading."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

MOST_WAITING = 16
"""So many may wait; then nothing more is read, and the client's own writes come to a halt."""

Message = dict[str, Any]


class Turns:
    """There is a task only as long as there is something to do, so that an idle connection costs next to nothing."""

    __slots__ = ("_deal", "_room", "_task", "_waiting")

    def __init__(self, deal: Callable[[Message], Awaitable[None]]) -> None:
        self._deal = deal
        self._waiting: list[Message] = []
        self._task: asyncio.Task[None] | None = None
        self._room: asyncio.Future[None] | None = None

    async def put(self, message: Message) -> None:
        """Returns when there is room for more."""
        self._waiting.append(message)
        if self._task is None:
            self._task = asyncio.create_task(self._run())
        while len(self._waiting) >= MOST_WAITING:
            self._room = asyncio.get_running_loop().create_future()
            await self._room

    async def finish(self) -> None:
        """Returns when all has been dealt with: what a client asked for before it went counts."""
        if self._task is not None:
            await self._task

    async def _run(self) -> None:
        while self._waiting:
            await self._deal(self._waiting.pop(0))
            if self._room is not None and not self._room.done():
                self._room.set_result(None)
        self._task = None
