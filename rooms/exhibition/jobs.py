"""Deletes data that an exhibition must not keep: the salts of past days, and addresses of owners who never accepted."""

from datetime import timedelta

from rooms.core.engine import LONG, Engine
from rooms.core.jobs import every
from rooms.exhibition.record_tables import owner_invites, visit_salts

SALTS_KEPT = timedelta(days=2)  # until the day is over in every zone
INVITES_KEPT = timedelta(days=180)


@every(hours=1)
async def forget_old(engine: Engine) -> int:
    """Returns how many rows were deleted."""
    at = engine.clock()
    async with engine.database.write(LONG) as connection:
        salts = visit_salts.delete().where(visit_salts.c.day < (at - SALTS_KEPT).date())
        gone = (await connection.execute(salts)).rowcount
        invites = owner_invites.delete().where(owner_invites.c.added_at < at - INVITES_KEPT)
        return gone + (await connection.execute(invites)).rowcount
