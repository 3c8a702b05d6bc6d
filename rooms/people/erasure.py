"""What is kept about a person: exported for them, or erased. Each slice sees to its own tables (rooms/core/personal_data.py).

Erased are their name, their address and everything they wrote. Their bare id stays where the record belongs to others: in votes and poll choices, in
the ledger of consents, and in the audit log, which is a chain.
"""

from datetime import timedelta
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from rooms.core import personal_data
from rooms.core.engine import LONG, Engine
from rooms.core.errors import Problem
from rooms.core.ids import new_id
from rooms.core.personal_data import DataSubject
from rooms.core.store import journal
from rooms.core.store.tables import persons
from rooms.core.text import N_
from rooms.people import accounts, signins

ATTEMPTS = 5
OVERLAP = timedelta(minutes=10)
"""Longer than a transaction can take: what was recorded before was there when the journals were searched."""


async def export(connection: AsyncConnection, person: str) -> dict[str, Any]:
    """All that is kept about a person, and nothing about anybody else: {"person": {…}, "questions": [{…}] …}. Raises Problem "not_found"."""
    kept: dict[str, Any] = await personal_data.export(connection, _subject(await accounts.get(connection, person)))
    [kept["person"]] = kept["person"]
    return kept


async def erase(engine: Engine, person: str) -> None:
    """Signs a person out everywhere and erases them. Raises Problem "not_found".

    The rooms that show something of them get a new epoch: everyone there receives the room as it is now, and no old stream can bring them back.
    """
    async with engine.database.read() as connection:
        await accounts.get(connection, person)
    await signins.revoke_all(engine, person)
    touched: set[str] = set()
    for _ in range(ATTEMPTS):
        since = engine.clock() - OVERLAP
        async with engine.database.read() as connection:
            touched |= await personal_data.rooms_of(connection, _subject(await accounts.get(connection, person)))
        async with engine.transaction(touched, patience=LONG) as tx:
            subject = _subject(await accounts.get(tx.connection, person))
            # All rooms are locked at once, in one order. If another one has come to name the person since, try again with that one, too.
            if not await personal_data.rooms_of(tx.connection, subject, since) <= touched:
                continue
            await personal_data.erase(tx, subject)
            gone = {"calendar_key": new_id(), "erased_at": tx.now}
            await tx.connection.execute(persons.update().where(persons.c.id == person).values(gone))
            await journal.forget(tx.connection, tx.rooms.values())
            tx.audit(None, person, "person.erase", person)
        await engine.hub.reconcile(list(touched))
        return
    raise Problem("conflict", N_("The rooms you took part in are very busy. Try again in a moment."), retry_after=2)


def _subject(account: accounts.Account) -> DataSubject:
    return DataSubject(account.id, account.name, account.email)
