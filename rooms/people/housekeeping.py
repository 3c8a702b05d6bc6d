"""What is of no use any more: sign-ins, links and tokens that ended long ago."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from rooms.people import links, signins, tokens


async def forget_old(connection: AsyncConnection, at: datetime) -> int:
    """Deletes them; returns how many."""
    gone = await links.forget_old(connection, at)
    gone += await signins.forget_old(connection, at)
    return gone + await tokens.forget_old(connection, at)
