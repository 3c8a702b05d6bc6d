"""What waits in recruitment: applications that an employer has not looked at, and invitations of a candidate."""

from collections.abc import Iterable
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from rooms.core.commands.access import Actor
from rooms.core.links import Target
from rooms.core.waiting import Waiting, waits
from rooms.organisations.tables import organisation_members
from rooms.recruitment.applications.messages import JobApplicationState
from rooms.recruitment.jobs.queries import PUBLISHED
from rooms.recruitment.tables import job_applications, job_invitations, jobs

a, i, j, m = job_applications.c, job_invitations.c, jobs.c, organisation_members.c


@waits
async def waiting(connection: AsyncConnection, actor: Actor, now: datetime) -> Iterable[Waiting]:
    conference, person, count = actor.room.subject, actor.known.id, sa.func.count()
    own = j.organisation.in_(sa.select(m.organisation).where(m.person == person))
    new = sa.and_(j.conference == conference, own, a.state == JobApplicationState.APPLIED.value)
    applications = sa.select(count).select_from(job_applications.join(jobs, j.id == a.job)).where(new)
    asked = sa.and_(j.conference == conference, j.state == PUBLISHED, i.person == person, i.state == "waiting")
    invitations = sa.select(count).select_from(job_invitations.join(jobs, j.id == i.job)).where(asked)
    return [
        Waiting(
            "job_applications", (await connection.execute(applications)).scalar_one(), Target("recruiting", conference)
        ),
        Waiting(
            "job_invitations", (await connection.execute(invitations)).scalar_one(), Target("applications", conference)
        ),
    ]
