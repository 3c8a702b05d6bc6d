"""Owners who are named in an imported list and have no account yet."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from rooms.core.store.database import insert_into
from rooms.exhibition.record_tables import owner_invites


async def expect(connection: AsyncConnection, booth: str, email: str, at: datetime) -> None:
    """Records that this address should be invited as an owner of the booth."""
    insert = insert_into(connection, owner_invites).values(booth=booth, email=email, added_at=at, digest="")
    await connection.execute(insert.on_conflict_do_nothing())
