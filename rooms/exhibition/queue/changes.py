"""Changes of places in a queue: written, and announced to the staff, to the visitor and, as ticket numbers, to everyone."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from rooms.core.commands.access import resolve_many
from rooms.core.commands.transaction import Transaction
from rooms.core.errors import Problem
from rooms.exhibition.booths.queries import QueuePlace
from rooms.exhibition.presence.messages import Floor
from rooms.exhibition.queue import view as queue
from rooms.exhibition.queue import waiting_time
from rooms.exhibition.queue.crew import CrewMember, Pause
from rooms.exhibition.queue.crew_messages import BreakChanged
from rooms.exhibition.queue.messages import Line, PlaceChanged, PlaceOwn
from rooms.exhibition.queue.view import QueueView
from rooms.exhibition.tables import booth_breaks, booths, queue_places
from rooms.meetings.create import close_meeting

MISSES = 3
"""Calls that a visitor may miss; with the last one they lose their place."""

q = queue_places.c


async def change_place(tx: Transaction, view: QueueView, place: QueuePlace, **values: Any) -> QueueView:
    """Writes and announces the new state of a place. `publish` follows, once all changes of a transaction are made."""
    written = {name: value for name, value in values.items() if name in q}
    await tx.connection.execute(queue_places.update().where(q.id == place.id).values(written))
    place = place._replace(**{name: value for name, value in values.items() if name in QueuePlace._fields})
    announce(tx, view, place)
    return queue.with_place(view, place)


def announce(tx: Transaction, view: QueueView, place: QueuePlace) -> None:
    tx.record(PlaceChanged(place.view()), room=view.room)
    tx.record(PlaceOwn(place.own()), room=view.room, person=place.person)


async def publish(tx: Transaction, view: QueueView) -> None:
    """Begins the breaks that waited for the end of a talk, and shows everyone here and in the hall how long the queue is now."""
    for member in view.crew:
        if member.pause is not None and member.pause.since is None and not queue.serving(view, member.person.id):
            view = await pause(tx, view, member, Pause(tx.now, member.pause.minutes))
    now = Floor(view.booth.id, queue.floor(view))
    await tx.connection.execute(booths.update().where(booths.c.id == view.booth.id).values(waiting=now.value.waiting))
    tx.latest(Line("", queue.line(view)), room=view.room)
    tx.latest(now, room=view.room)
    tx.latest(now, room=view.hall)


async def pause(tx: Transaction, view: QueueView, member: CrewMember, taken: Pause | None) -> QueueView:
    """Begins, changes or ends the break of a member of the staff. `publish` follows."""
    k, person = booth_breaks.c, member.person.id
    await tx.connection.execute(booth_breaks.delete().where(k.booth == view.booth.id, k.person == person))
    if taken is not None:
        row = {"booth": view.booth.id, "person": person, "since": taken.since, "minutes": taken.minutes}
        await tx.connection.execute(booth_breaks.insert().values(row))
    tx.record(BreakChanged(member.person, taken and taken.view(member.person)), room=view.room, person=person)
    crew = (each._replace(pause=taken) if each.person.id == person else each for each in view.crew)
    return view._replace(crew=tuple(crew))


async def drop_unwelcome(tx: Transaction, view: QueueView, places: Collection[QueuePlace]) -> QueueView:
    """Ends those of these places whose visitors may no longer enter the booth. `publish` follows."""
    found = await resolve_many(tx.connection, [(each.person, tx.rooms[view.room]) for each in places], tx.now)
    for place, theirs in zip(places, found, strict=True):
        if isinstance(theirs, Problem):
            view = await change_place(tx, view, place, state="left", ended_at=tx.now)
    return view


async def put_back(tx: Transaction, view: QueueView, place: QueuePlace) -> QueueView:
    """Puts a visitor who did not come behind the next one; after too many missed calls they lose their place."""
    missed = place.missed + 1
    blank: dict[str, Any] = {
        "called_by": None,
        "called_by_name": None,
        "called_at": None,
        "until": None,
        "soon_at": None,
        "missed": missed,
    }
    if missed >= MISSES:
        return await change_place(tx, view, place, **blank, state="left", ended_at=tx.now)
    following, rank = queue.follower(view, place), place.rank
    if following is not None:
        rank = following.rank
        await tx.connection.execute(queue_places.update().where(q.id == following.id).values(rank=place.rank))
        following = following._replace(rank=place.rank)
        tx.record(PlaceChanged(following.view()), room=view.room)
        view = queue.with_place(view, following)
    return await change_place(tx, view, place, **blank, state="waiting", rank=rank)


async def end_talk(tx: Transaction, view: QueueView, place: QueuePlace, *, measured: bool = True) -> QueueView:
    """Closes the meeting of a talk and frees both. The transaction has locked the meeting's room. `measured`: its length counts for forecasts."""
    if place.meeting is not None:
        await close_meeting(tx, place.meeting)
    state = "done" if measured else "left"
    view = await change_place(tx, view, place, state=state, until=None, ended_at=tx.now)
    return await _measure(tx, view) if measured else view


async def _measure(tx: Transaction, view: QueueView) -> QueueView:
    """Updates how long one visitor takes here: a talk, and the time until the next call."""
    here = view.booth
    columns = sa.select(q.called_at, q.ended_at).where(q.state == "done").order_by(q.ended_at.desc())
    everywhere = columns.join(booths, booths.c.id == q.booth).where(booths.c.conference == here.conference)

    async def lengths(select: "sa.Select[Any, Any]") -> list[float]:
        rows = await tx.connection.execute(select.limit(waiting_time.RECENT))
        return [(row.ended_at - row.called_at).total_seconds() for row in rows]

    own, elsewhere = (
        await lengths(columns.where(q.booth == here.id)),
        await lengths(everywhere.where(q.booth != here.id)),
    )
    seconds = waiting_time.service_seconds(own, elsewhere) + waiting_time.between_seconds(await _between(tx, here.id))
    await tx.connection.execute(booths.update().where(booths.c.id == here.id).values(service_seconds=seconds))
    return await queue.read_queue(tx.connection, here.id)


async def _between(tx: Transaction, booth: str) -> list[float]:
    """The seconds between recent talks of the same member of the staff, where the next visitor was waiting already."""
    columns = sa.select(q.called_by, q.joined_at, q.called_at, q.ended_at).where(q.booth == booth, q.state == "done")
    select = columns.order_by(q.ended_at.desc()).limit(waiting_time.RECENT)
    rows = sorted((await tx.connection.execute(select)).all(), key=lambda row: row.called_at)
    ended: dict[str, datetime] = {}
    found: list[float] = []
    for row in rows:
        before = ended.get(row.called_by)
        if before is not None and row.joined_at <= before:
            found.append((row.called_at - before).total_seconds())
        ended[row.called_by] = row.ended_at
    return found
