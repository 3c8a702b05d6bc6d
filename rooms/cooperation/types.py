"""Types of entries: organisers define what can be offered or sought, with fields of their own."""

from typing import Any

import msgspec
import sqlalchemy as sa

from rooms.cooperation import queries
from rooms.cooperation.fields import NAME_LENGTH, cleaned_fields
from rooms.cooperation.tables import entry_types
from rooms.cooperation.type_messages import ArchiveType, CreateType, EditType, TypeCreated, TypeFields
from rooms.core.commands.access import Actor
from rooms.core.commands.registry import command
from rooms.core.commands.transaction import Transaction
from rooms.core.errors import Problem
from rooms.core.ids import new_id
from rooms.core.text import N_, clean_line
from rooms.people import rules

LOBBY = {"lobby"}
MOST_TYPES = 30
t = entry_types.c


@command(CreateType, kinds=LOBBY, allowed=rules.organises)
async def create_type(tx: Transaction, actor: Actor, command: CreateType) -> TypeCreated:
    conference = actor.room.subject
    count = (await tx.connection.execute(sa.select(sa.func.count()).where(t.conference == conference))).scalar_one()
    if count >= MOST_TYPES:
        raise Problem("conflict", N_("A conference can have at most %(most)s types."), values={"most": MOST_TYPES})
    type = new_id()
    values = {"id": type, "conference": conference, "position": count, **_columns(command)}
    await tx.connection.execute(entry_types.insert().values(values))
    tx.audit(conference, actor.known.id, "entry_type.create", type)
    return TypeCreated(type)


@command(EditType, kinds=LOBBY, allowed=rules.organises)
async def edit_type(tx: Transaction, actor: Actor, command: EditType) -> None:
    await queries.type_row(tx.connection, actor.room.subject, command.type)
    await tx.connection.execute(entry_types.update().where(t.id == command.type).values(_columns(command)))
    tx.audit(actor.room.subject, actor.known.id, "entry_type.edit", command.type)


@command(ArchiveType, kinds=LOBBY, allowed=rules.organises)
async def archive_type(tx: Transaction, actor: Actor, command: ArchiveType) -> None:
    row = await queries.type_row(tx.connection, actor.room.subject, command.type)
    if row.archived_at is None:
        await tx.connection.execute(entry_types.update().where(t.id == command.type).values(archived_at=tx.now))
        tx.audit(actor.room.subject, actor.known.id, "entry_type.archive", command.type)


def _columns(said: TypeFields) -> dict[str, Any]:
    texts = {
        locale: {"name": clean_line(fields["name"], NAME_LENGTH, "texts")}
        for locale, fields in said.texts.items()
        if fields.get("name", "").strip()
    }
    return {
        "side": said.side.value,
        "name": clean_line(said.name, NAME_LENGTH, "name"),
        "texts": texts,
        "fields": msgspec.to_builtins(cleaned_fields(said.fields)),
        "days": said.days,
    }
