"""Opens and closes meetings, and says who is invited."""

from collections.abc import Iterable
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from rooms.chat.tables import chats
from rooms.core.commands.people import PersonView
from rooms.core.commands.transaction import Transaction
from rooms.core.ids import new_id
from rooms.core.store.database import insert_into
from rooms.core.store.journal import open_room, room_of
from rooms.meetings import queries, roster
from rooms.meetings.messages import MeetingClosed, MeetingInvited, MeetingLeft, Removed
from rooms.meetings.tables import call_peers, invited, meetings


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


async def invite(tx: Transaction, meeting: str, person: PersonView) -> None:
    """Lets a person into a meeting, whose room the transaction must have locked."""
    insert = insert_into(tx.connection, invited).values(meeting=meeting, person=person.id)
    if (await tx.connection.execute(insert.on_conflict_do_nothing())).rowcount:
        tx.record(MeetingInvited(person), room=await room_of(tx.connection, "meeting", meeting))


async def uninvite(tx: Transaction, meeting: str, person: str) -> None:
    """Takes a person out of a meeting and its call. The transaction must have locked its room."""
    gone = sa.and_(invited.c.meeting == meeting, invited.c.person == person)
    if not (await tx.connection.execute(invited.delete().where(gone))).rowcount:
        return
    room = await room_of(tx.connection, "meeting", meeting)
    here = await queries.peers(tx.connection, call_peers.c.meeting == meeting, call_peers.c.person == person)
    for each in here:
        tx.tell(each.peer, Removed("closed"), room=room)
    await roster.leave(tx, room, meeting, [each.peer for each in here])
    tx.record(MeetingLeft(person), room=room, person=person)


async def close_meeting(tx: Transaction, meeting: str) -> None:
    """Closes a meeting. Its participants can still read the room, which the transaction must have locked."""
    still = sa.and_(meetings.c.id == meeting, meetings.c.closed_at.is_(None))
    if (await tx.connection.execute(meetings.update().where(still).values(closed_at=tx.now))).rowcount:
        room = await room_of(tx.connection, "meeting", meeting)
        tx.record(MeetingClosed(tx.now), room=room)
        await roster.end(tx, room, meeting)
