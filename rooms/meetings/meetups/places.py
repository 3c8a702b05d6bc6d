"""Places in a meet-up: joining, leaving, and a waiting list that moves up by itself."""

from collections.abc import Iterable, Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from rooms.core.commands.access import Actor
from rooms.core.commands.registry import command
from rooms.core.commands.transaction import Transaction
from rooms.core.engine import Engine
from rooms.core.errors import Problem
from rooms.core.jobs import every
from rooms.core.links import Target
from rooms.core.rate_limits import Rate
from rooms.core.text import N_
from rooms.meetings.bookings import calendar
from rooms.meetings.bookings.messages import BookingRole, SeatState
from rooms.meetings.bookings.slots import TimeSlot
from rooms.meetings.create import invite, uninvite
from rooms.meetings.meetups.messages import JoinMeetup, LeaveMeetup, MeetupState
from rooms.meetings.meetups.queries import m, meetup_row, next_in_line
from rooms.people import rules
from rooms.people.accounts import person_named
from rooms.people.blocks import between
from rooms.people.desk import notify_all
from rooms.people.restraints import still_here

LOBBY = {"lobby"}
WAITS = {SeatState.STANDBY.value, SeatState.OFFERED.value}


async def with_people(connection: AsyncConnection, room: str, command: JoinMeetup | LeaveMeetup) -> Iterable[str]:
    """The desks of everyone in the meet-up: who moves up is notified, and their calendar is changed."""
    select = sa.select(m.conference, m.booking).where(m.id == command.meetup, m.booking.is_not(None))
    row = (await connection.execute(select)).one_or_none()
    return await calendar.rooms_to_lock(connection, row.conference, [], bookings=[row.booking]) if row else ()


@command(JoinMeetup, kinds=LOBBY, allowed=rules.takes_part, extra_rooms=with_people, own_desk=True, rate=Rate(60, 600))
async def join_meetup(tx: Transaction, actor: Actor, command: JoinMeetup) -> None:
    row, booking, person = *await _approved(tx, actor, command.meetup), actor.known
    if person.kind != "registered":
        raise Problem("forbidden", N_("You need an account for this. Add your email address first."))
    seats = await calendar.seats(tx.connection, booking.id)
    if person.id in seats and seats[person.id].state in {SeatState.BOOKED.value, *WAITS}:
        raise Problem("conflict", N_("You have joined already."), field="meetup")
    if await between(tx.connection, [person.id, row.proposer]):
        raise Problem("forbidden", N_("You cannot join this meet-up."), field="meetup")
    slot = TimeSlot(row.starts_at, row.ends_at)
    await calendar.check_free(tx.connection, row.conference, [person.id], slot, actor=person.id, without=booking.id)
    taken = sum(each.state == SeatState.BOOKED.value for each in seats.values())
    if taken >= row.capacity:
        await calendar.set_seat(tx, booking.id, person.id, SeatState.STANDBY)
    else:
        await _seat(tx, booking, person.id)


@command(LeaveMeetup, kinds=LOBBY, allowed=rules.takes_part, extra_rooms=with_people, own_desk=True)
async def leave_meetup(tx: Transaction, actor: Actor, command: LeaveMeetup) -> None:
    row, booking = await _approved(tx, actor, command.meetup)
    mine = (await calendar.seats(tx.connection, booking.id)).get(actor.known.id)
    if mine is None or mine.state not in {SeatState.BOOKED.value, *WAITS}:
        raise Problem("not_found", N_("You have not joined this meet-up."), field="meetup")
    if mine.role == BookingRole.HOST.value:
        raise Problem("conflict", N_("You proposed this meet-up: cancel it instead."), field="meetup")
    await _release(tx, booking, actor.known.id)
    await move_up(tx, row.conference, row.id)


