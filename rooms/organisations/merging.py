"""Merges two organisations that are one. Slices above register how they move what belongs to an organisation."""

from collections.abc import Awaitable, Callable

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from rooms.organisations import members
from rooms.organisations.tables import organisation_invitations, organisations

Move = Callable[[AsyncConnection, str, str], Awaitable[None]]
"""(connection, organisation, into): moves the slice's rows from one organisation to the other."""

_MOVES: list[Move] = []


def moves_with_organisation(move: Move) -> Move:
    """Decorator: the function is called when two organisations become one."""
    _MOVES.append(move)
    return move


async def merge(connection: AsyncConnection, organisation: str, into: str) -> None:
    """Moves everything of one organisation to another, and deletes the first.

    Both are locked first: a transaction that adds something to one of them (`profile.hold`) comes before, and is moved, or waits.
    """
    both = sa.select(organisations.c.id).where(organisations.c.id.in_([organisation, into]))
    await connection.execute(both.order_by(organisations.c.id).with_for_update())
    for move in _MOVES:
        await move(connection, organisation, into)
    await members.move(connection, organisation, into)
    invited = organisation_invitations.c.organisation == organisation
    await connection.execute(organisation_invitations.delete().where(invited))
    await connection.execute(organisations.delete().where(organisations.c.id == organisation))
