"""Searches published entries in the database: words, type, side and facets; with the number of entries for each value of a facet."""

from dataclasses import replace
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from rooms.cooperation import queries
from rooms.cooperation.fields import COUNTRIES, FACETS
from rooms.cooperation.messages import EntrySide, EntryState, EntryView, TypeView
from rooms.cooperation.roles import is_sought
from rooms.cooperation.tables import entries, entry_facets, entry_terms, entry_types
from rooms.core.store.faceted_search import FacetedQuery, FacetedSearch, ValueCount

PAGE = 20

SEARCH = FacetedSearch(entries.c.id, entry_terms, entry_facets, subject="entry")
"""Without keys, because they come from the types of a conference."""

e, t = entries.c, entry_types.c


class Query(FacetedQuery, frozen=True):
    """A search; "" or {}: no filter. `facets`: the chosen value for "country" or the key of a field. `sought`: ideas that are missing somebody from
    a country; "any": from any."""

    side: str = ""
    type: str = ""
    sought: str = ""


def keys_of(types: list[TypeView]) -> list[str]:
    """The keys by which entries of these types are filtered."""
    fields = (field.key for type in types for field in type.fields if field.kind in FACETS)
    return list(dict.fromkeys(["country", *fields]))


def _by(keys: list[str]) -> FacetedSearch:
    return replace(SEARCH, keys=tuple(keys))


def query_of(asked: "dict[str, str]", types: list[TypeView]) -> Query:
    """The search in the query of an address, without what is unknown."""
    general = _by(keys_of(types)).query(asked)
    side, type, sought = asked.get("side", ""), asked.get("type", ""), asked.get("sought", "")
    return Query(
        words=general.words,
        facets=general.facets,
        side=side if side in set(EntrySide) else "",
        type=type if type in {each.id for each in types} else "",
        sought=sought if sought == "any" or sought in COUNTRIES else "",
    )


def _shown(conference: str, query: Query) -> "sa.ColumnElement[bool]":
    """The published entries that pass everything but words and facets."""
    conditions = [e.conference == conference, e.state == EntryState.PUBLISHED.value]
    if query.side:
        conditions.append(e.type.in_(sa.select(t.id).where(t.side == query.side)))
    if query.type:
        conditions.append(e.type == query.type)
    if query.sought:
        conditions.append(is_sought(e.id, query.sought))
    return sa.and_(*conditions)


def _passing(connection: AsyncConnection, conference: str, query: Query) -> "sa.ColumnElement[bool]":
    return sa.and_(_shown(conference, query), SEARCH.passing(connection, query))


async def count(connection: AsyncConnection, conference: str, query: Query) -> int:
    select = sa.select(sa.func.count()).select_from(entries).where(_passing(connection, conference, query))
    return (await connection.execute(select)).scalar_one()


async def page(connection: AsyncConnection, conference: str, query: Query, number: int) -> list[EntryView]:
    """A page of the entries that match, newest first; `number` counts from 0."""
    select = queries.NAMED.where(_passing(connection, conference, query)).order_by(e.published_at.desc(), e.id)
    rows = await connection.execute(select.limit(PAGE).offset(number * PAGE))
    return [queries.view_of(row) for row in rows]


async def of_organisation(connection: AsyncConnection, conference: str, organisation: str) -> list[EntryView]:
    """The published entries of an organisation, newest first."""
    select = queries.NAMED.where(
        e.conference == conference, e.organisation == organisation, e.state == EntryState.PUBLISHED.value
    )
    rows = await connection.execute(select.order_by(e.published_at.desc(), e.id).limit(PAGE))
    return [queries.view_of(row) for row in rows]


async def facets(
    connection: AsyncConnection, conference: str, query: Query, keys: list[str]
) -> dict[str, list[ValueCount]]:
    """The counts of each key: first those that are chosen, then those with the most frequent values."""
    found = await _by(keys).counts(connection, query, _shown(conference, query))
    return dict(sorted(found.items(), key=lambda each: (each[0] not in query.facets, -each[1][0].rows)))


async def matches(connection: AsyncConnection, conference: str, query: Query, since: Any, until: Any) -> list[str]:
    """The entries that match and were first published in a span of time."""
    select = sa.select(e.id).where(
        _passing(connection, conference, query), e.published_at > since, e.published_at <= until
    )
    return list((await connection.execute(select.order_by(e.published_at, e.id).limit(PAGE))).scalars())
