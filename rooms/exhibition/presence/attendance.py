"""Counts the people at booths from their live connections.

Each process reports the booths of its own connections. Changes are stored and published at the booth and in its hall. Staff in a call of the booth
count as present, too, although their connection is in another room. A booth without reports, because everyone left or the process died, counts as
empty after a few seconds.
"""

from collections.abc import Collection
from datetime import timedelta
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from rooms.core.engine import Engine
from rooms.core.store.journal import rooms
from rooms.exhibition.booths import queries
from rooms.exhibition.presence.messages import Floor
from rooms.exhibition.presence.visits import Visits
from rooms.exhibition.queue.messages import Line
from rooms.exhibition.queue.view import line, read_queue
from rooms.exhibition.tables import booth_staff, booths
from rooms.meetings.tables import call_peers, meetings

EVERY_SECONDS = 2.0
GOOD_FOR = timedelta(seconds=6)
"""How long a report is valid. Together with one more round it stays below ten seconds, after which an empty booth must not appear as staffed."""

b, s = booths.c, booth_staff.c


class _Seen(NamedTuple):
    """How many people are at a booth, and which of its staff."""

    people: int
    staff: frozenset[str]


EMPTY = _Seen(0, frozenset())


class Attendance:
    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._booths: dict[str, str | None] = {}
        self._visits = Visits(engine)

    async def look(self) -> None:
        """One round. Raises Problem "unavailable"."""
        hub, now = self._engine.hub, self._engine.clock()
        followed = set(hub.shared_rooms)
        async with self._engine.database.read() as connection:
            await self._learn(connection, followed)
            here = {booth: room for room in followed if (booth := self._booths[room]) is not None}
            talking = await _talking(connection)
            seen = await self._seen(connection, here, talking)
            unseen = sa.or_(b.seen_at.is_(None), b.seen_at < now - GOOD_FOR)
            present = sa.select(s.booth).where(s.here)
            stale = sa.and_(sa.or_(b.people > 0, b.id.in_(talking), b.id.in_(present)), unseen)
            stored = (
                await connection.execute(sa.select(b.id, b.people, b.staff_here).where(sa.or_(b.id.in_(seen), stale)))
            ).all()
            staff = await _staff_here(connection, [row.id for row in stored])
            # If everyone present is in a call, the first process to check reports them.
            seen |= {
                row.id: _Seen(len(talking[row.id]), frozenset(talking[row.id]))
                for row in stored
                if row.id in talking and row.id not in seen
            }
        changed = {
            row.id: new
            for row in stored
            if (new := seen.get(row.id, EMPTY)) != (row.people, staff.get(row.id, frozenset()))
            or row.staff_here != len(new.staff)
        }
        if changed:
            await self._write(changed)
        if seen:
            async with self._engine.database.write() as connection:
                await connection.execute(booths.update().where(b.id.in_(seen)).values(seen_at=now))
        self._visits.see({booth: hub.presence.connected(room) for booth, room in here.items()}, now)
        await self._visits.write(now)

    async def _learn(self, connection: AsyncConnection, followed: set[str]) -> None:
        """Those of the rooms that the process follows that belong to booths."""
        for room in self._booths.keys() - followed:
            del self._booths[room]
        unknown = followed - self._booths.keys()
        if unknown:
            select = sa.select(rooms.c.id, rooms.c.subject).where(rooms.c.id.in_(unknown), rooms.c.kind == "booth")
            found: dict[str, str] = {row.id: row.subject for row in await connection.execute(select)}
            self._booths.update({room: found.get(room) for room in unknown})

    async def _seen(
        self, connection: AsyncConnection, here: dict[str, str], talking: dict[str, set[str]]
    ) -> dict[str, _Seen]:
        """The booths with people, as seen by this process."""
        present = {booth: people for booth, room in here.items() if (people := self._engine.hub.presence.people(room))}
        serving: dict[str, set[str]] = {}
        if present:
            select = sa.select(s.booth, s.person).where(s.booth.in_(present), s.duty != "contact")
            for row in await connection.execute(select):
                serving.setdefault(row.booth, set()).add(row.person)
        return {
            booth: _Seen(
                len(people.keys() | talking.get(booth, set())),
                frozenset(serving.get(booth, set()) & people.keys() | talking.get(booth, set())),
            )
            for booth, people in present.items()
        }

    async def _write(self, changed: dict[str, _Seen]) -> None:
        async with self._engine.database.read() as connection:
            places = await _rooms(connection, changed)
        locked = {room for place in places.values() for room in place}
        async with self._engine.transaction(locked) as tx:
            for booth, seen in changed.items():
                room, hall = places[booth]
                values = {"people": seen.people, "staff_here": len(seen.staff), "seen_at": tx.now}
                await tx.connection.execute(booths.update().where(b.id == booth).values(values))
                here = booth_staff.update().where(s.booth == booth).values(here=s.person.in_(seen.staff))
                await tx.connection.execute(here)
                now = Floor(booth, (await queries.floor(tx.connection, b.id == booth))[booth])
                tx.latest(now, room=room)
                tx.latest(Line("", line(await read_queue(tx.connection, booth))), room=room)
                row = await queries.booth_row(tx.connection, booth)
                if row.open:
                    tx.latest(now, room=hall)


async def _talking(connection: AsyncConnection) -> dict[str, set[str]]:
    """Booth → its staff who are in one of its calls."""
    m, p = meetings.c, call_peers.c
    joined = call_peers.join(meetings, m.id == p.meeting)
    joined = joined.join(booth_staff, sa.and_(s.booth == m.booth, s.person == p.person))
    select = sa.select(s.booth, s.person).select_from(joined).where(p.lost_at.is_(None), s.duty != "contact")
    found: dict[str, set[str]] = {}
    for row in await connection.execute(select):
        found.setdefault(row.booth, set()).add(row.person)
    return found


async def _staff_here(connection: AsyncConnection, at: Collection[str]) -> dict[str, frozenset[str]]:
    """Booth → its staff who were last reported there."""
    found: dict[str, set[str]] = {}
    for row in await connection.execute(sa.select(s.booth, s.person).where(s.booth.in_(at), s.here)):
        found.setdefault(row.booth, set()).add(row.person)
    return {booth: frozenset(people) for booth, people in found.items()}


async def _rooms(connection: AsyncConnection, wanted: Collection[str]) -> dict[str, tuple[str, str]]:
    """Booth → its room and that of its hall."""
    own, hall = rooms.alias("own"), rooms.alias("hall_room")
    joined = booths.join(own, sa.and_(own.c.subject == b.id, own.c.kind == "booth"))
    joined = joined.join(hall, sa.and_(hall.c.subject == b.hall, hall.c.kind == "hall"))
    select: sa.Select[Any, Any, Any] = sa.select(b.id, own.c.id, hall.c.id).select_from(joined).where(b.id.in_(wanted))
    return {row[0]: (row[1], row[2]) for row in await connection.execute(select)}
