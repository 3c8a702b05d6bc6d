"""What waits in meetings: requests that the person has to answer, and meet-ups for the organisers to approve."""

from collections.abc import Iterable
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from rooms.core.commands.access import Actor
from rooms.core.commands.people import Role
from rooms.core.links import Target
from rooms.core.waiting import Waiting, waits
from rooms.meetings.bookings.messages import RequestState
from rooms.meetings.bookings.tables import meeting_requests
from rooms.meetings.meetups import queries as meetups

r = meeting_requests.c


@waits
async def waiting(connection: AsyncConnection, actor: Actor, now: datetime) -> Iterable[Waiting]:
    conference = actor.room.subject
    mine = sa.and_(r.conference == conference, r.turn == actor.known.id, r.state == RequestState.WAITING.value)
    asked = await connection.execute(sa.select(sa.func.count()).where(mine, r.lapses_at > now))
    found = [Waiting("meetings.requests", asked.scalar_one(), Target("meetings", conference))]
    if Role.ORGANISER in actor.roles:
        proposals = await meetups.waiting(connection, conference)
        found.append(Waiting("meetups", proposals, Target("meetups.organise", conference)))
    return found
