"""Applying for a job, and withdrawing."""

from collections.abc import Iterable
from typing import Any

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
from rooms.organisations import members
from rooms.organisations.tables import organisation_members
from rooms.people import rules
from rooms.people.desk import desks_of
from rooms.recruitment.applications import queries
from rooms.recruitment.applications.eligibility import prerequisites
from rooms.recruitment.applications.messages import (
    LETTER_LENGTH,
    ApplyForJob,
    JobApplicationState,
    JobApplied,
    WithdrawJobApplication,
)
from rooms.recruitment.applications.steps import OPEN, set_state
from rooms.recruitment.candidates.profile import NO_PROFILE
from rooms.recruitment.candidates.queries import profile
from rooms.recruitment.candidates.sharing import begin_share, end_share_without_application, tell_employer
from rooms.recruitment.jobs.editing import LOBBY, published_job, with_job_members
from rooms.recruitment.jobs.queries import view_of
from rooms.recruitment.rules import has_account
from rooms.recruitment.tables import job_applications, job_invitations, jobs

MOST_OPEN = 50
"""Open applications of one person."""

a, i, j, m = job_applications.c, job_invitations.c, jobs.c, organisation_members.c

NOT_ELIGIBLE = {
    "degree": N_("This job requires a higher degree than your profile states."),
    "language": N_("This job requires a language that your profile does not list."),
    "permit": N_("This job requires a work permit that your profile does not list."),
    "years": N_("This job requires more years of experience than your profile states."),
    "question": N_("Your answer to a question does not meet what this job requires."),
}


async def with_employer(connection: AsyncConnection, room: str, command: WithdrawJobApplication) -> Iterable[str]:
    """The desks of the members of the employer."""
    select = sa.select(m.person).join(jobs, j.organisation == m.organisation).join(job_applications, a.job == j.id)
    return await desks_of(connection, (await connection.execute(select.where(a.id == command.application))).scalars())


@command(ApplyForJob, kinds=LOBBY, allowed=rules.speaks_up, extra_rooms=with_job_members, rate=Rate(30, 3600))
async def apply_for_job(tx: Transaction, actor: Actor, command: ApplyForJob) -> JobApplied:
    has_account(actor)
    conference, person = actor.room.subject, actor.known.id
    job = await published_job(tx.connection, actor, command.job)
    if await members.role_in(tx.connection, job.organisation, person):
        raise Problem("forbidden", N_("This job is your own organisation's."))
    held = await profile(tx.connection, conference, person)
    if held is None or not held.cv:
        raise Problem("conflict", N_("Upload your CV first.") if held else NO_PROFILE, field="profile")
    for each in prerequisites(view_of(job), held, command.answers):
        if not each.met:
            raise Problem("conflict", NOT_ELIGIBLE[each.kind], field=each.kind)
    count = sa.select(sa.func.count()).where(a.person == person, a.state.in_(OPEN))
    if (await tx.connection.execute(count)).scalar_one() >= MOST_OPEN:
        message = N_("%(most)s of your applications are open. Withdraw one first.")
        raise Problem("conflict", message, values={"most": MOST_OPEN})
    share = await begin_share(tx, job.organisation, person, explicit=False)
    known = {each.key for each in view_of(job).questions}
    said: dict[str, Any] = {
        "text": optional_text(command.text, LETTER_LENGTH, "text"),
        "answers": {key: answer for key, answer in command.answers.items() if key in known},
        "share": share,
        "at": tx.now,
    }
    application = await _written(tx, job.id, person, said)
    await set_state(tx, application, JobApplicationState.APPLIED, person)
    invited = job_invitations.update().where(i.job == job.id, i.person == person)
    await tx.connection.execute(invited.values(state="applied"))
    target = Target("candidate", conference, share)
    await tell_employer(tx, actor, job.organisation, "job.applied", {"job": job.title}, target)
    return JobApplied(application)


async def _written(tx: Transaction, job: str, person: str, said: dict[str, Any]) -> str:
    """The id of a new application, or of one that was withdrawn. Raises Problem "conflict" for any other."""
    select = sa.select(a.id, a.state).where(a.job == job, a.person == person)
    found = (await tx.connection.execute(select)).one_or_none()
    if found is None:
        id = new_id()
        values = {"id": id, "job": job, "person": person, "state": JobApplicationState.APPLIED.value, **said}
        await tx.connection.execute(job_applications.insert().values(**values, changed_at=tx.now))
        return id
    if found.state != JobApplicationState.WITHDRAWN.value:
        raise Problem("conflict", N_("You have already applied for this job."), field="job")
    await tx.connection.execute(job_applications.update().where(a.id == found.id).values(**said, owner=None))
    return found.id


@command(WithdrawJobApplication, kinds=LOBBY, allowed=rules.takes_part, extra_rooms=with_employer)
async def withdraw_application(tx: Transaction, actor: Actor, command: WithdrawJobApplication) -> None:
    row = await queries.application_row(tx.connection, actor.room.subject, command.application)
    if row.person != actor.known.id:
        raise Problem("not_found", ABSENT, field="application")
    if row.state not in OPEN:
        raise Problem("stale", N_("This application has already ended."), field="application")
    await set_state(tx, row.id, JobApplicationState.WITHDRAWN, actor.known.id)
    await end_share_without_application(tx, row.share)
    target = Target("recruiting", actor.room.subject)
    await tell_employer(tx, actor, row.organisation, "hiring.withdrawn", {"job": row.title}, target, named=False)
