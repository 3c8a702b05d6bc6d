"""The bus of processes that live together: one process alone, or several hubs in one test."""

import asyncio
import heapq
from collections.abc import Callable

from rooms.bus.interface import Receive


class Switchboard:
    """What the memory buses of one program share."""

    def __init__(self) -> None:
        self.channels: dict[str, set[MemoryBus]] = {}
        self.claims: set[str] = set()
        self.ends: list[tuple[float, str]] = []


class MemoryBus:
    def __init__(self, switchboard: Switchboard | None = None) -> None:
        self._board = switchboard or Switchboard()
        self._receive: Receive | None = None

    @property
    def is_up(self) -> bool:
        return True

    async def start(self, receive: Receive, restored: Callable[[], None]) -> None:
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
        claims, ends = self._board.claims, self._board.ends
        # The next to end stands first, so that a storm of claims does not look through all the others each time.
        while ends and ends[0][0] <= now:
            claims.discard(heapq.heappop(ends)[1])
        if name in claims:
            return False
        claims.add(name)
        heapq.heappush(ends, (now + seconds, name))
        return True

    async def stop(self) -> None:
        for channel in list(self._board.channels):
            await self.unsubscribe(channel)
        self._receive = None
