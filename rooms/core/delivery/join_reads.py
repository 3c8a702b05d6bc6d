"""Answers to joins, read for many members from one consistent view: a snapshot or the events since a position, and per-person state."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec
from msgspec import UNSET, Raw, UnsetType
from sqlalchemy.ext.asyncio import AsyncConnection

from rooms.core.clock import Clock
from rooms.core.commands.access import Actor, resolve_many, rooms_with_access
from rooms.core.commands.audience import Audience
from rooms.core.commands.messages import View
from rooms.core.commands.room_kinds import KINDS
from rooms.core.delivery.encoding import encode_events
from rooms.core.delivery.feed import Feed
from rooms.core.errors import Problem
from rooms.core.store import journal
from rooms.core.store.database import Database
from rooms.core.store.journal import Entry, ReadPosition, Room

LONGEST_TAIL = 500


class Joined(msgspec.Struct, omit_defaults=True):
    """The answer to a join: a snapshot, or the events since a position; `own` and `latest` always. `epoch` names history and audience together."""

    epoch: str
    seq: int
    audience: str
    own: View
    latest: dict[str, Any]
    snapshot: Raw | UnsetType = UNSET
    resumed: bool = False
    events: Raw | UnsetType = UNSET


@dataclass(frozen=True, slots=True)
class JoinRequest:
    """`public`: only what everyone may see. `after`: the client's position, when it resumes."""

    room: str
    person: str | None
    public: bool
    after: ReadPosition | None


@dataclass(frozen=True, slots=True)
class JoinResult:
    """`actor` is the person with their rights, `reading` as whom they read: nobody in particular for a public view."""

    row: Room
    actor: Actor
    reading: Actor
    joined: Joined


class JoinReader:
    """`feed_of` gives the feed of a room that this process follows: its recent events need not be read, and it keeps encoded snapshots."""

    def __init__(self, database: Database, clock: Clock, feed_of: Callable[[str], Feed | None]) -> None:
        self._database = database
        self._clock = clock
        self._feed_of = feed_of

    async def read(self, wanted: Sequence[JoinRequest]) -> list[JoinResult | Exception]:
        async with self._database.read() as connection:
            rows, access = await rooms_with_access(connection, {each.room for each in wanted})
            actors = await resolve_many(
                connection, [(each.person, rows.get(each.room)) for each in wanted], self._clock(), access
            )
            found: list[JoinResult | Exception] = []
            readers = [
                actor.as_anybody if each.public and isinstance(actor, Actor) else actor
                for each, actor in zip(wanted, actors, strict=True)
            ]
            owns = await self._owns(connection, [reader for reader in readers if isinstance(reader, Actor)])
            tails = _Tails(connection, self._feed_of)
            for each, actor, reading in zip(wanted, actors, readers, strict=True):
                if isinstance(actor, Problem) or isinstance(reading, Problem):
                    found.append(actor if isinstance(actor, Problem) else Problem("internal", ""))
                    continue
                joined = await self._joined(connection, reading, owns.pop(0), each.after, tails)
                found.append(JoinResult(actor.room, actor, reading, joined))
            # Newer events are read here, in the same view, so that the feed reaches at least as far as what was read.
            for row in rows.values():
                feed = self._feed_of(row.id)
                if feed is not None and row.seq > feed.seq and row.epoch == feed.epoch:
                    feed.accept(await journal.read_after(connection, row.id, feed.seq))
        return found

    async def _owns(self, connection: AsyncConnection, actors: list[Actor]) -> list[View]:
        """The per-person state for each actor, in order."""
        by_kind: dict[str, list[int]] = {}
        for index, actor in enumerate(actors):
            by_kind.setdefault(actor.room.kind, []).append(index)
        owns: dict[int, View] = {}
        for kind, indexes in by_kind.items():
            read = await KINDS[kind].own(connection, [actors[index] for index in indexes])
            owns.update(zip(indexes, read, strict=True))
        return [owns[index] for index in range(len(actors))]

    async def _joined(
        self, connection: AsyncConnection, actor: Actor, own: View, after: ReadPosition | None, tails: "_Tails"
    ) -> Joined:
        row, audience = actor.room, actor.audience
        epoch = f"{row.epoch}-{audience.value}"
        joined = Joined(epoch, row.seq, audience.value, own, dict(await self._latest_of(connection, row, audience)))
        if (
            after is not None
            and after.epoch == epoch
            and row.floor <= after.seq <= row.seq
            and row.seq - after.seq <= LONGEST_TAIL
        ):
            joined.resumed = True
            joined.events = Raw(
                await tails.encoded(row, after.seq, audience, actor.person.id if actor.person else None)
            )
        else:
            joined.snapshot = Raw(await self._snapshot_of(connection, row, audience))
        return joined

    async def _snapshot_of(self, connection: AsyncConnection, row: Room, audience: Audience) -> bytes:
        """Encoded once per room, audience and seq."""
        version = (row.epoch, row.seq)
        feed = self._feed_of(row.id)
        kept = feed.snapshots.get(audience) if feed is not None else None
        if kept is not None and kept[0] == version:
            return kept[1]
        encoded = msgspec.json.encode(await KINDS[row.kind].snapshot(connection, row, audience))
        if feed is not None:
            feed.snapshots[audience] = (version, encoded)
        return encoded

    async def _latest_of(self, connection: AsyncConnection, row: Room, audience: Audience) -> dict[str, Raw]:
        """Encoded once per room, audience, seq and values_version."""
        version = (row.epoch, row.seq, row.values_version)
        feed = self._feed_of(row.id)
        kept = feed.latest.get(audience) if feed is not None else None
        if kept is not None and kept[0] == version:
            return kept[1]
        values = await KINDS[row.kind].latest(connection, row, audience)
        encoded = {name: Raw(msgspec.json.encode(of_name)) for name, of_name in values.items()}
        if feed is not None:
            feed.latest[audience] = (version, encoded)
        return encoded


class _Tails:
    """The events since a position, read and encoded once for everyone who needs the same."""

    def __init__(self, connection: AsyncConnection, feed_of: Callable[[str], Feed | None]) -> None:
        self._connection = connection
        self._feed_of = feed_of
        self._entries: dict[tuple[str, int], list[Entry]] = {}
        self._encoded: dict[tuple[str, int, Audience], bytes] = {}

    async def encoded(self, row: Room, after: int, audience: Audience, person: str | None) -> bytes:
        entries = self._entries.get((row.id, after))
        if entries is None:
            entries = self._entries[row.id, after] = await self._read(row, after)
        if person is not None and any(e.audience is Audience.PERSON and e.person == person for e in entries):
            return encode_events(entries, audience, person)
        if (row.id, after, audience) not in self._encoded:
            self._encoded[row.id, after, audience] = encode_events(entries, audience, None)
        return self._encoded[row.id, after, audience]

    async def _read(self, row: Room, after: int) -> list[Entry]:
        feed = self._feed_of(row.id)
        recent = feed.tail(after) if feed is not None and feed.epoch == row.epoch and feed.seq >= row.seq else None
        if recent is not None:
            return [entry for entry in recent if entry.seq <= row.seq]
        return await journal.read_after(self._connection, row.id, after, row.seq)
