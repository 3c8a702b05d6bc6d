"""Reads applications, their timelines, and the notes of employers."""

from collections.abc import Collection
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from rooms.core.commands.access import ABSENT
from rooms.core.commands.people import PersonView
from rooms.core.errors import Problem
from rooms.core.store.tables import persons
from rooms.organisations.tables import organisations
from rooms.recruitment.applications.messages import CandidateNoteView, JobApplicationState, JobApplicationView, StepView
from rooms.recruitment.jobs.queries import names_of
from rooms.recruitment.tables import application_steps, candidate_notes, job_applications, jobs, profile_shares

MOST_APPLICATIONS = 1000
"""Applications that are read at once."""

a, j, o, p, t, n, s = (
    job_applications.c,
    jobs.c,
    organisations.c,
    persons.c,
    application_steps.c,
    candidate_notes.c,
    profile_shares.c,
)
handling = persons.alias("handling")


async def application_row(connection: AsyncConnection, conference: str, application: str) -> Any:
    """An application with its job's organisation and title, and when its share was withdrawn. Raises Problem "not_found"."""
    joined = job_applications.join(jobs, j.id == a.job).join(profile_shares, s.id == a.share)
    select = sa.select(job_applications, j.organisation, j.conference, j.title, s.withdrawn_at).select_from(joined)
    row = (await connection.execute(select.where(a.id == application, j.conference == conference))).one_or_none()
    if row is None:
        raise Problem("not_found", ABSENT, field="application")
    return row


async def views(connection: AsyncConnection, *conditions: "sa.ColumnElement[bool]") -> list[JobApplicationView]:
    """Applications with their timelines, last changed first."""
    joined = job_applications.join(jobs, j.id == a.job).join(organisations, o.id == j.organisation)
    joined = joined.join(persons, p.id == a.person).outerjoin(handling, handling.c.id == a.owner)
    named = (o.name.label("organisation_name"), o.texts.label("organisation_texts"), p.name)
    columns = (j.title, j.texts, j.organisation, *named)
    select = sa.select(job_applications, *columns, handling.c.name.label("owner_name")).select_from(joined)
    select = select.where(*conditions).order_by(a.changed_at.desc(), a.id).limit(MOST_APPLICATIONS)
    rows = (await connection.execute(select)).all()
    steps = await _steps(connection, [row.id for row in rows])
    return [_view(row, steps.get(row.id, [])) for row in rows]


def _view(row: Any, steps: list[StepView]) -> JobApplicationView:
    return JobApplicationView(
        id=row.id,
        job=row.job,
        job_title=row.title,
        texts=names_of(row.texts, row.organisation_texts),
        organisation=row.organisation,
        organisation_name=row.organisation_name,
        share=row.share,
        person=PersonView(row.person, row.name),
        text=row.text,
        answers=row.answers,
        state=JobApplicationState(row.state),
        owner=PersonView(row.owner, row.owner_name) if row.owner else None,
        shortlisted=row.shortlisted,
        at=row.at,
        changed_at=row.changed_at,
        steps=steps,
    )


async def _steps(connection: AsyncConnection, applications: Collection[str]) -> dict[str, list[StepView]]:
    found: dict[str, list[StepView]] = {}
    select = sa.select(application_steps).where(t.application.in_(list(applications)))
    for row in await connection.execute(select.order_by(t.at, t.id)):
        view = StepView(JobApplicationState(row.state), row.reason, row.text, row.at)
        found.setdefault(row.application, []).append(view)
    return found


async def counts(connection: AsyncConnection, organisations: Collection[str]) -> dict[str, dict[str, int]]:
    """How many applications each job of these organisations has, by state."""
    joined = job_applications.join(jobs, j.id == a.job)
    select = sa.select(a.job, a.state, sa.func.count()).select_from(joined)
    select = select.where(j.organisation.in_(list(organisations))).group_by(a.job, a.state)
    found: dict[str, dict[str, int]] = {}
    for job, state, number in await connection.execute(select):
        found.setdefault(job, {})[state] = number
    return found


async def notes(connection: AsyncConnection, shares: Collection[str]) -> dict[str, list[CandidateNoteView]]:
    """The notes of all colleagues about candidates, by share; the latest first."""
    joined = candidate_notes.join(persons, p.id == n.author)
    select = sa.select(candidate_notes, p.name).select_from(joined).where(n.share.in_(list(shares)))
    found: dict[str, list[CandidateNoteView]] = {}
    for row in await connection.execute(select.order_by(n.at.desc(), n.id)):
        found.setdefault(row.share, []).append(note_view(row))
    return found


def note_view(row: Any) -> CandidateNoteView:
    author = PersonView(row.author, row.name)
    return CandidateNoteView(row.id, author, row.text, row.rating, row.next_step, row.version, row.at)
