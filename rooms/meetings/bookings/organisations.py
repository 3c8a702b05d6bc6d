"""Bookings that an organisation hosts move with it when two are merged."""

from sqlalchemy.ext.asyncio import AsyncConnection

from rooms.meetings.bookings.tables import bookings
from rooms.organisations.merging import moves_with_organisation


@moves_with_organisation
async def move_bookings(connection: AsyncConnection, organisation: str, into: str) -> None:
    await connection.execute(bookings.update().where(bookings.c.host == organisation).values(host=into))
