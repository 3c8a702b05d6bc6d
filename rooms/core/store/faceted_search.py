"""Searches rows in the database by words and facets, with the number of rows for each value of a facet. A row may have several values of one facet."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

import msgspec
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from rooms.core.errors import Problem
from rooms.core.store.full_text import FullTextIndex
from rooms.core.text import clean_line

MOST_FACETS = 10
"""Filters of one search: each is counted by a statement of its own."""

LENGTH = 200


class FacetedQuery(msgspec.Struct, frozen=True):
    """A search; "" or {}: no filter. `facets`: the chosen value of each."""

    words: str = ""
    facets: dict[str, str] = {}


class ValueCount(NamedTuple):
    value: str
    rows: int


@dataclass(frozen=True, slots=True)
class FacetedSearch:
    """`id` is the column of the rows' ids; `keys` are those by which rows can be filtered. `facets` has the columns key and value, and the column
    `subject` for the id of a row."""

    id: "sa.Column[str]"
    terms: FullTextIndex
    facets: sa.Table
    keys: tuple[str, ...] = ()
    subject: str = "subject"

    def query(self, asked: Mapping[str, str]) -> FacetedQuery:
        """The search in the query of an address, without what is unknown."""
        chosen = [(key, value) for key in self.keys if (value := _line(asked.get(key, "")))]
        return FacetedQuery(_line(asked.get("words", "")), dict(chosen[:MOST_FACETS]))

    def passing(
        self, connection: AsyncConnection, query: FacetedQuery, *, without: str = ""
    ) -> "sa.ColumnElement[bool]":
        """The condition of a search; `without` leaves out one facet, whose values are counted."""
        conditions: list[sa.ColumnElement[bool]] = [sa.true()]
        if (matching := self.terms.matching(connection, query.words)) is not None:
            conditions.append(self.id.in_(matching))
        f = self.facets.c
        for key, value in query.facets.items():
            if key != without:
                having = sa.select(f[self.subject]).where(f.key == key, f.value == value)
                conditions.append(self.id.in_(having))
        return sa.and_(*conditions)

    async def counts(
        self, connection: AsyncConnection, query: FacetedQuery, shown: "sa.ColumnElement[bool]"
    ) -> dict[str, list[ValueCount]]:
        """For each facet, its values and how many of the rows in `shown` that match the rest of the search have them, most first."""
        f, number = self.facets.c, sa.func.count()
        chosen = [key for key in self.keys if key in query.facets]
        rest = [key for key in self.keys if key not in query.facets]
        groups = [*([key] for key in chosen), *([rest] if rest else [])]
        found: dict[str, list[ValueCount]] = {}
        for group in groups:
            # A chosen facet is left out of its own count, so it needs a statement of its own.
            here = self.passing(connection, query, without=group[0] if group != rest else "")
            rows = sa.select(self.id).where(shown, here)
            select = sa.select(f.key, f.value, number).where(f.key.in_(group), f[self.subject].in_(rows))
            grouped = select.group_by(f.key, f.value).order_by(number.desc(), f.value)
            for key, value, count in await connection.execute(grouped):
                found.setdefault(key, []).append(ValueCount(value, count))
        return {key: found[key] for key in self.keys if key in found}

    async def put(
        self, connection: AsyncConnection, id: str, words: Iterable[str], facets: Iterable[tuple[str, str]]
    ) -> None:
        """Makes a row findable by its words and facets."""
        await self.remove(connection, [id])
        await self.terms.put(connection, id, "\n".join(words))
        rows = [{self.subject: id, "key": key, "value": value} for key, value in dict.fromkeys(facets) if value]
        if rows:
            await connection.execute(self.facets.insert(), rows)

    async def remove(self, connection: AsyncConnection, ids: Collection[str]) -> None:
        await self.terms.remove(connection, ids)
        await connection.execute(self.facets.delete().where(self.facets.c[self.subject].in_(list(ids))))


def _line(text: str) -> str:
    """Without control characters, which PostgreSQL refuses in part; "" if nothing else is left."""
    try:
        return clean_line(text[:LENGTH], LENGTH)
    except Problem:
        return ""
