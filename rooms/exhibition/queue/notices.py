"""Notifies those who wait of what changes for them: their turn comes soon, the booth closes before it, or the booth has closed.

docs/decisions/0027-a-queue-ends-with-the-last-shift-before-a-night.md says when a queue ends.
"""

from datetime import datetime
from typing import NamedTuple

import sqlalchemy as sa

from rooms.core.commands.transaction import Transaction
from rooms.core.links import Target
from rooms.core.store.tables import conferences
from rooms.exhibition.booths.queries import QueuePlace
from rooms.exhibition.queue.changes import change_place, drop_unwelcome, publish, put_back
from rooms.exhibition.queue.opening import closed_at, opening
from rooms.exhibition.queue.view import QueueView, line, position, waiting, with_place
from rooms.exhibition.queue.waiting_time import OPEN_ENDED, expected
from rooms.exhibition.tables import queue_places
from rooms.people.desk import desk_of, notify

SOON = 75
"""Seconds before their likely call at which visitors are warned."""
JUST_JOINED = 45
"""Seconds; who has joined more recently still has the page before them that says when their turn comes."""


class Due(NamedTuple):
    """Places whose visitors must be notified: `soon`, that their turn comes; `late`, that it probably does not before the booth closes; `released`, that
    the booth has closed. `lapsed`: calls that were not answered, and after which the caller wants a break."""

    soon: list[QueuePlace]
    late: list[QueuePlace]
    released: list[QueuePlace]
    lapsed: list[QueuePlace]

    @property
    def places(self) -> list[QueuePlace]:
        return list({place.id: place for places in self for place in places}.values())

    @property
    def people(self) -> set[str]:
        return {place.person for place in self.places}


def due(view: QueueView, now: datetime) -> Due:
    shown, here, closed = line(view), waiting(view), closed_at(view.hours, now)
    lapsed = [each for each in view.places if each.state == "called" and each.until <= now]
    if closed is not None:
        released = [each for each in [*here, *lapsed] if each.joined_at < closed]
        if released:
            return Due([], [], released, [])
    pausing = {each.person.id for each in view.crew if each.pause is not None}
    staffed = bool(view.shifts or shown.hands)
    waits = expected(shown, now, view.hours) if staffed else []
    soon = [place for place, wait in zip(here, waits, strict=False) if wait <= SOON and place.soon_at is None]
    late = [place for place in _late(view, now) if place.late_at is None]
    return Due(soon, late, [], [each for each in lapsed if each.called_by in pausing])


def _late(view: QueueView, now: datetime) -> list[QueuePlace]:
    """Who will probably not be called before the booth closes."""
    if opening(view.hours, now) is None:
        return []
    waits = expected(line(view), now, view.hours, OPEN_ENDED)
    return [place for place, wait in zip(waiting(view), waits, strict=True) if wait == float("inf")]


async def notify_waiting(tx: Transaction, view: QueueView, found: Due) -> None:
    """Notifies those whose desks are locked; nobody twice."""
    for place in found.lapsed:
        view = await put_back(tx, view, place)
    for place in found.released:
        if await _locked(tx, place):
            view = await change_place(tx, view, place, state="left", ended_at=tx.now)
            following = opening(view.hours, tx.now)
            if following is None:
                await _notify(tx, view, place, "queue.released")
            else:
                await _notify(tx, view, place, "queue.reopens", moment=following.starts_at.isoformat())
    for place in found.soon:
        if await _locked(tx, place):
            view = await _remember(tx, view, place, soon_at=tx.now)
            if (tx.now - place.joined_at).total_seconds() > JUST_JOINED:
                await _notify(tx, view, place, "queue.soon")
    view = await _notify_late(tx, view, found.late)
    if found.released or found.lapsed:
        await publish(tx, view)


async def notify_of_plan(tx: Transaction, view: QueueView) -> QueueView:
    """After a change of the plan: notifies those for whom it is too late now, and those for whom it no longer is. `publish` follows."""
    view = await drop_unwelcome(tx, view, waiting(view))
    late = _late(view, tx.now)
    for place in [each for each in waiting(view) if each.late_at is not None and each not in late]:
        if opening(view.hours, tx.now) is not None or not view.shifts:
            view = await _remember(tx, view, place, late_at=None)
            if await _locked(tx, place):
                await _notify(tx, view, place, "queue.in_time")
    return await _notify_late(tx, view, [each for each in late if each.late_at is None])


async def _notify_late(tx: Transaction, view: QueueView, places: list[QueuePlace]) -> QueueView:
    current = opening(view.hours, tx.now)
    for place in places:
        if current is not None and await _locked(tx, place):
            view = await _remember(tx, view, place, late_at=tx.now)
            number = str(position(view, place) + 1)
            await _notify(tx, view, place, "queue.late", moment=current.ends_at.isoformat(), number=number)
    return view


async def _remember(tx: Transaction, view: QueueView, place: QueuePlace, **at: datetime | None) -> QueueView:
    await tx.connection.execute(queue_places.update().where(queue_places.c.id == place.id).values(at))
    return with_place(view, place._replace(**at))


async def _notify(tx: Transaction, view: QueueView, place: QueuePlace, kind: str, **values: str) -> None:
    target = Target("booth", view.booth.conference, view.booth.id)
    if "moment" in values:
        c = conferences.c
        select = sa.select(c.zone).where(c.id == view.booth.conference)
        values["zone"] = (await tx.connection.execute(select)).scalar_one()
    await notify(tx, place.person, kind, {"booth": view.booth.name, "room": view.room, **values}, target)


async def _locked(tx: Transaction, place: QueuePlace) -> bool:
    return await desk_of(tx.connection, place.person) in tx.rooms
