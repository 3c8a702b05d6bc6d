"""Searches candidates who may be invited. Nobody else is in the index."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from rooms.core.store.faceted_search import FacetedQuery, FacetedSearch
from rooms.people.restraints import not_removed
from rooms.people.tables import blocks
from rooms.recruitment.candidates.messages import CandidateView
from rooms.recruitment.candidates.queries import found_view
from rooms.recruitment.tables import candidate_facets, candidate_terms, candidates

PAGE = 20

SEARCH = FacetedSearch(candidates.c.id, candidate_terms, candidate_facets, ("science", "language", "degree", "country"))
c, b = candidates.c, blocks.c


def shown(conference: str, viewer: str, now: datetime) -> "sa.ColumnElement[bool]":
    """Those who may be invited by this viewer: they have not been removed, and neither has blocked the other."""
    blocked = sa.or_(
        sa.and_(b.person == c.person, b.blocked == viewer), sa.and_(b.person == viewer, b.blocked == c.person)
    )
    here = sa.and_(c.conference == conference, c.invitable, c.person != viewer)
    return sa.and_(here, ~sa.exists().where(blocked), not_removed(c.person, conference, now))


async def count(connection: AsyncConnection, query: FacetedQuery, shown: "sa.ColumnElement[bool]") -> int:
    select = sa.select(sa.func.count()).select_from(candidates).where(shown, SEARCH.passing(connection, query))
    return (await connection.execute(select)).scalar_one()


async def page(
    connection: AsyncConnection, query: FacetedQuery, shown: "sa.ColumnElement[bool]", number: int
) -> list[CandidateView]:
    """A page of the candidates that match, last changed first; `number` counts from 0."""
    select = sa.select(candidates).where(shown, SEARCH.passing(connection, query))
    rows = await connection.execute(select.order_by(c.updated_at.desc(), c.id).limit(PAGE).offset(number * PAGE))
    return [found_view(row) for row in rows]


async def list_candidate(connection: AsyncConnection, id: str, said: Mapping[str, Any]) -> None:
    """Makes the profile of a candidate findable, or no longer findable. `said`: its columns."""
    if not said["invitable"]:
        await SEARCH.remove(connection, [id])
        return
    facets = [
        ("degree", said["degree"]),
        ("country", said["country"]),
        *(("science", code) for code in said["sciences"]),
        *(("language", tag) for tag in said["languages"]),
    ]
    await SEARCH.put(connection, id, [said["headline"], said["about"]], facets)
