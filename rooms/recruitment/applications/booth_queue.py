"""Waiting for an interview: a candidate joins the queue of the employer's booth with an application (docs/decisions)."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from rooms.core.commands.access import ABSENT, Actor
from rooms.core.commands.registry import command
from rooms.core.commands.transaction import Transaction
from rooms.core.errors import Problem
from rooms.core.rate_limits import Rate
from rooms.core.store.database import insert_into
from rooms.core.text import N_
from rooms.exhibition import rules
from rooms.exhibition.booths.editing import BOOTH, with_hall
from rooms.exhibition.booths.queries import UNDER_WAY
from rooms.exhibition.queue.actions import join_queue
from rooms.exhibition.queue.messages import JoinQueue, Queued
from rooms.exhibition.tables import booths, queue_places
from rooms.organisations.tables import organisation_members
from rooms.recruitment.applications import queries
from rooms.recruitment.applications.messages import WaitForInterview
from rooms.recruitment.applications.steps import OPEN
from rooms.recruitment.tables import job_applications, jobs, profile_shares, queued_applications

a, b, j, m, q = job_applications.c, booths.c, jobs.c, organisation_members.c, queue_places.c
s, w = profile_shares.c, queued_applications.c


@command(WaitForInterview, kinds=BOOTH, allowed=rules.visits, extra_rooms=with_hall, rate=Rate(10, 60))
async def wait_for_interview(tx: Transaction, actor: Actor, command: WaitForInterview) -> Queued:
    booth, person = actor.room.subject, actor.known.id
    row = await queries.application_row(tx.connection, actor.room.conference or "", command.application)
    organisation = (await tx.connection.execute(sa.select(b.organisation).where(b.id == booth))).scalar_one()
    if row.person != person or row.organisation != organisation:
        raise Problem("not_found", ABSENT, field="application")
    if row.state not in OPEN:
        raise Problem("stale", N_("This application has already ended."), field="application")
    queued = await join_queue(tx, actor, JoinQueue())
    assert isinstance(queued, Queued)
    mine = sa.select(q.id).where(q.booth == booth, q.person == person, q.state.in_(UNDER_WAY))
    place = (await tx.connection.execute(mine)).scalar_one()
    insert = insert_into(tx.connection, queued_applications).values(place=place, application=row.id)
    attached = insert.on_conflict_do_update(index_elements=[w.place], set_={"application": row.id})
    await tx.connection.execute(attached)
    return queued


async def booths_of(connection: AsyncConnection, organisation: str) -> list[Any]:
    """The open booths of an employer, where candidates can wait."""
    select = sa.select(b.id, b.name, b.texts, b.waiting, b.staff_here).where(b.organisation == organisation, b.open)
    return list((await connection.execute(select.order_by(b.name, b.id))).all())


async def own_places(connection: AsyncConnection, person: str) -> dict[str, Any]:
    """The places in queues in which a person waits, is called or talks: by booth, with state, ticket, and the meeting of the talk."""
    mine = sa.and_(q.person == person, q.state.in_(UNDER_WAY))
    rows = await connection.execute(sa.select(q.booth, q.state, q.ticket, q.meeting).where(mine))
    return {row.booth: row for row in rows}


async def in_queue(connection: AsyncConnection, organisation: str) -> dict[str, Any]:
    """Who waits, is called or talks at the booths of an employer, by share: with the state and the ticket of the place."""
    joined = queue_places.join(booths, b.id == q.booth)
    joined = joined.join(profile_shares, sa.and_(s.person == q.person, s.organisation == b.organisation))
    joined = joined.outerjoin(queued_applications, w.place == q.id)
    select = sa.select(s.id, q.state, q.ticket, q.rank, w.application, q.id.label("place")).select_from(joined)
    here = sa.and_(b.organisation == organisation, q.state.in_(UNDER_WAY), s.withdrawn_at.is_(None))
    return {row.id: row for row in await connection.execute(select.where(here).order_by(q.rank, q.ticket))}


async def candidates_here(connection: AsyncConnection, conference: str, booth: str, viewer: str) -> dict[str, str]:
    """The shares of those in the queue of a booth, by place, for a member of its employer. Raises Problem "not_found" for others, and without a job."""
    joined = booths.join(organisation_members, m.organisation == b.organisation)
    recruits = sa.exists().where(j.organisation == b.organisation)
    mine = sa.and_(b.id == booth, b.conference == conference, m.person == viewer, recruits)
    organisation = (await connection.execute(sa.select(b.organisation).select_from(joined).where(mine))).scalar()
    if organisation is None:
        raise Problem("not_found", ABSENT)
    return {row.place: share for share, row in (await in_queue(connection, organisation)).items()}
