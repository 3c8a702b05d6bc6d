"""Employers invite candidates who chose that they may. Until the candidate applies, the employer sees neither name nor CV; a decline is silent."""

from collections.abc import Iterable

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from rooms.core.commands.access import ABSENT, Actor
from rooms.core.commands.registry import command
from rooms.core.commands.transaction import Transaction
from rooms.core.errors import Problem
from rooms.core.ids import new_id
from rooms.core.links import Target
from rooms.core.rate_limits import Rate
from rooms.core.text import N_, optional_text
from rooms.people import rules
from rooms.people.desk import desks_of, notify_all
from rooms.recruitment.candidates import search
from rooms.recruitment.candidates.messages import INVITATION_LENGTH, DeclineInvitation, InviteCandidate
from rooms.recruitment.jobs.editing import LOBBY, published_job
from rooms.recruitment.rules import check_member
from rooms.recruitment.tables import candidates, job_applications, job_invitations, jobs

MOST_PER_CANDIDATE = 3
"""Invitations of one candidate by one organisation."""

c, i, j, a = candidates.c, job_invitations.c, jobs.c, job_applications.c


async def with_candidate(connection: AsyncConnection, room: str, command: InviteCandidate) -> Iterable[str]:
    """The desk of the candidate."""
    found = await connection.execute(sa.select(c.person).where(c.id == command.candidate))
    return await desks_of(connection, found.scalars())


@command(InviteCandidate, kinds=LOBBY, allowed=rules.speaks_up, extra_rooms=with_candidate, rate=Rate(20, 3600))
async def invite_candidate(tx: Transaction, actor: Actor, command: InviteCandidate) -> None:
    conference = actor.room.subject
    job = await published_job(tx.connection, actor, command.job)
    await check_member(tx.connection, actor, job.organisation)
    shown = search.shown(conference, actor.known.id, tx.now)
    found = await tx.connection.execute(sa.select(c.person).where(c.id == command.candidate, shown))
    person = found.scalar_one_or_none()
    if person is None:
        raise Problem("not_found", N_("This candidate can no longer be invited."), field="candidate")
    applied = sa.select(a.id).where(a.job == job.id, a.person == person)
    earlier = sa.select(i.job).join(jobs, j.id == i.job).where(i.person == person, j.organisation == job.organisation)
    invited = list((await tx.connection.execute(earlier)).scalars())
    if job.id in invited or (await tx.connection.execute(applied)).first() is not None:
        raise Problem(
            "conflict", N_("This candidate has already been invited to this job, or has applied."), field="job"
        )
    if len(invited) >= MOST_PER_CANDIDATE:
        message = N_("Your organisation has invited this candidate %(most)s times. Wait until they answer.")
        raise Problem("conflict", message, field="candidate", values={"most": MOST_PER_CANDIDATE})
    values = {
        "id": new_id(),
        "job": job.id,
        "person": person,
        "by": actor.known.id,
        "text": optional_text(command.text, INVITATION_LENGTH, "text"),
        "state": "waiting",
        "at": tx.now,
    }
    await tx.connection.execute(job_invitations.insert().values(values))
    news = {"job": job.title, "organisation": job.organisation_name}
    await notify_all(tx, [person], "job.invited", news, Target("job", conference, job.id))


@command(DeclineInvitation, kinds=LOBBY, allowed=rules.takes_part)
async def decline_invitation(tx: Transaction, actor: Actor, command: DeclineInvitation) -> None:
    here = sa.select(j.id).where(j.conference == actor.room.subject)
    mine = sa.and_(i.id == command.invitation, i.person == actor.known.id, i.job.in_(here))
    if not (await tx.connection.execute(job_invitations.update().where(mine).values(state="declined"))).rowcount:
        raise Problem("not_found", ABSENT, field="invitation")
