"""Ends talks that both sides have left without ending them. Otherwise no other booth could call the visitor."""

from datetime import timedelta

import sqlalchemy as sa

from rooms.core.engine import Engine
from rooms.core.jobs import every
from rooms.core.store.journal import rooms
from rooms.exhibition.queue.changes import end_talk, publish
from rooms.exhibition.queue.view import read_queue
from rooms.exhibition.tables import booths, queue_places
from rooms.meetings.tables import call_peers

KEPT = timedelta(minutes=30)
"""A talk ends when nobody has been in its call for this long."""

q = queue_places.c


@every(minutes=1)
async def end_abandoned_talks(engine: Engine) -> int:
    """Returns how many ended. While a talk is under way, `until` is the moment at which it ends unless someone is in its call."""
    now = engine.clock()
    occupied = sa.exists().where(call_peers.c.meeting == q.meeting)
    async with engine.database.write() as connection:
        renewed = queue_places.update().where(q.state == "talking", sa.or_(q.until.is_(None), occupied))
        await connection.execute(renewed.values(until=now + KEPT))
    async with engine.database.read() as connection:
        select = sa.select(q.id, q.booth, q.meeting).where(q.state == "talking", q.until <= now)
        ended = (await connection.execute(select)).all()
        subjects = {subject for place in ended for subject in (place.booth, place.meeting)}
        select = sa.select(rooms.c.subject, rooms.c.id).where(rooms.c.subject.in_(subjects))
        room_of = {row.subject: row.id for row in await connection.execute(select)}
        halls = sa.select(booths.c.id, rooms.c.id.label("room")).join(rooms, rooms.c.subject == booths.c.hall)
        hall_of = {row.id: row.room for row in await connection.execute(halls.where(booths.c.id.in_(subjects)))}
    count = 0
    for each in ended:
        async with engine.transaction([room_of[each.booth], room_of[each.meeting], hall_of[each.booth]]) as tx:
            view = await read_queue(tx.connection, each.booth)
            # Read again under the lock: someone may have ended it, or returned to the call, by now.
            place = next((place for place in view.places if place.id == each.id and place.state == "talking"), None)
            if place is not None and place.until is not None and place.until <= tx.now and view.hall in tx.rooms:
                await publish(tx, await end_talk(tx, view, place, measured=False))
                count += 1
    return count
