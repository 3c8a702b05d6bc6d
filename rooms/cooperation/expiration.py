"""Entries expire: their organisation is reminded a week before, and then they are no longer listed until somebody renews them."""

from datetime import timedelta

import sqlalchemy as sa

from rooms.cooperation.messages import EntryState
from rooms.cooperation.publication import unlist
from rooms.cooperation.tables import entries
from rooms.core.engine import Engine
from rooms.core.jobs import every
from rooms.core.links import Target
from rooms.organisations.tables import organisation_members
from rooms.people.desk import desks_of, notify_all
from rooms.people.restraints import not_removed

REMIND_BEFORE = timedelta(days=7)
PUBLISHED = EntryState.PUBLISHED.value

e, m = entries.c, organisation_members.c


@every(minutes=15)
async def remind_and_expire(engine: Engine) -> int:
    """Returns how many entries it found. With several processes, only one finds an entry unchanged."""
    now = engine.clock()
    remind = sa.and_(
        e.state == PUBLISHED, e.expires_at <= now + REMIND_BEFORE, e.expires_at > now, e.reminded_at.is_(None)
    )
    expire = sa.and_(e.state == PUBLISHED, e.expires_at <= now)
    reminded = await _change(engine, remind, {"reminded_at": now}, "entry.expiring")
    return reminded + await _change(engine, expire, {"state": EntryState.EXPIRED.value}, "entry.expired")


async def _change(engine: Engine, due: "sa.ColumnElement[bool]", values: dict[str, object], kind: str) -> int:
    async with engine.database.read() as connection:
        rows = (await connection.execute(sa.select(e.id, e.conference, e.organisation, e.title).where(due))).all()
        people: dict[str, list[str]] = {}
        for row in rows:
            here = sa.and_(m.organisation == row.organisation, not_removed(m.person, row.conference, engine.clock()))
            people[row.id] = list((await connection.execute(sa.select(m.person).where(here))).scalars())
        desks = {row.id: await desks_of(connection, people[row.id]) for row in rows}
    count = 0
    for row in rows:
        async with engine.transaction(desks[row.id]) as tx:
            if (await tx.connection.execute(entries.update().where(e.id == row.id, due).values(values))).rowcount:
                if kind == "entry.expired":
                    await unlist(tx.connection, [row.id])
                await notify_all(
                    tx, people[row.id], kind, {"entry": row.title}, Target("entry", row.conference, row.id)
                )
                count += 1
    return count
