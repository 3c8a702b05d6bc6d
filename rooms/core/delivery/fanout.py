"""Sends the same bytes to many sinks: dense groups of sinks, and broadcasts over them in chunks that never hold the loop for long.

A sink whose socket is clear has its descriptor in the group's array, and an optional C loop sends to all of them without Python's lock. A sink with
buffered bytes, or without a socket of its own, is -1 there and is written to one by one, so that bytes never overtake each other.
"""

import ctypes
from array import array
from collections.abc import Callable
from pathlib import Path
from time import perf_counter

from rooms.core.delivery.sink import EncodedMessage, Sink

CHUNK = 128
"""Sinks written to between two looks at the clock."""
TURN_SECONDS = 0.002
"""How long a broadcast goes on in one turn of the loop."""

BACKPRESSURED = -1
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


class Slot:
    """The slot of a sink in a group; `index` is -1 when it has left."""

    __slots__ = ("group", "index", "sink")

    def __init__(self, group: "Group", sink: Sink, index: int) -> None:
        self.group = group
        self.sink = sink
        self.index = index

    def refresh(self) -> None:
        """To be called when the sink's descriptor has changed."""
        if self.index >= 0:
            self.group.descriptors[self.index] = self.sink.descriptor
            if self.sink.descriptor == BACKPRESSURED:
                self.group.backpressured.add(self)
            else:
                self.group.backpressured.discard(self)


class Group:
    """Sinks that receive the same bytes. Leaving swaps the last one into the gap, but during a broadcast only empties the slot."""

    def __init__(self, *, binary: bool = False) -> None:
        self.binary = binary
        self.slots: list[Slot | None] = []
        self.descriptors = array("i")
        self.backpressured: set[Slot] = set()
        self._broadcasts = 0
        self._gaps = False

    def __len__(self) -> int:
        return sum(slot is not None for slot in self.slots) if self._gaps else len(self.slots)

    def add(self, sink: Sink) -> Slot:
        slot = Slot(self, sink, len(self.slots))
        self.slots.append(slot)
        self.descriptors.append(BACKPRESSURED)
        sink.placed(slot)
        slot.refresh()
        return slot

    def discard(self, slot: Slot) -> None:
        index, slot.index = slot.index, -1
        self.backpressured.discard(slot)
        slot.sink.displaced(slot)
        if self._broadcasts:
            self.slots[index] = None
            self.descriptors[index] = BACKPRESSURED
            self._gaps = True
        else:
            self._fill(index)

    def _fill(self, index: int) -> None:
        last, descriptor = self.slots.pop(), self.descriptors.pop()
        if index < len(self.slots):
            self.slots[index], self.descriptors[index] = last, descriptor
            if last is not None:
                last.index = index

    def begin(self) -> None:
        self._broadcasts += 1

    def end(self) -> None:
        self._broadcasts -= 1
        if not self._broadcasts and self._gaps:
            self._gaps = False
            for index in range(len(self.slots) - 1, -1, -1):
                if self.slots[index] is None:
                    self._fill(index)


class Broadcast:
    """One message on its way to the sinks that are in a group now, except the slots to `skip`. `step` writes to the next sinks."""

    def __init__(self, group: Group, message: EncodedMessage, skip: set[int], loop: Loop | None = LOOP) -> None:
        self._group = group
        self._message = message
        self._skip = skip
        self._loop = loop
        self._at = 0
        self._end = len(group.slots)
        group.begin()

    def step(self, chunk: int = CHUNK, seconds: float | None = None) -> bool:
        """Writes chunks until the time is used up; whether there are more."""
        until = perf_counter() + (TURN_SECONDS if seconds is None else seconds)
        while True:
            upto = min(self._end, self._at + chunk)
            if self._loop is None:
                self._write(self._at, upto)
            else:
                self._send(self._loop, self._at, upto)
            self._at = upto
            if upto == self._end:
                self._group.end()
                return False
            if perf_counter() >= until:
                return True

    def finish(self) -> None:
        while self.step():
            pass

    def _write(self, start: int, end: int) -> None:
        for index in range(start, end):
            slot = self._group.slots[index]
            if slot is not None and index not in self._skip:
                slot.sink.write(self._message)

    def _send(self, loop: Loop, start: int, end: int) -> None:
        group, count = self._group, end - start
        apart = [slot for slot in group.backpressured if start <= slot.index < end and slot.index not in self._skip]
        skipped = [index for index in self._skip if start <= index < end]
        descriptors = group.descriptors
        for index in skipped:
            descriptors[index] = BACKPRESSURED
        frame = self._message.msgpack_frame if group.binary else self._message.frame
        behind, sent = array("i", bytes(4 * count)), array("l", bytes(8 * count))
        first = descriptors.buffer_info()[0] + start * descriptors.itemsize
        number = loop(first, count, frame, len(frame), behind.buffer_info()[0], sent.buffer_info()[0])
        for index in skipped:
            if (slot := group.slots[index]) is not None:
                descriptors[index] = slot.sink.descriptor
        for each in range(number):
            # The transport keeps the rest, which marks the sink as backpressured until it drains; it detects a broken one by itself.
            if (slot := group.slots[start + behind[each]]) is not None and sent[each] >= 0:
                slot.sink.write_rest(frame, sent[each])
        for slot in apart:
            slot.sink.write(self._message)
