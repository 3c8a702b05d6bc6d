"""A person's calendar: what they have at a time, and the only code that books, moves and cancels.

Every change locks the lobby of the conference, which guards its tables, and the desk of everyone who takes part, which guards their calendar in all
conferences. What is free is read under these locks, so a time is booked once (docs/decisions/0024-desks-guard-calendars.md).
"""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from rooms.core.commands.transaction import Transaction
from rooms.core.errors import Problem
from rooms.core.ids import new_id
from rooms.core.store.journal import rooms
from rooms.core.store.tables import conferences, persons
from rooms.core.text import N_
from rooms.meetings.bookings.agenda import Busy, busy_by_sessions
from rooms.meetings.bookings.messages import BookingKind, BookingRole, BookingState, SeatState, SpotKind
from rooms.meetings.bookings.slots import TimeSlot, all_slots, choose_spot, rules_of
from rooms.meetings.bookings.tables import absences, booking_people, bookings
from rooms.meetings.create import close_meeting, open_meeting
from rooms.people.desk import desks_of

a, b, bp = absences.c, bookings.c, booking_people.c
TAKEN = SeatState.BOOKED.value
BOOKED = BookingState.BOOKED.value

GONE = N_("This meeting does not exist, or you do not have access to it.")


class NewBooking(NamedTuple):
    """`people`: who takes part, and as what. `place` None: where people meet is known from elsewhere, such as a booth. `booth`: the one that opens the
    call. `capacity`: how many guests can join; None: only those who are invited."""

    conference: str
    kind: BookingKind
    people: Mapping[str, BookingRole]
    slot: TimeSlot
    title: str = ""
    text: str = ""
    place: SpotKind | None = SpotKind.VIRTUAL
    host: str | None = None
    booth: str | None = None
    about: tuple[str, str] = ("", "")
    capacity: int | None = None
    spot: str | None = None


async def busy(
    connection: AsyncConnection,
    conference: str,
    people: Collection[str],
    start: datetime,
    end: datetime,
    *,
    without: str = "",
) -> dict[str, list[Busy]]:
    """What each person has between two times, in order: sessions, bookings of any conference, and times when they are not available.

    `without`: a booking that is to be moved. Private: only the person themself may read more than whether they are free."""
    found = {person: list[Busy]() for person in people}
    for person, each in await busy_by_sessions(connection, people, start, end):
        found[person].append(each)
    other = booking_people.alias("other")
    name = sa.select(persons.c.name).join(other, other.c.person == persons.c.id)
    name = name.where(other.c.booking == b.id, other.c.person != bp.person, other.c.state == TAKEN)
    name = name.order_by(other.c.role.desc(), persons.c.name).limit(1).correlate(bookings, booking_people)
    title = sa.case((b.title != "", b.title), else_=sa.func.coalesce(name.scalar_subquery(), ""))
    booked = sa.select(bp.person, b.id, title.label("title"), b.starts_at, b.ends_at).join(bookings, b.id == bp.booking)
    during = sa.and_(b.starts_at < end, b.ends_at > start, b.state == BOOKED, bp.state == TAKEN, b.id != without)
    for row in await connection.execute(booked.where(bp.person.in_(people), during)):
        found[row.person].append(Busy("booking", row.id, row.title, row.starts_at, row.ends_at))
    away = sa.select(a.person, a.starts_at, a.ends_at).where(a.person.in_(people), a.conference == conference)
    for row in await connection.execute(away.where(a.starts_at < end, a.ends_at > start)):
        found[row.person].append(Busy("away", "", "", row.starts_at, row.ends_at))
    return {person: sorted(each, key=lambda one: (one.starts_at, one.kind)) for person, each in found.items()}


async def free_slots(
    connection: AsyncConnection, conference: str, people: Collection[str], now: datetime, *, without: str = ""
) -> list[TimeSlot]:
    """The slots to come in which all of these people are free."""
    rules = await rules_of(connection, conference)
    slots = [slot for slot in await all_slots(connection, conference, rules) if slot.starts_at > now]
    if not slots:
        return []
    buffer = rules.buffer
    start, end = slots[0].starts_at - buffer, max(slot.ends_at for slot in slots) + buffer
    known = await busy(connection, conference, people, start, end, without=without)
    taken = [each for theirs in known.values() for each in theirs]
    return [slot for slot in slots if not any(each.blocks(slot, buffer) for each in taken)]


