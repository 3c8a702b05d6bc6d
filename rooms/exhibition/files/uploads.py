"""Receives the files of booths: the part of the slice that writes to the store."""

from collections.abc import AsyncIterator
from typing import Any

from rooms.core.commands.access import resolve
from rooms.core.files.inspection import Content
from rooms.core.files.intake import MEGABYTE, Intake, keeps_files, title_of
from rooms.exhibition import rules
from rooms.exhibition.booths.editing import with_hall
from rooms.exhibition.files import actions
from rooms.exhibition.files.messages import TITLE_LENGTH, FileKind, RemoveFile
from rooms.exhibition.files.tables import files

LIMITS = {FileKind.LOGO: 5 * MEGABYTE, FileKind.BROCHURE: 20 * MEGABYTE, FileKind.FILM: 200 * MEGABYTE}
"""Maximum size of an upload in bytes."""

keeps_files(files.c.id)


class Files:
    """The files of booths."""

    def __init__(self, intake: Intake) -> None:
        self._intake = intake
        self._engine = intake.engine

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
        With `old` the file replaces that one. Raises the problems of Intake.receive, or a problem of permission; then nothing is stored."""
        rules.owns(
            await self._engine.actor(person, room)
        )  # before any work; `_add` checks again when the room is locked
        async with self._intake.receive(person, Content(kind.value), LIMITS[kind], pieces) as stored:
            called = title_of(title, name, TITLE_LENGTH, kind.value.capitalize())
            await self._add(person, room, {"kind": kind.value, "title": called, **stored._asdict()}, old)
        return stored.id

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
