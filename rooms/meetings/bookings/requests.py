"""Requests for meetings: one person proposes times, the other accepts one. A request holds no time; only its acceptance books one."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from rooms.core.commands.access import Actor
from rooms.core.commands.registry import command
from rooms.core.commands.transaction import Transaction
from rooms.core.errors import Problem
from rooms.core.ids import new_id
from rooms.core.links import Target
from rooms.core.rate_limits import Rate
from rooms.core.text import N_, optional_text
from rooms.meetings.bookings import calendar
from rooms.meetings.bookings import messages as m
from rooms.meetings.bookings.acquaintance import check_not_met, entry_between
from rooms.meetings.bookings.calendar import NewBooking
from rooms.meetings.bookings.messages import BookingKind, BookingRole, RequestState, SeatState
from rooms.meetings.bookings.places import give_up_deserted
from rooms.meetings.bookings.slots import Rules, TimeSlot, all_slots, rules_of
from rooms.meetings.bookings.tables import booking_people, bookings, meeting_requests
from rooms.people import rules
from rooms.people.blocks import between, has_blocked
from rooms.people.candidates import check_takes_part
from rooms.people.desk import desks_of, notify_all, with_desk
from rooms.people.restraints import still_here

LOBBY = {"lobby"}
TEXT_LENGTH, REASON_LENGTH = 1000, 500

r = meeting_requests.c
OPEN = (RequestState.WAITING.value, RequestState.STANDBY.value)

GONE = N_("This request does not exist, or you do not have access to it.")
NOT_TO_ASK = N_("You cannot ask this person for a meeting.")


async def with_both(connection: AsyncConnection, room: str, command: Any) -> Iterable[str]:
    """For `extra_rooms`: the desks of the two people of a request."""
    row = (await connection.execute(sa.select(r.asker, r.asked).where(r.id == command.request))).one_or_none()
    return await desks_of(connection, row) if row is not None else []


@command(m.RequestMeeting, kinds=LOBBY, allowed=rules.speaks_up, extra_rooms=with_desk(), rate=Rate(40, 3600))
async def request_meeting(tx: Transaction, actor: Actor, command: m.RequestMeeting) -> m.MeetingRequested:
    conference, person = actor.room.subject, actor.known.id
    if actor.known.kind != "registered":
        raise Problem("forbidden", N_("You need an account for this. Add your email address first."))
    if command.person == person:
        raise Problem("invalid", N_("Choose another person."), field="person")
    await check_may_ask(tx.connection, conference, person, command.person, tx.now)
    known = await rules_of(tx.connection, conference)
    mine = sa.and_(r.conference == conference, r.asker == person, r.state == RequestState.WAITING.value)
    if (await tx.connection.execute(sa.select(sa.func.count()).where(mine))).scalar_one() >= known.most_open:
        message = N_("%(most)s of your requests wait for an answer. Withdraw one first.")
        raise Problem("conflict", message, values={"most": known.most_open})
    pair = sa.or_(
        sa.and_(r.asker == person, r.asked == command.person), sa.and_(r.asker == command.person, r.asked == person)
    )
    waiting = sa.select(r.asker).where(r.conference == conference, r.state == RequestState.WAITING.value, pair)
    if (asker := (await tx.connection.execute(waiting.limit(1))).scalar_one_or_none()) is not None:
        text = N_("You have already asked this person. Wait for the answer, or withdraw your request.")
        if asker != person:
            text = N_("This person has already asked you for a meeting. Answer their request.")
        raise Problem("conflict", text, field="person")
    if not command.again:
        await check_not_met(tx.connection, conference, person, command.person, tx.now)
    if command.entry is not None:
        await entry_between(tx.connection, conference, command.entry, person, command.person)
    times = await _free_times(tx, actor, command.times, command.person, known)
    id = new_id()
    values = {
        "id": id,
        "conference": conference,
        "asker": person,
        "asked": command.person,
        "turn": command.person,
        "state": RequestState.WAITING.value,
        "text": optional_text(command.text, TEXT_LENGTH, "text"),
        "minutes": int(known.slot.total_seconds() // 60),
        "place": command.place.value,
        "about_kind": "entry" if command.entry else "",
        "about": command.entry or "",
        "at": tx.now,
        **_proposed(times, known, tx.now),
    }
    await tx.connection.execute(meeting_requests.insert().values(values))
    await _notify(tx, actor, command.person, "meeting.requested")
    return m.MeetingRequested(id)


@command(m.AcceptRequest, kinds=LOBBY, allowed=rules.takes_part, extra_rooms=with_both)
async def accept_request(tx: Transaction, actor: Actor, command: m.AcceptRequest) -> None:
    row = await _waiting_for(tx, actor, command.request)
    booking = await _book(tx, actor, row, command.starts_at)
    await _answer(tx, row, RequestState.ACCEPTED, booking=booking)
    await _notify(tx, actor, _other(row, actor), "meeting.accepted", at=command.starts_at)


@command(m.DeclineRequest, kinds=LOBBY, allowed=rules.takes_part, extra_rooms=with_both)
async def decline_request(tx: Transaction, actor: Actor, command: m.DeclineRequest) -> None:
    row = await _waiting_for(tx, actor, command.request)
    reason = optional_text(command.reason, REASON_LENGTH, "reason")
    await _answer(tx, row, RequestState.DECLINED, reason=reason)
    await _notify(tx, actor, _other(row, actor), "meeting.declined")


@command(m.ProposeTimes, kinds=LOBBY, allowed=rules.speaks_up, extra_rooms=with_both, rate=Rate(40, 3600))
async def propose_times(tx: Transaction, actor: Actor, command: m.ProposeTimes) -> None:
    row = await _waiting_for(tx, actor, command.request)
    other = _other(row, actor)
    await check_may_ask(tx.connection, row.conference, actor.known.id, other, tx.now)
    known = await rules_of(tx.connection, row.conference)
    times = await _free_times(tx, actor, command.times, other, known)
    values = {"turn": other, **_proposed(times, known, tx.now)}
    await tx.connection.execute(meeting_requests.update().where(r.id == row.id).values(values))
    await _notify(tx, actor, other, "meeting.proposed")


@command(m.WithdrawRequest, kinds=LOBBY, allowed=rules.takes_part, extra_rooms=with_both)
async def withdraw_request(tx: Transaction, actor: Actor, command: m.WithdrawRequest) -> None:
    row = await _own(tx, actor, command.request)
    if row.state not in OPEN or row.asker != actor.known.id:
        raise Problem("stale", ANSWERED, field="request")
    await _answer(tx, row, RequestState.WITHDRAWN)


@command(m.KeepOnStandby, kinds=LOBBY, allowed=rules.takes_part, extra_rooms=with_both)
async def keep_on_standby(tx: Transaction, actor: Actor, command: m.KeepOnStandby) -> None:
    row = await _waiting_for(tx, actor, command.request)
    if row.asked != actor.known.id:
        raise Problem("conflict", N_("Only the person who was asked can do this."), field="request")
    last = max(times_of(row)) + timedelta(minutes=row.minutes)
    values = {"state": RequestState.STANDBY.value, "lapses_at": last}
    await tx.connection.execute(meeting_requests.update().where(r.id == row.id).values(values))
    await _notify(tx, actor, row.asker, "meeting.standby")


async def with_freed(connection: AsyncConnection, room: str, command: m.TakeTime) -> Iterable[str]:
    """For `extra_rooms`: also those of the meeting in which the person who was asked may be waiting."""
    found = sa.select(r.conference, r.asker, r.asked, bookings.c.id).where(r.id == command.request)
    seat = sa.and_(booking_people.c.person == r.asked, booking_people.c.state == SeatState.BOOKED.value)
    here = sa.and_(bookings.c.id == booking_people.c.booking, bookings.c.starts_at == command.starts_at)
    select = found.select_from(meeting_requests.outerjoin(booking_people, seat).outerjoin(bookings, here))
    rows = (await connection.execute(select)).all()
    inside = [row.id for row in rows if row.id is not None]
    people = [person for row in rows[:1] for person in (row.asker, row.asked)]
    return await calendar.rooms_to_lock(connection, "", people, bookings=inside)


@command(m.TakeTime, kinds=LOBBY, allowed=rules.takes_part, extra_rooms=with_freed)
async def take_time(tx: Transaction, actor: Actor, command: m.TakeTime) -> None:
    row = await _own(tx, actor, command.request)
    if row.state != RequestState.STANDBY.value or row.asker != actor.known.id:
        raise Problem("stale", ANSWERED, field="request")
    await give_up_deserted(tx, row, command.starts_at)
    booking = await _book(tx, actor, row, command.starts_at, late=True)
    await _answer(tx, row, RequestState.ACCEPTED, booking=booking)
    await _notify(tx, actor, row.asked, "meeting.taken", at=command.starts_at)


ANSWERED = N_("This request has already been answered, withdrawn, or has lapsed.")


def times_of(row: Any) -> list[datetime]:
    """The proposed starts of a request."""
    return [datetime.fromisoformat(time) for time in row.times]


async def _own(tx: Transaction, actor: Actor, request: str) -> Any:
    """A request that the actor sent or received. Raises Problem "not_found"."""
    select = sa.select(meeting_requests).where(r.id == request, r.conference == actor.room.subject)
    row = (await tx.connection.execute(select)).one_or_none()
    if row is None or actor.known.id not in {row.asker, row.asked}:
        raise Problem("not_found", GONE, field="request")
    return row


async def _waiting_for(tx: Transaction, actor: Actor, request: str) -> Any:
    """A request that waits for the actor's answer. Raises Problem "not_found", "stale" or "conflict"."""
    row = await _own(tx, actor, request)
    standby = row.state == RequestState.STANDBY.value and row.asked == actor.known.id
    if row.state != RequestState.WAITING.value and not standby:
        raise Problem("stale", ANSWERED, field="request")
    if row.turn != actor.known.id:
        raise Problem("conflict", N_("The other person has to answer first."), field="request")
    return row


