"""A booth's queue, read under the booth's lock, and values derived from it. Only `read_queue` reads the database."""

from collections.abc import Collection
from datetime import datetime
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from rooms.core.store.database import in_param, pad_to_power_of_two
from rooms.core.store.journal import rooms
from rooms.exhibition.booths import queries
from rooms.exhibition.booths.queries import UNDER_WAY, QueuePlace
from rooms.exhibition.presence.messages import BoothNow
from rooms.exhibition.queue.crew import CrewMember, Shift, read_crews, read_shifts
from rooms.exhibition.queue.crew_messages import Hand, Hours
from rooms.exhibition.queue.messages import LineView
from rooms.exhibition.tables import booths


class QueueView(NamedTuple):
    """`booth` is the booth's row; `room` and `hall` are the rooms of the booth and of its hall; `places` are those not yet ended, in order."""

    booth: Any
    room: str
    hall: str
    places: tuple[QueuePlace, ...]
    crew: tuple[CrewMember, ...] = ()
    shifts: tuple[Shift, ...] = ()

    @property
    def hours(self) -> list[Hours]:
        return [each.hours for each in self.shifts]


async def read_queue(connection: AsyncConnection, booth: str) -> QueueView:
    [view] = await read_queues(connection, [booth])
    return view


def _booths() -> "sa.Select[Any]":
    own, hall = rooms.alias("own_room"), rooms.alias("hall_room")
    joined = booths.join(own, sa.and_(own.c.kind == "booth", own.c.subject == booths.c.id))
    joined = joined.join(hall, sa.and_(hall.c.kind == "hall", hall.c.subject == booths.c.hall))
    select = sa.select(booths, own.c.id.label("room"), hall.c.id.label("hall_room")).select_from(joined)
    return select.where(booths.c.id.in_(in_param("booths")))


BOOTHS = _booths()
"""Built once, because every command of a queue reads it."""


async def read_queues(connection: AsyncConnection, ids: Collection[str]) -> list[QueueView]:
    rows = (await connection.execute(BOOTHS, {"booths": pad_to_power_of_two(ids)})).all()
    places: dict[str, list[QueuePlace]] = {row.id: [] for row in rows}
    for place in await queries.places(connection, queries.q.booth.in_(ids), queries.q.state.in_(UNDER_WAY)):
        places[place.booth].append(place)
    crews, shifts = await read_crews(connection, ids), await read_shifts(connection, ids)
    return [
        QueueView(row, row.room, row.hall_room, tuple(places[row.id]), crews[row.id], shifts[row.id]) for row in rows
    ]


def with_place(view: QueueView, place: QueuePlace) -> QueueView:
    """The queue after a place has changed, ended or been added."""
    places = [each for each in view.places if each.id != place.id]
    if place.state in UNDER_WAY:
        places.append(place)
    return view._replace(places=tuple(sorted(places, key=lambda each: (each.rank, each.ticket))))


def place_of(view: QueueView, person: str) -> QueuePlace | None:
    return next((each for each in view.places if each.person == person), None)


def waiting(view: QueueView) -> list[QueuePlace]:
    return [each for each in view.places if each.state == "waiting"]


def serving(view: QueueView, member: str) -> list[QueuePlace]:
    """The visitors whom a member of the staff has called or is talking to."""
    return [each for each in view.places if each.called_by == member and each.state != "waiting"]


def next_place(view: QueueView, unavailable: Collection[str], most: int) -> QueuePlace | None:
    """The first available one of the `most` visitors at the head of the queue."""
    return next((each for each in waiting(view)[:most] if each.person not in unavailable), None)


def position(view: QueueView, place: QueuePlace) -> int:
    """How many visitors wait before a place."""
    return sum(each.rank < place.rank for each in waiting(view))


def follower(view: QueueView, place: QueuePlace) -> QueuePlace | None:
    """The first visitor who waits behind a place."""
    behind = waiting(view)[position(view, place) :]
    return next((each for each in behind if each.id != place.id), None)


def line(view: QueueView) -> LineView:
    """The queue as everyone may see it."""
    busy = {each.called_by or "": each.accepted_at or each.called_at for each in view.places if each.state != "waiting"}
    tickets = [each.ticket for each in waiting(view)]
    crew = {each.person.id: each for each in view.crew}
    ready = {id for id, each in crew.items() if each.here and each.pause is None}
    hands = [
        _hand(each, busy.get(id)) for id, each in crew.items() if each.here or each.pause is not None or id in busy
    ]
    hands += [Hand(0, True, since, False, None, None) for id, since in busy.items() if id not in crew]
    return LineView(tickets, view.booth.service_seconds, len(ready | busy.keys()), sorted(busy.values()), hands)


def _hand(member: CrewMember, busy_since: datetime | None) -> Hand:
    pause = member.pause
    back_at = pause.until if pause else None
    minutes = pause.minutes if pause and pause.since is None else None
    return Hand(member.hand, member.here, busy_since, pause is not None, back_at, minutes)


def floor(view: QueueView) -> BoothNow:
    return BoothNow(view.booth.people, len(waiting(view)), view.booth.staff_here > 0)
