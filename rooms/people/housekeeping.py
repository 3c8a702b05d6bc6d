"""What is of no use any more: sign-ins, links and tokens that ended long ago. And what must not be kept: the salts of visits on days that are over."""

from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from rooms.exhibition.record_tables import owner_invites, visit_salts
from rooms.people import links, signins, tokens

SALTS_KEPT = timedelta(days=2)  # until the day is over in every zone
OWNERS_AWAITED = timedelta(days=180)  # addresses of people who never came


async def forget_old(connection: AsyncConnection, at: datetime) -> int:
    """Deletes them; returns how many."""
    gone = await links.forget_old(connection, at)
    gone += await signins.forget_old(connection, at)
    gone += (
        await connection.execute(visit_salts.delete().where(visit_salts.c.day < (at - SALTS_KEPT).date()))
    ).rowcount
    awaited = owner_invites.delete().where(owner_invites.c.added_at < at - OWNERS_AWAITED)
    gone += (await connection.execute(awaited)).rowcount
    return gone + await tokens.forget_old(connection, at)
