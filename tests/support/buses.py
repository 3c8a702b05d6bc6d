"""Buses that lose, double and reorder what they carry."""

import asyncio
from collections.abc import Callable, Sequence
from random import Random

from rooms.core.delivery.bus.memory import MemoryBus, Switchboard

Fate = Callable[[str], Sequence[float]]
"""Given a channel, after how many seconds each copy of a message arrives; none: it is lost."""


def sure(channel: str) -> Sequence[float]:
    return (0.0,)


def lost(channel: str) -> Sequence[float]:
    return ()


def lost_in_rooms(channel: str) -> Sequence[float]:
    return () if channel.startswith("room:") else (0.0,)


def troubled(random: Random) -> Fate:
    """A fifth is lost, a fifth comes twice, and all of it in any order."""

    def fate(channel: str) -> Sequence[float]:
        copies = random.choice((0, 1, 1, 1, 2))
        return [random.random() * 0.03 for _ in range(copies)]

    return fate


class UnreliableBus(MemoryBus):
    """`fate` decides what becomes of each message that it publishes."""

    def __init__(self, switchboard: Switchboard, fate: Fate = sure) -> None:
        super().__init__(switchboard)
        self.fate = fate

    def publish(self, channel: str, data: bytes) -> None:
        loop = asyncio.get_running_loop()
        for delay in self.fate(channel):
            if delay:
                loop.call_later(delay, super().publish, channel, data)
            else:
                super().publish(channel, data)
