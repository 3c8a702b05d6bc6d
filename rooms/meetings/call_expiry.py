"""Heartbeats for call participants: without one a participant is “lost”, and is removed after a minute."""

from collections.abc import Collection
from datetime import timedelta
from typing import NamedTuple

import sqlalchemy as sa

from rooms.core.engine import Engine
from rooms.core.store.journal import rooms
from rooms.meetings import queries, roster
from rooms.meetings.queries import Peer
from rooms.meetings.roster import GOOD_FOR, KEPT
from rooms.meetings.tables import call_peers, call_waits

EVERY_SECONDS = 5.0
WAITS = timedelta(seconds=45)
"""How long a person waits for a place without repeating the request."""
MOST_AT_ONCE = 100
"""Maximum number of places that one round gives up; the next round continues."""

p = call_peers.c


class Known(NamedTuple):
    """The stored state of a peer: its connection, and whether it counts as lost."""

    link: str
    lost: bool


async def confirm_here(engine: Engine, here: Collection[str]) -> dict[str, Known]:
    """Records that this process holds the connections of these peers. Returns those who still have a place."""
    if not here:
        return {}
    async with engine.database.write() as connection:
        mine = p.peer.in_(list(here))
        await connection.execute(call_peers.update().where(mine).values(seen_at=engine.clock()))
        rows = await connection.execute(sa.select(p.peer, p.link, p.lost_at).where(mine))
        return {row.peer: Known(row.link, row.lost_at is not None) for row in rows}


async def find_again(engine: Engine, peer: str, link: str) -> None:
    """Restores a connection that was marked as lost because its process could not record the heartbeat in time."""
    for place in await _places(engine, p.peer == peer, p.link == link, p.lost_at.is_not(None)):
        async with engine.transaction([place.room]) as tx:
            still = call_peers.update().where(p.peer == peer, p.link == link).values(lost_at=None)
            if (await tx.connection.execute(still)).rowcount:
                await roster.tell(tx, place.room, place.peer.meeting)


async def expire_lost(engine: Engine) -> int:
    """One round: marks the lost, and gives up the places that were kept long enough. Returns how many it looked at. Raises Problem "unavailable"."""
    now = engine.clock()
    silent = sa.and_(p.lost_at.is_(None), p.seen_at < now - GOOD_FOR)
    found = await _places(engine, sa.or_(silent, p.lost_at < now - KEPT))
    for place in found:
        peer = place.peer
        async with engine.transaction([place.room]) as tx:
            # Checked again under the lock: another process may have been faster, or the person may be back.
            for still in await queries.peers(tx.connection, p.peer == peer.peer):
                if still.lost_at is not None and still.lost_at < tx.now - KEPT:
                    await roster.leave(tx, place.room, peer.meeting, [peer.peer])
                elif still.lost_at is None and still.seen_at < tx.now - GOOD_FOR:
                    await roster.lose(tx, place.room, peer.meeting, peer.peer, still.link, still.seen_at)
    return len(found) + await _sweep_waits(engine)


async def _sweep_waits(engine: Engine) -> int:
    """Removes waiting people who have closed their page, so that the next one can join."""
    w, late = call_waits.c, engine.clock() - WAITS
    async with engine.database.read() as connection:
        joined = call_waits.join(rooms, sa.and_(rooms.c.kind == "meeting", rooms.c.subject == w.meeting))
        select = sa.select(rooms.c.id, w.meeting).select_from(joined).where(w.seen_at < late).distinct()
        found = (await connection.execute(select.limit(MOST_AT_ONCE))).all()
    for room, meeting in found:
        async with engine.transaction([room]) as tx:
            gone = call_waits.delete().where(w.meeting == meeting, w.seen_at < tx.now - WAITS)
            if (await tx.connection.execute(gone)).rowcount:
                await roster.tell(tx, room, meeting)
    return len(found)


class _Place(NamedTuple):
    room: str
    peer: Peer


async def _places(engine: Engine, *conditions: "sa.ColumnElement[bool]") -> list[_Place]:
    async with engine.database.read() as connection:
        some = sa.select(p.peer).where(*conditions).order_by(p.seen_at).limit(MOST_AT_ONCE)
        found = await queries.peers(connection, p.peer.in_(list((await connection.execute(some)).scalars())))
        at = {each.meeting for each in found}
        select = sa.select(rooms.c.subject, rooms.c.id).where(rooms.c.kind == "meeting", rooms.c.subject.in_(at))
        room_of = {row.subject: row.id for row in await connection.execute(select)}
    return [_Place(room_of[each.meeting], each) for each in found]
