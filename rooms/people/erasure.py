"""Exports or erases a person's data. Each slice handles its own tables (rooms/core/personal_data.py).

Their name, their address and everything they wrote are erased. Their bare id remains where the record belongs to others: in votes and poll choices,
in the ledger of consents, and in the audit log, which is a hash chain.
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
"""Longer than any transaction: entries older than this were committed before the journals were searched."""


async def export(connection: AsyncConnection, person: str) -> dict[str, Any]:
    """Everything that is stored about a person, and nothing about others: {"person": {…}, "questions": [{…}] …}. Raises Problem "not_found"."""
    kept: dict[str, Any] = await personal_data.export(connection, _subject(await accounts.get(connection, person)))
    [kept["person"]] = kept["person"]
    return kept


async def erase(engine: Engine, person: str) -> None:
    """Signs a person out everywhere and erases them. Raises Problem "not_found".

    Every room that shows them gets a new epoch: its members receive the current state, and no old stream can bring the data back.
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
            # All rooms are locked at once, in one order. If another room names the person by now, try again with it included.
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
