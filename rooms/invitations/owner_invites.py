"""Owners whom an imported list names and who have no account: they are invited by mail, each once for each booth."""

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
"""Letters that go out at once; the others are offered again."""
DAYS = 30
"""So long an invitation holds."""

o, b = owner_invites.c, booths.c


class Awaited(NamedTuple):
    """An owner who has not come yet. `invited_at` None: nobody has written to him."""

    booth: str
    name: str
    texts: dict[str, dict[str, str]]
    email: str
    invited_at: datetime | None


class Invitation(NamedTuple):
    """What a letter tells: of which booth (`name`, `texts`), to whom, and the secret of the invite."""

    name: str
    texts: dict[str, dict[str, str]]
    email: str
    secret: str


async def awaited(connection: AsyncConnection, conference: str) -> list[Awaited]:
    """Those to whom nobody has written first, then by the names of their booths. Who has accepted is not among them."""
    joined = owner_invites.join(booths, b.id == o.booth).outerjoin(table, table.c.digest == o.digest)
    came = sa.and_(table.c.id.is_not(None), sa.func.coalesce(table.c.uses_left, 1) == 0)
    select = sa.select(o.booth, b.name, b.texts, o.email, o.invited_at).select_from(joined)
    select = select.where(b.conference == conference, sa.not_(came)).order_by(
        o.invited_at.is_not(None), b.name, o.email
    )
    return [Awaited(*row) for row in await connection.execute(select)]


async def invite_owners(engine: Engine, conference: str, *, by: str) -> list[Invitation]:
    """Makes an invite for each who has none yet, and gives what is to be written to them; of two who ask at once each owner is given to one."""
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
