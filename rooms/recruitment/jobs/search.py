"""Searches published jobs, and lists them to be found."""

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from rooms.core.store.faceted_search import FacetedQuery, FacetedSearch
from rooms.recruitment.jobs import queries
from rooms.recruitment.jobs.messages import JobView
from rooms.recruitment.tables import job_facets, job_terms, jobs

PAGE = 20

SEARCH = FacetedSearch(
    jobs.c.id,
    job_terms,
    job_facets,
    ("country", "science", "language", "visa", "contract", "workplace", "degree", "employer"),
)
j = jobs.c


def shown(conference: str) -> "sa.ColumnElement[bool]":
    return sa.and_(j.conference == conference, j.state == queries.PUBLISHED)


async def count(connection: AsyncConnection, conference: str, query: FacetedQuery) -> int:
    passing = SEARCH.passing(connection, query)
    select = sa.select(sa.func.count()).select_from(jobs).where(shown(conference), passing)
    return (await connection.execute(select)).scalar_one()


async def page(connection: AsyncConnection, conference: str, query: FacetedQuery, number: int) -> list[JobView]:
    """A page of the jobs that match, newest first; `number` counts from 0."""
    select = queries.NAMED.where(shown(conference), SEARCH.passing(connection, query))
    rows = await connection.execute(select.order_by(j.published_at.desc(), j.id).limit(PAGE).offset(number * PAGE))
    return [queries.view_of(row) for row in rows]


async def list_job(connection: AsyncConnection, conference: str, job: str) -> None:
    """Makes a published job findable."""
    row = await queries.job_row(connection, conference, job)
    translated = [text for said in row.texts.values() for text in said.values()]
    names = [said["name"] for said in row.organisation_texts.values() if said.get("name")]
    facets = [
        ("country", row.country),
        ("visa", "yes" if row.visa else ""),
        ("contract", row.contract),
        ("workplace", row.workplace),
        ("degree", row.degree),
        ("employer", row.organisation),
        *(("science", code) for code in row.sciences),
        *(("language", tag) for tag in row.languages),
    ]
    words = [row.title, row.about, row.place, row.organisation_name, *names, *translated]
    await SEARCH.put(connection, job, words, facets)


async def unlist(connection: AsyncConnection, job: str) -> None:
    await SEARCH.remove(connection, [job])
