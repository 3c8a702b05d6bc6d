"""What waits among a person's contacts: requests of others."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from rooms.contacts import queries
from rooms.core.commands.access import Actor
from rooms.core.links import Target
from rooms.core.waiting import Waiting, waits


@waits
async def waiting(connection: AsyncConnection, actor: Actor, now: datetime) -> Iterable[Waiting]:
    asked = await queries.requests_to(connection, actor.known.id, now)
    return [Waiting("contacts", len(asked), Target("contacts"))]
