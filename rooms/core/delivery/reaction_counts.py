"""Reaction counts per room and 0.5 s window, across all processes; never stored.

Each person counts once per key and window, so the counts do not grow with how fast someone taps. A room's members receive one message per
window, and the other processes one, however many people take part.
"""

import asyncio
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from rooms.core.commands.registry import CounterKey

WINDOW = 0.5  # seconds


@dataclass(slots=True)
class _Window:
    people: dict[CounterKey, set[str]] = field(default_factory=dict[CounterKey, set[str]])
    elsewhere: Counter[CounterKey] = field(default_factory=Counter[CounterKey])


class ReactionCounts:
    """`send(room, body)` publishes to the processes that follow a room, `show(room, counts)` to its members here."""

    def __init__(self, send: Callable[[str, Any], None], show: Callable[[str, dict[CounterKey, int]], None]) -> None:
        self._send = send
        self._show = show
        self._windows: dict[str, _Window] = {}

    def count(self, room: str, key: CounterKey, person: str) -> None:
        self._window(room).people.setdefault(key, set()).add(person)

    def receive(self, body: Any) -> None:
        """Adds what another process has counted."""
        room, counts = body
        elsewhere = self._window(room).elsewhere
        for name, kind, count in counts:
            elsewhere[name, kind] += count

    def _window(self, room: str) -> _Window:
        window = self._windows.get(room)
        if window is None:
            window = self._windows[room] = _Window()
            asyncio.get_running_loop().call_later(WINDOW, self._close, room)
        return window

    def _close(self, room: str) -> None:
        window = self._windows.pop(room)
        here = Counter({key: len(people) for key, people in window.people.items()})
        if here:
            self._send(room, [room, [[*key, count] for key, count in here.items()]])
        self._show(room, dict(here + window.elsewhere))
