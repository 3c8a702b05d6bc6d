"""Creates conferences and sessions, each with its room."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from rooms.chat.tables import chats
from rooms.core.errors import Problem
from rooms.core.ids import new_id
from rooms.core.store.database import insert_into
from rooms.core.store.journal import open_room
from rooms.core.store.tables import conferences
from rooms.core.text import N_
from rooms.programme.tables import forums, sessions

SLATE = {"kind": "slate", "address": "", "title": ""}


async def create_conference(
    connection: AsyncConnection,
    *,
    slug: str,
    title: str,
    zone: str,
    starts_on: date,
    ends_on: date,
    now: datetime,
    texts: Mapping[str, Mapping[str, str]] | None = None,
    **fields: Any,
) -> tuple[str, str]:
    """Creates a conference with its lobby; returns the ids of both. `fields`: tagline, description, access, guests. Raises Problem "invalid"."""
    conference = new_id()
    values = {
        "id": conference,
        "slug": slug,
        "title": title,
        "zone": zone,
        "starts_on": starts_on,
        "ends_on": ends_on,
        "created_at": now,
    }
    # One statement checks and inserts, so that two concurrent requests cannot take the same address.
    insert = insert_into(connection, conferences).values(**values, texts=dict(texts or {}), **fields)
    insert = insert.on_conflict_do_nothing(index_elements=[conferences.c.slug])
    if not (await connection.execute(insert)).rowcount:
        raise Problem("invalid", N_("A conference with this address already exists."), field="slug")
    lobby = await open_room(connection, "lobby", conference, conference)
    await connection.execute(chats.insert().values(room=lobby))
    return conference, lobby


async def create_session(
    connection: AsyncConnection,
    conference: str,
    *,
    title: str,
    starts_at: datetime,
    ends_at: datetime,
    now: datetime,
    texts: Mapping[str, Mapping[str, str]] | None = None,
    links: list[dict[str, str]] | None = None,
    **fields: Any,
) -> tuple[str, str]:
    """Creates a session with its forum and its room; returns the ids of session and room. `fields`: the other columns of the table."""
    session = new_id()
    values = {
        "id": session,
        "conference": conference,
        "title": title,
        "starts_at": starts_at,
        "ends_at": ends_at,
        "changed_at": now,
    }
    await connection.execute(sessions.insert().values(**values, texts=dict(texts or {}), links=links or [], **fields))
    await connection.execute(forums.insert().values(session=session, stage=SLATE))
    room = await open_room(connection, "session", session, conference)
    await connection.execute(chats.insert().values(room=room))
    return session, room
