"""One row per room (kind, seq, values_version, epoch, floor) and its append-only log. The journal is the truth about delivery.

`seq` numbers the recorded events of a room without a gap, in commit order, because it is taken under the lock of the room's row.
`values_version` (column "pulse") counts changes of its latest values in the same way. `floor` is the seq up to which the log was pruned.
`epoch` names the history: it changes when a database is restored, so that an old stream cannot pass for the new one.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

import msgspec
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql
from sqlalchemy.ext.asyncio import AsyncConnection

from rooms.core.commands.audience import Audience
from rooms.core.ids import is_id, new_id
from rooms.core.store.database import UtcDateTime, in_param, metadata, pad_to_power_of_two

MOST_PARAMETERS = 10_000  # in one statement; PostgreSQL and SQLite take some 32,000

rooms = sa.Table(
    "rooms",
    metadata,
    sa.Column("id", sa.String(20), primary_key=True),
    sa.Column("kind", sa.String(20), nullable=False),
    sa.Column("subject", sa.String(20), nullable=False),
    sa.Column("conference", sa.String(20), index=True),
    sa.Column("seq", sa.BigInteger, nullable=False, default=0),
    sa.Column("pulse", sa.BigInteger, key="values_version", nullable=False, default=0),
    sa.Column("epoch", sa.String(20), nullable=False),
    sa.Column("floor", sa.BigInteger, nullable=False, default=0),
    sa.UniqueConstraint("kind", "subject"),
)

journal = sa.Table(
    "journal",
    metadata,
    sa.Column("room", sa.String(20), sa.ForeignKey("rooms.id"), primary_key=True),
    sa.Column("seq", sa.BigInteger, primary_key=True),
    sa.Column("type", sa.String(40), nullable=False),
    sa.Column("audience", sa.String(12), nullable=False),
    sa.Column("person", sa.String(20)),
    sa.Column("at", UtcDateTime, nullable=False),
    sa.Column("payload", sa.LargeBinary, nullable=False),
    sa.Index("ix_journal_at", "at"),
)


class Room(NamedTuple):
    """A room's row. `subject` is the id of what it belongs to (a session, a person); `conference` is None for desks."""

    id: str
    kind: str
    subject: str
    conference: str | None
    seq: int
    values_version: int
    epoch: str
    floor: int


class Entry(NamedTuple):
    """A recorded event. `payload` is its JSON object without the seq; `person`: the person it concerns or, for audience PERSON, its only recipient."""

    seq: int
    type: str
    audience: Audience
    person: str | None
    payload: bytes


class ReadPosition(NamedTuple):
    """The position of a reader in a room."""

    epoch: str
    seq: int


ROOM = (
    rooms.c.id,
    rooms.c.kind,
    rooms.c.subject,
    rooms.c.conference,
    rooms.c.seq,
    rooms.c.values_version,
    rooms.c.epoch,
    rooms.c.floor,
)


_FIND = sa.select(*ROOM).where(rooms.c.id == sa.bindparam("room"))
_HEADS = sa.select(*ROOM).where(rooms.c.id.in_(in_param("rooms")))
_STAMP = rooms.c.epoch + " " + sa.cast(rooms.c.seq, sa.Text) + " " + sa.cast(rooms.c.values_version, sa.Text)


def _changed(known: sa.TableValuedAlias) -> "sa.Select[*tuple[Any, ...]]":
    joined = known.outerjoin(rooms, rooms.c.id == known.c.key)
    return sa.select(known.c.key, *ROOM).select_from(joined).where(_STAMP.is_distinct_from(known.c.value))


_STAMPS: "sa.BindParameter[str]" = sa.bindparam("stamps", type_=sa.Text)
_TEXTS = (sa.column("key", sa.Text), sa.column("value", sa.Text))
_CHANGED_SQLITE = _changed(sa.func.json_each(_STAMPS).table_valued(*_TEXTS))
_CHANGED_POSTGRESQL = _changed(sa.func.json_each_text(sa.cast(_STAMPS, postgresql.JSON)).table_valued(*_TEXTS))
_LOCK = _HEADS.order_by(rooms.c.id).with_for_update()
_APPEND = journal.insert()
_ADVANCE = rooms.update().where(rooms.c.id == sa.bindparam("room"))
_ADVANCE_BOTH = _ADVANCE.values(seq=sa.bindparam("to_seq"), values_version=sa.bindparam("to_version"))
_ADVANCE_VALUES = _ADVANCE.values(values_version=sa.bindparam("to_version"))


