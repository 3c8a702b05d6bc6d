"""Receives uploaded files and deletes unused ones: the part of the slice that writes to the store."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import sqlalchemy as sa

from rooms.core.commands.access import resolve
from rooms.core.engine import Engine
from rooms.core.errors import Problem
from rooms.core.files.inspection import Content, inspect
from rooms.core.files.store import Store
from rooms.core.ids import new_id
from rooms.core.rate_limits import Rate
from rooms.core.text import clean_line
from rooms.exhibition import rules
from rooms.exhibition.booths.editing import with_hall
from rooms.exhibition.files import actions
from rooms.exhibition.files.messages import TITLE_LENGTH, FileKind, RemoveFile
from rooms.exhibition.files.tables import files

MEGABYTE = 1_000_000
LIMITS = {FileKind.LOGO: 5 * MEGABYTE, FileKind.BROCHURE: 20 * MEGABYTE, FileKind.FILM: 200 * MEGABYTE}
"""Maximum size of an upload in bytes."""
MADE_LIMIT = 40 * MEGABYTE
"""Maximum size of a picture in bytes after re-encoding."""

AT_ONCE = 2
"""How many files a process inspects at the same time; others wait."""
UPLOADS = Rate(40, 600)
UNKNOWN_SECONDS = 3600.0
"""The age at which a file without a row is deleted: longer than any upload, and than any download of a removed file."""


class Files:
    """The files of an engine, in a store."""

    def __init__(self, engine: Engine, store: Store) -> None:
        self.store = store
        self._engine = engine
        self._turns = asyncio.Semaphore(AT_ONCE)

    async def take(
        self,
        person: str,
        room: str,
        kind: FileKind,
        pieces: AsyncIterator[bytes],
        *,
        title: str = "",
        name: str = "",
        old: str = "",
    ) -> str:
        """Stores a file for the booth of a room; returns its id. Without a title, the title is the uploader's file `name` without folders and ending.
        With `old` the file replaces that one. Raises Problem: "too_large", "invalid" for content of another kind, "no_space", or a problem of
        permission; then nothing is stored."""
        rules.owns(
            await self._engine.actor(person, room)
        )  # before any work; `_add` checks again when the room is locked
        self._engine.limits.take("upload", person, UPLOADS)
        async with self.store.arrival(LIMITS[kind]) as arriving, self.store.arrival(MADE_LIMIT) as made:
            async for piece in pieces:
                await arriving.write(piece)
            await arriving.end()
            await made.end()
            async with self._turns:
                seen = await inspect(Content(kind.value), arriving.path, made.path)
            path = made.path if seen.made else arriving.path
            size = path.stat().st_size
            id = new_id()
            values = {
                "id": id,
                "kind": kind.value,
                "ending": seen.ending,
                "size": size,
                "title": _title(title, name, kind),
            }
            values["digest"] = await self.store.keep(path, id)
        try:
            await self._add(person, room, values, old)
        except Problem as problem:
            # If the database has not answered, the row may still exist. `delete_unknown` will find out.
            if problem.code != "unavailable":
                await self.store.remove(id)
            raise
        return id

    async def _add(self, person: str, room: str, values: dict[str, Any], old: str) -> None:
        async with self._engine.database.read() as connection:
            also = await with_hall(connection, room, RemoveFile(values["id"]))
        async with self._engine.transaction([room, *also]) as tx:
            tx.room = room
            actor = await resolve(tx.connection, person, tx.rooms[room], tx.now)
            rules.owns(actor)
            if old:
                await actions.replace(tx, actor, old, values)
            else:
                await actions.add(tx, actor, values)

    async def delete_unknown(self, seconds: float = UNKNOWN_SECONDS) -> int:
        """Deletes files without a row, and uploads cut off by a crash; returns how many files were deleted. Raises Problem "unavailable"."""
        async with self._engine.database.read() as connection:
            known = set((await connection.execute(sa.select(files.c.id))).scalars())
        return await self.store.delete_unknown(known, seconds)


def _title(given: str, name: str, kind: FileKind) -> str:
    """Raises Problem "invalid" for a title that is too long; a name is cut."""
    if given.strip():
        return clean_line(given, TITLE_LENGTH, "title")
    name = name.replace("\\", "/").rpartition("/")[2].strip(". ")
    stem, dot, ending = name.rpartition(".")
    try:
        return clean_line((stem if dot and len(ending) <= 5 else name)[:TITLE_LENGTH], TITLE_LENGTH)
    except Problem:
        return kind.value.capitalize()
