"""What a process knows of one room that it follows: the order of its events, the holes, and what is still to be told. No I/O.

Contiguous or nothing: an event that comes early waits until the hole before it is filled from the journal.
"""

from asyncio import TimerHandle
from collections import OrderedDict
from collections.abc import Callable, Iterable

from msgspec import Raw

from rooms.core.commands.transaction import Nudge, Slot, Value
from rooms.core.delivery.members import Crowd
from rooms.core.store.journal import Entry, Room

RECENT = 512
"""How many events are kept in memory for those who join while others happen."""

VALUES_KEPT = 4096
"""How many latest values are kept in memory, with their pulses: for those who join meanwhile, and to tell an older value that comes late."""

Watcher = Callable[[Entry], None]


_NONE: OrderedDict[Slot, tuple[int, Value]] = OrderedDict()
"""Stands for the values of the many rooms that have none, such as most desks."""


class Feed:
    __slots__ = (
        "_early",
        "_early_pulses",
        "_forgotten",
        "_newest",
        "_pending",
        "_recent",
        "_top_pulse",
        "_values",
        "crowd",
        "due",
        "epoch",
        "filling",
        "present",
        "pulse",
        "room",
        "sending",
        "seq",
        "told_at",
        "users",
        "watched",
        "watchers",
    )

    def __init__(self, room: Room) -> None:
        self.room = room.id
        self.epoch = room.epoch
        self.seq = room.seq
        self.pulse = room.pulse
        self.crowd = Crowd(room.id)
        self.watchers: list[Watcher] = []
        self.users = 0  # joins under way and watchers: as long as there are any, the room is followed
        self.told_at = 0.0
        self.due: TimerHandle | None = None  # when members are told next
        self.sending = False
        self.filling = False
        self.watched = False  # whether a hole is being watched: it may close by itself
        self.present: Raw | None = None  # who is here, as JSON, until it changes
        self._pending: list[Entry] = []
        self._values: dict[Slot, Value] = {}
        self._newest: OrderedDict[Slot, tuple[int, Value]] = _NONE
        self._forgotten: int = 0
        self._top_pulse = room.pulse
        self._early: dict[int, Entry] = {}
        self._early_pulses: dict[int, None] = {}
        self._recent: list[Entry] = []  # RECENT of them, and at times as many again

    # In

    def receive(self, nudge: Nudge) -> None:
        """Takes in what one transaction did, in whatever order transactions arrive."""
        if nudge.values:
            if nudge.pulse > self.pulse:
                self._early_pulses[nudge.pulse] = None
                self._count_pulses()
            for value in nudge.values:
                self.offer(value, nudge.pulse)
        self.accept(nudge.entries)

    def accept(self, entries: Iterable[Entry]) -> None:
        for entry in entries:
            if entry.seq > self.seq:
                self._early[entry.seq] = entry
        while (entry := self._early.pop(self.seq + 1, None)) is not None:
            self.seq = entry.seq
            self._pending.append(entry)
            self._recent.append(entry)
        if len(self._recent) > 2 * RECENT:
            del self._recent[:-RECENT]

    def offer(self, value: Value, pulse: int) -> None:
        """Takes in a latest value unless a newer one has come already."""
        self._top_pulse = max(self._top_pulse, pulse)
        slot = (value.name, value.key, value.person)
        known = self._newest.get(slot)
        if known is None or pulse >= known[0]:
            if self._newest is _NONE:
                self._newest = OrderedDict()
            self._newest[slot] = (pulse, value)
            self._newest.move_to_end(slot)
            self._values[slot] = value
        if len(self._newest) > VALUES_KEPT:
            _, (self._forgotten, _) = self._newest.popitem(last=False)

    def catch_up(self, pulse: int) -> None:
        """To be called when all latest values have been offered anew, as they were at a pulse."""
        self.pulse = max(self.pulse, pulse)
        self._early_pulses = {early: None for early in self._early_pulses if early > self.pulse}
        self._count_pulses()

    def _count_pulses(self) -> None:
        while self.pulse + 1 in self._early_pulses:
            self.pulse += 1
            del self._early_pulses[self.pulse]

    @property
    def has_hole(self) -> bool:
        return bool(self._early)

    @property
    def values_missed(self) -> bool:
        return bool(self._early_pulses)

    def skip_to(self, room: Room) -> None:
        """Begins anew at a position, when the events before it cannot be had: every member then needs a snapshot."""
        if room.epoch != self.epoch:
            # What came early, and how new the values were, belongs to a history that is no more.
            self._early.clear()
            self._newest = _NONE
            self._forgotten = 0
            self._top_pulse = room.pulse
            self._early_pulses.clear()
        self.epoch, self.seq, self.pulse = room.epoch, room.seq, room.pulse
        self._pending.clear()
        self._values.clear()
        self._recent.clear()
        self._early = {seq: entry for seq, entry in self._early.items() if seq > room.seq}
        self.catch_up(room.pulse)

    # Out

    @property
    def told(self) -> int:
        """The seq up to which everything has been told."""
        return self._pending[0].seq - 1 if self._pending else self.seq

    @property
    def has_news(self) -> bool:
        return bool(self._pending or self._values)

    def take(self) -> tuple[list[Entry], list[Value]]:
        """What has not been told yet; it counts as told from now on."""
        entries, self._pending = self._pending, []
        values, self._values = list(self._values.values()), {}
        return entries, values

    def tail(self, after: int) -> list[Entry] | None:
        """The events after a seq, or None when memory does not reach back so far."""
        if after >= self.seq:
            return []
        if not self._recent or self._recent[0].seq > after + 1:
            return None
        return [entry for entry in self._recent if entry.seq > after]

    def values_after(self, pulse: int) -> list[Value] | None:
        """The latest values that are newer than a pulse, or None when memory does not reach back so far."""
        if pulse >= self._top_pulse:
            return []
        if pulse < self._forgotten:
            return None
        return [value for newer, value in self._newest.values() if newer > pulse]
