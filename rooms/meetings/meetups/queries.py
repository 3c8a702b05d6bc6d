"""Reads meet-ups, with the number of people in them."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from rooms.core.commands.access import ABSENT
from rooms.core.commands.people import PersonView
from rooms.core.errors import Problem
from rooms.core.store.tables import persons
from rooms.meetings.bookings.messages import SeatState
from rooms.meetings.bookings.tables import booking_people, bookings
from rooms.meetings.meetups.messages import MeetupState, MeetupView
from rooms.meetings.meetups.tables import meetups

MOST_LISTED = 500

m, b, bp, p = meetups.c, bookings.c, booking_people.c, persons.c

TAKEN = SeatState.BOOKED.value
WAITS = (SeatState.STANDBY.value, SeatState.OFFERED.value)
APPROVED = m.state == MeetupState.APPROVED.value


def _seats(*states: str) -> "sa.ScalarSelect[int]":
    count = sa.select(sa.func.count()).where(bp.booking == m.booking, bp.state.in_(states))
    return count.correlate(meetups).scalar_subquery()


async def meetup_row(connection: AsyncConnection, conference: str, meetup: str) -> Any:
    """Raises Problem "not_found"."""
    select = sa.select(meetups).where(m.id == meetup, m.conference == conference)
    row = (await connection.execute(select)).one_or_none()
    if row is None:
        raise Problem("not_found", ABSENT, field="meetup")
    return row


async def views(
    connection: AsyncConnection, viewer: str | None, *conditions: "sa.ColumnElement[bool]"
) -> list[MeetupView]:
    """Meet-ups by time, as a person sees them."""
    mine = sa.select(bp.state).where(bp.booking == m.booking, bp.person == (viewer or ""))
    select = sa.select(
        meetups,
        p.name,
        b.meeting,
        _seats(TAKEN).label("taken"),
        _seats(*WAITS).label("standing_by"),
        mine.correlate(meetups).scalar_subquery().label("mine"),
    ).select_from(meetups.join(persons, p.id == m.proposer).outerjoin(bookings, b.id == m.booking))
    rows = await connection.execute(select.where(*conditions).order_by(m.starts_at, m.title, m.id).limit(MOST_LISTED))
    return [_view(row) for row in rows]


def _view(row: Any) -> MeetupView:
    mine = TAKEN if row.mine == TAKEN else WAITS[0] if row.mine in WAITS else ""
    changed = row.changed_at is not None
    state = MeetupState(row.state)
    names = ("id", "title", "text", "language", "place", "starts_at", "ends_at", "capacity", "comment", "proposed_at")
    return MeetupView(
        **{name: getattr(row, name) for name in names},
        proposer=PersonView(row.proposer, row.name),
        state=state,
        changed=changed,
        taken=row.taken,
        waiting=row.standing_by,
        mine=mine,
        meeting=(row.meeting or "") if mine == TAKEN else "",
    )


async def coming(connection: AsyncConnection, conference: str, viewer: str | None) -> list[MeetupView]:
    """All meet-ups that are in the programme."""
    return await views(connection, viewer, m.conference == conference, APPROVED)


async def waiting(connection: AsyncConnection, conference: str) -> int:
    """How many proposals wait for an organiser."""
    select = sa.select(sa.func.count()).where(m.conference == conference, m.state == MeetupState.WAITING.value)
    return (await connection.execute(select)).scalar_one()


async def people_in(connection: AsyncConnection, booking: str, states: Collection[str]) -> list[PersonView]:
    """In the order in which they came, the host first."""
    select = sa.select(bp.person, p.name).join(persons, p.id == bp.person)
    select = select.where(bp.booking == booking, bp.state.in_(states), p.erased_at.is_(None))
    return [PersonView(*row) for row in await connection.execute(select.order_by(bp.role.desc(), bp.at, bp.person))]


async def next_in_line(connection: AsyncConnection, now: datetime) -> list[Any]:
    """Approved meet-ups to come with people on the waiting list."""
    select = sa.select(m.id, m.conference, m.booking).where(APPROVED, m.starts_at > now)
    return list((await connection.execute(select.where(_seats(*WAITS) > 0).order_by(m.starts_at).limit(100))).all())