async def move_up(tx: Transaction, conference: str, meetup: str) -> int:
    """Gives free places to those who have waited longest and are free at that time. They are notified. Returns how many moved up.

    The transaction has locked the lobby, the desks of everyone in the meet-up, and its meeting room."""
    row = await meetup_row(tx.connection, conference, meetup)
    if row.state != MeetupState.APPROVED:
        return 0  # cancelled since the caller read it
    booking = await calendar.booking_row(tx.connection, conference, row.booking)
    seats = await calendar.seats(tx.connection, booking.id)
    locked = {room.subject for room in tx.rooms.values() if room.kind == "desk"}
    for person in set(seats) - set(await still_here(tx.connection, conference, seats, tx.now)):
        if seats[person].role == BookingRole.GUEST.value and seats[person].state in {SeatState.BOOKED.value, *WAITS}:
            await _release(tx, booking, person)
    seats = await calendar.seats(tx.connection, booking.id)
    places = row.capacity - sum(each.state == SeatState.BOOKED.value for each in seats.values())
    waiting = sorted((each for each in seats.values() if each.state in WAITS), key=lambda each: (each.at, each.person))
    slot, moved = TimeSlot(row.starts_at, row.ends_at), list[str]()
    for each in waiting:
        if len(moved) >= places:
            break
        if each.person in locked and await _is_free(tx, row, each.person, slot):
            await _seat(tx, booking, each.person)
            moved.append(each.person)
    if moved:
        await notify(tx, conference, moved, "meetup.place", row._asdict(), meetup)
    return len(moved)


async def notify(
    tx: Transaction, conference: str, people: Iterable[str], kind: str, said: Mapping[str, Any], meetup: str
) -> None:
    """Notifies people of a meet-up whose columns are `said`."""
    times = {name: said[name].isoformat() for name in ("starts_at", "ends_at")}
    zone = await calendar.zone_value(tx.connection, conference)
    values = {"title": said["title"], "place": said["place"], **times, **zone}
    here = await still_here(tx.connection, conference, people, tx.now)
    await notify_all(tx, here, kind, values, Target("meetup", conference, meetup))


async def release_busy(tx: Transaction, row: Any, slot: TimeSlot) -> set[str]:
    """After a move: those who are not free at the new time lose their place. Returns who."""
    booking = await calendar.booking_row(tx.connection, row.conference, row.booking)
    lost: set[str] = set()
    for person, seat in (await calendar.seats(tx.connection, booking.id, SeatState.BOOKED)).items():
        if seat.role == BookingRole.GUEST.value and not await _is_free(tx, row, person, slot):
            await _release(tx, booking, person)
            lost.add(person)
    return lost


async def people_with_a_seat(connection: AsyncConnection, booking: str, *, standby: bool = False) -> list[str]:
    states = [SeatState.BOOKED, *([SeatState.STANDBY, SeatState.OFFERED] if standby else [])]
    return list(await calendar.seats(connection, booking, *states))


@every(minutes=1)
async def fill_places(engine: Engine) -> int:
    """Places that fell free in another way, such as by an erasure, or for which nobody was free. Returns how many people moved up."""
    async with engine.database.read() as connection:
        rows = await next_in_line(connection, engine.clock())
        rooms = {
            row.id: await calendar.rooms_to_lock(connection, row.conference, [], bookings=[row.booking]) for row in rows
        }
    moved = 0
    for row in rows:
        async with engine.transaction(rooms[row.id]) as tx:
            moved += await move_up(tx, row.conference, row.id)
    return moved


async def _approved(tx: Transaction, actor: Actor, meetup: str) -> tuple[Any, Any]:
    """A meet-up in the programme that is not over, and its booking. Raises Problem "not_found" or "closed"."""
    row = await meetup_row(tx.connection, actor.room.subject, meetup)
    if row.booking is None or row.state == MeetupState.WAITING:
        raise Problem("not_found", calendar.GONE, field="meetup")
    booking = await calendar.booking_row(tx.connection, row.conference, row.booking)
    calendar.check_ahead(booking, tx.now)
    return row, booking


async def _is_free(tx: Transaction, row: Any, person: str, slot: TimeSlot) -> bool:
    try:
        await calendar.check_free(tx.connection, row.conference, [person], slot, without=row.booking)
    except Problem:
        return False
    return True


async def _seat(tx: Transaction, booking: Any, person: str) -> None:
    await calendar.set_seat(tx, booking.id, person, SeatState.BOOKED)
    if booking.meeting is not None:
        await invite(tx, booking.meeting, await person_named(tx.connection, person))


async def _release(tx: Transaction, booking: Any, person: str) -> None:
    await calendar.set_seat(tx, booking.id, person, SeatState.LEFT)
    if booking.meeting is not None:
        await uninvite(tx, booking.meeting, person)
