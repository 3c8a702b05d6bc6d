"""What waits for organisers: reports about people."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from rooms.conduct import pending
from rooms.core.commands.access import Actor
from rooms.core.commands.people import Role
from rooms.core.links import Target
from rooms.core.waiting import Waiting, waits


@waits
async def waiting(connection: AsyncConnection, actor: Actor, now: datetime) -> Iterable[Waiting]:
    if Role.ORGANISER not in actor.roles:
        return []
    conference = actor.room.subject
    return [Waiting("reports", await pending.waiting(connection, conference), Target("reports", conference))]
