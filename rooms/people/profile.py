"""Changes a person's profile."""

from sqlalchemy.ext.asyncio import AsyncConnection

from rooms.core import personal_data
from rooms.core.engine import LONG, Engine
from rooms.core.errors import Problem
from rooms.core.personal_data import DataSubject
from rooms.core.rate_limits import Rate
from rooms.core.store import journal
from rooms.core.text import N_
from rooms.people import accounts
from rooms.people.desk import desk_of
from rooms.people.messages import RightsChanged

ATTEMPTS = 5
NEW_NAMES = Rate(5, 3600)
"""A low limit, because every new name resends the rooms that show the person to all their members."""


async def change_profile(engine: Engine, person: str, *, name: str, listed: bool, relay_only: bool) -> None:
    """Raises Problem "invalid", "rate_limited" or "conflict".

    When the name changes, the rooms that show the person get a new epoch: every member receives the current state.
    """
    name = accounts.clean_name(name)
    async with engine.database.read() as connection:
        renamed = name != (await accounts.get(connection, person)).name
    if renamed:
        engine.limits.take("profile.name", person, NEW_NAMES)
    for _ in range(ATTEMPTS):
        async with engine.database.read() as connection:
            desk = await desk_of(connection, person)
            showing = await _rooms_showing(connection, person) if renamed else set[str]()
        async with engine.transaction({desk, *showing}, patience=LONG) as tx:
            # All rooms are locked at once, in one order. If another room shows the person by now, try again with it included.
            if renamed and not await _rooms_showing(tx.connection, person) <= tx.rooms.keys():
                continue
            await accounts.change_profile(tx.connection, person, name=name, listed=listed, relay_only=relay_only)
            tx.record(RightsChanged(None), room=desk, person=person)
            await journal.renew(tx.connection, showing)
        await engine.hub.reconcile(list(showing))
        return
    raise Problem("conflict", N_("The rooms you took part in are very busy. Try again in a moment."), retry_after=2)


async def _rooms_showing(connection: AsyncConnection, person: str) -> set[str]:
    account = await accounts.get(connection, person)
    return await personal_data.rooms_showing(connection, DataSubject(account.id, account.name, account.email))
