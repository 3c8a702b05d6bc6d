"""Reads jobs."""

from typing import Any

import msgspec
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from rooms.core.commands.access import ABSENT
from rooms.core.errors import Problem
from rooms.organisations.tables import organisations
from rooms.recruitment.jobs.messages import JobContent, JobState, JobView
from rooms.recruitment.tables import jobs, saved_jobs

j, o, s = jobs.c, organisations.c, saved_jobs.c
PUBLISHED = JobState.PUBLISHED.value
NAMED = sa.select(
    jobs, o.name.label("organisation_name"), o.texts.label("organisation_texts"), o.logo.label("logo")
).select_from(jobs.join(organisations, o.id == j.organisation))


async def job_row(connection: AsyncConnection, conference: str, job: str) -> Any:
    """All columns, with the organisation's name. Raises Problem "not_found"."""
    row = (await connection.execute(NAMED.where(j.id == job, j.conference == conference))).one_or_none()
    if row is None:
        raise Problem("not_found", ABSENT, field="job")
    return row


async def job_rows(connection: AsyncConnection, *conditions: "sa.ColumnElement[bool]") -> list[Any]:
    """Newest first."""
    select = NAMED.where(*conditions).order_by(j.created_at.desc(), j.id)
    return list((await connection.execute(select)).all())


def view_of(row: Any) -> JobView:
    return msgspec.convert({name: getattr(row, name) for name in JobView.__struct_fields__}, JobView)


def content_of(row: Any) -> dict[str, Any]:
    """What a job says, as the fields of a form."""
    return {name: getattr(row, name) for name in JobContent.__struct_fields__}


def names_of(job: dict[str, dict[str, str]], organisation: dict[str, dict[str, str]]) -> dict[str, dict[str, str]]:
    """The translations of the title of a job and of the name of its employer, for a view that has both."""
    named: dict[str, dict[str, str]] = {}
    for field, texts, said in (("job_title", job, "title"), ("organisation_name", organisation, "name")):
        for locale in texts:
            if text := texts[locale].get(said):
                named.setdefault(locale, {})[field] = text
    return named


async def saved(connection: AsyncConnection, conference: str, person: str) -> list[JobView]:
    """The jobs that a person has saved and that are still shown, last saved first."""
    joined = NAMED.join(saved_jobs, s.job == j.id).where(s.person == person, j.conference == conference)
    rows = await connection.execute(joined.where(j.state == PUBLISHED).order_by(s.at.desc(), j.id))
    return [view_of(row) for row in rows]


async def is_saved(connection: AsyncConnection, job: str, person: str) -> bool:
    select = sa.select(sa.exists().where(s.job == job, s.person == person))
    return (await connection.execute(select)).scalar_one()


async def of_organisation(connection: AsyncConnection, conference: str, organisation: str) -> list[JobView]:
    """The published jobs of an organisation, newest first."""
    shown = (j.conference == conference, j.organisation == organisation, j.state == PUBLISHED)
    return [view_of(row) for row in await job_rows(connection, *shown)]


async def employers(connection: AsyncConnection, conference: str) -> list[tuple[str, str, dict[str, dict[str, str]]]]:
    """The organisations with published jobs: id, name and translations."""
    employs = sa.exists().where(j.organisation == o.id, j.state == PUBLISHED)
    rows = await connection.execute(sa.select(o.id, o.name, o.texts).where(o.conference == conference, employs))
    return [(row.id, row.name, row.texts) for row in rows]