def _other(row: Any, actor: Actor) -> str:
    return row.asked if row.asker == actor.known.id else row.asker


async def check_may_ask(connection: AsyncConnection, conference: str, person: str, asked: str, now: datetime) -> None:
    """Raises Problem "not_found", as for someone who does not exist: whether the other one has blocked them is not revealed."""
    if await has_blocked(connection, person, [asked]):
        raise Problem("forbidden", N_("You have blocked this person."))
    try:
        await check_takes_part(connection, conference, asked, now)
    except Problem:
        raise Problem("not_found", NOT_TO_ASK, field="person") from None
    if await between(connection, [person, asked]):
        raise Problem("not_found", NOT_TO_ASK, field="person")


async def _free_times(
    tx: Transaction, actor: Actor, times: Sequence[datetime], other: str, known: Rules
) -> list[TimeSlot]:
    """The slots that start at these times. Raises Problem "conflict" unless both people are free in them."""
    conference, both = actor.room.subject, [actor.known.id, other]
    slots = {slot.starts_at: slot for slot in await all_slots(tx.connection, conference, known)}
    if any(time not in slots or time <= tx.now for time in times):
        raise Problem("conflict", N_("This time is no longer open for meetings."), field="times")
    found = [slots[time] for time in sorted(set(times))]
    await calendar.check_free(tx.connection, conference, both, *found, actor=actor.known.id)
    return found


