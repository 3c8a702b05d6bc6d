"""What belongs to an organisation moves with it when two are merged."""

from sqlalchemy.ext.asyncio import AsyncConnection

from rooms.cooperation.tables import entries, interests
from rooms.organisations.merging import moves_with_organisation


@moves_with_organisation
async def move_entries(connection: AsyncConnection, organisation: str, into: str) -> None:
    for table in (entries, interests):
        moved = table.update().where(table.c.organisation == organisation)
        await connection.execute(moved.values(organisation=into))
