"""Opens and closes meetings."""

from collections.abc import Iterable
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from rooms.chat.tables import chats
from rooms.core.commands.transaction import Transaction
from rooms.core.ids import new_id
from rooms.core.store.journal import open_room, room_of
from rooms.meetings import roster
from rooms.meetings.messages import MeetingClosed
from rooms.meetings.tables import invited, meetings


async def open_meeting(
    connection: AsyncConnection, conference: str, booth: str | None, people: Iterable[str], now: datetime
) -> str:
    """Returns the id of the meeting."""
    meeting = new_id()
    await connection.execute(meetings.insert().values(id=meeting, conference=conference, booth=booth, opened_at=now))
    await connection.execute(invited.insert(), [{"meeting": meeting, "person": person} for person in people])
    room = await open_room(connection, "meeting", meeting, conference)
    await connection.execute(chats.insert().values(room=room))
    return meeting


async def close_meeting(tx: Transaction, meeting: str) -> None:
    """Closes a meeting. Its participants can still read the room, which the transaction must have locked."""
    still = sa.and_(meetings.c.id == meeting, meetings.c.closed_at.is_(None))
    if (await tx.connection.execute(meetings.update().where(still).values(closed_at=tx.now))).rowcount:
        room = await room_of(tx.connection, "meeting", meeting)
        tx.record(MeetingClosed(tx.now), room=room)
        await roster.end(tx, room, meeting)
