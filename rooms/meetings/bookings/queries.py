"""Reads bookings and requests as a person sees them."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

import msgspec
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from rooms.cooperation.tables import entries
from rooms.core.commands.people import PersonView
from rooms.core.store.tables import persons
from rooms.meetings.bookings import calendar
from rooms.meetings.bookings.attendance import deserted, did_not_come
from rooms.meetings.bookings.messages import (
    BookingKind,
    BookingRole,
    BookingState,
    BookingView,
    RequestState,
    RequestView,
    SeatState,
    SeatView,
    SpotKind,
)
from rooms.meetings.bookings.requests import OPEN, times_of
from rooms.meetings.bookings.slots import all_slots, rules_of
from rooms.meetings.bookings.tables import booking_people, bookings, meeting_requests, spots

MOST_LISTED = 500
SHOWN_SEATS = {SeatState.BOOKED.value, SeatState.MISSED.value}

b, bp, e, r = bookings.c, booking_people.c, entries.c, meeting_requests.c


def of_person(person: str, *states: SeatState) -> "sa.ColumnElement[bool]":
    """A condition on bookings: the person has a seat in one of these states."""
    mine = sa.select(bp.booking).where(bp.person == person, bp.state.in_([state.value for state in states]))
    return b.id.in_(mine)


async def booking_views(
    connection: AsyncConnection, person: str, now: datetime, *conditions: "sa.ColumnElement[bool]"
) -> list[BookingView]:
    """The bookings that meet the conditions, by time. `person`: who reads them."""
    about = sa.and_(b.about_kind == "entry", e.id == b.about)
    joined = bookings.outerjoin(spots, spots.c.id == b.spot).outerjoin(entries, about)
    columns = (bookings, spots.c.name.label("place"), e.title.label("entry_title"), e.texts.label("entry_texts"))
    select = sa.select(*columns).select_from(joined).where(*conditions).order_by(b.starts_at, b.id)
    rows = (await connection.execute(select.limit(MOST_LISTED))).all()
    seats = await _seats(connection, [row.id for row in rows])
    return [_view(row, seats.get(row.id, []), person, now) for row in rows]


async def _seats(connection: AsyncConnection, ids: Collection[str]) -> dict[str, list[Any]]:
    select = sa.select(booking_people, persons.c.name).join(persons, persons.c.id == bp.person)
    select = select.where(bp.booking.in_(ids)).order_by(bp.role.desc(), persons.c.name, bp.person)
    found: dict[str, list[Any]] = {}
    for row in await connection.execute(select):
        found.setdefault(row.booking, []).append(row)
    return found


def _view(row: Any, seats: list[Any], person: str, now: datetime) -> BookingView:
    came = any(seat.checked_in_at is not None for seat in seats)
    views = {
        seat.person: SeatView(
            person=PersonView(seat.person, seat.name),
            role=BookingRole(seat.role),
            state=SeatState(seat.state),
            checked_in_at=seat.checked_in_at,
            missed=did_not_come(row, seat, came, now),
        )
        for seat in seats
    }
    guests = sum(each.role is BookingRole.GUEST and each.state is SeatState.BOOKED for each in views.values())
    waiting = {SeatState.STANDBY, SeatState.OFFERED}
    return BookingView(
        id=row.id,
        kind=BookingKind(row.kind),
        title=row.title or row.entry_title or "",
        texts={} if row.title else _titles(row.entry_texts, "title"),
        text=row.text,
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        state=BookingState(row.state),
        reason=row.reason,
        place=row.place or "",
        meeting=row.meeting,
        people=[each for each in views.values() if each.state.value in SHOWN_SEATS],
        mine=views.get(person),
        capacity=row.capacity,
        free=max((row.capacity or 0) - guests, 0),
        standby=sum(each.state in waiting for each in views.values()),
        about_kind=row.about_kind,
        about=row.about,
        sequence=row.sequence,
        changed_at=row.changed_at,
    )


async def with_clashes(
    connection: AsyncConnection, conference: str, person: str, views: Collection[BookingView]
) -> list[BookingView]:
    """The views, each with what else the person has at this time: a star set later, for example, or a session that has moved."""
    if not views:
        return []
    start, end = min(each.starts_at for each in views), max(each.ends_at for each in views)
    known = (await calendar.busy(connection, conference, [person], start, end))[person]
    found: list[BookingView] = []
    for view in views:
        others = [
            each.title
            for each in known
            if each.kind != "away"
            and each.subject != view.id
            and each.starts_at < view.ends_at
            and each.ends_at > view.starts_at
        ]
        found.append(msgspec.structs.replace(view, clash=", ".join(others)))
    return found


async def request_views(
    connection: AsyncConnection, conference: str, person: str, now: datetime, *conditions: "sa.ColumnElement[bool]"
) -> list[RequestView]:
    """The person's requests that meet the conditions, newest first. For open ones, the proposed times in which both are still free."""
    other = sa.case((r.asker == person, r.asked), else_=r.asker)
    about = sa.and_(r.about_kind == "entry", e.id == r.about)
    joined = meeting_requests.join(persons, persons.c.id == other).outerjoin(entries, about)
    columns = (meeting_requests, persons.c.id.label("other"), persons.c.name, e.title, e.texts)
    theirs = sa.and_(r.conference == conference, sa.or_(r.asker == person, r.asked == person))
    select = sa.select(*columns).select_from(joined).where(theirs, *conditions).order_by(r.at.desc(), r.id)
    rows = (await connection.execute(select.limit(MOST_LISTED))).all()
    free = await open_times(connection, conference, [row for row in rows if row.state in OPEN], now)
    return [_request(row, person, free.get(row.id, [])) for row in rows]


