"""Smaller stand-ins for asyncio's Queue and Event. Each of theirs holds one to three deques of 760 bytes for as long as the connection is open."""

import asyncio
from typing import Any


class SlimQueue:
    """An unbounded queue with one reader."""

    __slots__ = ("_messages", "_reader")

    def __init__(self) -> None:
        self._messages: list[Any] = []
        self._reader: asyncio.Future[None] | None = None

    def put_nowait(self, message: Any) -> None:
        self._messages.append(message)
        if self._reader is not None and not self._reader.done():
            self._reader.set_result(None)

    def empty(self) -> bool:
        return not self._messages

    def get_nowait(self) -> Any:
        return self._messages.pop(0)

    async def get(self) -> Any:
        while not self._messages:
            self._reader = asyncio.get_running_loop().create_future()
            try:
                await self._reader
            finally:
                self._reader = None
        return self._messages.pop(0)


class SlimEvent:
    """An event that is set at first. It holds a future only while it is cleared."""

    __slots__ = ("_setting",)

    def __init__(self) -> None:
        self._setting: asyncio.Future[None] | None = None

    def set(self) -> None:
        setting, self._setting = self._setting, None
        if setting is not None and not setting.done():
            setting.set_result(None)

    def clear(self) -> None:
        if self._setting is None:
            self._setting = asyncio.get_running_loop().create_future()

    def is_set(self) -> bool:
        return self._setting is None

    async def wait(self) -> bool:
        while self._setting is not None:
            await asyncio.shield(self._setting)  # a waiter that is cancelled must not cancel the future of the others
        return True