async def not_free(connection: AsyncConnection, conference: str, people: Collection[str], slot: TimeSlot) -> set[str]:
    """Those of these people who are not free."""
    buffer = (await rules_of(connection, conference)).buffer
    known = await busy(connection, conference, people, slot.starts_at - buffer, slot.ends_at + buffer)
    return {person for person, taken in known.items() if any(each.blocks(slot, buffer) for each in taken)}


async def check_free(
    connection: AsyncConnection,
    conference: str,
    people: Collection[str],
    *slots: TimeSlot,
    actor: str | None = None,
    without: str = "",
) -> None:
    """Raises Problem "conflict" unless all of these people are free. Only the actor is given the reason, and only for their own calendar."""
    buffer = (await rules_of(connection, conference)).buffer
    start, end = min(slot.starts_at for slot in slots) - buffer, max(slot.ends_at for slot in slots) + buffer
    known = await busy(connection, conference, people, start, end, without=without)
    for person in sorted(people, key=lambda one: one != actor):
        for each in known[person]:
            if not any(each.blocks(slot, buffer) for slot in slots):
                continue
            if person == actor:
                zone = await zone_value(connection, conference)
                text, values = each.reason(ZoneInfo(zone["zone"]))
                raise Problem("conflict", text, field="starts_at", values=values)
            name = (await connection.execute(sa.select(persons.c.name).where(persons.c.id == person))).scalar_one()
            message = N_("%(name)s is not free at this time.")
            raise Problem("conflict", message, field="starts_at", values={"name": name})


async def zone_value(connection: AsyncConnection, conference: str) -> dict[str, str]:
    """For notices: the zone in which times of this conference are shown."""
    zone = sa.select(conferences.c.zone).where(conferences.c.id == conference)
    return {"zone": (await connection.execute(zone)).scalar_one()}


async def rooms_to_lock(
    connection: AsyncConnection, conference: str, people: Iterable[str], *, bookings: Iterable[str] = ()
) -> list[str]:
    """The rooms that a transaction locks to change the calendars of these people, and those of everyone in these bookings, for `extra_rooms`."""
    inside = sa.select(bp.person).where(bp.booking.in_(list(bookings)))
    everyone = {*people, *(await connection.execute(inside)).scalars()}
    lobby = sa.and_(rooms.c.kind == "lobby", rooms.c.subject == conference)
    calls = sa.select(b.meeting).where(b.id.in_(list(bookings)), b.meeting.is_not(None))
    found = sa.select(rooms.c.id).where(sa.or_(lobby, sa.and_(rooms.c.kind == "meeting", rooms.c.subject.in_(calls))))
    return [*(await connection.execute(found)).scalars(), *await desks_of(connection, everyone)]


async def booking_row(connection: AsyncConnection, conference: str, booking: str) -> Any:
    """Raises Problem "not_found"."""
    select = sa.select(bookings).where(b.id == booking, b.conference == conference)
    row = (await connection.execute(select)).one_or_none()
    if row is None:
        raise Problem("not_found", GONE, field="booking")
    return row


async def seats(connection: AsyncConnection, booking: str, *states: SeatState) -> dict[str, Any]:
    """The people of a booking in these states (none given: in all), hosts first, in the order in which they came to it."""
    select = sa.select(booking_people).where(bp.booking == booking).order_by(bp.role.desc(), bp.at, bp.person)
    if states:
        select = select.where(bp.state.in_([state.value for state in states]))
    return {row.person: row for row in await connection.execute(select)}


async def book(tx: Transaction, new: NewBooking, *, actor: str | None = None, late: bool = False) -> str:
    """Books a time, and returns the id of the booking. Raises Problem "conflict" when someone is not free, or no table is.

    `actor`: who is given the reason of a conflict in their own calendar. `late`: the time may have begun, because it was given to someone else before."""
    _check_locked(tx, new.conference, new.people)
    if (new.slot.ends_at if late else new.slot.starts_at) <= tx.now:
        raise Problem("conflict", N_("This time has already begun. Choose another."), field="starts_at")
    await check_free(tx.connection, new.conference, new.people, new.slot, actor=actor)
    spot, meeting, booking = None, None, new_id()
    if new.place is not None:
        size = len(new.people) + (new.capacity or 0)
        spot = await choose_spot(tx.connection, new.conference, new.place, new.slot, size, preferred=new.spot)
    if new.place is SpotKind.VIRTUAL:
        meeting = await open_meeting(tx.connection, new.conference, new.booth, new.people, tx.now)
    values = {
        "id": booking,
        "conference": new.conference,
        "kind": new.kind.value,
        "title": new.title,
        "text": new.text,
        "starts_at": new.slot.starts_at,
        "ends_at": new.slot.ends_at,
        "state": BOOKED,
        "reason": "",
        "spot": spot,
        "meeting": meeting,
        "host": new.host,
        "about_kind": new.about[0],
        "about": new.about[1],
        "capacity": new.capacity,
        "sequence": 0,
        "created_at": tx.now,
        "changed_at": tx.now,
    }
    await tx.connection.execute(bookings.insert().values(values))
    for person, role in new.people.items():
        await set_seat(tx, booking, person, SeatState.BOOKED, role)
    return booking


