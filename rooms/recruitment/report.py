"""The organisers' report: how many jobs and applications there are, by state. It names no candidate."""

from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from rooms.recruitment.tables import candidates, job_applications, jobs

j, a, c = jobs.c, job_applications.c, candidates.c


class RecruitmentReport(NamedTuple):
    """Numbers by state; `by_job`: of applications to each job."""

    jobs: dict[str, int]
    applications: dict[str, int]
    by_job: dict[str, int]
    candidates: int


async def report_of(connection: AsyncConnection, conference: str) -> RecruitmentReport:
    here = j.conference == conference

    async def numbers(column: "sa.ColumnElement[str]", source: "sa.FromClause") -> dict[str, int]:
        select = sa.select(column, sa.func.count()).select_from(source).where(here).group_by(column)
        rows = await connection.execute(select.order_by(sa.func.count().desc(), column))
        return {key: number for key, number in rows}  # noqa: C416 - rows are no pairs for the type checker

    received = job_applications.join(jobs, j.id == a.job)
    profiles = sa.select(sa.func.count()).select_from(candidates).where(c.conference == conference)
    return RecruitmentReport(
        jobs=await numbers(j.state, jobs),
        applications=await numbers(a.state, received),
        by_job=await numbers(a.job, received),
        candidates=(await connection.execute(profiles)).scalar_one(),
    )