def _proposed(times: Sequence[TimeSlot], known: Rules, now: datetime) -> dict[str, Any]:
    """It lapses after the time that the organisers set, and at the latest when the last proposed slot begins."""
    last = max(slot.starts_at for slot in times)
    return {"times": [slot.starts_at.isoformat() for slot in times], "lapses_at": min(now + known.lapse, last)}


async def _book(tx: Transaction, actor: Actor, row: Any, starts_at: datetime, *, late: bool = False) -> str:
    if starts_at not in times_of(row):
        raise Problem("invalid", N_("Choose one of the proposed times."), field="starts_at")
    await check_may_ask(tx.connection, row.conference, actor.known.id, _other(row, actor), tx.now)
    slots = {slot.starts_at: slot for slot in await all_slots(tx.connection, row.conference)}
    if starts_at not in slots:
        raise Problem("conflict", N_("This time is no longer open for meetings."), field="starts_at")
    people = {row.asker: BookingRole.HOST, row.asked: BookingRole.GUEST}
    place = m.SpotKind(row.place)
    new = NewBooking(row.conference, BookingKind.MEETING, people, slots[starts_at], text=row.text, place=place)
    about = (row.about_kind, row.about)
    return await calendar.book(tx, new._replace(host=row.asker, about=about), actor=actor.known.id, late=late)


async def _answer(tx: Transaction, row: Any, state: RequestState, **values: Any) -> None:
    values |= {"state": state.value, "answered_at": tx.now}
    await tx.connection.execute(meeting_requests.update().where(r.id == row.id).values(values))


async def _notify(tx: Transaction, actor: Actor, person: str, kind: str, at: datetime | None = None) -> None:
    values = {"moment": at.isoformat(), **await calendar.zone_value(tx.connection, actor.room.subject)} if at else {}
    target = Target("meetings", actor.room.subject)
    here = await still_here(tx.connection, actor.room.subject, [person], tx.now)
    await notify_all(tx, here, kind, values, target, about=actor.known.view)
