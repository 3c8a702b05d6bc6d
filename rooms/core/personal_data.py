"""Personal data: each slice registers what it keeps about people, and how that is exported and erased.

rooms/people/erasure.py runs what is registered here, so the slice of people depends on no slice above it.
tests/rooms/test_personal_data.py fails when a column that can name a person, or can hold their words, is claimed by nobody.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from rooms.core.commands.transaction import Transaction
from rooms.core.store import journal

NOBODY = "—"
"""Replaces the name of an erased person."""


class DataSubject(NamedTuple):
    """The person whose data is exported or erased, as they are now."""

    id: str
    name: str
    email: str | None


class Rows(NamedTuple):
    """The rows of a table that belong to one person: those whose column `by` holds the person's id (of a column "email": their address).

    `columns` are exported under `name`. Rows without columns are not exported, because they say something about somebody else.
    `replace` is what an erasure writes over the rows; {} leaves them unchanged, under a bare id, and None deletes them.
    """

    name: str
    table: sa.Table
    columns: tuple[str, ...]
    by: str = "person"
    replace: Mapping[str, Any] | None = None

    def of(self, subject: DataSubject) -> "sa.ColumnElement[bool]":
        return self.table.c[self.by] == (subject.email if self.by == "email" else subject.id)


def _no_rooms(subject: DataSubject) -> "list[sa.Select[str]]":
    return []


@dataclass(frozen=True, slots=True)
class PersonalData:
    """What one slice keeps. `rooms` selects the rooms whose members may see something of the person.

    `erase` does what `rows` alone cannot express, and runs before them; `texts` names the further columns that it clears of the person's words.
    """

    rows: tuple[Rows, ...]
    rooms: Callable[[DataSubject], "list[sa.Select[str]]"] = _no_rooms
    erase: Callable[[Transaction, DataSubject], Awaitable[None]] | None = None
    texts: Mapping[sa.Table, tuple[str, ...]] = field(default_factory=dict[sa.Table, tuple[str, ...]])


REGISTERED: dict[str, PersonalData] = {}
"""By slice, in the order of their layers (rooms/slices.py)."""


def register(slice: str, data: PersonalData) -> None:
    REGISTERED[slice] = data


async def export(connection: AsyncConnection, subject: DataSubject) -> dict[str, list[dict[str, Any]]]:
    """Everything that the slices keep about a person, and nothing about anybody else."""
    found: dict[str, list[dict[str, Any]]] = {}
    for data in REGISTERED.values():
        for rows in data.rows:
            if rows.columns:
                select = sa.select(*(rows.table.c[name] for name in rows.columns)).where(rows.of(subject))
                found[rows.name] = [dict(row) for row in (await connection.execute(select)).mappings()]
    return found


async def rooms_of(connection: AsyncConnection, subject: DataSubject, since: datetime | None = None) -> set[str]:
    """The rooms that show something of a person, and those whose journals name them. `since`: only what was recorded from then on is searched,
    because a search of all journals takes long."""
    return await rooms_showing(connection, subject) | await journal.rooms_naming(
        connection, subject.id, subject.name, since
    )


async def rooms_showing(connection: AsyncConnection, subject: DataSubject) -> set[str]:
    """The rooms that show something of a person, by the tables alone."""
    found: set[str] = set()
    for data in REGISTERED.values():
        for select in data.rooms(subject):
            found.update((await connection.execute(select)).scalars())
    return found


async def erase(tx: Transaction, subject: DataSubject) -> None:
    """Erases a person from all tables, from the slices on top downwards. The transaction has locked `rooms_of` them."""
    for data in reversed(REGISTERED.values()):
        if data.erase is not None:
            await data.erase(tx, subject)
        for rows in data.rows:
            if rows.replace is None:
                await tx.connection.execute(rows.table.delete().where(rows.of(subject)))
            elif rows.replace:
                await tx.connection.execute(rows.table.update().where(rows.of(subject)).values(dict(rows.replace)))
