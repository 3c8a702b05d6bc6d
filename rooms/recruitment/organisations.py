"""Jobs and shared profiles move with their organisation when two are merged; jobs are found by its names."""

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from rooms.organisations.merging import moves_with_organisation
from rooms.organisations.profile import when_renamed
from rooms.recruitment.applications.steps import OPEN
from rooms.recruitment.jobs.queries import PUBLISHED
from rooms.recruitment.jobs.search import list_job
from rooms.recruitment.tables import candidate_notes, job_applications, jobs, profile_shares

s, n, a = profile_shares.c, candidate_notes.c, job_applications.c


@moves_with_organisation
async def move_jobs(connection: AsyncConnection, organisation: str, into: str) -> None:
    await connection.execute(jobs.update().where(jobs.c.organisation == organisation).values(organisation=into))
    await _move_shares(connection, organisation, into)
    await list_again(connection, into)


async def _move_shares(connection: AsyncConnection, organisation: str, into: str) -> None:
    """Of a candidate who has shared with both, the later decision counts."""
    held = {
        row.person: row for row in await connection.execute(sa.select(profile_shares).where(s.organisation == into))
    }
    for row in (await connection.execute(sa.select(profile_shares).where(s.organisation == organisation))).all():
        other = held.get(row.person)
        if other is None:
            moved = profile_shares.update().where(s.id == row.id).values(organisation=into)
            await connection.execute(moved)
            continue
        await connection.execute(job_applications.update().where(a.share == row.id).values(share=other.id))
        authors = sa.select(n.author).where(n.share == other.id)
        await connection.execute(candidate_notes.delete().where(n.share == row.id, n.author.in_(authors)))
        await connection.execute(candidate_notes.update().where(n.share == row.id).values(share=other.id))
        later = max(row, other, key=lambda each: each.withdrawn_at or each.at)
        kept = {"at": later.at, "withdrawn_at": later.withdrawn_at, "explicit": row.explicit or other.explicit}
        await connection.execute(profile_shares.update().where(s.id == other.id).values(kept))
        await connection.execute(profile_shares.delete().where(s.id == row.id))
        if later.withdrawn_at is not None:
            await connection.execute(candidate_notes.delete().where(n.share == other.id))
            open_here = sa.and_(a.share == other.id, a.state.in_(OPEN))
            await connection.execute(
                job_applications.update().where(open_here).values(state="withdrawn", text="", answers={})
            )


@when_renamed
async def list_again(connection: AsyncConnection, organisation: str) -> None:
    """Published jobs are found by the names of their organisation."""
    j = jobs.c
    select = sa.select(j.conference, j.id).where(j.organisation == organisation, j.state == PUBLISHED)
    for conference, job in (await connection.execute(select.order_by(j.id))).all():
        await list_job(connection, conference, job)
