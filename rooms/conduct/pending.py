"""Counts the open reports of a conference and shows the number on its organisers' desks."""

from collections.abc import Iterable

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from rooms.core.commands.people import Role
from rooms.core.commands.room_kinds import LatestValues
from rooms.core.commands.transaction import Transaction
from rooms.core.store.tables import roles
from rooms.people.desk import show_on_desk
from rooms.people.messages import Reports
from rooms.people.roles import WHOLE_CONFERENCE
from rooms.people.tables import reports

r, o = reports.c, roles.c
ORGANISES = (o.session == WHOLE_CONFERENCE, o.role == Role.ORGANISER.value)


async def waiting(connection: AsyncConnection, conference: str) -> int:
    """The number of open reports."""
    open_ones = sa.select(sa.func.count()).where(r.conference == conference, r.done_at.is_(None))
    return (await connection.execute(open_ones)).scalar_one()


async def waiting_for(connection: AsyncConnection, person: str) -> LatestValues:
    """The number for each conference that a person organises, as their desk shows it."""
    counted = sa.select(o.conference, sa.func.count(r.id).label("number")).select_from(
        roles.outerjoin(reports, sa.and_(r.conference == o.conference, r.done_at.is_(None)))
    )
    found = await connection.execute(counted.where(o.person == person, *ORGANISES).group_by(o.conference))
    return {"reports": {row.conference: row.number for row in found}}


show_on_desk(waiting_for)


async def tell_waiting(tx: Transaction, conference: str, desks: Iterable[str]) -> None:
    """Publishes the number to the locked desks. Someone who became an organiser since then reads it on joining."""
    number = await waiting(tx.connection, conference)
    for desk in desks:
        if desk in tx.rooms:
            tx.latest(Reports(conference, number), room=desk)
