"""Finds people for a duty, and checks that they can have one."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from rooms.core.commands.access import resolve
from rooms.core.commands.people import PersonView
from rooms.core.commands.transaction import Transaction
from rooms.core.errors import Problem
from rooms.core.search import search_words
from rooms.core.store.journal import find_room, room_of
from rooms.core.store.tables import persons
from rooms.core.text import N_

MOST_FOUND = 10
NOT_HERE = N_("This person does not take part here. Send them an invitation.")

p = persons.c


async def search(connection: AsyncConnection, words: str, *, by_address: bool) -> list[PersonView]:
    """People with these words in their name who chose to be listed. `by_address`: also a person with exactly this address, for organisers only,
    because it tells who is behind an address."""
    words = words.strip()
    wanted = search_words(words)
    if len(words) < 2 or not wanted:
        return []
    folded = sa.func.coalesce(p.searched, sa.func.lower(p.name))
    named = sa.and_(p.listed, *(folded.contains(word, autoescape=True) for word in wanted))
    here = sa.and_(p.erased_at.is_(None), p.kind == "registered", p.verified_at.is_not(None))
    select = sa.select(p.id, p.name).where(here, sa.or_(p.email == words.lower(), named) if by_address else named)
    return [PersonView(*row) for row in await connection.execute(select.order_by(p.name, p.id).limit(MOST_FOUND))]


async def check_eligible(tx: Transaction, conference: str, person: str) -> None:
    """Only participants with an account can be chosen for a duty; everybody else needs an invitation. Raises Problem "invalid" or "not_found"."""
    await check_takes_part(tx.connection, conference, person, tx.now)


async def check_takes_part(connection: AsyncConnection, conference: str, person: str, now: datetime) -> None:
    """Whether a person takes part in a conference, with an account. Raises Problem "invalid" or "not_found"."""
    select = sa.select(p.kind, p.verified_at).where(p.id == person, p.erased_at.is_(None))
    row = (await connection.execute(select)).one_or_none()
    if row is None:
        raise Problem("not_found", N_("This person does not exist."), field="person")
    lobby = await find_room(connection, await room_of(connection, "lobby", conference))
    try:
        actor = await resolve(connection, person, lobby, now)
    except Problem:
        actor = None
    if row.kind != "registered" or row.verified_at is None or actor is None or not actor.roles:
        raise Problem("invalid", NOT_HERE, field="person")
