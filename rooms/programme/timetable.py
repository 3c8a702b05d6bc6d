"""Data for the timetable: every session with its speakers, and the order of halls and tracks."""

from datetime import datetime
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from rooms.core.store.journal import rooms
from rooms.programme.messages import SessionState, SpeakerView
from rooms.programme.queries import speakers_of
from rooms.programme.tables import forums, halls, sessions, tracks


class TimetableEntry(NamedTuple):
    """A session in the timetable. `room` is where it lives; `track` is a name, "" for none; `imported`: it came from a file."""

    id: str
    room: str
    title: str
    subtitle: str
    abstract: str
    texts: dict[str, dict[str, str]]
    track: str
    colour: str
    place: str
    language: str
    kind: str
    starts_at: datetime
    ends_at: datetime
    cancelled: bool
    state: SessionState
    revision: int
    changed_at: datetime
    imported: bool
    speakers: tuple[SpeakerView, ...]


_JOINED = (
    sessions.join(forums, forums.c.session == sessions.c.id)
    .join(rooms, sa.and_(rooms.c.kind == "session", rooms.c.subject == sessions.c.id))
    .outerjoin(tracks, tracks.c.id == sessions.c.track)
)


async def entries(
    connection: AsyncConnection, conference: str, *conditions: "sa.ColumnElement[bool]"
) -> list[TimetableEntry]:
    """The sessions of a conference (that meet the conditions), by time and place."""
    s = sessions.c
    own = (s.title, s.subtitle, s.abstract, s.texts, s.place, s.language, s.kind, s.starts_at, s.ends_at, s.cancelled)
    columns = (s.id, rooms.c.id.label("room"), *own, s.revision, s.changed_at, s.external_id, forums.c.state)
    select = sa.select(*columns, tracks.c.name.label("track"), tracks.c.colour).select_from(_JOINED)
    ordered = select.where(s.conference == conference, *conditions).order_by(s.starts_at, s.place, s.id)
    rows = (await connection.execute(ordered)).all()
    speakers = await speakers_of(connection, [row.id for row in rows]) if rows else {}
    return [
        TimetableEntry(
            id=row.id,
            room=row.room,
            title=row.title,
            subtitle=row.subtitle,
            abstract=row.abstract,
            texts=row.texts,
            track=row.track or "",
            colour=row.colour or "",
            place=row.place,
            language=row.language,
            kind=row.kind,
            starts_at=row.starts_at,
            ends_at=row.ends_at,
            cancelled=row.cancelled,
            state=SessionState(row.state),
            revision=row.revision,
            changed_at=row.changed_at,
            imported=row.external_id is not None,
            speakers=tuple(speakers.get(row.id, ())),
        )
        for row in rows
    ]


async def hall_names(connection: AsyncConnection, conference: str) -> list[str]:
    """The halls in their order; other places that sessions name follow alphabetically."""
    listed = sa.select(halls.c.name).where(halls.c.conference == conference).order_by(halls.c.position, halls.c.name)
    known = list((await connection.execute(listed)).scalars())
    used = sa.select(sessions.c.place).where(sessions.c.conference == conference, sessions.c.place != "").distinct()
    return known + sorted(set((await connection.execute(used)).scalars()) - set(known))


class TrackName(NamedTuple):
    name: str
    texts: dict[str, dict[str, str]]
    colour: str


async def track_names(connection: AsyncConnection, conference: str) -> list[TrackName]:
    """The tracks in their order."""
    t = tracks.c
    select = sa.select(t.name, t.texts, t.colour).where(t.conference == conference).order_by(t.position, t.name)
    return [TrackName(*row) for row in await connection.execute(select)]
