"""The people of a booking move or cancel it, and everyone else is notified."""

from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from rooms.core.commands.access import Actor
from rooms.core.commands.people import PersonView
from rooms.core.commands.registry import command
from rooms.core.commands.transaction import Transaction
from rooms.core.errors import Problem
from rooms.core.links import Target
from rooms.core.rate_limits import Rate
from rooms.core.text import N_, optional_text
from rooms.meetings.bookings import calendar
from rooms.meetings.bookings import messages as m
from rooms.meetings.bookings.calendar import GONE, booking_row, rooms_to_lock, seats
from rooms.meetings.bookings.messages import BookingKind, BookingRole, SeatState
from rooms.meetings.bookings.places import offer_time, standing_by
from rooms.meetings.bookings.slots import TimeSlot, all_slots
from rooms.meetings.bookings.tables import booking_people
from rooms.people import rules
from rooms.people.desk import notify_all
from rooms.people.restraints import still_here

LOBBY = {"lobby"}
REASON_LENGTH = 500
CHANGED_HERE = {BookingKind.MEETING.value, BookingKind.DEMO.value}
"""Kinds that these commands change. The others belong to slices that have more to do when one is moved or cancelled."""


async def with_booking(connection: AsyncConnection, room: str, command: Any) -> Iterable[str]:
    """For `extra_rooms`: what a change of a booking locks besides the lobby. Its time may be offered to those on standby."""
    return await with_standby(connection, command.booking)


async def with_standby(connection: AsyncConnection, booking: str) -> list[str]:
    seat = booking_people.c
    people = (await connection.execute(sa.select(seat.person).where(seat.booking == booking))).scalars().all()
    waiting = {row.asker for row in await standing_by(connection, people)}
    return await rooms_to_lock(connection, "", waiting, bookings=[booking])


async def own_booking(tx: Transaction, actor: Actor, booking: str) -> tuple[Any, dict[str, Any]]:
    """A booking that the actor can change, and who has a seat in it. Raises Problem "not_found" or "forbidden"."""
    row = await booking_row(tx.connection, actor.room.subject, booking)
    people = await seats(tx.connection, row.id, SeatState.BOOKED)
    mine = people.get(actor.known.id)
    if mine is None:
        raise Problem("not_found", GONE, field="booking")
    check_kind(row)
    if row.kind == BookingKind.DEMO.value and mine.role != BookingRole.HOST.value:
        raise Problem("forbidden", N_("Only the hosts can change this. You can give up your place."))
    return row, people


def check_kind(row: Any) -> None:
    """Raises Problem "forbidden" for a booking that another slice manages."""
    if row.kind not in CHANGED_HERE:
        raise Problem("forbidden", N_("This is changed on its own page."), field="booking")


@command(m.MoveBooking, kinds=LOBBY, allowed=rules.takes_part, extra_rooms=with_booking, rate=Rate(60, 3600))
async def move_booking(tx: Transaction, actor: Actor, command: m.MoveBooking) -> None:
    row, people = await own_booking(tx, actor, command.booking)
    starts = {slot.starts_at for slot in await all_slots(tx.connection, row.conference)}
    if row.kind == BookingKind.MEETING.value and command.starts_at not in starts:
        raise Problem("conflict", N_("This time is no longer open for meetings."), field="starts_at")
    slot = TimeSlot(command.starts_at, command.starts_at + (row.ends_at - row.starts_at))
    await calendar.move(tx, row, slot, actor=actor.known.id)
    await offer_time(tx, row.conference, people, row.starts_at.isoformat())
    await notify(
        tx, row, set(people) - {actor.known.id}, "meeting.moved", actor.known.view, moment=slot.starts_at.isoformat()
    )


@command(m.CancelBooking, kinds=LOBBY, allowed=rules.takes_part, extra_rooms=with_booking)
async def cancel_booking(tx: Transaction, actor: Actor, command: m.CancelBooking) -> None:
    row, people = await own_booking(tx, actor, command.booking)
    reason = optional_text(command.reason, REASON_LENGTH, "reason")
    await calendar.cancel(tx, row, reason)
    await offer_time(tx, row.conference, people, row.starts_at.isoformat())
    at = row.starts_at.isoformat()
    await notify(tx, row, set(people) - {actor.known.id}, "meeting.cancelled", actor.known.view, moment=at)


async def notify(
    tx: Transaction, row: Any, people: Iterable[str], kind: str, about: PersonView | None, **values: str
) -> None:
    """Notifies people of a booking. `values` are completed by its title, and the zone in which its times are shown."""
    known = {"title": row.title, **await calendar.zone_value(tx.connection, row.conference), **values}
    here = await still_here(tx.connection, row.conference, people, tx.now)
    await notify_all(tx, here, kind, known, Target("booking", row.conference, row.id), about=about)
