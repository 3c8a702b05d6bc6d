"""Commands about one's seat in a booking: take it, give it up, say that one has come, or give it to a colleague."""

from collections.abc import Iterable

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from rooms.core.commands.access import Actor
from rooms.core.commands.people import PersonView
from rooms.core.commands.registry import command
from rooms.core.commands.transaction import Transaction
from rooms.core.errors import Problem
from rooms.core.rate_limits import Rate
from rooms.core.store.tables import persons
from rooms.core.text import N_
from rooms.meetings.bookings import calendar, places
from rooms.meetings.bookings import messages as m
from rooms.meetings.bookings.attendance import came
from rooms.meetings.bookings.calendar import booking_row, rooms_to_lock, set_seat
from rooms.meetings.bookings.changes import LOBBY, check_kind, notify, with_booking
from rooms.meetings.bookings.messages import BookingKind, BookingRole, SeatState
from rooms.meetings.bookings.slots import TimeSlot
from rooms.meetings.bookings.tables import bookings
from rooms.meetings.create import invite, uninvite
from rooms.organisations.tables import organisation_members, organisations
from rooms.people import rules
from rooms.people.accounts import person_named
from rooms.people.blocks import between
from rooms.people.candidates import check_eligible
from rooms.people.desk import desks_of

OPEN_TO_ALL = {BookingKind.DEMO.value}
"""Kinds that everyone in the conference may join."""

om = organisation_members.c


@command(
    m.JoinBooking,
    kinds=LOBBY,
    allowed=rules.takes_part,
    extra_rooms=with_booking,
    own_desk=True,
    rate=Rate(60, 600),
)
async def join_booking(tx: Transaction, actor: Actor, command: m.JoinBooking) -> None:
    row = await booking_row(tx.connection, actor.room.subject, command.booking)
    if row.kind not in OPEN_TO_ALL:
        raise Problem("not_found", calendar.GONE, field="booking")
    hosts = list(await calendar.seats(tx.connection, row.id, SeatState.BOOKED))
    if any(actor.known.id in pair for pair in await between(tx.connection, [actor.known.id, *hosts])):
        raise Problem("forbidden", N_("You cannot take part in this demo."))
    await places.join(tx, row, actor.known.id)


@command(m.LeaveBooking, kinds=LOBBY, allowed=rules.takes_part, extra_rooms=with_booking, own_desk=True)
async def leave_booking(tx: Transaction, actor: Actor, command: m.LeaveBooking) -> None:
    row = await booking_row(tx.connection, actor.room.subject, command.booking)
    if row.kind not in OPEN_TO_ALL:
        raise Problem("not_found", calendar.GONE, field="booking")
    await places.leave(tx, row, actor.known.id)


@command(m.CheckIn, kinds=LOBBY, allowed=rules.takes_part)
async def check_in(tx: Transaction, actor: Actor, command: m.CheckIn) -> None:
    row = await booking_row(tx.connection, actor.room.subject, command.booking)
    mine = (await calendar.seats(tx.connection, row.id)).get(actor.known.id)
    if mine is None:
        raise Problem("not_found", calendar.GONE, field="booking")
    calendar.check_ahead(row, tx.now)
    if not await came(tx.connection, bookings.c.id == row.id, actor.known.id, tx.now):
        raise Problem("conflict", N_("You can check in from 15 minutes before the start."), field="booking")


async def with_colleagues(connection: AsyncConnection, room: str, command: m.ReassignBooking) -> Iterable[str]:
    found = await rooms_to_lock(connection, "", [], bookings=[command.booking])
    return {*found, *await desks_of(connection, [command.to])}


@command(m.ReassignBooking, kinds=LOBBY, allowed=rules.takes_part, extra_rooms=with_colleagues, rate=Rate(60, 3600))
async def reassign_booking(tx: Transaction, actor: Actor, command: m.ReassignBooking) -> None:
    row = await booking_row(tx.connection, actor.room.subject, command.booking)
    here = await calendar.seats(tx.connection, row.id)
    seat = here.get(command.person)
    team = {each.id for each in await colleagues(tx.connection, row.conference, command.person)}
    if seat is None or seat.state != SeatState.BOOKED.value or actor.known.id not in {command.person, *team}:
        raise Problem("not_found", calendar.GONE, field="booking")
    check_kind(row)
    calendar.check_ahead(row, tx.now)
    if command.to not in team:
        raise Problem("not_found", N_("This person is not in the same organisation."), field="to")
    if command.to in here and here[command.to].state != SeatState.LEFT.value:
        raise Problem("conflict", N_("This person is in the meeting already."), field="to")
    await check_eligible(tx, row.conference, command.to)
    others = [person for person in here if person != command.person]
    if any(command.to in pair for pair in await between(tx.connection, [command.to, *others])):
        raise Problem("forbidden", N_("This person cannot meet the others."), field="to")
    slot = TimeSlot(row.starts_at, row.ends_at)
    await calendar.check_free(tx.connection, row.conference, [command.to], slot, actor=actor.known.id, without=row.id)
    await set_seat(tx, row.id, command.person, SeatState.LEFT)
    await set_seat(tx, row.id, command.to, SeatState.BOOKED, BookingRole(seat.role))
    if row.meeting is not None:
        await uninvite(tx, row.meeting, command.person)
        await invite(tx, row.meeting, await person_named(tx.connection, command.to))
    await calendar.change(tx, row, host=command.to if row.host == command.person else row.host)
    people = {*here, command.to} - {actor.known.id}
    people = {person for person in people if person == command.to or here[person].state == SeatState.BOOKED.value}
    at = row.starts_at.isoformat()
    await notify(tx, row, people, "meeting.reassigned", await person_named(tx.connection, command.to), moment=at)


async def colleagues(connection: AsyncConnection, conference: str, person: str) -> list[PersonView]:
    """The other members of a person's organisations in this conference, by name."""
    theirs = organisation_members.alias("theirs")
    same = sa.and_(om.organisation == theirs.c.organisation, theirs.c.person == person, om.person != person)
    select = sa.select(persons.c.id, persons.c.name).join(organisation_members, om.person == persons.c.id)
    select = select.join(theirs, same).join(organisations, organisations.c.id == om.organisation)
    here = sa.and_(organisations.c.conference == conference, persons.c.erased_at.is_(None))
    rows = await connection.execute(select.where(here).distinct().order_by(persons.c.name, persons.c.id))
    return [PersonView(*row) for row in rows]
