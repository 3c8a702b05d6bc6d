"""The job that books the meetings of a schedule that is being published, and notifies its people, a few at a time."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from rooms.core.commands.transaction import Transaction
from rooms.core.engine import LONG, Engine
from rooms.core.errors import Problem
from rooms.core.jobs import every
from rooms.core.links import Target
from rooms.matchmaking import queries
from rooms.matchmaking.messages import WishKind
from rooms.matchmaking.schedule.messages import LeftOut, PlannedState, RunState
from rooms.matchmaking.tables import match_runs, planned_meetings, planned_people, wishes
from rooms.meetings.bookings import calendar
from rooms.meetings.bookings.calendar import NewBooking
from rooms.meetings.bookings.messages import BookingKind, BookingRole, SpotKind
from rooms.meetings.bookings.slots import TimeSlot
from rooms.people import blocks
from rooms.people.desk import desks_of, notify_all

AT_ONCE = 20
"""Meetings that are booked in one transaction, so that others do not wait long for the lobby."""
NOTIFIED_AT_ONCE = 50
NEWS = {RunState.SHOWN.value: "schedule.shown", RunState.PUBLISHED.value: "schedule.published"}

r, pm, pp, w, m = match_runs.c, planned_meetings.c, planned_people.c, wishes.c, queries.m


@every(seconds=2)
async def carry_on(engine: Engine) -> int:
    """Books the next meetings and notifies the next people, until all is done. Returns how many steps it took."""
    async with engine.database.read() as connection:
        select = sa.select(match_runs).where(
            sa.or_(r.state == RunState.PUBLISHING.value, sa.and_(r.state.in_(list(NEWS)), r.notified.is_not(None)))
        )
        runs = (await connection.execute(select.order_by(r.created_at, r.id))).all()
    steps = 0
    for run in runs:
        step = _book_some if run.state == RunState.PUBLISHING.value else _notify_some
        while await step(engine, run):
            steps += 1
    return steps


async def _people_of(connection: AsyncConnection, meetings: Sequence[str]) -> dict[str, list[str]]:
    rows = await connection.execute(
        sa.select(pp.meeting, pp.person).where(pp.meeting.in_(meetings)).order_by(pp.meeting, pp.person)
    )
    found: dict[str, list[str]] = {meeting: [] for meeting in meetings}
    for meeting, person in rows:
        found[meeting].append(person)
    return found


async def _book_some(engine: Engine, run: Any) -> bool:
    """Returns False when no meeting is left to book."""
    planned = sa.select(planned_meetings).where(pm.run == run.id, pm.state == PlannedState.PLANNED.value)
    async with engine.database.read() as connection:
        rows = (await connection.execute(planned.order_by(pm.starts_at, pm.id).limit(AT_ONCE))).all()
        people = await _people_of(connection, [row.id for row in rows])
        everyone = {person for each in people.values() for person in each}
        rooms = await calendar.rooms_to_lock(connection, run.conference, everyone)
    async with engine.transaction(rooms, patience=LONG) as tx:
        if rows:
            still = sa.select(pm.id).where(pm.id.in_([row.id for row in rows]), pm.state == PlannedState.PLANNED.value)
            unbooked = set((await tx.connection.execute(still)).scalars())
            for row in rows:
                if row.id in unbooked:
                    values = await _booked(tx, run, row, people[row.id])
                    await tx.connection.execute(planned_meetings.update().where(pm.id == row.id).values(values))
            return True
        done = match_runs.update().where(r.id == run.id, r.state == RunState.PUBLISHING.value)
        published = {"state": RunState.PUBLISHED.value, "published_at": tx.now, "notified": ""}
        await tx.connection.execute(done.values(published))
        return False


async def _booked(tx: Transaction, run: Any, row: Any, people: list[str]) -> dict[str, Any]:
    """Books one meeting. Returns its new state, with the reason if it is left out."""
    out = {"state": PlannedState.LEFT_OUT.value}
    if not await _still_agree(tx, run.conference, people):
        return {**out, "reason": LeftOut.AGREE.value}
    new = NewBooking(
        run.conference,
        BookingKind.MEETING,
        {person: BookingRole.GUEST if number else BookingRole.HOST for number, person in enumerate(people)},
        TimeSlot(row.starts_at, row.ends_at),
        place=SpotKind(run.place),
        host=people[0],
        spot=row.spot,
    )
    try:
        async with tx.connection.begin_nested():
            booking = await calendar.book(tx, new)
    except Problem as problem:
        busy = bool(problem.values)  # the name of the one who is not free
        late = row.starts_at <= tx.now
        return {**out, "reason": (LeftOut.LATE if late else LeftOut.TIME if busy else LeftOut.PLACE).value}
    return {"state": PlannedState.BOOKED.value, "booking": booking}


async def _still_agree(tx: Transaction, conference: str, people: list[str]) -> bool:
    """Whether everyone still takes part, nobody has blocked another, and nobody has said no."""
    select = sa.select(sa.func.count()).select_from(queries.PEOPLE)
    here = select.where(queries.takes_part(conference, tx.now), m.person.in_(people))
    no = sa.select(w.person).where(
        w.conference == conference, w.person.in_(people), w.other.in_(people), w.wish == WishKind.NO.value
    )
    return (
        (await tx.connection.execute(here)).scalar_one() == len(people) > 1
        and not await blocks.between(tx.connection, people)
        and (await tx.connection.execute(no)).first() is None
    )


async def _notify_some(engine: Engine, run: Any) -> bool:
    """Notifies the next people of a schedule that is shown or published. Returns False when everyone has been notified."""
    kept = [PlannedState.BOOKED.value] if run.state == RunState.PUBLISHED.value else [PlannedState.PLANNED.value]
    async with engine.database.read() as connection:
        since = (await connection.execute(sa.select(r.notified).where(r.id == run.id))).scalar_one()
        if since is None:
            return False
        theirs = sa.select(pp.person).join(planned_meetings, pm.id == pp.meeting).where(pm.run == run.id)
        select = theirs.where(pm.state.in_(kept), pp.person > since).distinct().order_by(pp.person)
        people = list((await connection.execute(select.limit(NOTIFIED_AT_ONCE))).scalars())
        desks = await desks_of(connection, people)
    async with engine.transaction(desks) as tx:
        here = match_runs.update().where(r.id == run.id, r.state == run.state, r.notified == since)
        if (await tx.connection.execute(here.values(notified=people[-1] if people else None))).rowcount and people:
            await notify_all(tx, people, NEWS[run.state], {}, Target("wishes", run.conference))
    return bool(people)
