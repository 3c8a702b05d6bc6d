"""Invitations by email: who has to receive one for a new, moved or cancelled booking, and the calendar object that says so (iTIP, RFC 5546).

The UID of a booking never changes, and its SEQUENCE grows, so the entry in a calendar moves and disappears by itself.
"""
# pyright: reportUnknownMemberType=false
# (icalendar leaves the values of its properties untyped.)

from collections.abc import AsyncGenerator
from datetime import UTC, datetime
from typing import Any, NamedTuple

import sqlalchemy as sa
from icalendar import Calendar, Event, vCalAddress, vText

from rooms.core.engine import Engine
from rooms.core.store.tables import persons
from rooms.meetings.bookings.messages import BookingState, BookingView, SeatState
from rooms.meetings.bookings.queries import booking_views
from rooms.meetings.bookings.tables import booking_people, bookings
from rooms.people.restraints import not_removed
from rooms.programme.queries import Conference, conference_by_id

PRODUCT = "-//Plenary//Meetings//EN"
AT_ONCE = 50

b, bp = bookings.c, booking_people.c


class CalendarInvitation(NamedTuple):
    """An email to one person of a booking. `cancels`: takes the entry out of their calendar. `moved`: they have an older one."""

    person: str
    name: str
    email: str
    locale: str | None
    zone: str | None
    conference: Conference
    view: BookingView
    sequence: int
    cancels: bool
    moved: bool


async def deliver(engine: Engine) -> AsyncGenerator[CalendarInvitation]:
    """Yields each invitation that is due, once, also with several processes."""
    now = engine.clock()
    current = sa.and_(b.state == BookingState.BOOKED.value, bp.state == SeatState.BOOKED.value)
    invites = sa.and_(current, sa.or_(bp.mailed.is_(None), bp.mailed < b.sequence))
    gone = sa.or_(b.state == BookingState.CANCELLED.value, bp.state == SeatState.LEFT.value)
    cancels = sa.and_(bp.mailed.is_not(None), gone)
    due = sa.and_(b.ends_at > now, sa.or_(invites, cancels))
    columns = (bp.booking, bp.person, bp.mailed, b.conference, b.sequence, cancels.label("cancels"))
    select = sa.select(*columns).join(bookings, b.id == bp.booking).where(due).order_by(b.changed_at, b.id, bp.person)
    while True:
        async with engine.database.read() as connection:
            rows = (await connection.execute(select.limit(AT_ONCE))).all()
        if not rows:
            return
        for row in rows:
            async with engine.database.write() as connection:
                mine = sa.and_(bp.booking == row.booking, bp.person == row.person)
                known = bp.mailed.is_not_distinct_from(row.mailed)
                mailed = None if row.cancels else row.sequence
                mark = booking_people.update().where(mine, known).values(mailed=mailed)
                if not (await connection.execute(mark)).rowcount:
                    continue  # another process sends it
                found = await _invitation(connection, row, now)
            if found is not None:
                yield found


async def _invitation(connection: Any, row: Any, now: datetime) -> CalendarInvitation | None:
    """None for someone without a confirmed address, or who was removed from the conference."""
    p = persons.c
    reachable = sa.and_(p.email.is_not(None), p.verified_at.is_not(None), not_removed(p.id, row.conference, now))
    select = sa.select(p.id, p.name, p.email, p.locale, p.zone).where(p.id == row.person, reachable)
    who = (await connection.execute(select)).one_or_none()
    if who is None:
        return None
    view = (await booking_views(connection, row.person, now, b.id == row.booking))[0]
    conference = await conference_by_id(connection, row.conference)
    moved = row.mailed is not None
    person = (who.id, who.name, who.email, who.locale, who.zone)
    return CalendarInvitation(*person, conference, view, row.sequence, bool(row.cancels), moved)


def calendar_object(
    invitation: CalendarInvitation, *, host: str, organiser: tuple[str, str], summary: str, description: str, url: str
) -> str:
    """A METHOD:REQUEST or METHOD:CANCEL for one attendee, who learns nobody's address. `organiser`: name and address of the sender."""
    view = invitation.view
    event = Event()
    event.add("uid", f"{view.id}@{host}")
    event.add("dtstamp", view.changed_at.astimezone(UTC).replace(microsecond=0))
    event.add("sequence", invitation.sequence)
    event.add("dtstart", view.starts_at.astimezone(UTC))
    event.add("dtend", view.ends_at.astimezone(UTC))
    event.add("summary", summary)
    event.add("description", description)
    event.add("url", url)
    event.add("status", "CANCELLED" if invitation.cancels else "CONFIRMED")
    if view.place or view.meeting:
        event.add("location", view.place if view.place and not view.meeting else url)
    event.add("organizer", _address(*organiser))
    event.add("attendee", _address(invitation.name, invitation.email, attends=True))
    found = Calendar()
    found.add("prodid", PRODUCT)
    found.add("version", "2.0")
    found.add("method", "CANCEL" if invitation.cancels else "REQUEST")
    found.add_component(event)
    return found.to_ical().decode()


def _address(name: str, email: str, *, attends: bool = False) -> vCalAddress:
    address = vCalAddress(f"mailto:{email}")
    address.params["cn"] = vText(name)
    if attends:
        address.params |= {"role": vText("REQ-PARTICIPANT"), "partstat": vText("ACCEPTED"), "rsvp": vText("FALSE")}
    return address
