"""Receives uploaded files for every slice, and deletes those that no slice knows.

A slice registers the columns that hold the ids of its files; a file that none of them names is deleted.
"""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from typing import NamedTuple

import sqlalchemy as sa

from rooms.core.engine import Engine
from rooms.core.errors import Problem
from rooms.core.files.inspection import Content, inspect
from rooms.core.files.store import Store
from rooms.core.ids import new_id
from rooms.core.rate_limits import Rate
from rooms.core.text import clean_line

MEGABYTE = 1_000_000
MADE_LIMIT = 40 * MEGABYTE
"""Maximum size of a picture in bytes after re-encoding."""

AT_ONCE = 2
"""How many files a process inspects at the same time; others wait."""
UPLOADS = Rate(40, 600)
UNKNOWN_SECONDS = 3600.0
"""The age at which a file without a row is deleted: longer than any upload, and than any download of a removed file."""

_KNOWN: "list[sa.ColumnElement[str]]" = []


def keeps_files(column: "sa.ColumnElement[str]") -> None:
    """Registers a column with the ids of stored files."""
    _KNOWN.append(column)


class StoredFile(NamedTuple):
    """A file that was accepted; `ending` fits its content."""

    id: str
    ending: str
    size: int
    digest: str


class Intake:
    """The way of all uploads into a store."""

    def __init__(self, engine: Engine, store: Store) -> None:
        self.engine = engine
        self.store = store
        self._turns = asyncio.Semaphore(AT_ONCE)

    @asynccontextmanager
    async def receive(
        self, person: str, content: Content, limit: int, pieces: AsyncIterator[bytes]
    ) -> AsyncGenerator[StoredFile]:
        """Inspects and stores a file; the block adds its row. If the block raises a Problem, the file is removed again.

        Raises Problem: "too_large", "invalid" for content of another kind, "no_space", or "rate_limited"; then nothing is stored."""
        self.engine.limits.take("upload", person, UPLOADS)
        async with self.store.arrival(limit) as arriving, self.store.arrival(MADE_LIMIT) as made:
            async for piece in pieces:
                await arriving.write(piece)
            await arriving.end()
            await made.end()
            async with self._turns:
                seen = await inspect(content, arriving.path, made.path)
            path = made.path if seen.made else arriving.path
            size = path.stat().st_size
            id = new_id()
            digest = await self.store.keep(path, id)
        try:
            yield StoredFile(id, seen.ending, size, digest)
        except Problem as problem:
            # If the database has not answered, the row may still exist. `delete_unknown` will find out.
            if problem.code != "unavailable":
                await self.store.remove(id)
            raise

    async def delete_unknown(self, seconds: float = UNKNOWN_SECONDS) -> int:
        """Deletes files without a row, and uploads cut off by a crash; returns how many files were deleted. Raises Problem "unavailable"."""
        known: set[str] = set()
        async with self.engine.database.read() as connection:
            for column in _KNOWN:
                known |= set((await connection.execute(sa.select(column))).scalars())
        return await self.store.delete_unknown(known, seconds)


def title_of(given: str, name: str, length: int, otherwise: str) -> str:
    """The title of an upload: as given, or the sender's file `name` without folders and ending. Raises Problem "invalid" for a title that is too long;
    a name is cut."""
    if given.strip():
        return clean_line(given, length, "title")
    name = name.replace("\\", "/").rpartition("/")[2].strip(". ")
    stem, dot, ending = name.rpartition(".")
    try:
        return clean_line((stem if dot and len(ending) <= 5 else name)[:length], length)
    except Problem:
        return otherwise
