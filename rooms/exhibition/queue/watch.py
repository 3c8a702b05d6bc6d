"""Looks at all queues every few seconds, and notifies those who wait of what changes for them."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from rooms.core.engine import Engine
from rooms.core.jobs import every
from rooms.exhibition.booths import queries
from rooms.exhibition.queue.changes import drop_unwelcome, publish
from rooms.exhibition.queue.notices import Due, due, notify_waiting
from rooms.exhibition.queue.view import QueueView, read_queue, read_queues
from rooms.exhibition.tables import queue_places
from rooms.people.desk import desks_of

q = queue_places.c


@every(seconds=5)
async def watch_queues(engine: Engine) -> int:
    """Returns at how many booths somebody was notified. Several processes may look at once: each looks again under the locks."""
    now, count = engine.clock(), 0
    async with engine.database.read() as connection:
        lively = sa.select(q.booth).where(q.state.in_(("waiting", "called"))).distinct()
        views = await read_queues(connection, list((await connection.execute(lively)).scalars()))
        dues = [await _due(connection, view, now) for view in views]
        found = [(view, each) for view, each in zip(views, dues, strict=True) if each.people]
        desks = [await desks_of(connection, each.people) for _, each in found]
    for (view, _), at in zip(found, desks, strict=True):
        async with engine.transaction([view.room, view.hall, *at]) as tx:
            queue = await read_queue(tx.connection, view.booth.id)
            if queue.hall not in tx.rooms:
                continue
            left = await drop_unwelcome(tx, queue, due(queue, tx.now).places)
            if left is not queue:
                await publish(tx, left)
            still = await _due(tx.connection, left, tx.now)
            if still.people:
                await notify_waiting(tx, left, still)
                count += 1
    return count


async def _due(connection: AsyncConnection, view: QueueView, now: datetime) -> Due:
    """Who is being called or is talking elsewhere cannot come soon."""
    found = due(view, now)
    if not found.soon:
        return found
    engaged = await queries.engaged(connection, [place.person for place in found.soon], now)
    return found._replace(soon=[place for place in found.soon if place.person not in engaged])
