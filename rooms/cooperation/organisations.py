"""Entries move with their organisation when two are merged, and are found by its names."""

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from rooms.cooperation.messages import EntryState
from rooms.cooperation.publication import list_entry
from rooms.cooperation.tables import entries, interests
from rooms.organisations.merging import moves_with_organisation
from rooms.organisations.profile import when_renamed


@moves_with_organisation
async def move_entries(connection: AsyncConnection, organisation: str, into: str) -> None:
    for table in (entries, interests):
        moved = table.update().where(table.c.organisation == organisation)
        await connection.execute(moved.values(organisation=into))
    await list_again(connection, into)


@when_renamed
async def list_again(connection: AsyncConnection, organisation: str) -> None:
    """Published entries are found by the names of their organisation."""
    e = entries.c
    select = sa.select(e.conference, e.id).where(e.organisation == organisation, e.state == EntryState.PUBLISHED.value)
    for conference, entry in (await connection.execute(select.order_by(e.id))).all():
        await list_entry(connection, conference, entry)
