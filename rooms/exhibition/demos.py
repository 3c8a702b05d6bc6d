"""Demos: the staff of a booth publish times at which they show something; visitors add one to their own calendar (rooms/meetings/bookings/places.py)."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Annotated

import msgspec
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from rooms.core.commands.access import Actor
from rooms.core.commands.messages import Command, View
from rooms.core.commands.registry import command
from rooms.core.commands.transaction import Transaction
from rooms.core.errors import Problem
from rooms.core.rate_limits import Rate
from rooms.core.store.journal import rooms
from rooms.core.store.tables import conferences
from rooms.core.text import N_, clean_line, optional_text
from rooms.exhibition import rules
from rooms.exhibition.tables import booths
from rooms.meetings.bookings import calendar
from rooms.meetings.bookings.calendar import NewBooking
from rooms.meetings.bookings.messages import BookingKind, BookingRole, BookingState
from rooms.meetings.bookings.slots import TimeSlot
from rooms.meetings.bookings.tables import bookings
from rooms.programme.moments import typed_moment

BOOTH = {"booth"}
TITLE_LENGTH, TEXT_LENGTH = 120, 2000
MOST_AHEAD = 50
"""Demos of one booth that are still to come."""

b, k = bookings.c, conferences.c


class PublishDemo(Command, tag="demo.publish"):
    """Publishes a demo in a video call, with places for visitors. `day` is YYYY-MM-DD and `start` HH:MM, in the time zone of the conference."""

    title: Annotated[str, msgspec.Meta(max_length=300)]
    day: Annotated[str, msgspec.Meta(pattern=r"^\d{4}-\d{2}-\d{2}\Z")]
    start: Annotated[str, msgspec.Meta(pattern=r"^\d{2}:\d{2}\Z")]
    minutes: Annotated[int, msgspec.Meta(ge=5, le=240)]
    capacity: Annotated[int, msgspec.Meta(ge=1, le=500)]
    text: Annotated[str, msgspec.Meta(max_length=4000)] = ""


class DemoPublished(View):
    booking: str


async def with_lobby(connection: AsyncConnection, room: str, command: PublishDemo) -> Iterable[str]:
    lobby = rooms.alias("lobby")
    same = sa.and_(lobby.c.conference == rooms.c.conference, lobby.c.kind == "lobby")
    select = sa.select(lobby.c.id).select_from(rooms.join(lobby, same)).where(rooms.c.id == room)
    return (await connection.execute(select)).scalars().all()


@command(PublishDemo, kinds=BOOTH, allowed=rules.serves, extra_rooms=with_lobby, own_desk=True, rate=Rate(30, 3600))
async def publish_demo(tx: Transaction, actor: Actor, command: PublishDemo) -> DemoPublished:
    conference, booth = actor.room.conference or "", actor.room.subject
    joined = booths.join(conferences, k.id == booths.c.conference)
    select = sa.select(booths.c.open, k.zone, k.starts_on, k.ends_on, k.call_limit).select_from(joined)
    row = (await tx.connection.execute(select.where(booths.c.id == booth))).one()
    if not row.open:
        raise Problem("conflict", N_("Visitors cannot see this booth yet. The organisers have to approve it first."))
    start = typed_moment(f"{command.day}T{command.start}", row.zone, "day")
    if not row.starts_on <= date.fromisoformat(command.day) <= row.ends_on:
        raise Problem("invalid", N_("This day is not one of the conference."), field="day")
    if command.capacity > row.call_limit - 1:
        message = N_("A call in this conference has room for %(most)s visitors.")
        raise Problem("invalid", message, field="capacity", values={"most": row.call_limit - 1})
    if len(await demo_ids(tx.connection, booth, tx.now)) >= MOST_AHEAD:
        raise Problem("conflict", N_("A booth can have at most %(most)s demos."), values={"most": MOST_AHEAD})
    new = NewBooking(
        conference,
        BookingKind.DEMO,
        {actor.known.id: BookingRole.HOST},
        TimeSlot(start, start + timedelta(minutes=command.minutes)),
        title=clean_line(command.title, TITLE_LENGTH, "title"),
        text=optional_text(command.text, TEXT_LENGTH, "text"),
        host=booth,
        booth=booth,
        about=("booth", booth),
        capacity=command.capacity,
    )
    return DemoPublished(await calendar.book(tx, new, actor=actor.known.id))


def of_booth(booth: str) -> "sa.ColumnElement[bool]":
    return sa.and_(b.about_kind == "booth", b.about == booth, b.kind == BookingKind.DEMO.value)


def ahead(now: datetime) -> "sa.ColumnElement[bool]":
    """A condition on bookings: demos that are not over."""
    return sa.and_(b.kind == BookingKind.DEMO.value, b.state == BookingState.BOOKED.value, b.ends_at > now)


async def demo_ids(connection: AsyncConnection, booth: str, now: datetime) -> list[str]:
    select = sa.select(b.id).where(of_booth(booth), ahead(now))
    return list((await connection.execute(select)).scalars())
