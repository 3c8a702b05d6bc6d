"""Reads the programme in the database as a schedule, to compare it with a file or to export it."""

from collections.abc import Mapping
from typing import Any, NamedTuple, cast
from uuid import UUID, uuid5

import sqlalchemy as sa
from msgspec import convert, to_builtins
from sqlalchemy.ext.asyncio import AsyncConnection

from rooms.programme.queries import Conference
from rooms.programme.schedules.schedule import ConferenceInfo, Hall, Link, Schedule, ScheduledSpeaker, Session, Track
from rooms.programme.tables import halls, session_speakers, sessions, speakers, tracks

_NAMESPACE = UUID("b1f4e1a2-6c1e-5d0e-9a54-3f0c2f6f8a11")
_SOURCE = ("number", "code", "url", "feedback_url", "logo", "attachments", "do_not_record")
"""Fields of a session in schedules that have no column of their own."""


class StoredSession(NamedTuple):
    """A session's row. `imported`: it came from a file, so a file without it cancels it; other sessions are left alone."""

    id: str
    session: Session
    imported: bool
    cancelled: bool


class StoredPerson(NamedTuple):
    """A speaker's row. `kept`: no import removes it, because it was added by hand or belongs to a person who has signed in."""

    id: str
    person: ScheduledSpeaker
    kept: bool


class Stored(NamedTuple):
    """The stored programme, keyed by identity in schedules. Tracks and halls come in order, with the ids of their rows ("" for a hall without one)."""

    conference: Conference
    info: ConferenceInfo
    tracks: dict[str, tuple[str, Track]]
    halls: dict[str, tuple[str, Hall]]
    persons: dict[str, StoredPerson]
    sessions: dict[str, StoredSession]

    @property
    def schedule(self) -> Schedule:
        """The exported schedule: the sessions that take place, and the persons in them."""
        taking_place = [found.session for found in self.sessions.values() if not found.cancelled]
        speaking = {external for session in taking_place for external in session.persons}
        persons = [found.person for external, found in self.persons.items() if external in speaking]
        return Schedule(
            conference=self.info,
            tracks=tuple(track for _, track in self.tracks.values()),
            halls=tuple(hall for _, hall in self.halls.values()),
            persons=tuple(sorted(persons, key=lambda person: (person.name, person.external))),
            sessions=tuple(sorted(taking_place, key=lambda session: (session.starts, session.hall, session.external))),
        )


async def load(connection: AsyncConnection, conference: Conference) -> Stored:
    here = conference.id
    by_id: dict[str, str] = {}
    persons: dict[str, StoredPerson] = {}
    for row in await connection.execute(sa.select(speakers).where(speakers.c.conference == here)):
        external = row.external_id or identity(row.id)
        by_id[row.id] = external
        source = cast(Mapping[str, str], row.source)
        person = ScheduledSpeaker(external, row.name, row.biography, source.get("url", ""), source.get("avatar", ""))
        persons[external] = StoredPerson(row.id, person, row.external_id is None or row.person is not None)
    found_tracks: dict[str, tuple[str, Track]] = {}
    names: dict[str, str] = {}
    in_order = sa.select(tracks).where(tracks.c.conference == here).order_by(tracks.c.position, tracks.c.name)
    for row in await connection.execute(in_order):
        names[row.id] = row.name
        found_tracks[row.name] = (row.id, Track(row.name, row.colour))
    spoken: dict[str, list[str]] = {}
    link = session_speakers.c
    joined = session_speakers.join(sessions, sessions.c.id == link.session)
    select = sa.select(link.session, link.speaker).select_from(joined).where(sessions.c.conference == here)
    for row in await connection.execute(select.order_by(link.session, link.position, link.speaker)):
        spoken.setdefault(row.session, []).append(by_id[row.speaker])
    found_sessions: dict[str, StoredSession] = {}
    for row in await connection.execute(sa.select(sessions).where(sessions.c.conference == here)):
        session = _session(row, names.get(row.track, ""), spoken.get(row.id, []))
        found_sessions[session.external] = StoredSession(row.id, session, row.external_id is not None, row.cancelled)
    found_halls: dict[str, tuple[str, Hall]] = {}
    in_order = sa.select(halls).where(halls.c.conference == here).order_by(halls.c.position, halls.c.name)
    for row in await connection.execute(in_order):
        found_halls[row.name] = (row.id, Hall(row.name, row.external_id or "", row.description, row.capacity))
    for name in sorted({found.session.hall for found in found_sessions.values()} - {""}):
        found_halls.setdefault(name, ("", Hall(name)))
    info = ConferenceInfo(
        conference.title, conference.zone, conference.starts_on, conference.ends_on, acronym=conference.slug
    )
    return Stored(conference, info, found_tracks, found_halls, persons, found_sessions)


def identity(id: str) -> str:
    """The guid, in schedules, of a session or speaker that was created here: always the same for the same id."""
    return str(uuid5(_NAMESPACE, id))


def number(id: str) -> int:
    """The number that schedules need as well, of 48 bits; derived in the same way."""
    return uuid5(_NAMESPACE, id).int >> 80


def session_values(session: Session) -> dict[str, Any]:
    """The columns of a session, without its track and persons, which are separate rows."""
    fields = cast(dict[str, object], to_builtins(session))
    return {
        "title": session.title,
        "subtitle": session.subtitle,
        "abstract": session.abstract,
        "description": session.description,
        "kind": session.kind,
        "language": session.language,
        "place": session.hall,
        "starts_at": session.starts,
        "ends_at": session.ends,
        "links": to_builtins(session.links),
        "source": {name: fields[name] for name in _SOURCE if fields[name] not in (None, "", [], (), False)},
    }


def _session(row: "sa.Row[Any]", track: str, persons: list[str]) -> Session:
    source = cast(dict[str, Any], row.source)
    return Session(
        external=row.external_id or identity(row.id),
        title=row.title,
        starts=row.starts_at,
        minutes=max(1, int((row.ends_at - row.starts_at).total_seconds()) // 60),
        hall=row.place,
        subtitle=row.subtitle,
        track=track,
        kind=row.kind,
        language=row.language,
        abstract=row.abstract,
        description=row.description,
        persons=tuple(persons),
        links=convert(row.links, tuple[Link, ...]),
        attachments=convert(source.get("attachments", []), tuple[Link, ...]),
        number=source.get("number") if row.external_id else number(row.id),
        code=source.get("code", ""),
        url=source.get("url", ""),
        feedback_url=source.get("feedback_url", ""),
        logo=source.get("logo", ""),
        do_not_record=source.get("do_not_record", False),
    )


def person_values(person: ScheduledSpeaker) -> dict[str, Any]:
    source = {name: value for name in ("url", "avatar") if (value := getattr(person, name))}
    return {"name": person.name, "biography": person.biography, "source": source}
