"""The chat of a room, to be kept: who wrote what and when, and what was removed by whom."""

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from rooms.chat.tables import messages
from rooms.core import csv_export as sheets
from rooms.core.store.tables import persons

COLUMNS = ("number", "at", "author", "text", "removed_by")


async def transcript(connection: AsyncConnection, room: str) -> bytes:
    """As CSV, oldest first. What was removed by others stays readable, for whom it must be shown to; what its author took back does not."""
    m, remover = messages.c, persons.alias("remover")
    joined = messages.outerjoin(remover, remover.c.id == m.removed_by)
    columns = (m.number, m.at, m.author_name, m.text, m.author, m.removed_by, remover.c.name)
    rows = await connection.execute(sa.select(*columns).select_from(joined).where(m.room == room).order_by(m.number))
    return sheets.as_csv(
        COLUMNS,
        (
            [row.number, row.at, row.author_name, "" if row.removed_by == row.author else row.text, row.name]
            for row in rows
        ),
    )
