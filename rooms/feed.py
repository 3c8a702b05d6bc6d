"""What a process knows of one room that it follows: the order of its events, the holes, and what is still to be told. No I/O.

Contiguous or nothing: an event that comes early waits until the hole before it is filled from the journal.
"""

from collections import OrderedDict, deque
from collections.abc import Callable, Iterable

from rooms.audience import Audience, sees
from rooms.journal import Entry, Room
from rooms.member import Member
from rooms.transaction import Nudge, Value

RECENT = 512
"""How many events are kept in memory for those who join while others happen."""

PULSES_KEPT = 4096
"""Of how many latest values it is known how new they are; nudges that overtake each other are never that far apart."""

Watcher = Callable[[Entry], None]
_Slot = tuple[str, str, Audience, str | None]


class Feed:
    def __init__(self, room: Room) -> None:
        self.room = room.id
        self.epoch = room.epoch
        self.seq = room.seq
        self.pulse = room.pulse
        self.values_missed = False
        self.members: list[Member] = []
        self.watchers: set[Watcher] = set()
        self.users = 0  # joins under way and watchers: as long as there are any, the room is followed
        self.told_at = 0.0
        self.due = False
        self.filling = False
        self._pending: list[Entry] = []
        self._values: dict[_Slot, Value] = {}
        self._pulses: OrderedDict[_Slot, int] = OrderedDict()
        self._early: dict[int, Entry] = {}
        self._recent: deque[Entry] = deque(maxlen=RECENT)

    # In

    def receive(self, nudge: Nudge) -> None:
        """Takes in what one transaction did, in whatever order transactions arrive."""
        if nudge.values:
            self.values_missed = self.values_missed or nudge.pulse > self.pulse + 1
            self.pulse = max(self.pulse, nudge.pulse)
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

    def offer(self, value: Value, pulse: int) -> None:
        """Takes in a latest value unless a newer one has come already."""
        slot = (value.name, value.key, value.audience, value.person)
        if pulse >= self._pulses.get(slot, 0):
            self._pulses[slot] = pulse
            self._pulses.move_to_end(slot)
            self._values[slot] = value
        if len(self._pulses) > PULSES_KEPT:
            self._pulses.popitem(last=False)

    @property
    def has_hole(self) -> bool:
        return bool(self._early)

    def skip_to(self, room: Room) -> None:
        """Begins anew at a position, when the events before it cannot be had: every member then needs a snapshot."""
        if room.epoch != self.epoch:
            # What came early, and how new the values were, belongs to a history that is no more.
            self._early.clear()
            self._pulses.clear()
        self.epoch, self.seq, self.pulse = room.epoch, room.seq, room.pulse
        self._pending.clear()
        self._values.clear()
        self._recent.clear()
        self._early = {seq: entry for seq, entry in self._early.items() if seq > room.seq}
        self.values_missed = False

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

    # Members stand in a dense list; leaving swaps the last one into the gap.

    def add(self, member: Member) -> None:
        member.slot = len(self.members)
        self.members.append(member)

    def discard(self, member: Member) -> bool:
        """Whether he was in."""
        slot = member.slot
        if slot < 0:
            return False
        last = self.members.pop()
        if last is not member:
            self.members[slot] = last
            last.slot = slot
        member.slot = -1
        return True


def encode_events(entries: Iterable[Entry], audience: Audience, person: str | None) -> bytes:
    """The JSON array of events as one reader sees them; what he may not see is a bare seq."""
    parts = [
        b'{"seq":%d,%b' % (entry.seq, entry.payload[1:])
        if sees(audience, person, entry.audience, entry.person)
        else b'{"seq":%d}' % entry.seq
        for entry in entries
    ]
    return b"[" + b",".join(parts) + b"]"


def encode_batch(
    room: str, entries: list[Entry], values: Iterable[Value], audience: Audience, person: str | None
) -> bytes | None:
    """One message with everything of a tick, or None when there is nothing in it for this reader."""
    seen: dict[str, list[bytes]] = {}
    for value in values:
        if sees(audience, person, value.audience, value.person):
            seen.setdefault(value.name, []).append(b'"%b":%b' % (value.key.encode(), value.payload))
    if not entries and not seen:
        return None
    parts = [b'{"room":"%b"' % room.encode()]
    if entries:
        parts.append(b',"events":' + encode_events(entries, audience, person))
    if seen:
        latest = b",".join(b'"%b":{%b}' % (name.encode(), b",".join(pairs)) for name, pairs in seen.items())
        parts.append(b',"latest":{' + latest + b"}")
    parts.append(b"}")
    return b"".join(parts)
