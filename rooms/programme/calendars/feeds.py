"""Calendars that people subscribe to: the whole programme, one session, or the sessions that a person starred or speaks at."""

from collections.abc import Iterable
from urllib.parse import urlsplit

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from rooms.core import links
from rooms.core.commands.access import ABSENT
from rooms.core.errors import Problem
from rooms.core.formatted_text import unformatted
from rooms.core.store.tables import persons
from rooms.programme.calendars.ical import CalendarEntry, calendar
from rooms.programme.queries import Conference, speakers_of
from rooms.programme.tables import session_speakers, sessions, speakers, stars, tracks

SUMMARY = 2_000


async def programme_calendar(connection: AsyncConnection, conference: Conference, base_url: str) -> bytes:
    """Every session, cancelled ones under STATUS:CANCELLED. `base_url` is the public address of this server."""
    return await _calendar(connection, conference, base_url, conference.title)


async def session_calendar(connection: AsyncConnection, conference: Conference, session: str, base_url: str) -> bytes:
    """One session of this conference. Raises Problem "not_found"."""
    found = sa.select(sessions.c.title).where(sessions.c.id == session, sessions.c.conference == conference.id)
    title = (await connection.execute(found)).scalar_one_or_none()
    if title is None:
        raise Problem("not_found", ABSENT)
    return await _calendar(connection, conference, base_url, title, sessions.c.id == session)


async def personal_calendar(
    connection: AsyncConnection,
    conference: Conference,
    person: str,
    base_url: str,
    name: str,
    further: Iterable[CalendarEntry] = (),
) -> bytes:
    """The sessions of this conference that a person starred or speaks at, and `further` entries of other slices. `name`, translated, is the title of
    the calendar."""
    starred = sa.select(stars.c.session).where(stars.c.person == person)
    joined = session_speakers.join(speakers, speakers.c.id == session_speakers.c.speaker)
    spoken = sa.select(session_speakers.c.session).select_from(joined).where(speakers.c.person == person)
    return await _calendar(
        connection, conference, base_url, name, sessions.c.id.in_(starred.union(spoken)), further=further
    )


async def owner_of_calendar(connection: AsyncConnection, key: str) -> str:
    """The person whose calendars this key gives access to. Raises Problem "not_found"."""
    select = sa.select(persons.c.id).where(persons.c.calendar_key == key, persons.c.erased_at.is_(None))
    person = (await connection.execute(select)).scalar_one_or_none()
    if person is None:
        raise Problem("not_found", ABSENT)
    return person


async def _calendar(
    connection: AsyncConnection,
    conference: Conference,
    base_url: str,
    name: str,
    *conditions: "sa.ColumnElement[bool]",
    further: Iterable[CalendarEntry] = (),
) -> bytes:
    base = base_url.rstrip("/")
    entries = await _entries(connection, base, conference.slug, sessions.c.conference == conference.id, *conditions)
    host = urlsplit(base_url).hostname or "localhost"
    return calendar(name, conference.zone, host, [*entries, *further], base + links.path("programme", conference.slug))


async def _entries(
    connection: AsyncConnection, base: str, slug: str, *conditions: "sa.ColumnElement[bool]"
) -> Iterable[CalendarEntry]:
    s = sessions.c
    columns = (
        s.id,
        s.title,
        s.abstract,
        s.description,
        s.starts_at,
        s.ends_at,
        s.revision,
        s.changed_at,
        s.place,
        s.cancelled,
    )
    joined = sessions.outerjoin(tracks, tracks.c.id == s.track)
    select = sa.select(*columns, tracks.c.name.label("track")).select_from(joined).where(*conditions)
    rows = (await connection.execute(select)).all()
    spoken = await speakers_of(connection, [row.id for row in rows])
    return [
        CalendarEntry(
            session=row.id,
            title=row.title,
            starts=row.starts_at,
            ends=row.ends_at,
            revision=row.revision,
            changed=row.changed_at,
            url=base + links.path("session", slug, row.id),
            place=row.place,
            track=row.track or "",
            summary=unformatted(row.abstract or row.description)[:SUMMARY],
            speakers=tuple(speaker.name for speaker in spoken.get(row.id, [])),
            cancelled=row.cancelled,
        )
        for row in rows
    ]