async def open_room(connection: AsyncConnection, kind: str, subject: str, conference: str | None) -> str:
    """Creates the room of a subject and returns its id."""
    room = new_id()
    values = {
        "id": room,
        "kind": kind,
        "subject": subject,
        "conference": conference,
        "seq": 0,
        "values_version": 0,
        "epoch": new_id(),
        "floor": 0,
    }
    await connection.execute(rooms.insert().values(values))
    return room


async def find_room(connection: AsyncConnection, room: str) -> Room | None:
    if not is_id(room):
        return None
    row = (await connection.execute(_FIND, {"room": room})).one_or_none()
    return None if row is None else Room(*row)


async def room_of(connection: AsyncConnection, kind: str, subject: str) -> str:
    """The id of a subject's room. Raises LookupError: a subject without its room is a bug."""
    found = (
        await connection.execute(sa.select(rooms.c.id).where(rooms.c.kind == kind, rooms.c.subject == subject))
    ).scalar_one_or_none()
    if found is None:
        raise LookupError(f"{kind} {subject} has no room")
    return found


async def lock_rooms(connection: AsyncConnection, ids: Iterable[str]) -> dict[str, Room]:
    """Locks room rows until the end of the transaction, in sorted order so that two transactions never deadlock."""
    wanted = sorted(filter(is_id, set(ids)))
    return {row.id: Room(*row) for row in await connection.execute(_LOCK, {"rooms": pad_to_power_of_two(wanted)})}


async def append(
    connection: AsyncConnection, room: str, entries: Sequence[Entry], values_version: int, at: datetime
) -> None:
    """Appends events to a room's log. The caller holds the room's lock and has numbered them."""
    if entries:
        await connection.execute(
            _APPEND,
            [
                {
                    "room": room,
                    "seq": e.seq,
                    "type": e.type,
                    "audience": e.audience.value,
                    "person": e.person,
                    "at": at,
                    "payload": e.payload,
                }
                for e in entries
            ],
        )
        await connection.execute(_ADVANCE_BOTH, {"room": room, "to_seq": entries[-1].seq, "to_version": values_version})
    else:
        await connection.execute(_ADVANCE_VALUES, {"room": room, "to_version": values_version})


async def read_after(connection: AsyncConnection, room: str, after: int, upto: int | None = None) -> list[Entry]:
    """The events with `after` < seq (≤ `upto`), in order."""
    select = sa.select(journal.c.seq, journal.c.type, journal.c.audience, journal.c.person, journal.c.payload)
    select = select.where(journal.c.room == room, journal.c.seq > after).order_by(journal.c.seq)
    if upto is not None:
        select = select.where(journal.c.seq <= upto)
    return [
        Entry(r.seq, r.type, Audience(r.audience), r.person, bytes(r.payload)) for r in await connection.execute(select)
    ]


async def heads(connection: AsyncConnection, ids: Iterable[str]) -> dict[str, Room]:
    """The rows of many rooms in a few queries."""
    wanted, found = list(ids), dict[str, Room]()
    for start in range(0, len(wanted), MOST_PARAMETERS):
        some = pad_to_power_of_two(wanted[start : start + MOST_PARAMETERS])
        found |= {row.id: Room(*row) for row in await connection.execute(_HEADS, {"rooms": some})}
    return found


def stamp(epoch: str, seq: int, values_version: int) -> str:
    """How far a room is, as one text that can be compared. `_STAMP` is the same in SQL."""
    return f"{epoch} {seq} {values_version}"


