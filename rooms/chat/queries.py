"""Reads the chat of any room that has one."""

from collections.abc import Iterable

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from rooms.chat.messages import ChatView, Mark, MessageView
from rooms.chat.tables import chats, marks, messages
from rooms.core.commands.people import PersonView

MESSAGES_SHOWN = 100

_CHAT = sa.select(chats.c.open, chats.c.slow_seconds).where(chats.c.room == sa.bindparam("in_room"))


async def chat(connection: AsyncConnection, room: str) -> ChatView:
    row = (await connection.execute(_CHAT, {"in_room": room})).one()
    return ChatView(row.open, row.slow_seconds)


async def latest_messages(
    connection: AsyncConnection, room: str, *, before: int | None = None, limit: int = MESSAGES_SHOWN
) -> list[MessageView]:
    """The newest messages of a room (before a number), oldest first."""
    m = messages.c
    select = sa.select(m.id, m.number, m.author, m.author_name, m.text, m.at, m.mark).where(
        m.room == room, m.removed_by.is_(None)
    )
    if before is not None:
        select = select.where(m.number < before)
    rows = (await connection.execute(select.order_by(m.number.desc()).limit(limit))).all()
    return [
        MessageView(r.id, r.number, PersonView(r.author, r.author_name), r.text, r.at, Mark(r.mark) if r.mark else None)
        for r in reversed(rows)
    ]


async def unread(connection: AsyncConnection, person: str, rooms: Iterable[str]) -> dict[str, int]:
    """How many messages of others a person has not read, by room; rooms with none are left out."""
    mark = sa.func.coalesce(marks.c.number, 0)
    joined = messages.outerjoin(marks, sa.and_(marks.c.room == messages.c.room, marks.c.person == person))
    select = sa.select(messages.c.room, sa.func.count()).select_from(joined)
    select = select.where(
        messages.c.room.in_(list(rooms)),
        messages.c.number > mark,
        messages.c.author != person,
        messages.c.removed_by.is_(None),
    )
    return {row[0]: row[1] for row in await connection.execute(select.group_by(messages.c.room))}
