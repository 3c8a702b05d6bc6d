"""The meet-ups in which a person has a place, for their personal calendar."""

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from rooms.core import links
from rooms.core.store.tables import persons
from rooms.meetings.bookings.tables import booking_people, bookings
from rooms.meetings.meetups.messages import MeetupState
from rooms.meetings.meetups.queries import TAKEN, b, bp, m
from rooms.meetings.meetups.tables import meetups
from rooms.programme.calendars.ical import CalendarEntry
from rooms.programme.queries import Conference


async def calendar_entries(
    connection: AsyncConnection, conference: Conference, person: str, base_url: str, mark: str
) -> list[CalendarEntry]:
    """Cancelled ones too, so that they disappear from calendars that have them. `mark`: the translated word that says what they are."""
    joined = meetups.join(bookings, b.id == m.booking).join(booking_people, bp.booking == b.id)
    joined = joined.join(persons, persons.c.id == m.proposer)
    select = sa.select(meetups, persons.c.name, b.sequence, b.changed_at.label("booking_changed_at")).select_from(
        joined
    )
    here = sa.and_(m.conference == conference.id, bp.person == person, bp.state == TAKEN)
    base = base_url.rstrip("/")
    return [
        CalendarEntry(
            session=row.booking or row.id,  # the UID of its invitation
            title=f"{mark}: {row.title}",
            starts=row.starts_at,
            ends=row.ends_at,
            revision=row.sequence,
            changed=row.booking_changed_at,
            url=base + links.path("meetup", conference.slug, row.id),
            place=row.place,
            summary=row.text,
            speakers=(row.name,),
            cancelled=row.state == MeetupState.CANCELLED,
        )
        for row in await connection.execute(select.where(here))
    ]
