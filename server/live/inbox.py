"""What asyncio's Queue and Event do, for the little that a connection asks of them. Each of theirs brings one to three deques of 760 bytes, for as long as
somebody is connected."""

import asyncio
from typing import Any


class Inbox:
    """Messages on their way to the one who reads them."""

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

    async def get(self) -> Any:
        while not self._messages:
            self._reader = asyncio.get_running_loop().create_future()
            try:
                await self._reader
            finally:
                self._reader = None
        return self._messages.pop(0)


class Gate:
    """Open until it is closed. Few ever wait before it."""

    __slots__ = ("_opening",)

    def __init__(self) -> None:
        self._opening: asyncio.Future[None] | None = None  # of a closed gate

    def set(self) -> None:
        opening, self._opening = self._opening, None
        if opening is not None and not opening.done():
            opening.set_result(None)

    def clear(self) -> None:
        if self._opening is None:
            self._opening = asyncio.get_running_loop().create_future()

    def is_set(self) -> bool:
        return self._opening is None

    async def wait(self) -> bool:
        while self._opening is not None:
            await asyncio.shield(self._opening)  # one who gives up waiting must not end it for the others
        return True
