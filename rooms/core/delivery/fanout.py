"""The same bytes to many: dense groups of sinks, and sweeps over them that never hold the loop for long.

A sink whose socket is clear has its descriptor in the group's array, and an optional C loop sends to all of them without Python's lock. A sink that
has bytes waiting, or that has no socket of its own, stands there as -1 and is written to one by one, so that bytes never overtake each other.
"""

import ctypes
from array import array
from collections.abc import Callable
from pathlib import Path

from rooms.core.delivery.sink import EncodedMessage, Sink

CHUNK = 128
"""Sinks written to in one turn of the loop: about a millisecond."""

PARKED = -1
LIBRARY = Path(__file__).with_name("_fanout.so")
Loop = Callable[..., int]


def load_loop(path: Path = LIBRARY) -> Loop | None:
    """The C loop of fanout.c, or None where it has not been built."""
    try:
        loop = ctypes.CDLL(str(path)).sweep
    except OSError:
        return None
    loop.argtypes = [ctypes.c_void_p, ctypes.c_int, ctypes.c_char_p, ctypes.c_long, ctypes.c_void_p, ctypes.c_void_p]
    return loop


LOOP = load_loop()


class Place:
    """Where a sink stands in a group."""

    __slots__ = ("group", "sink", "slot")

    def __init__(self, group: "Group", sink: Sink, slot: int) -> None:
        self.group = group
        self.sink = sink
        self.slot = slot

    def refresh(self) -> None:
        """To be called when the sink's descriptor has changed."""
        if self.slot >= 0:
            self.group.descriptors[self.slot] = self.sink.descriptor
            if self.sink.descriptor == PARKED:
                self.group.parked.add(self)
            else:
                self.group.parked.discard(self)


class Group:
    """Sinks that get the same bytes. Leaving swaps the last one into the gap, but during a sweep only empties the slot."""

    def __init__(self, *, binary: bool = False) -> None:
        self.binary = binary
        self.places: list[Place | None] = []
        self.descriptors = array("i")
        self.parked: set[Place] = set()
        self._sweeps = 0
        self._gaps = False

    def __len__(self) -> int:
        return sum(place is not None for place in self.places) if self._gaps else len(self.places)

    def add(self, sink: Sink) -> Place:
        place = Place(self, sink, len(self.places))
        self.places.append(place)
        self.descriptors.append(PARKED)
        sink.placed(place)
        place.refresh()
        return place

    def discard(self, place: Place) -> None:
        slot, place.slot = place.slot, -1
        self.parked.discard(place)
        place.sink.displaced(place)
        if self._sweeps:
            self.places[slot] = None
            self.descriptors[slot] = PARKED
            self._gaps = True
        else:
            self._fill(slot)

    def _fill(self, slot: int) -> None:
        last, descriptor = self.places.pop(), self.descriptors.pop()
        if slot < len(self.places):
            self.places[slot], self.descriptors[slot] = last, descriptor
            if last is not None:
                last.slot = slot

    def begin(self) -> None:
        self._sweeps += 1

    def end(self) -> None:
        self._sweeps -= 1
        if not self._sweeps and self._gaps:
            self._gaps = False
            for slot in range(len(self.places) - 1, -1, -1):
                if self.places[slot] is None:
                    self._fill(slot)


class Sweep:
    """One message on its way to those who are in a group now, but for the spared slots. `step` writes to the next chunk and says whether there are more."""

    def __init__(self, group: Group, message: EncodedMessage, spared: set[int], loop: Loop | None = LOOP) -> None:
        self._group = group
        self._message = message
        self._spared = spared
        self._loop = loop
        self._at = 0
        self._end = len(group.places)
        group.begin()

    def step(self, chunk: int = CHUNK) -> bool:
        upto = min(self._end, self._at + chunk)
        if self._loop is None:
            self._write(self._at, upto)
        else:
            self._send(self._loop, self._at, upto)
        self._at = upto
        if upto == self._end:
            self._group.end()
            return False
        return True

    def finish(self) -> None:
        while self.step():
            pass

    def _write(self, start: int, end: int) -> None:
        for slot in range(start, end):
            place = self._group.places[slot]
            if place is not None and slot not in self._spared:
                place.sink.write(self._message)

    def _send(self, loop: Loop, start: int, end: int) -> None:
        group, count = self._group, end - start
        apart = [place for place in group.parked if start <= place.slot < end and place.slot not in self._spared]
        spared = [slot for slot in self._spared if start <= slot < end]
        descriptors = group.descriptors
        for slot in spared:
            descriptors[slot] = PARKED
        frame = self._message.msgpack_frame if group.binary else self._message.frame
        places, sent = array("i", bytes(4 * count)), array("l", bytes(8 * count))
        first = descriptors.buffer_info()[0] + start * descriptors.itemsize
        behind = loop(first, count, frame, len(frame), places.buffer_info()[0], sent.buffer_info()[0])
        for slot in spared:
            if (place := group.places[slot]) is not None:
                descriptors[slot] = place.sink.descriptor
        for index in range(behind):
            # The transport keeps the rest, which parks the sink until it is clear again; of a broken one it learns by itself.
            if (place := group.places[start + places[index]]) is not None and sent[index] >= 0:
                place.sink.write_rest(frame, sent[index])
        for place in apart:
            place.sink.write(self._message)
