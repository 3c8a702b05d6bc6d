"""A full-text index beside a table: FTS5 on SQLite, a tsvector with a GIN index on PostgreSQL.

Both store the terms of rooms/core/search_terms.py and do not split words themselves, so a search finds the same on both.
"""

import hashlib
from collections.abc import Collection

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.dialects.postgresql import TSQUERY, TSVECTOR
from sqlalchemy.ext.asyncio import AsyncConnection

from rooms.core.search_terms import WantedWord, terms, wanted
from rooms.core.store.database import metadata

MOST_TERMS = 16_000
"""PostgreSQL counts positions up to 16,383. Terms after that are not found."""


def names(metadata: sa.MetaData) -> tuple[str, ...]:
    """Of all indexes beside these tables. SQLite stores each in further tables, whose names begin with its name."""
    return tuple(metadata.info.get(_INDEXES, ()))


_INDEXES = "full-text indexes"


class FullTextIndex:
    """The index `name`, with one text for each id. It is created with the tables, and in a migration by `create_index`."""

    def __init__(self, name: str, metadata: sa.MetaData = metadata) -> None:
        self.name = name
        metadata.info.setdefault(_INDEXES, []).append(name)
        self._table = sa.table(name, sa.column("rowid"), sa.column("id", sa.String), sa.column("terms", sa.Text))
        for dialect, statements in _statements(name).items():
            for statement in statements:
                event.listen(metadata, "after_create", sa.DDL(statement).execute_if(dialect=dialect))

    async def put(self, connection: AsyncConnection, id: str, text: str) -> None:
        """Replaces the text of an id."""
        await self.remove(connection, [id])
        found = terms(text)[:MOST_TERMS]
        if connection.dialect.name == "postgresql":
            value = " ".join(f"'{term}':{at}" for at, term in enumerate(found, start=1))
            values = {"id": id, "terms": sa.cast(value, TSVECTOR)}
        else:
            values = {"rowid": _row_of(id), "id": id, "terms": " ".join(found)}
        await connection.execute(self._table.insert().values(values))

    async def remove(self, connection: AsyncConnection, ids: Collection[str]) -> None:
        c = self._table.c
        postgresql = connection.dialect.name == "postgresql"
        these = c.id.in_(list(ids)) if postgresql else c.rowid.in_([_row_of(id) for id in ids])
        await connection.execute(self._table.delete().where(these))

    def matching(self, connection: AsyncConnection, text: str) -> "sa.Select[str] | None":
        """Selects the ids whose texts contain all words of `text`; None for a search without words."""
        words = wanted(text)
        if not words:
            return None
        ids = sa.select(self._table.c.id)
        if connection.dialect.name == "postgresql":
            query = " & ".join(_tsquery(each) for each in words)
            return ids.where(self._table.c.terms.op("@@")(sa.cast(query, TSQUERY)))
        query = " AND ".join(_fts5(each) for each in words)
        return ids.where(sa.literal_column(self.name).op("MATCH")(query))


def _row_of(id: str) -> int:
    """FTS5 finds a row quickly by its number only, so the number is made from the id. 63 bits keep two ids apart."""
    return int.from_bytes(hashlib.blake2b(id.encode(), digest_size=8).digest()) >> 1


def create_index(connection: sa.Connection, name: str) -> None:
    """For migrations."""
    for statement in _statements(name)[connection.dialect.name]:
        connection.execute(sa.text(statement))


def _statements(name: str) -> dict[str, list[str]]:
    options = 'id UNINDEXED, terms, tokenize = "unicode61 remove_diacritics 0"'
    table = f"CREATE TABLE IF NOT EXISTS {name} (id VARCHAR(20) PRIMARY KEY, terms TSVECTOR NOT NULL)"
    return {
        "sqlite": [f"CREATE VIRTUAL TABLE IF NOT EXISTS {name} USING fts5({options})"],
        "postgresql": [table, f"CREATE INDEX IF NOT EXISTS ix_{name}_terms ON {name} USING gin (terms)"],
    }


# Terms consist of letters and digits only, so they need no escapes between quotes.
def _tsquery(word: WantedWord) -> str:
    *first, last = (f"'{term}'" for term in word.terms)
    return f"({' <-> '.join([*first, last + (':*' if word.prefix else '')])})"


def _fts5(word: WantedWord) -> str:
    return f'"{" ".join(word.terms)}"{" *" if word.prefix else ""}'
