"""Receives the documents of entries: the part of the slice that writes to the store."""

from collections.abc import AsyncIterator

from rooms.cooperation.documents import actions
from rooms.cooperation.documents.messages import TITLE_LENGTH
from rooms.cooperation.documents.tables import entry_files
from rooms.cooperation.editing import own_entry
from rooms.core.commands.access import resolve
from rooms.core.files.inspection import Content
from rooms.core.files.intake import MEGABYTE, Intake, keeps_files, title_of
from rooms.people import rules

LIMIT = 20 * MEGABYTE

keeps_files(entry_files.c.id)


async def take(
    intake: Intake,
    person: str,
    lobby: str,
    entry: str,
    pieces: AsyncIterator[bytes],
    *,
    field: str,
    gated: bool,
    title: str = "",
    name: str = "",
) -> str:
    """Stores a document and puts it into the entry's draft; returns its id. Without a title, the title is the uploader's file `name`. Raises the
    problems of Intake.receive, or one of permission; then nothing is stored."""
    engine = intake.engine
    actor = await engine.actor(person, lobby)
    rules.takes_part(actor)
    async with engine.database.read() as connection:  # before any work; checked again when the room is locked
        row = await own_entry(connection, actor, entry)
        await actions.check_field(connection, row, field)
    async with intake.receive(person, Content.DOCUMENT, LIMIT, pieces) as stored:
        called = title_of(title, name, TITLE_LENGTH, "Document")
        async with engine.transaction([lobby]) as tx:
            tx.room = lobby
            actor = await resolve(tx.connection, person, tx.rooms[lobby], tx.now)
            rules.takes_part(actor)
            row = await own_entry(tx.connection, actor, entry)
            await actions.add(tx, actor, row, {"field": field, "gated": gated, "title": called, **stored._asdict()})
    return stored.id
