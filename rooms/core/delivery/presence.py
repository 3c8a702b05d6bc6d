"""Who is present: each process sends the others who is in its rooms, as differences and a periodic checksum. Nothing is stored.

A process that is silent for 15 seconds is forgotten, so nobody stays as a ghost. Rooms of one person (desks) have no presence.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from zlib import crc32

ALIVE_SECONDS = 5.0
SILENT_SECONDS = 15.0

Names = dict[str, str | None]
"""Person → name, or None for a person who did not choose to be named."""


@dataclass(slots=True)
class _Room:
    tabs: dict[str, int] = field(default_factory=dict[str, int])
    names: Names = field(default_factory=Names)
    others: dict[str, Names] = field(default_factory=dict[str, Names])
    unsent: set[str] = field(default_factory=set[str])
    checksum: int = 0  # of `names`, kept up to date: computing it for each round would cost most of an idle room


class Presence:
    """`send(room, body)` publishes to the processes that follow a room, `send(None, body)` to all; `changed(room)` reports a change."""

    def __init__(self, process: str, send: Callable[[str | None, Any], None], changed: Callable[[str], None]) -> None:
        self.process = process
        self._send = send
        self._changed = changed
        self._rooms: dict[str, _Room] = {}
        self._heard: dict[str, float] = {}

    def follow(self, room: str) -> None:
        """Asks the other processes about a room."""
        self._rooms.setdefault(room, _Room())
        self._send(room, ["who", self.process, room])

    def unfollow(self, room: str) -> None:
        self._rooms.pop(room, None)

    def arrive(self, room: str, person: str, name: str | None) -> None:
        here = self._rooms[room]
        here.tabs[person] = here.tabs.get(person, 0) + 1
        if here.tabs[person] == 1 or here.names.get(person) != name:
            if person in here.names:
                here.checksum -= _hash(person, here.names[person])
            here.names[person] = name
            here.checksum += _hash(person, name)
            here.unsent.add(person)
            self._changed(room)

    def depart(self, room: str, person: str) -> None:
        here = self._rooms.get(room)
        if here is None or person not in here.tabs:
            return
        here.tabs[person] -= 1
        if here.tabs[person] == 0:
            del here.tabs[person]
            here.checksum -= _hash(person, here.names.pop(person))
            here.unsent.add(person)
            self._changed(room)

    @property
    def count(self) -> int:
        """How many are present in all rooms together."""
        return sum(len(self.people(room)) for room in self._rooms)

    def people(self, room: str) -> Names:
        """Everyone in a room, on all processes; a person who is named on one of them is named."""
        here = self._rooms.get(room)
        if here is None:
            return {}
        everybody = dict(here.names)
        for names in here.others.values():
            for person, name in names.items():
                everybody[person] = everybody.get(person) or name
        return everybody

    def connected(self, room: str) -> list[str]:
        """The people in a room whose connections this process holds."""
        here = self._rooms.get(room)
        return list(here.names) if here else []

    def send_changes(self, room: str) -> None:
        """Sends what has changed here since the last time."""
        here = self._rooms.get(room)
        if here is None or not here.unsent:
            return
        came = {person: here.names[person] for person in here.unsent if person in here.names}
        gone = [person for person in here.unsent if person not in here.names]
        here.unsent.clear()
        self._send(room, ["change", self.process, room, came, gone])

    def send_alive(self) -> None:
        for room in self._rooms:
            self.send_changes(room)
        sums = {room: here.checksum & 0xFFFFFFFF for room, here in self._rooms.items() if here.names}
        self._send(None, ["alive", self.process, sums])

    def send_farewell(self) -> None:
        self._send(None, ["bye", self.process])

    def receive(self, body: Any, now: float) -> None:
        kind, process, *rest = body
        if process == self.process:
            return
        if kind == "bye":
            self._forget(process)
            return
        self._heard[process] = now
        if kind == "alive":
            self._compare(process, rest[0])
        elif kind == "who":
            here = self._rooms.get(rest[0])
            if here is not None and here.names:
                here.unsent.clear()
                self._send(rest[0], ["all", self.process, rest[0], here.names])
        elif (here := self._rooms.get(rest[0])) is not None:
            names = here.others.setdefault(process, {})
            if kind == "all":
                names.clear()
            names.update(rest[1])
            for person in rest[2] if kind == "change" else ():
                names.pop(person, None)
            self._changed(rest[0])

    def forget_silent(self, now: float) -> None:
        for process in [p for p, heard in self._heard.items() if now - heard > SILENT_SECONDS]:
            self._forget(process)

    def _compare(self, process: str, sums: dict[str, int]) -> None:
        for room, here in self._rooms.items():
            known = here.others.get(process, {})
            if room not in sums and known:
                del here.others[process]
                self._changed(room)
            elif room in sums and _checksum(known) != sums[room]:
                self._send(room, ["who", self.process, room])

    def _forget(self, process: str) -> None:
        self._heard.pop(process, None)
        for room, here in self._rooms.items():
            if here.others.pop(process, None):
                self._changed(room)


def _hash(person: str, name: str | None) -> int:
    return crc32(f"{person}={name}".encode())


def _checksum(names: Names) -> int:
    return sum(_hash(person, name) for person, name in names.items()) & 0xFFFFFFFF
