"""The plan of shifts at a booth, made by its owners. While there is a plan, only those who are on a shift call visitors."""

from collections.abc import Iterable
from datetime import timedelta

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from rooms.core.commands.access import Actor
from rooms.core.commands.messages import Command
from rooms.core.commands.people import PersonView
from rooms.core.commands.registry import command
from rooms.core.commands.transaction import Transaction
from rooms.core.errors import Problem
from rooms.core.ids import new_id
from rooms.core.rate_limits import Rate
from rooms.core.store.journal import rooms
from rooms.core.text import N_
from rooms.exhibition import rules
from rooms.exhibition.booths.editing import BOOTH, with_hall
from rooms.exhibition.queue.changes import publish
from rooms.exhibition.queue.crew import hours_view
from rooms.exhibition.queue.crew_messages import (
    BoothHours,
    BreakChanged,
    NewShift,
    PlanShifts,
    RemoveShift,
    ShiftsChanged,
)
from rooms.exhibition.queue.notices import notify_of_plan
from rooms.exhibition.queue.view import QueueView, read_queue
from rooms.exhibition.tables import booth_breaks, booth_shifts, queue_places
from rooms.people.desk import desks_of

MOST_SHIFTS = 300
"""At one booth."""
LONGEST = timedelta(hours=16)
FURTHEST = timedelta(days=730)

h, q = booth_shifts.c, queue_places.c


async def with_waiting(connection: AsyncConnection, room: str, command: Command) -> Iterable[str]:
    """The hall, and the desks of everyone who waits here: they are notified of a plan that changes their prospects."""
    here = sa.select(rooms.c.subject).where(rooms.c.id == room).scalar_subquery()
    people = (await connection.execute(sa.select(q.person).where(q.booth == here, q.state == "waiting"))).scalars()
    return [*await with_hall(connection, room, command), *await desks_of(connection, people)]


@command(PlanShifts, kinds=BOOTH, allowed=rules.owns, extra_rooms=with_waiting, rate=Rate(30, 60))
async def plan_shifts(tx: Transaction, actor: Actor, command: PlanShifts) -> None:
    view = await read_queue(tx.connection, actor.room.subject)
    crew = {each.person.id: each for each in view.crew}
    if len(view.shifts) + len(command.shifts) > MOST_SHIFTS:
        message = N_("A booth can have at most %(most)s shifts. Remove some first.")
        raise Problem("conflict", message, values={"most": MOST_SHIFTS})
    hands = {each.person.id: each.hours.hand for each in view.shifts}
    planned = {(each.person.id, each.hours.starts_at, each.hours.ends_at) for each in view.shifts}
    for shift in command.shifts:
        if shift.person not in crew:
            raise Problem("not_found", N_("This person does not take visitors at this booth."), field="person")
        _check(tx, shift)
        if (shift.person, shift.starts_at, shift.ends_at) in planned:
            continue
        planned.add((shift.person, shift.starts_at, shift.ends_at))
        hand = hands.setdefault(shift.person, max(hands.values(), default=0) + 1)
        times = {"starts_at": shift.starts_at, "ends_at": shift.ends_at}
        row = {"id": new_id(), "booth": view.booth.id, "person": shift.person, "hand": hand, **times}
        await tx.connection.execute(booth_shifts.insert().values(row))
    await _publish_plan(tx, view)


@command(RemoveShift, kinds=BOOTH, allowed=rules.owns, extra_rooms=with_waiting)
async def remove_shift(tx: Transaction, actor: Actor, command: RemoveShift) -> None:
    view = await read_queue(tx.connection, actor.room.subject)
    if command.shift not in {each.id for each in view.shifts}:
        raise Problem("not_found", N_("This shift does not exist."), field="shift")
    await tx.connection.execute(booth_shifts.delete().where(h.id == command.shift))
    await _publish_plan(tx, view)


async def drop_from_plan(tx: Transaction, booth: str, person: PersonView) -> None:
    """Ends the shifts and the break of someone who no longer takes visitors: their duty has changed already."""
    view, k = await read_queue(tx.connection, booth), booth_breaks.c
    ended = booth_breaks.delete().where(k.booth == booth, k.person == person.id)
    if (await tx.connection.execute(ended)).rowcount:
        tx.record(BreakChanged(person, None), room=view.room, person=person.id)
    gone = booth_shifts.delete().where(h.booth == booth, h.person == person.id)
    if (await tx.connection.execute(gone)).rowcount:
        await _publish_plan(tx, view)
    else:
        await publish(tx, await read_queue(tx.connection, booth))


async def _publish_plan(tx: Transaction, view: QueueView) -> None:
    view = await read_queue(tx.connection, view.booth.id)
    tx.record(ShiftsChanged([each.view() for each in view.shifts]), room=view.room)
    tx.latest(BoothHours("", hours_view(view.shifts)), room=view.room)
    await publish(tx, await notify_of_plan(tx, view))


def _check(tx: Transaction, shift: NewShift) -> None:
    if shift.ends_at <= shift.starts_at:
        raise Problem("invalid", N_("A shift ends after it begins."), field="ends_at")
    if shift.ends_at - shift.starts_at > LONGEST:
        message = N_("A shift lasts at most %(hours)s hours.")
        hours = int(LONGEST.total_seconds()) // 3600
        raise Problem("invalid", message, field="ends_at", values={"hours": hours})
    if shift.ends_at <= tx.now:
        raise Problem("invalid", N_("This shift would be over already."), field="ends_at")
    if shift.ends_at > tx.now + FURTHEST:
        raise Problem("invalid", N_("Shifts can be planned for the next two years."), field="ends_at")
