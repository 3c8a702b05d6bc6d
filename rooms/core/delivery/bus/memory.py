"""The bus in memory: for a single process, or several hubs in one test."""

import asyncio
import hashlib
import math
from collections.abc import Callable

from rooms.core.delivery.bus.interface import Receive


class Switchboard:
    """State that the memory buses of one program share."""

    def __init__(self) -> None:
        self.channels: dict[str, set[MemoryBus]] = {}
        self.claims: dict[float, set[int]] = {}
        """What was claimed, by when that ends: in few groups, each of which is let go as a whole, up to an eighth of its time late. Of each name only eight
        bytes are kept, because after a storm there are tens of thousands."""


class MemoryBus:
    def __init__(self, switchboard: Switchboard | None = None) -> None:
        self._board = switchboard or Switchboard()
        self._receive: Receive | None = None

    @property
    def is_up(self) -> bool:
        return True

    async def start(self, receive: Receive, restored: Callable[[], object]) -> None:
        self._receive = receive

    def publish(self, channel: str, data: bytes) -> None:
        loop = asyncio.get_running_loop()
        for other in self._board.channels.get(channel, ()):
            if other is not self and other._receive is not None:
                loop.call_soon(other._receive, channel, data)

    async def subscribe(self, channel: str) -> None:
        self._board.channels.setdefault(channel, set()).add(self)

    async def unsubscribe(self, channel: str) -> None:
        listeners = self._board.channels.get(channel, set())
        listeners.discard(self)
        if not listeners:
            self._board.channels.pop(channel, None)

    async def claim(self, name: str, seconds: float) -> bool:
        now = asyncio.get_running_loop().time()
        claims = self._board.claims
        for end in [end for end in claims if end <= now]:
            del claims[end]
        mark = int.from_bytes(hashlib.blake2b(name.encode(), digest_size=8).digest())
        if any(mark in marks for marks in claims.values()):
            return False
        grain = seconds / 8
        claims.setdefault(math.ceil((now + seconds) / grain) * grain, set()).add(mark)
        return True

    async def stop(self) -> None:
        for channel in list(self._board.channels):
            await self.unsubscribe(channel)
        self._receive = None
