"""A transaction in one or several rooms: its events are written with the tables it changes, and published only after the commit."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

import msgspec
from msgspec import Struct
from sqlalchemy.ext.asyncio import AsyncConnection

from rooms.core.commands.audience import Audience
from rooms.core.commands.messages import Event, Latest, tag_of
from rooms.core.store import audit, journal
from rooms.core.store.journal import Entry, Room

_encode = msgspec.json.Encoder().encode


class Value(NamedTuple):
    """A latest value to deliver: `payload` is the JSON of the value; `person` is the only recipient, for audience PERSON."""

    name: str
    key: str
    audience: Audience
    person: str | None
    payload: bytes


class DirectMessage(NamedTuple):
    """A message for one connection alone, by the direct lane (rooms/core/delivery/direct.py): `payload` is its JSON."""

    room: str
    address: str
    payload: bytes


class Nudge(NamedTuple):
    """What one transaction did in one room. `values_version` has grown by one if there are `values`, else not at all."""

    room: str
    epoch: str
    values_version: int
    entries: list[Entry]
    values: list[Value]
    direct: Sequence[DirectMessage] = ()


class _Audit(NamedTuple):
    conference: str | None
    actor: str | None
    act: str
    subject: str
    details: Mapping[str, Any]


ValueKey = tuple[str, str, str | None]
"""Name, key and person of a latest value."""


class _Hidden(NamedTuple):
    """Events of a type that mention a word, with `since` ≤ seq < `before`."""

    room: str
    type: str
    word: str
    since: int
    before: int

    def is_meant(self, entry: Entry) -> bool:
        recorded = self.since <= entry.seq < self.before
        return recorded and entry.type == self.type and self.word.encode() in entry.payload


class Savepoint(NamedTuple):
    """A savepoint of what was recorded: per room the number of events, the values and the number of direct messages; audit entries; hidden events."""

    rooms: dict[str, tuple[int, dict[ValueKey, Value], int]]
    audits: int
    hidden: int
    rights_changed: int


@dataclass(slots=True)
class _Pending:
    room: Room
    entries: list[Entry] = field(default_factory=list[Entry])
    values: dict[ValueKey, Value] = field(default_factory=dict[ValueKey, Value])
    direct: list[DirectMessage] = field(default_factory=list[DirectMessage])


class Transaction:
    """Passed to handlers. `room` is the room of the command (None outside of one); `now` is the time of the transaction."""

    def __init__(
        self, connection: AsyncConnection, rooms: Mapping[str, Room], now: datetime, room: str | None = None
    ) -> None:
        self.connection = connection
        self.now = now
        self.room = room
        self._pending = {id: _Pending(row) for id, row in rooms.items()}
        self._audits: list[_Audit] = []
        self._hidden: list[_Hidden] = []
        self.rights_changed = 0
        """How many recorded events change the rights of people."""

    @property
    def rooms(self) -> dict[str, Room]:
        """The rooms that are locked, as they were at the start."""
        return {id: pending.room for id, pending in self._pending.items()}

    def record(self, event: Event, *, room: str | None = None, person: str | None = None) -> int:
        """Adds an event to a locked room and returns its seq. `person`: the person it concerns or, for audience PERSON, its only recipient."""
        pending = self._of(room)
        assert event.audience is not Audience.PERSON or person is not None, "an event for one person needs that person"
        seq = self.next_seq(room)
        self.rights_changed += event.changes_rights
        pending.entries.append(Entry(seq, tag_of(event), event.audience, person, _encode(event)))
        return seq

    def hide(self, event: type[Event], word: str, since: int = 1) -> None:
        """Empties the events of a type that the command's room has recorded since a seq and that mention an id: nobody who comes later receives them."""
        room = self._of(None).room.id
        self._hidden.append(_Hidden(room, tag_of(event), word, since, self.next_seq()))

    def next_seq(self, room: str | None = None) -> int:
        """The seq that the next recorded event will have."""
        pending = self._of(room)
        return pending.room.seq + len(pending.entries) + 1

    def latest(self, value: Latest, *, room: str | None = None, person: str | None = None) -> None:
        """Publishes a latest value; it replaces an earlier one of the same name, key and person in this transaction."""
        payload = _encode(getattr(value, "value"))  # noqa: B009 - every Latest declares a value of its own type
        self._of(room).values[value.name, value.key, person] = Value(
            value.name, value.key, value.audience, person, payload
        )

    def tell(self, address: str, message: Struct, *, room: str | None = None) -> None:
        """Sends to one connection alone, by its address in the room (rooms/core/delivery/direct.py)."""
        pending = self._of(room)
        pending.direct.append(DirectMessage(pending.room.id, address, _encode(message)))

    def audit(
        self,
        conference: str | None,
        actor: str | None,
        act: str,
        subject: str = "",
        details: Mapping[str, Any] | None = None,
    ) -> None:
        """Adds an audit entry; written at the end, because the lock on the audit chain is always taken last."""
        self._audits.append(_Audit(conference, actor, act, subject, details or {}))

    def mark(self) -> Savepoint:
        """A savepoint to which `rewind` returns when a part of the transaction is undone."""
        rooms = {
            id: (len(pending.entries), dict(pending.values), len(pending.direct))
            for id, pending in self._pending.items()
        }
        return Savepoint(rooms, len(self._audits), len(self._hidden), self.rights_changed)

    def rewind(self, mark: Savepoint) -> None:
        for id, (entries, values, direct) in mark.rooms.items():
            del self._pending[id].entries[entries:]
            self._pending[id].values = values
            del self._pending[id].direct[direct:]
        del self._audits[mark.audits :]
        del self._hidden[mark.hidden :]
        self.rights_changed = mark.rights_changed

    def _of(self, room: str | None) -> _Pending:
        wanted = room or self.room
        assert wanted in self._pending, f"room {wanted} is not locked"
        return self._pending[wanted]

    async def finish(self) -> list[Nudge]:
        """Writes journal and audit log; returns what to publish after the commit."""
        nudges: list[Nudge] = []
        for hidden in self._hidden:
            await journal.hide(self.connection, *hidden)
            entries = self._of(hidden.room).entries
            entries[:] = [journal.emptied(entry) if hidden.is_meant(entry) else entry for entry in entries]
        for pending in self._pending.values():
            if not pending.entries and not pending.values and not pending.direct:
                continue
            row = pending.room
            values_version = row.values_version + (1 if pending.values else 0)
            await journal.append(self.connection, row.id, pending.entries, values_version, self.now)
            values = list(pending.values.values())
            nudges.append(Nudge(row.id, row.epoch, values_version, pending.entries, values, pending.direct))
        for note in sorted(
            self._audits, key=lambda note: note.conference or ""
        ):  # audit chains are locked in one order as well
            await audit.write(
                self.connection,
                conference=note.conference,
                actor=note.actor,
                act=note.act,
                subject=note.subject,
                details=dict(note.details),
                at=self.now,
            )
        return nudges
