"""Counts that nobody keeps: how many people did a thing in a room within half a second, on all processes together.

Each person counts once for each thing and window, so what is told never grows with how fast one taps. A room's members get one message per
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
    """`tell(room, body)` publishes to the processes that follow a room, `show(room, counts)` to its members here."""

    def __init__(self, tell: Callable[[str, Any], None], show: Callable[[str, dict[CounterKey, int]], None]) -> None:
        self._tell = tell
        self._show = show
        self._windows: dict[str, _Window] = {}

    def count(self, room: str, thing: CounterKey, person: str) -> None:
        self._window(room).people.setdefault(thing, set()).add(person)

    def receive(self, body: Any) -> None:
        """Takes in what another process has counted."""
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
        here = Counter({thing: len(people) for thing, people in window.people.items()})
        if here:
            self._tell(room, [room, [[*thing, count] for thing, count in here.items()]])
        self._show(room, dict(here + window.elsewhere))
