"""Periodic jobs of booked meetings: requests lapse, people are reminded, those in a call have come, and unused places go to those on standby."""

from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from rooms.core.commands.people import PersonView
from rooms.core.engine import Engine
from rooms.core.jobs import every
from rooms.core.links import Target
from rooms.core.store.tables import conferences
from rooms.meetings.bookings import calendar, places
from rooms.meetings.bookings.attendance import LATE, b, bp, came
from rooms.meetings.bookings.changes import with_standby
from rooms.meetings.bookings.messages import BookingRole, BookingState, RequestState, SeatState
from rooms.meetings.bookings.requests import OPEN, r
from rooms.meetings.bookings.tables import booking_people, bookings, meeting_requests
from rooms.meetings.tables import call_peers
from rooms.people.accounts import person_named
from rooms.people.desk import desks_of, notify_all
from rooms.people.restraints import still_here

REMIND_BEFORE = timedelta(minutes=15)
MOST_AT_ONCE = 200
"""How many rows one round handles; the next round continues."""

BOOKED = BookingState.BOOKED.value
SEATED = SeatState.BOOKED.value


@every(minutes=1)
async def lapse(engine: Engine) -> int:
    """Returns how many requests lapsed. Both people are notified. Nothing was held, so nothing has to be freed."""
    due = sa.and_(r.state.in_(OPEN), r.lapses_at <= engine.clock())
    columns = (r.id, r.conference, r.asker, r.asked)
    async with engine.database.read() as connection:
        rows = (await connection.execute(sa.select(*columns).where(due).limit(MOST_AT_ONCE))).all()
        desks = {row.id: await desks_of(connection, [row.asker, row.asked]) for row in rows}
        named = {person: await person_named(connection, person) for row in rows for person in (row.asker, row.asked)}
    count = 0
    for row in rows:
        async with engine.transaction(desks[row.id]) as tx:
            gone = {"state": RequestState.LAPSED.value, "answered_at": tx.now}
            if (
                await tx.connection.execute(meeting_requests.update().where(r.id == row.id, due).values(gone))
            ).rowcount:
                target = Target("meetings", row.conference)
                here = await still_here(tx.connection, row.conference, [row.asker, row.asked], tx.now)
                for person in here:
                    other = row.asked if person == row.asker else row.asker
                    await notify_all(tx, [person], "meeting.lapsed", {}, target, about=named[other])
                count += 1
    return count


@every(seconds=30)
async def remind(engine: Engine) -> int:
    """Reminds everyone a quarter of an hour before. Returns how many people."""
    now = engine.clock()
    soon = sa.and_(b.state == BOOKED, b.starts_at > now, b.starts_at <= now + REMIND_BEFORE)
    due = sa.and_(bp.state == SEATED, bp.reminded_at.is_(None))
    columns = (b.id, b.conference, b.title, b.starts_at, b.meeting, conferences.c.zone, bp.person)
    joined = bookings.join(booking_people, bp.booking == b.id).join(conferences, conferences.c.id == b.conference)
    async with engine.database.read() as connection:
        select = sa.select(*columns).select_from(joined).where(soon, due).order_by(b.starts_at, b.id)
        rows = (await connection.execute(select.limit(MOST_AT_ONCE))).all()
        desks = {row.person: await desks_of(connection, [row.person]) for row in rows}
        others = {(row.id, row.person): await _other(connection, row.id, row.person) for row in rows}
    count = 0
    for row in rows:
        async with engine.transaction(desks[row.person]) as tx:
            still = sa.exists().where(b.id == row.id, b.state == BOOKED, b.starts_at == row.starts_at)
            mark = booking_people.update().where(bp.booking == row.id, bp.person == row.person, due, still)
            if (await tx.connection.execute(mark.values(reminded_at=tx.now))).rowcount:
                values = {"title": row.title, "moment": row.starts_at.isoformat(), "zone": row.zone}
                target = Target("booking", row.conference, row.id)
                other = others[row.id, row.person]
                kind = "meeting.soon" if other is not None else "booking.soon"
                here = await still_here(tx.connection, row.conference, [row.person], tx.now)
                await notify_all(tx, here, kind, values, target, about=other)
                count += 1
    return count


async def _other(connection: Any, booking: str, person: str) -> PersonView | None:
    """The other person of a meeting of two."""
    others = [each for each in await calendar.seats(connection, booking, SeatState.BOOKED) if each != person]
    return await person_named(connection, others[0]) if len(others) == 1 else None


@every(seconds=30)
async def note_presence(engine: Engine) -> int:
    """People who joined a call long before its meeting have come when it begins. Returns how many."""
    now = engine.clock()
    joined = bookings.join(call_peers, call_peers.c.meeting == b.meeting)
    joined = joined.join(booking_people, sa.and_(bp.booking == b.id, bp.person == call_peers.c.person))
    on = sa.and_(b.state == BOOKED, b.starts_at <= now, b.ends_at > now, bp.checked_in_at.is_(None))
    async with engine.database.read() as connection:
        rows = (await connection.execute(sa.select(b.id, bp.person).select_from(joined).where(on))).all()
    if rows:
        async with engine.transaction() as tx:
            for row in rows:
                await came(tx.connection, b.id == row.id, row.person, tx.now)
    return len(rows)


@every(seconds=30)
async def offer_unused(engine: Engine) -> int:
    """Where someone waits in vain and others stand by, the place of those who have not come is offered. Returns how many bookings it changed."""
    now = engine.clock()
    on = sa.and_(b.state == BOOKED, b.starts_at <= now - LATE, b.ends_at > now)
    there, absent = booking_people.alias("there"), booking_people.alias("absent")
    joined = bookings.join(there, there.c.booking == b.id).join(absent, absent.c.booking == b.id)
    missing = sa.and_(absent.c.state == SEATED, absent.c.checked_in_at.is_(None), there.c.checked_in_at.is_not(None))
    async with engine.database.read() as connection:
        select = sa.select(b.id).select_from(joined).where(on, missing).distinct().limit(MOST_AT_ONCE)
        found = (await connection.execute(select)).scalars().all()
        rooms = {booking: await with_standby(connection, booking) for booking in found}
    changed = 0
    for booking in found:
        async with engine.transaction(rooms[booking]) as tx:
            changed += await _offer(tx, booking)
    return changed


async def _offer(tx: Any, booking: str) -> bool:
    row = (await tx.connection.execute(sa.select(bookings).where(b.id == booking, b.state == BOOKED))).one_or_none()
    if row is None or row.ends_at <= tx.now:
        return False
    here = await calendar.seats(tx.connection, booking, SeatState.BOOKED)
    waiting = {person for person, seat in here.items() if seat.checked_in_at is not None}
    absent = {person for person, seat in here.items() if seat.checked_in_at is None}
    if row.capacity is not None:
        absent = {person for person in absent if here[person].role == BookingRole.GUEST.value}
        standby = len(await calendar.seats(tx.connection, booking, SeatState.STANDBY)) > 0
    else:
        times = row.starts_at.isoformat()
        standby = any(times in each.times for each in await places.standing_by(tx.connection, waiting))
    if not standby or not waiting or not absent:
        return False
    for person in absent:
        await calendar.set_seat(tx, booking, person, SeatState.MISSED)
    if row.capacity is not None:
        await places.offer_places(tx, row)
    else:
        await places.offer_time(tx, row.conference, waiting, row.starts_at.isoformat())
    return True
