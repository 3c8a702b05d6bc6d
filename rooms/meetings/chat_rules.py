"""Chat rules of meetings: nobody can write after the end, and blocked participants cannot write at all."""

from collections.abc import Collection

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from rooms.chat.actions import posting_rule
from rooms.core.errors import Problem
from rooms.core.store.journal import Room
from rooms.core.text import N_
from rooms.meetings import queries
from rooms.meetings.rules import OVER
from rooms.meetings.tables import invited
from rooms.people.tables import blocks

# It must not say why: a person does not learn that they are blocked.
CLOSED = N_("You cannot write here any more.")


@posting_rule("meeting")
async def may_not_write(connection: AsyncConnection, room: Room, people: Collection[str]) -> dict[str, Problem]:
    if (await queries.meeting(connection, room.subject)).closed_at is not None:
        return {person: Problem("closed", OVER) for person in people}
    b, i = blocks.c, invited.c
    here = sa.select(b.blocked).select_from(blocks.join(invited, i.person == b.person))
    blocked = (await connection.execute(here.where(i.meeting == room.subject, b.blocked.in_(people)))).scalars()
    return {person: Problem("closed", CLOSED) for person in blocked}
