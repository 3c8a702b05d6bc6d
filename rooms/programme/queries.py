"""Reads a conference's programme."""

from collections.abc import Collection, Iterable, Sequence
from datetime import date
from typing import Any, NamedTuple

import sqlalchemy as sa
from msgspec import convert
from sqlalchemy.ext.asyncio import AsyncConnection

from rooms.core.commands.access import ABSENT
from rooms.core.errors import Problem
from rooms.core.store.journal import rooms
from rooms.core.store.tables import conferences
from rooms.programme.messages import SessionCard, SessionState, SessionView, SpeakerView
from rooms.programme.schedules.schedule import Link
from rooms.programme.tables import forums, session_speakers, sessions, speakers, tracks


class Conference(NamedTuple):
    """`room` is its lobby; `texts` holds translations by locale; `zone` is an IANA name."""

    id: str
    slug: str
    title: str
    tagline: str
    description: str
    texts: dict[str, dict[str, str]]
    zone: str
    starts_on: date
    ends_on: date
    access: str
    guests: bool
    call_limit: int
    relay_only: bool
    talk_minutes: int
    room: str


def _conferences() -> "sa.Select[Any]":
    lobby = sa.and_(rooms.c.kind == "lobby", rooms.c.subject == conferences.c.id)
    columns = [rooms.c.id.label("room") if name == "room" else conferences.c[name] for name in Conference._fields]
    return sa.select(*columns).select_from(conferences.join(rooms, lobby))


class SessionAbout(NamedTuple):
    """`description` may be Markdown or HTML."""

    description: str
    links: list[Link]
    attachments: list[Link]


async def all_conferences(connection: AsyncConnection) -> list[Conference]:
    return [
        Conference(*row) for row in await connection.execute(_conferences().order_by(conferences.c.starts_on.desc()))
    ]


async def conference(connection: AsyncConnection, slug: str) -> Conference:
    """Raises Problem "not_found". Access is checked when a person enters its lobby."""
    if "\0" in slug:  # PostgreSQL refuses it
        raise Problem("not_found", ABSENT)
    row = (await connection.execute(_conferences().where(conferences.c.slug == slug))).one_or_none()
    if row is None:
        raise Problem("not_found", ABSENT)
    return Conference(*row)


async def conference_by_id(connection: AsyncConnection, id: str) -> Conference:
    """Raises Problem "not_found"."""
    row = (await connection.execute(_conferences().where(conferences.c.id == id))).one_or_none()
    if row is None:
        raise Problem("not_found", ABSENT)
    return Conference(*row)


async def lobby_of(connection: AsyncConnection, room: str) -> str | None:
    """The lobby of the conference to which a room belongs."""
    lobby = rooms.alias("lobby")
    select = (
        sa.select(lobby.c.id)
        .join(rooms, rooms.c.conference == lobby.c.conference)
        .where(rooms.c.id == room, lobby.c.kind == "lobby")
    )
    return (await connection.execute(select)).scalar_one_or_none()


async def session_room(connection: AsyncConnection, conference: str, session: str) -> str:
    """The room of a session of this conference. Raises Problem "not_found"."""
    select = sa.select(rooms.c.id).where(
        rooms.c.kind == "session", rooms.c.subject == session, rooms.c.conference == conference
    )
    room = (await connection.execute(select)).scalar_one_or_none()
    if room is None:
        raise Problem("not_found", ABSENT)
    return room


_JOINED = sessions.join(forums, forums.c.session == sessions.c.id).outerjoin(tracks, tracks.c.id == sessions.c.track)


async def session_view(connection: AsyncConnection, session: str) -> SessionView:
    return (await session_views(connection, sessions.c.id == session))[0]


_CARD = (
    *(sessions.c[name] for name in ("id", "title", "texts", "place", "language", "starts_at", "ends_at", "cancelled")),
    sa.func.coalesce(tracks.c.name, "").label("track"),
    forums.c.state,
)
_VIEW = (*_CARD, sessions.c.subtitle, sessions.c.abstract, forums.c.started_at, forums.c.ended_at)


async def session_views(connection: AsyncConnection, *conditions: "sa.ColumnElement[bool]") -> list[SessionView]:
    """The sessions that meet the conditions, by time and place."""
    found = await _sessions(connection, _VIEW, conditions)
    speaking = await speakers_of(connection, [each["id"] for each in found])
    return [SessionView(**each, speakers=speaking.get(each["id"], [])) for each in found]


async def session_about(connection: AsyncConnection, session: str) -> SessionAbout:
    """Fields that are too long for the snapshot of a room, which everyone in it receives."""
    s = sessions.c
    select = sa.select(s.description, s.links, s.source).where(s.id == session)
    row = (await connection.execute(select)).one()
    attachments = convert(row.source.get("attachments", []), list[Link])
    return SessionAbout(row.description, convert(row.links, list[Link]), attachments)


async def session_cards(connection: AsyncConnection, *conditions: "sa.ColumnElement[bool]") -> list[SessionCard]:
    """The sessions that meet the conditions, by time and place."""
    return [SessionCard(**each) for each in await _sessions(connection, _CARD, conditions)]


async def _sessions(
    connection: AsyncConnection,
    columns: "Sequence[sa.ColumnElement[Any]]",
    conditions: "Sequence[sa.ColumnElement[bool]]",
) -> list[dict[str, Any]]:
    s = sessions.c
    select = sa.select(*columns).select_from(_JOINED).where(*conditions).order_by(s.starts_at, s.place, s.id)
    rows = await connection.execute(select)
    return [{**row, "state": SessionState(row["state"])} for row in rows.mappings()]


async def session_card(connection: AsyncConnection, session: str) -> SessionCard:
    return (await session_cards(connection, sessions.c.id == session))[0]


async def speakers_of(connection: AsyncConnection, ids: Iterable[str]) -> dict[str, list[SpeakerView]]:
    """The speakers of sessions, in the order of the programme."""
    link = session_speakers.c
    select = sa.select(link.session, speakers.c.id, speakers.c.name, speakers.c.affiliation, speakers.c.biography)
    select = select.select_from(session_speakers.join(speakers, speakers.c.id == link.speaker)).where(
        link.session.in_(list(ids))
    )
    found: dict[str, list[SpeakerView]] = {}
    for row in await connection.execute(select.order_by(link.session, link.position, speakers.c.name)):
        found.setdefault(row.session, []).append(SpeakerView(row.id, row.name, row.affiliation, row.biography))
    return found


async def live_among(connection: AsyncConnection, sessions: Collection[str]) -> set[str]:
    """Those of the sessions that are live."""
    select = sa.select(forums.c.session).where(
        forums.c.session.in_(sessions), forums.c.state == SessionState.LIVE.value
    )
    return set((await connection.execute(select)).scalars())
