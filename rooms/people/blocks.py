"""Blocks between people: reads, and what other slices do when somebody blocks. Rules and events are elsewhere."""

from collections.abc import Awaitable, Callable, Collection

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from rooms.core.commands.transaction import Transaction
from rooms.people.tables import blocks

Pair = frozenset[str]
b = blocks.c


async def between(connection: AsyncConnection, people: Collection[str]) -> set[Pair]:
    """The pairs among these people where one has blocked the other."""
    if len(people) < 2:
        return set()
    select = sa.select(b.person, b.blocked).where(b.person.in_(people), b.blocked.in_(people))
    return {frozenset(row) for row in await connection.execute(select)}


async def blocking(connection: AsyncConnection, person: str, others: Collection[str]) -> set[str]:
    """Those of the others who have blocked a person."""
    select = sa.select(b.person).where(b.blocked == person, b.person.in_(others))
    return set((await connection.execute(select)).scalars())


async def has_blocked(connection: AsyncConnection, person: str, others: Collection[str]) -> bool:
    select = sa.select(sa.func.count()).where(b.person == person, b.blocked.in_(others))
    return (await connection.execute(select)).scalar_one() > 0


WhenBlocked = Callable[[Transaction, str, str], Awaitable[None]]
"""A function: (transaction, the person who blocks, the person who is blocked)."""

BLOCKED: list[WhenBlocked] = []


def when_blocked(run: WhenBlocked) -> WhenBlocked:
    """Registers what a slice does when somebody blocks a person."""
    BLOCKED.append(run)
    return run
