"""Who came to a booked meeting: a person in its call, or one who says so at its table. Below the roster of calls, which records who joins."""

from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from rooms.meetings.bookings.messages import BookingState, SeatState
from rooms.meetings.bookings.tables import booking_people, bookings

EARLY = timedelta(minutes=15)
"""How long before its start a person can come to a meeting."""
LATE = timedelta(minutes=5)
"""How long after the start of a meeting the place of someone who has not come is kept from those on standby."""

b, bp = bookings.c, booking_people.c
HOLD = [SeatState.BOOKED.value, SeatState.MISSED.value]


async def came(connection: AsyncConnection, condition: "sa.ColumnElement[bool]", person: str, now: datetime) -> bool:
    """Records that a person has come to those bookings that meet the condition and take place now. They get a place back that nobody has taken yet.
    Returns whether there is such a booking."""
    now_on = sa.and_(b.state == BookingState.BOOKED.value, b.starts_at <= now + EARLY, b.ends_at > now, condition)
    on = sa.select(b.id).where(now_on)
    mine = sa.and_(bp.person == person, bp.booking.in_(on), bp.state.in_(HOLD))
    here = {"state": SeatState.BOOKED.value, "checked_in_at": sa.func.coalesce(bp.checked_in_at, now)}
    return (await connection.execute(booking_people.update().where(mine).values(here))).rowcount > 0


async def end_of(connection: AsyncConnection, meeting: str) -> datetime | None:
    """When the booking of a meeting ends, if it has one."""
    return (await connection.execute(sa.select(b.ends_at).where(b.meeting == meeting))).scalar_one_or_none()


async def deserted(connection: AsyncConnection, conference: str, person: str, now: datetime) -> Any | None:
    """The meeting of two in which a person waits, and the other one has not come: those on the person's standby list can have its time."""
    mine, other = booking_people.alias("mine"), booking_people.alias("other")
    joined = bookings.join(mine, mine.c.booking == b.id).join(other, other.c.booking == b.id)
    on = sa.and_(b.state == BookingState.BOOKED.value, b.capacity.is_(None), b.starts_at <= now - LATE, b.ends_at > now)
    waits = sa.and_(mine.c.person == person, mine.c.checked_in_at.is_not(None), b.conference == conference)
    absent = sa.and_(other.c.person != person, other.c.state == SeatState.MISSED.value)
    select = sa.select(bookings).select_from(joined).where(on, waits, absent).limit(1)
    return (await connection.execute(select)).one_or_none()


def did_not_come(row: Any, seat: Any, anyone_came: bool, now: datetime) -> bool:
    """Whether a person missed a meeting. Nobody is blamed for a meeting to which nobody came."""
    over = (row.ends_at <= now and row.state == BookingState.BOOKED.value) or row.state == BookingState.MISSED.value
    return over and anyone_came and seat.state in HOLD and seat.checked_in_at is None
