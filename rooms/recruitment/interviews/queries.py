"""Reads booked interviews and group sessions."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from rooms.core.commands.people import PersonView
from rooms.core.store.tables import persons
from rooms.meetings.bookings.messages import BookingKind, BookingRole, BookingState, SeatState
from rooms.meetings.bookings.tables import booking_people, bookings
from rooms.organisations.tables import organisations
from rooms.recruitment.interviews.messages import InfoSessionView, InterviewView
from rooms.recruitment.tables import interview_offers

b, bp, f, o, p = bookings.c, booking_people.c, interview_offers.c, organisations.c, persons.c
ABOUT = "application"
BOOKED = BookingState.BOOKED.value


def booked_for(application: "sa.ColumnElement[str] | str", now: datetime) -> "sa.ColumnElement[bool]":
    """The booking of an application's interview, if it is not over."""
    about = sa.and_(b.kind == BookingKind.INTERVIEW.value, b.about_kind == ABOUT, b.about == application)
    return sa.and_(about, b.state == BOOKED, b.ends_at > now)


async def interview_booking(connection: AsyncConnection, application: str, now: datetime) -> Any:
    """The row of the booking; None without one that is ahead."""
    select = sa.select(bookings).where(booked_for(application, now)).order_by(b.starts_at).limit(1)
    return (await connection.execute(select)).one_or_none()


async def interviews(
    connection: AsyncConnection, applications: Collection[str], now: datetime
) -> dict[str, InterviewView]:
    """The interviews that may be booked or are booked, by application."""
    joined = interview_offers.join(persons, p.id == f.interviewer)
    joined = joined.outerjoin(bookings, booked_for(f.application, now))
    columns = (f.application, f.interviewer, p.name, b.starts_at, b.ends_at, b.meeting)
    select = sa.select(*columns).select_from(joined).where(f.application.in_(list(applications)))
    return {
        row.application: InterviewView(
            row.application, PersonView(row.interviewer, row.name), row.starts_at, row.ends_at, row.meeting
        )
        for row in await connection.execute(select)
    }


async def info_sessions(
    connection: AsyncConnection, conference: str, viewer: str, now: datetime, *organisations_: str
) -> list[InfoSessionView]:
    """The group sessions of employers that are not over, in order of time."""
    taken = sa.select(sa.func.count()).where(
        bp.booking == b.id, bp.state == SeatState.BOOKED.value, bp.role == BookingRole.GUEST.value
    )
    mine = sa.exists().where(bp.booking == b.id, bp.person == viewer, bp.state == SeatState.BOOKED.value)
    columns = (b.id, b.host, o.name, o.texts, b.title, b.text, b.starts_at, b.ends_at, b.capacity, b.meeting)
    select = sa.select(*columns, taken.scalar_subquery().label("taken"), mine.label("joined"))
    select = select.select_from(bookings.join(organisations, o.id == b.host))
    here = sa.and_(b.conference == conference, b.kind == BookingKind.GROUP.value, b.state == BOOKED, b.ends_at > now)
    if organisations_:
        here = sa.and_(here, b.host.in_(organisations_))
    return [
        InfoSessionView(
            row.id,
            row.host,
            row.name,
            {locale: {"organisation_name": said["name"]} for locale, said in row.texts.items() if said.get("name")},
            row.title,
            row.text,
            row.starts_at,
            row.ends_at,
            row.capacity,
            row.taken,
            row.joined,
            row.meeting if row.joined else None,
        )
        for row in await connection.execute(select.where(here).order_by(b.starts_at, b.id))
    ]