async def changed_heads(connection: AsyncConnection, known: Mapping[str, str]) -> dict[str, Room | None]:
    """The rows of the rooms whose stamp differs from the known one, or None where the room does not exist.

    A process asks for every room that it follows, one for each connected person. The database compares them, so rooms without news are not sent.
    """
    changed = _CHANGED_POSTGRESQL if connection.dialect.name == "postgresql" else _CHANGED_SQLITE
    rows: Iterable[Any] = await connection.execute(changed, {"stamps": msgspec.json.encode(known).decode()})
    return {key: Room(id, *rest) if id is not None else None for key, id, *rest in rows}


async def prune(connection: AsyncConnection, before: datetime) -> int:
    """Deletes events recorded before a time and raises the floors; returns how many. Tables keep the truth about the world."""
    tops = (
        sa.select(journal.c.room, sa.func.max(journal.c.seq).label("seq"))
        .where(journal.c.at < before)
        .group_by(journal.c.room)
        .order_by(journal.c.room)  # rows are locked in the order in which commands lock them
    )
    gone = 0
    for room, top in (await connection.execute(tops)).all():
        gone += await _cut(connection, room, top)
    return gone


def mentions(connection: AsyncConnection, json: "sa.ColumnElement[bytes]", *words: str) -> "sa.ColumnElement[bool]":
    """Whether stored JSON contains one of these words."""
    text = sa.cast(json, sa.Text)
    if connection.dialect.name == "postgresql":
        text = sa.func.convert_from(json, "UTF8", type_=sa.Text)
    return sa.or_(*(text.contains(word, autoescape=True) for word in words))


def as_json(text: str) -> str:
    """A text as it is written in stored JSON."""
    return msgspec.json.encode(text).decode()


async def rooms_naming(connection: AsyncConnection, person: str, name: str, since: datetime | None = None) -> set[str]:
    """The rooms in whose journals a person occurs: as the subject of an event, by id, or by name as a whole JSON string."""
    named = sa.or_(journal.c.person == person, mentions(connection, journal.c.payload, person, as_json(name)))
    if since is not None:
        named = sa.and_(journal.c.at >= since, named)
    return set((await connection.execute(sa.select(journal.c.room).where(named).distinct())).scalars())


def emptied(entry: Entry) -> Entry:
    """An event of which everyone receives the number and nothing else."""
    return Entry(entry.seq, entry.type, Audience.PERSON, None, b"{}")


async def hide(connection: AsyncConnection, room: str, type: str, word: str, since: int, before: int) -> None:
    """Empties the events of a locked room that are of a type and mention a word, with `since` ≤ seq < `before`."""
    j = journal.c
    meant = sa.and_(j.room == room, j.seq >= since, j.seq < before, j.type == type)
    meant = sa.and_(meant, mentions(connection, j.payload, word))
    values = {"audience": Audience.PERSON.value, "person": None, "payload": b"{}"}
    await connection.execute(journal.update().where(meant).values(values))


async def forget(connection: AsyncConnection, locked: Collection[Room]) -> None:
    """Deletes all that was recorded in rooms, which the caller has locked, and gives them new epochs: nothing old is ever sent again, and each
    member is given the room as it is now."""
    for room in locked:
        await _cut(connection, room.id, room.seq)
    await renew(connection, [room.id for room in locked])


async def renew(connection: AsyncConnection, ids: Iterable[str]) -> None:
    """Gives rooms new epochs: their members receive them as they are now (after `Hub.reconcile`), and nobody resumes from before."""
    for room in ids:
        await connection.execute(rooms.update().where(rooms.c.id == room).values(epoch=new_id()))


async def _cut(connection: AsyncConnection, room: str, upto: int) -> int:
    deleted = await connection.execute(journal.delete().where(journal.c.room == room, journal.c.seq <= upto))
    await connection.execute(rooms.update().where(rooms.c.id == room, rooms.c.floor < upto).values(floor=upto))
    return deleted.rowcount


async def renew_epochs(connection: AsyncConnection) -> int:
    """To be called after a database was restored: every room gets a new epoch, so every resume gets a snapshot."""
    ids = (await connection.execute(sa.select(rooms.c.id))).scalars().all()
    await renew(connection, ids)
    return len(ids)
