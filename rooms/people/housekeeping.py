"""Deletes sign-ins, links and tokens that ended long ago."""

from rooms.core.engine import LONG, Engine
from rooms.core.jobs import every
from rooms.people import links, signins, tokens


@every(hours=1)
async def forget_old(engine: Engine) -> int:
    """Returns how many were deleted."""
    at = engine.clock()
    async with engine.database.write(LONG) as connection:
        gone = await links.forget_old(connection, at)
        gone += await signins.forget_old(connection, at)
        return gone + await tokens.forget_old(connection, at)
