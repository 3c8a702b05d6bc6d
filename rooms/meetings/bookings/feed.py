"""The booked meetings of a person, for the calendar that they subscribe to."""

from collections.abc import Mapping
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from rooms.core import links
from rooms.meetings.bookings.messages import BookingKind, BookingState, SeatState
from rooms.meetings.bookings.queries import booking_views, of_person
from rooms.meetings.bookings.tables import bookings
from rooms.programme.calendars.ical import CalendarEntry
from rooms.programme.queries import Conference

b = bookings.c


async def calendar_entries(
    connection: AsyncConnection,
    conference: Conference,
    person: str,
    base_url: str,
    words: Mapping[BookingKind, str],
    now: datetime,
) -> list[CalendarEntry]:
    """Cancelled ones too, so that they disappear from calendars that have them. Under the UID of the invitations. Meet-ups have a feed of their own.
    `words`: what a kind is called, in the reader's language."""
    here = sa.and_(b.conference == conference.id, b.kind != BookingKind.MEETUP.value)
    base = base_url.rstrip("/")
    return [
        CalendarEntry(
            session=view.id,
            title=f"{words[view.kind]}: {view.name_for(person)}",
            starts=view.starts_at,
            ends=view.ends_at,
            revision=view.sequence,
            changed=view.changed_at,
            url=base + links.path("booking", conference.slug, view.id),
            place=view.place,
            summary=view.text,
            speakers=tuple(each.person.name for each in view.people if each.person.id != person),
            cancelled=view.state is not BookingState.BOOKED,
        )
        for view in await booking_views(connection, person, now, here, of_person(person, SeatState.BOOKED))
    ]