async def move(tx: Transaction, row: Any, slot: TimeSlot, *, actor: str | None = None) -> None:
    """Moves a booking without giving up its time first. Raises Problem "conflict" or "closed"."""
    people = await seats(tx.connection, row.id, SeatState.BOOKED)
    _check_locked(tx, row.conference, people)
    check_ahead(row, tx.now)
    if slot.starts_at <= tx.now:
        raise Problem("conflict", N_("This time has already begun. Choose another."), field="starts_at")
    await check_free(tx.connection, row.conference, people, slot, actor=actor, without=row.id)
    values: dict[str, Any] = {"starts_at": slot.starts_at, "ends_at": slot.ends_at}
    if row.spot is not None:
        kind = SpotKind.VIRTUAL if row.meeting is not None else SpotKind.PHYSICAL
        hosts = sum(each.role == BookingRole.HOST.value for each in people.values())
        size = hosts + row.capacity if row.capacity else len(people)
        values["spot"] = await choose_spot(
            tx.connection, row.conference, kind, slot, size, preferred=row.spot, without=row.id
        )
    await change(tx, row, **values)
    fresh = {"reminded_at": None, "checked_in_at": None}
    await tx.connection.execute(booking_people.update().where(bp.booking == row.id).values(fresh))


async def cancel(tx: Transaction, row: Any, reason: str = "", state: BookingState = BookingState.CANCELLED) -> None:
    """Cancels a booking, and closes its call. Everyone is free again. Raises Problem "closed" when it is over or cancelled already."""
    check_ahead(row, tx.now)
    await change(tx, row, state=state.value, reason=reason)
    if row.meeting is not None:
        await close_meeting(tx, row.meeting)


async def change(tx: Transaction, row: Any, **values: Any) -> None:
    """Writes a change, with a new number for the calendars of other programs."""
    values |= {"sequence": row.sequence + 1, "changed_at": tx.now}
    await tx.connection.execute(bookings.update().where(b.id == row.id).values(values))


async def change_for(tx: Transaction, row: Any, person: str) -> None:
    """A change that concerns one person alone: the calendars of the others are up to date."""
    others = sa.and_(bp.booking == row.id, bp.person != person, bp.mailed == row.sequence)
    await tx.connection.execute(booking_people.update().where(others).values(mailed=row.sequence + 1))
    await change(tx, row)


async def set_seat(
    tx: Transaction, booking: str, person: str, state: SeatState, role: BookingRole = BookingRole.GUEST
) -> None:
    """Gives a person a seat in a booking, or changes its state. The caller has checked that they are free."""
    mine, values = sa.and_(bp.booking == booking, bp.person == person), {"state": state.value, "at": tx.now}
    if not (await tx.connection.execute(booking_people.update().where(mine).values(values))).rowcount:
        fresh = {"booking": booking, "person": person, "role": role.value, **values}
        await tx.connection.execute(booking_people.insert().values(fresh))


def check_ahead(row: Any, now: datetime) -> None:
    """Raises Problem "closed" for a booking that is cancelled or over."""
    if row.state != BOOKED:
        raise Problem("closed", N_("This meeting is cancelled."), field="booking")
    if row.ends_at <= now:
        raise Problem("closed", N_("This meeting is over."), field="booking")


def _check_locked(tx: Transaction, conference: str, people: Iterable[str]) -> None:
    """A calendar that is not locked could be booked twice, so that is a bug of the caller."""
    locked = {(room.kind, room.subject) for room in tx.rooms.values()}
    missing = {("lobby", conference), *(("desk", person) for person in people)} - locked
    if missing:
        raise LookupError(f"not locked: {sorted(missing)}")
