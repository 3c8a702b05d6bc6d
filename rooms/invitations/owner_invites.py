"""Invites booth owners from an imported list who have no account yet, by email, once per booth."""

from datetime import datetime
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from rooms.core.commands.people import Role
from rooms.core.engine import LONG, Engine
from rooms.exhibition.record_tables import owner_invites
from rooms.exhibition.tables import booths
from rooms.invitations import invites
from rooms.people.links import digest_of
from rooms.people.tables import invites as table

MOST = 300
"""Emails per request; the rest follow in the next one."""
DAYS = 30
"""How long an invitation is valid."""

o, b = owner_invites.c, booths.c


class Awaited(NamedTuple):
    """An owner who has not accepted yet. `invited_at` None: not invited yet."""

    booth: str
    name: str
    texts: dict[str, dict[str, str]]
    email: str
    invited_at: datetime | None


class Invitation(NamedTuple):
    """The content of one email: the booth (`name`, `texts`), the recipient, and the secret of the invitation."""

    name: str
    texts: dict[str, dict[str, str]]
    email: str
    secret: str


async def awaited(connection: AsyncConnection, conference: str) -> list[Awaited]:
    """Owners who have not accepted: those not invited yet come first, then sorted by booth name."""
    joined = owner_invites.join(booths, b.id == o.booth).outerjoin(table, table.c.digest == o.digest)
    came = sa.and_(table.c.id.is_not(None), sa.func.coalesce(table.c.uses_left, 1) == 0)
    select = sa.select(o.booth, b.name, b.texts, o.email, o.invited_at).select_from(joined)
    select = select.where(b.conference == conference, sa.not_(came)).order_by(
        o.invited_at.is_not(None), b.name, o.email
    )
    return [Awaited(*row) for row in await connection.execute(select)]


async def invite_owners(engine: Engine, conference: str, *, by: str) -> list[Invitation]:
    """Creates the missing invitations and returns the emails to send. Concurrent requests never get the same owner."""
    made: list[Invitation] = []
    async with engine.transaction(patience=LONG) as tx:
        for each in [each for each in await awaited(tx.connection, conference) if each.invited_at is None][:MOST]:
            this = sa.and_(o.booth == each.booth, o.email == each.email)
            taken = owner_invites.update().where(this, o.invited_at.is_(None)).values(invited_at=tx.now)
            if (await tx.connection.execute(taken)).rowcount == 0:
                continue
            given: Any = {"conference": conference, "session": None, "booth": each.booth, "role": Role.OWNER}
            secret = await invites.make(tx, **given, uses=1, days=DAYS, by=by)
            await tx.connection.execute(owner_invites.update().where(this).values(digest=digest_of(secret)))
            made.append(Invitation(each.name, each.texts, each.email, secret))
    return made
