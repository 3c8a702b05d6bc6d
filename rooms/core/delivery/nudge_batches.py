"""Batches the nudges for other processes: one message per room and tick, however many transactions there are.

The nudge of a quiet room goes out immediately; while the room is busy, nudges wait for the end of the tick. Members receive news by the same rule.
"""

import asyncio
from collections.abc import Callable

from rooms.core.commands.transaction import Nudge


class NudgeBatches:
    """`send(room, nudges)` puts one message on the bus. `tick` is in seconds."""

    def __init__(self, tick: float, send: Callable[[str, list[Nudge]], None]) -> None:
        self._tick = tick
        self._send = send
        self._waiting: dict[str, list[Nudge]] = {}  # by room, while within a tick of its last message

    def add(self, nudge: Nudge) -> None:
        waiting = self._waiting.get(nudge.room)
        if waiting is None:
            self._begin_tick(nudge.room, [nudge])
        else:
            waiting.append(nudge)

    def send_all(self) -> None:
        """Sends what still waits: the process is about to stop."""
        waiting, self._waiting = self._waiting, {}
        for room, nudges in waiting.items():
            if nudges:
                self._send(room, nudges)

    def _begin_tick(self, room: str, nudges: list[Nudge]) -> None:
        self._waiting[room] = []
        asyncio.get_running_loop().call_later(self._tick, self._end_tick, room)
        self._send(room, nudges)

    def _end_tick(self, room: str) -> None:
        if nudges := self._waiting.pop(room, None):
            self._begin_tick(room, nudges)