def _request(row: Any, person: str, free: list[datetime]) -> RequestView:
    return RequestView(
        id=row.id,
        person=PersonView(row.other, row.name),
        mine=row.asker == person,
        turn=row.state == RequestState.WAITING.value and row.turn == person,
        state=RequestState(row.state),
        text=row.text,
        times=times_of(row),
        open_times=free,
        minutes=row.minutes,
        place=SpotKind(row.place),
        entry=row.about if row.about_kind == "entry" else "",
        entry_title=row.title or "",
        texts=_titles(row.texts, "entry_title"),
        reason=row.reason,
        booking=row.booking,
        at=row.at,
        lapses_at=row.lapses_at,
    )


def _titles(stored: Any, name: str) -> dict[str, dict[str, str]]:
    """The titles of an entry by locale, under a name."""
    texts: dict[str, dict[str, str]] = stored or {}
    return {locale: {name: said["title"]} for locale, said in texts.items() if said.get("title")}


async def open_times(
    connection: AsyncConnection, conference: str, rows: Sequence[Any], now: datetime
) -> dict[str, list[datetime]]:
    """The proposed times of requests in which both people are free. On standby also one that has begun, while the other person waits in vain."""
    if not rows:
        return {}
    rules = await rules_of(connection, conference)
    slots = {slot.starts_at: slot for slot in await all_slots(connection, conference, rules)}
    asked = {time for row in rows for time in times_of(row) if time in slots}
    if not asked:
        return {}
    people = {person for row in rows for person in (row.asker, row.asked)}
    start, end = min(asked) - rules.buffer, max(asked) + rules.slot + rules.buffer
    known = await calendar.busy(connection, conference, people, start, end)
    found: dict[str, list[datetime]] = {}
    for row in rows:
        empty, since = "", now
        if row.state == RequestState.STANDBY.value:
            meeting = await deserted(connection, conference, row.asked, now)
            empty, since = (meeting.id, now - rules.slot) if meeting is not None else ("", now)
        taken = [
            each for person in (row.asker, row.asked) for each in known[person] if each.subject != empty or not empty
        ]
        found[row.id] = [
            time
            for time in times_of(row)
            if time in slots and time > since and not any(each.blocks(slots[time], rules.buffer) for each in taken)
        ]
    return found


async def waiting_for(connection: AsyncConnection, conference: str, person: str) -> int:
    """How many requests wait for a person's answer."""
    waits = sa.and_(r.conference == conference, r.turn == person, r.state == RequestState.WAITING.value)
    return (await connection.execute(sa.select(sa.func.count()).where(waits))).scalar_one()
