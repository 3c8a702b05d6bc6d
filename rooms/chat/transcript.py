"""Exports the chat of a room: authors, times, texts, and who removed what."""

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from rooms.chat.tables import messages
from rooms.core import csv_export as sheets
from rooms.core.store.tables import persons

COLUMNS = ("number", "at", "author", "text", "removed_by")


async def transcript(connection: AsyncConnection, room: str) -> bytes:
    """The transcript as CSV, oldest first. Messages removed by moderators stay readable, as evidence; messages deleted by their authors do not."""
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
