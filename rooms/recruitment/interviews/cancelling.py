"""Cancels the interviews of applications that have ended: withdrawn by the candidate, decided by the employer, or erased."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from rooms.core.engine import Engine
from rooms.core.jobs import every
from rooms.core.links import Target
from rooms.core.store.tables import conferences
from rooms.meetings.bookings import calendar
from rooms.meetings.bookings.messages import BookingKind, SeatState
from rooms.meetings.bookings.tables import bookings
from rooms.people.desk import notify_all
from rooms.recruitment.applications.steps import OPEN
from rooms.recruitment.interviews.queries import ABOUT, BOOKED
from rooms.recruitment.tables import job_applications

b, a = bookings.c, job_applications.c


def _ended(now: datetime) -> "sa.Select[Any, Any, Any]":
    joined = bookings.outerjoin(job_applications, a.id == b.about)
    joined = joined.join(conferences, conferences.c.id == b.conference)
    ahead = sa.and_(b.kind == BookingKind.INTERVIEW.value, b.about_kind == ABOUT, b.state == BOOKED, b.ends_at > now)
    ended = sa.or_(a.id.is_(None), ~a.state.in_(OPEN))
    return sa.select(b.id, b.conference, conferences.c.zone).select_from(joined).where(ahead, ended)


@every(minutes=1)
async def cancel_ended_interviews(engine: Engine) -> int:
    """Returns how many it has cancelled. With several processes, only one finds a booking unchanged."""
    async with engine.database.read() as connection:
        rows = (await connection.execute(_ended(engine.clock()))).all()
        locked = {
            row.id: await calendar.rooms_to_lock(connection, row.conference, [], bookings=[row.id]) for row in rows
        }
    count = 0
    for row in rows:
        async with engine.transaction(locked[row.id]) as tx:
            if (await tx.connection.execute(_ended(tx.now).where(b.id == row.id))).first() is None:
                continue
            booking = await calendar.booking_row(tx.connection, row.conference, row.id)
            people = list(await calendar.seats(tx.connection, booking.id, SeatState.BOOKED))
            await calendar.cancel(tx, booking)
            times = {"starts_at": booking.starts_at.isoformat(), "ends_at": booking.ends_at.isoformat()}
            values = {"job": booking.title, **times, "zone": row.zone}
            await notify_all(tx, people, "interview.cancelled", values, Target("conference", row.conference))
            count += 1
    return count
