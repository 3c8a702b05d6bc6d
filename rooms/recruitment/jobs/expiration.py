"""Jobs expire: their employer is reminded three days before, and then they are no longer shown until somebody publishes them again."""

from datetime import timedelta

import sqlalchemy as sa

from rooms.core.engine import Engine
from rooms.core.jobs import every
from rooms.organisations.tables import organisation_members
from rooms.people.desk import desks_of
from rooms.recruitment.jobs import queries
from rooms.recruitment.jobs.editing import tell_members
from rooms.recruitment.jobs.messages import JobState
from rooms.recruitment.jobs.search import unlist
from rooms.recruitment.tables import jobs

REMIND_BEFORE = timedelta(days=3)

j, m = jobs.c, organisation_members.c


@every(minutes=15)
async def remind_and_expire_jobs(engine: Engine) -> int:
    """Returns how many jobs it found. With several processes, only one finds a job unchanged."""
    now = engine.clock()
    shown = j.state == queries.PUBLISHED
    remind = sa.and_(shown, j.expires_at <= now + REMIND_BEFORE, j.expires_at > now, j.reminded_at.is_(None))
    expire = sa.and_(shown, j.expires_at <= now)
    reminded = await _change(engine, remind, {"reminded_at": now}, "job.expiring")
    return reminded + await _change(engine, expire, {"state": JobState.EXPIRED.value}, "job.expired")


async def _change(engine: Engine, due: "sa.ColumnElement[bool]", values: dict[str, object], kind: str) -> int:
    async with engine.database.read() as connection:
        rows = await queries.job_rows(connection, due)
        members = [sa.select(m.person).where(m.organisation == row.organisation) for row in rows]
        people = [(await connection.execute(select)).scalars().all() for select in members]
        desks = [await desks_of(connection, each) for each in people]
    count = 0
    for row, theirs in zip(rows, desks, strict=True):
        async with engine.transaction(theirs) as tx:
            if (await tx.connection.execute(jobs.update().where(j.id == row.id, due).values(values))).rowcount:
                if kind == "job.expired":
                    await unlist(tx.connection, row.id)
                await tell_members(tx, row, kind, {"job": row.title})
                count += 1
    return count
