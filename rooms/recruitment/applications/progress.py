"""The employer moves applications on, puts them on the shortlist, and hands them over to a colleague."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from rooms.core.commands.access import ABSENT, Actor
from rooms.core.commands.registry import command
from rooms.core.commands.transaction import Transaction
from rooms.core.errors import Problem
from rooms.core.links import Target
from rooms.core.rate_limits import Rate
from rooms.core.text import N_, optional_text
from rooms.organisations import members
from rooms.people import rules
from rooms.people.desk import notify_all, with_desk, with_desk_from
from rooms.people.restraints import not_removed
from rooms.recruitment.applications import queries
from rooms.recruitment.applications.messages import (
    STEP_LENGTH,
    HandOverApplication,
    JobApplicationState,
    MoveApplication,
    ShortlistApplication,
)
from rooms.recruitment.applications.steps import OPEN, set_state
from rooms.recruitment.jobs.editing import LOBBY
from rooms.recruitment.rules import check_insider
from rooms.recruitment.tables import job_applications

ENDED = N_("This application has already ended.")
NOT_THE_EMPLOYERS = {JobApplicationState.APPLIED, JobApplicationState.WITHDRAWN}
a = job_applications.c
with_applicant = with_desk_from(a.person, a.id, "application")


@command(MoveApplication, kinds=LOBBY, allowed=rules.takes_part, extra_rooms=with_applicant, rate=Rate(120, 600))
async def move_application(tx: Transaction, actor: Actor, command: MoveApplication) -> None:
    row = await received(tx.connection, actor, command.application)
    if command.state in NOT_THE_EMPLOYERS:
        raise Problem("invalid", N_("Only the candidate can do this."), field="state")
    if row.state not in OPEN:
        raise Problem("stale", ENDED, field="application")
    if row.state == command.state.value:
        return
    declined = command.state is JobApplicationState.DECLINED
    reason = command.reason.value if declined else ""
    text = optional_text(command.text, STEP_LENGTH, "text")
    await set_state(tx, row.id, command.state, actor.known.id, reason=reason, text=text)
    tx.audit(actor.room.subject, actor.known.id, "job_application.move", row.id, {"state": command.state.value})
    reachable = sa.select(a.person).where(a.id == row.id, not_removed(a.person, actor.room.subject, tx.now))
    people = (await tx.connection.execute(reachable)).scalars().all()
    target = Target("applications", actor.room.subject)
    await notify_all(tx, people, f"hiring.{command.state.value}", {"job": row.title}, target)


@command(ShortlistApplication, kinds=LOBBY, allowed=rules.takes_part)
async def shortlist_application(tx: Transaction, actor: Actor, command: ShortlistApplication) -> None:
    row = await received(tx.connection, actor, command.application)
    changed = job_applications.update().where(a.id == row.id).values(shortlisted=command.shortlisted)
    await tx.connection.execute(changed)


@command(HandOverApplication, kinds=LOBBY, allowed=rules.takes_part, extra_rooms=with_desk(), rate=Rate(60, 600))
async def hand_over_application(tx: Transaction, actor: Actor, command: HandOverApplication) -> None:
    row = await received(tx.connection, actor, command.application)
    here = sa.select(not_removed(sa.literal(command.person), actor.room.subject, tx.now))
    takes_part = (await tx.connection.execute(here)).scalar_one()
    if not takes_part or not await members.role_in(tx.connection, row.organisation, command.person):
        raise Problem("invalid", N_("Choose a member of your organisation."), field="person")
    await tx.connection.execute(job_applications.update().where(a.id == row.id).values(owner=command.person))
    tx.audit(actor.room.subject, actor.known.id, "job_application.hand_over", row.id, {"to": command.person})
    if command.person != actor.known.id:
        target = Target("candidate", actor.room.subject, row.share)
        values = {"job": row.title}
        await notify_all(tx, [command.person], "hiring.handed", values, target, about=actor.known.view)


async def received(connection: AsyncConnection, actor: Actor, application: str) -> Any:
    """An application for the members of the employer, as long as the candidate shares it. Raises Problem "not_found"."""
    row = await queries.application_row(connection, actor.room.subject, application)
    await check_insider(connection, actor, row.organisation, "application")
    if row.withdrawn_at is not None:
        raise Problem("not_found", ABSENT, field="application")
    return row
