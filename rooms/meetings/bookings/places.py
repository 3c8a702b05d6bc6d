"""Places in a booking that several guests can join, and who stands by for the next one that falls free."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from rooms.core.commands.transaction import Transaction
from rooms.core.errors import Problem
from rooms.core.links import Target
from rooms.core.text import N_
from rooms.meetings.bookings import calendar
from rooms.meetings.bookings.attendance import deserted
from rooms.meetings.bookings.calendar import check_ahead, seats, set_seat
from rooms.meetings.bookings.messages import BookingRole, BookingState, RequestState, SeatState
from rooms.meetings.bookings.tables import booking_people, meeting_requests
from rooms.meetings.create import invite, uninvite
from rooms.people.accounts import person_named
from rooms.people.desk import notify_all
from rooms.people.restraints import still_here

RESERVED = timedelta(minutes=10)
"""How long a free place is kept for those on standby."""

bp, r = booking_people.c, meeting_requests.c


async def free_places(connection: AsyncConnection, row: Any) -> int:
    taken = sa.select(sa.func.count()).where(
        bp.booking == row.id, bp.role == BookingRole.GUEST.value, bp.state == SeatState.BOOKED.value
    )
    return (row.capacity or 0) - (await connection.execute(taken)).scalar_one()


async def join(tx: Transaction, row: Any, person: str) -> SeatState:
    """Gives a guest a place, or notes them on standby. The transaction has locked the lobby and the person's desk. Raises Problem."""
    check_ahead(row, tx.now)
    if row.capacity is None:
        raise Problem("forbidden", N_("Only those who are invited take part."))
    here = await seats(tx.connection, row.id)
    mine = here.get(person)
    if mine is not None and (mine.role == BookingRole.HOST.value or mine.state == SeatState.BOOKED.value):
        raise Problem("conflict", N_("You already have a place."), field="booking")
    slot = calendar.TimeSlot(row.starts_at, row.ends_at)
    await calendar.check_free(tx.connection, row.conference, [person], slot, actor=person, without=row.id)
    offered = {each.person for each in here.values() if each.state == SeatState.OFFERED.value}
    reserved = any(here[each].at > tx.now - RESERVED for each in offered) and person not in offered
    free = await free_places(tx.connection, row) > 0 and not reserved
    state = SeatState.BOOKED if free else SeatState.STANDBY
    if mine is None or mine.state != state.value:
        await set_seat(tx, row.id, person, state)
    if free:
        await calendar.change_for(tx, row, person)
        if row.meeting is not None:
            await invite(tx, row.meeting, await person_named(tx.connection, person))
        if await free_places(tx.connection, row) <= 0 and offered:
            taken = sa.and_(bp.booking == row.id, bp.state == SeatState.OFFERED.value)
            await tx.connection.execute(booking_people.update().where(taken).values(state=SeatState.STANDBY.value))
    return state


async def leave(tx: Transaction, row: Any, person: str) -> None:
    """Gives up a place, or the wait for one. The place is offered to those on standby. Raises Problem "not_found"."""
    mine = (await seats(tx.connection, row.id)).get(person)
    if mine is None or mine.state == SeatState.LEFT.value:
        raise Problem("not_found", calendar.GONE, field="booking")
    check_ahead(row, tx.now)
    if mine.role == BookingRole.HOST.value:
        raise Problem("conflict", N_("Hosts cancel the meeting instead."), field="booking")
    await set_seat(tx, row.id, person, SeatState.LEFT)
    await calendar.change_for(tx, row, person)
    if row.meeting is not None:
        await uninvite(tx, row.meeting, person)
    if mine.state in {SeatState.BOOKED.value, SeatState.MISSED.value}:
        await offer_places(tx, row)


async def offer_places(tx: Transaction, row: Any) -> int:
    """Offers free places to everyone on standby: the first who accepts has one. Returns how many people were notified."""
    standby = await seats(tx.connection, row.id, SeatState.STANDBY)
    if not standby or await free_places(tx.connection, row) <= 0:
        return 0
    for person in standby:
        await set_seat(tx, row.id, person, SeatState.OFFERED)
    await _notify(tx, row.conference, standby, "meeting.place", row.title, row.starts_at.isoformat(), row.id)
    return len(standby)


async def standing_by(connection: AsyncConnection, people: Iterable[str]) -> list[Any]:
    """The requests that stand by for a time of one of these people, oldest first."""
    select = sa.select(meeting_requests).where(r.asked.in_(list(people)), r.state == RequestState.STANDBY.value)
    return list((await connection.execute(select.order_by(r.at, r.id))).all())


async def offer_time(tx: Transaction, conference: str, people: Iterable[str], starts_at: str) -> int:
    """Notifies those who stand by for a time of these people that it has fallen free. The first who accepts has it."""
    rows = [row for row in await standing_by(tx.connection, people) if starts_at in row.times]
    await _notify(tx, conference, {row.asker for row in rows}, "meeting.free", "", starts_at, "")
    return len(rows)


async def give_up_deserted(tx: Transaction, request: Any, starts_at: datetime) -> None:
    """Ends the meeting in which the person who was asked waits in vain, so that someone on standby can have its time."""
    row = await deserted(tx.connection, request.conference, request.asked, tx.now)
    if row is not None and row.starts_at == starts_at:
        await calendar.cancel(tx, row, state=BookingState.MISSED)


async def _notify(
    tx: Transaction, conference: str, people: Iterable[str], kind: str, title: str, starts_at: str, booking: str
) -> None:
    values = {"title": title, "moment": starts_at, **await calendar.zone_value(tx.connection, conference)}
    target = Target("booking", conference, booking) if booking else Target("meetings", conference)
    here = await still_here(tx.connection, conference, people, tx.now)
    await notify_all(tx, here, kind, values, target)
