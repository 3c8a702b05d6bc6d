"""Short addresses of sessions, to be typed from a big screen: the first letters of the id, as many as are needed."""

import re

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from rooms.core.commands.access import ABSENT
from rooms.core.errors import Problem
from rooms.core.ids import ID_LENGTH
from rooms.core.store.journal import rooms

LENGTHS = (6, 10, ID_LENGTH)


async def shortened(connection: AsyncConnection, session: str) -> str:
    for length in LENGTHS:
        if len(await _rooms(connection, session[:length])) == 1:
            return session[:length]
    return session


async def room_of(connection: AsyncConnection, short: str) -> str:
    """The room of the session that a short address means. Raises Problem "not_found"."""
    found = await _rooms(connection, short) if re.fullmatch(r"[a-z0-9]{6,20}", short) else []
    if len(found) != 1:
        raise Problem("not_found", ABSENT)
    return found[0]


async def _rooms(connection: AsyncConnection, start: str) -> list[str]:
    select = sa.select(rooms.c.id).where(rooms.c.kind == "session", rooms.c.subject.startswith(start)).limit(2)
    return list((await connection.execute(select)).scalars())
