"""Group sessions of an employer: a call with many candidates, who may also join while it is under way."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from rooms.core.commands.access import Actor
from rooms.core.commands.registry import command
from rooms.core.commands.transaction import Transaction
from rooms.core.errors import Problem
from rooms.core.rate_limits import Rate
from rooms.core.text import N_, clean_line, optional_text
from rooms.meetings.bookings import calendar
from rooms.meetings.bookings.calendar import NewBooking
from rooms.meetings.bookings.messages import BookingKind, BookingRole, SeatState
from rooms.meetings.bookings.slots import TimeSlot, all_slots
from rooms.meetings.bookings.tables import bookings
from rooms.meetings.create import invite, open_meeting, uninvite
from rooms.people import rules
from rooms.people.accounts import person_named
from rooms.people.blocks import between
from rooms.recruitment.candidates.sharing import employer_row
from rooms.recruitment.interviews.messages import (
    ABOUT_SESSION,
    SESSION_LENGTH,
    CancelInfoSession,
    CreateInfoSession,
    JoinInfoSession,
    LeaveInfoSession,
)
from rooms.recruitment.jobs.editing import LOBBY
from rooms.recruitment.rules import check_insider, check_member, has_account

OnBooking = CancelInfoSession | JoinInfoSession | LeaveInfoSession


async def with_participants(connection: AsyncConnection, room: str, command: OnBooking) -> Iterable[str]:
    """The calendars of everyone who has joined, and the call."""
    return await calendar.rooms_to_lock(connection, "", [], bookings=[command.booking])


@command(CreateInfoSession, kinds=LOBBY, allowed=rules.speaks_up, own_desk=True, rate=Rate(20, 3600))
async def create_info_session(tx: Transaction, actor: Actor, command: CreateInfoSession) -> None:
    conference, person = actor.room.subject, actor.known.id
    employer = await employer_row(tx.connection, conference, command.organisation)
    await check_member(tx.connection, actor, employer.id)
    slots = await all_slots(tx.connection, conference)
    slot = next((each for each in slots if each.starts_at == command.starts_at), None)
    if slot is None:
        raise Problem("invalid", N_("Choose one of the times on the list."), field="starts_at")
    new = NewBooking(
        conference,
        BookingKind.GROUP,
        {person: BookingRole.HOST},
        slot,
        title=clean_line(command.title, SESSION_LENGTH, "title"),
        text=optional_text(command.text, ABOUT_SESSION, "text"),
        place=None,
        host=employer.id,
        capacity=command.capacity,
    )
    booking = await calendar.book(tx, new, actor=person)
    # Not a place of the calendar: those are for two, and a group has a call with a waiting line, and a chat for everyone.
    meeting = await open_meeting(tx.connection, conference, None, [person], tx.now)
    await tx.connection.execute(bookings.update().where(bookings.c.id == booking).values(meeting=meeting))
    tx.audit(conference, person, "info_session.create", booking)


@command(
    JoinInfoSession,
    kinds=LOBBY,
    allowed=rules.takes_part,
    extra_rooms=with_participants,
    own_desk=True,
    rate=Rate(60, 600),
)
async def join_info_session(tx: Transaction, actor: Actor, command: JoinInfoSession) -> None:
    has_account(actor)
    row, person = await _session(tx, actor, command.booking), actor.known.id
    calendar.check_ahead(row, tx.now)
    here = await calendar.seats(tx.connection, row.id, SeatState.BOOKED)
    if person in here:
        return
    hosts = [each for each, seat in here.items() if seat.role == BookingRole.HOST.value]
    if any(person in pair for pair in await between(tx.connection, [person, *hosts])):
        raise Problem("forbidden", N_("You cannot join this session."), field="booking")
    if len(here) - len(hosts) >= (row.capacity or 0):
        raise Problem("closed", N_("All places in this session are taken."), field="booking")
    slot = TimeSlot(max(row.starts_at, tx.now), row.ends_at)  # the rest of it, for who joins late
    await calendar.check_free(tx.connection, row.conference, [person], slot, actor=person, without=row.id)
    await calendar.set_seat(tx, row.id, person, SeatState.BOOKED)
    await invite(tx, row.meeting, await person_named(tx.connection, person))


@command(LeaveInfoSession, kinds=LOBBY, allowed=rules.takes_part, extra_rooms=with_participants, own_desk=True)
async def leave_info_session(tx: Transaction, actor: Actor, command: LeaveInfoSession) -> None:
    row, person = await _session(tx, actor, command.booking), actor.known.id
    mine = (await calendar.seats(tx.connection, row.id, SeatState.BOOKED)).get(person)
    if mine is None or mine.role == BookingRole.HOST.value:
        raise Problem("not_found", calendar.GONE, field="booking")
    await calendar.set_seat(tx, row.id, person, SeatState.LEFT)
    await uninvite(tx, row.meeting, person)


@command(CancelInfoSession, kinds=LOBBY, allowed=rules.takes_part, extra_rooms=with_participants)
async def cancel_info_session(tx: Transaction, actor: Actor, command: CancelInfoSession) -> None:
    row = await _session(tx, actor, command.booking)
    await check_insider(tx.connection, actor, row.host, "booking")
    await calendar.cancel(tx, row)
    tx.audit(actor.room.subject, actor.known.id, "info_session.cancel", row.id)


async def _session(tx: Transaction, actor: Actor, booking: str) -> Any:
    """Raises Problem "not_found" for a booking of another kind."""
    row = await calendar.booking_row(tx.connection, actor.room.subject, booking)
    if row.kind != BookingKind.GROUP.value:
        raise Problem("not_found", calendar.GONE, field="booking")
    return row
