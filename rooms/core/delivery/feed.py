"""The state of one room that a process follows: the order of its events, gaps, and what is still to be delivered. No I/O.

Contiguous or nothing: an event that arrives early waits until the gap before it is filled from the journal.
"""

from asyncio import TimerHandle
from collections import OrderedDict
from collections.abc import Callable, Iterable

from msgspec import Raw

from rooms.core.commands.audience import Audience
from rooms.core.commands.transaction import Nudge, Value, ValueKey
from rooms.core.delivery.members import RoomMembers
from rooms.core.store.journal import Entry, Room, stamp

RECENT = 512
"""Events kept in memory for members who join while others happen."""

VALUES_KEPT = 4096
"""Latest values kept in memory, with their versions: for members who are joining, and to recognise an older value that arrives late."""

Watcher = Callable[[Entry], None]


_NONE: OrderedDict[ValueKey, tuple[int, Value]] = OrderedDict()
"""Shared by the many rooms that have no values, such as most desks."""


class Feed:
    __slots__ = (
        "_early",
        "_early_versions",
        "_forgotten",
        "_newest",
        "_pending",
        "_recent",
        "_top_version",
        "_values",
        "delivered_at",
        "due",
        "epoch",
        "filling",
        "is_desk",
        "latest",
        "members",
        "present",
        "room",
        "sending",
        "seq",
        "snapshots",
        "users",
        "values_version",
        "watched",
        "watchers",
    )

    def __init__(self, room: Room) -> None:
        self.room = room.id
        self.epoch = room.epoch
        self.seq = room.seq
        self.values_version = room.values_version
        self.members = RoomMembers(room.id)
        self.watchers: list[Watcher] = []
        self.users = 0  # members, joins in progress and watchers: while there are any, the room is followed
        self.is_desk = room.kind == "desk"  # it has one owner: presence there would say nothing
        self.delivered_at = 0.0
        self.due: TimerHandle | None = None  # the next delivery
        self.sending = False
        self.filling = False
        self.watched = False  # whether a timer watches a gap: it may close by itself
        self.present: Raw | None = None  # who is present, as JSON, until it changes
        self.snapshots: dict[Audience, tuple[tuple[str, int], bytes]] = {}  # encoded, with their epoch and seq
        self.latest: dict[Audience, tuple[tuple[str, int, int], dict[str, Raw]]] = {}
        self._pending: list[Entry] = []
        self._values: dict[ValueKey, Value] = {}
        self._newest: OrderedDict[ValueKey, tuple[int, Value]] = _NONE
        self._forgotten: int = 0
        self._top_version = room.values_version
        self._early: dict[int, Entry] = {}
        self._early_versions: dict[int, None] = {}
        self._recent: list[Entry] = []  # RECENT of them, and at times as many again

    # In

    def receive(self, nudge: Nudge) -> None:
        """Takes in what one transaction did; transactions may arrive in any order."""
        if nudge.values:
            if nudge.values_version > self.values_version:
                self._early_versions[nudge.values_version] = None
                self._count_versions()
            for value in nudge.values:
                self.offer(value, nudge.values_version)
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

    def offer(self, value: Value, values_version: int) -> None:
        """Takes in a latest value unless a newer one has arrived."""
        self._top_version = max(self._top_version, values_version)
        slot = (value.name, value.key, value.person)
        known = self._newest.get(slot)
        if known is None or values_version >= known[0]:
            if self._newest is _NONE:
                self._newest = OrderedDict()
            self._newest[slot] = (values_version, value)
            self._newest.move_to_end(slot)
            self._values[slot] = value
        if len(self._newest) > VALUES_KEPT:
            _, (self._forgotten, _) = self._newest.popitem(last=False)

    def catch_up(self, values_version: int) -> None:
        """To be called when all latest values have been offered again, as they were at this version."""
        self.values_version = max(self.values_version, values_version)
        self._early_versions = {early: None for early in self._early_versions if early > self.values_version}
        self._count_versions()

    def _count_versions(self) -> None:
        while self.values_version + 1 in self._early_versions:
            self.values_version += 1
            del self._early_versions[self.values_version]

    @property
    def has_gap(self) -> bool:
        return bool(self._early)

    @property
    def values_missed(self) -> bool:
        return bool(self._early_versions)

    @property
    def stamp(self) -> str:
        """How far it is (journal.stamp), or nothing that a room has when something is known to be missing."""
        return "" if self._early or self._early_versions else stamp(self.epoch, self.seq, self.values_version)

    def skip_to(self, room: Room) -> None:
        """Restarts at a position when the events before it are gone: every member then needs a snapshot."""
        if room.epoch != self.epoch:
            # Early events and value versions belong to another history.
            self._early.clear()
            self._newest = _NONE
            self._forgotten = 0
            self._top_version = room.values_version
            self._early_versions.clear()
        self.epoch, self.seq, self.values_version = room.epoch, room.seq, room.values_version
        self._pending.clear()
        self._values.clear()
        self._recent.clear()
        self._early = {seq: entry for seq, entry in self._early.items() if seq > room.seq}
        self.catch_up(room.values_version)

    # Out

    @property
    def delivered(self) -> int:
        """The seq up to which everything has been delivered."""
        return self._pending[0].seq - 1 if self._pending else self.seq

    @property
    def has_news(self) -> bool:
        return bool(self._pending or self._values)

    def take(self) -> tuple[list[Entry], list[Value]]:
        """What has not been delivered yet; it counts as delivered from now on."""
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

    def values_after(self, values_version: int) -> list[Value] | None:
        """The latest values that are newer than a version, or None when memory does not reach back so far."""
        if values_version >= self._top_version:
            return []
        if values_version < self._forgotten:
            return None
        return [value for newer, value in self._newest.values() if newer > values_version]
