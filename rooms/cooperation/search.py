"""Searches published entries in the database: words, type, side and facets; with the number of entries for each value of a facet."""

from typing import Any, NamedTuple

import msgspec
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from rooms.cooperation import queries
from rooms.cooperation.fields import COUNTRIES, FACETS
from rooms.cooperation.messages import EntrySide, EntryState, EntryView, TypeView
from rooms.cooperation.roles import is_sought
from rooms.cooperation.tables import entries, entry_facets, entry_terms, entry_types
from rooms.core.errors import Problem
from rooms.core.text import clean_line

PAGE = 20
MOST_FACETS = 10
"""Filters of one search: each is counted by a statement of its own."""

e, t, f = entries.c, entry_types.c, entry_facets.c


class Query(msgspec.Struct, frozen=True):
    """A search; "" or {}: no filter. `facets`: the chosen value for "country" or the key of a field. `sought`: ideas that are missing somebody from
    a country; "any": from any."""

    words: str = ""
    side: str = ""
    type: str = ""
    facets: dict[str, str] = {}
    sought: str = ""


class FacetCount(NamedTuple):
    value: str
    entries: int


def keys_of(types: list[TypeView]) -> list[str]:
    """The keys by which entries of these types are filtered."""
    fields = (field.key for type in types for field in type.fields if field.kind in FACETS)
    return list(dict.fromkeys(["country", *fields]))


def query_of(asked: "dict[str, str]", types: list[TypeView]) -> Query:
    """The search in the query of an address, without what is unknown."""
    facets = {key: value for key in keys_of(types) if (value := _line(asked.get(key, "")))}
    facets = dict(list(facets.items())[:MOST_FACETS])
    side, type, sought = asked.get("side", ""), asked.get("type", ""), asked.get("sought", "")
    return Query(
        words=_line(asked.get("words", "")),
        side=side if side in set(EntrySide) else "",
        type=type if type in {each.id for each in types} else "",
        facets=facets,
        sought=sought if sought == "any" or sought in COUNTRIES else "",
    )


def _line(text: str) -> str:
    """Without control characters, which PostgreSQL refuses in part; "" if nothing else is left."""
    try:
        return clean_line(text[:200], 200)
    except Problem:
        return ""


def _passing(
    connection: AsyncConnection, conference: str, query: Query, *, without: str = ""
) -> "sa.ColumnElement[bool]":
    """The condition of a search; `without` leaves out one facet, whose values are counted."""
    conditions = [e.conference == conference, e.state == EntryState.PUBLISHED.value]
    if (matching := entry_terms.matching(connection, query.words)) is not None:
        conditions.append(e.id.in_(matching))
    if query.side:
        conditions.append(e.type.in_(sa.select(t.id).where(t.side == query.side)))
    if query.type:
        conditions.append(e.type == query.type)
    if query.sought:
        conditions.append(is_sought(e.id, query.sought))
    for key, value in query.facets.items():
        if key != without:
            conditions.append(e.id.in_(sa.select(f.entry).where(f.key == key, f.value == value)))
    return sa.and_(*conditions)


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
) -> dict[str, list[FacetCount]]:
    """For each key, its values and how many of the entries that match the rest of the search have them, most first."""
    found: dict[str, list[FacetCount]] = {}
    for group in _groups(query, keys):
        matching = sa.select(e.id).where(
            _passing(connection, conference, query, without=group[0] if len(group) == 1 else "")
        )
        number = sa.func.count()
        select = (
            sa.select(f.key, f.value, number).where(f.key.in_(group), f.entry.in_(matching)).group_by(f.key, f.value)
        )
        for key, value, entries_here in await connection.execute(select.order_by(number.desc(), f.value)):
            found.setdefault(key, []).append(FacetCount(value, entries_here))
    return found


def _groups(query: Query, keys: list[str]) -> list[list[str]]:
    """Keys that can be counted by one statement: a chosen facet needs its own, because it is left out of its own count."""
    chosen = [key for key in keys if key in query.facets]
    rest = [key for key in keys if key not in query.facets]
    return [*([key] for key in chosen), *([rest] if rest else [])]


async def matches(connection: AsyncConnection, conference: str, query: Query, since: Any, until: Any) -> list[str]:
    """The entries that match and were first published in a span of time."""
    select = sa.select(e.id).where(
        _passing(connection, conference, query), e.published_at > since, e.published_at <= until
    )
    return list((await connection.execute(select.order_by(e.published_at, e.id).limit(PAGE))).scalars())
