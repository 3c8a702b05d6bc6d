"""Commands on the documents of an entry. Members of its organisation add and remove them, and decide who reads those that are not for everyone."""

from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from rooms.cooperation import queries as cooperation
from rooms.cooperation.documents import queries
from rooms.cooperation.documents.messages import (
    REASON_LENGTH,
    TITLE_LENGTH,
    ApproveReader,
    AskToRead,
    ChangeDocument,
    ReaderState,
    RefuseReader,
    RemoveDocument,
)
from rooms.cooperation.documents.tables import entry_files, entry_readers
from rooms.cooperation.editing import own_entry, said_of
from rooms.cooperation.messages import EntryReview, FieldKind
from rooms.cooperation.publication import answering, entry_of_others, with_members
from rooms.cooperation.tables import entries
from rooms.core.commands.access import Actor
from rooms.core.commands.registry import command
from rooms.core.commands.transaction import Transaction
from rooms.core.errors import Problem
from rooms.core.links import Target
from rooms.core.rate_limits import Rate
from rooms.core.text import N_, clean_line, clean_text
from rooms.people import rules
from rooms.people.desk import desks_of, notify_all
from rooms.people.restraints import not_removed

LOBBY = {"lobby"}
MOST_BYTES = 500_000_000
"""All documents of one organisation together."""
MOST_WAITING = 50
"""Requests of one person that have no answer yet."""

e, f, r = entries.c, entry_files.c, entry_readers.c
WAITING, APPROVED, REFUSED = (state.value for state in ReaderState)


async def check_field(connection: AsyncConnection, row: Any, field: str) -> None:
    """Raises Problem "invalid" unless the entry has a field of this key that holds a file."""
    type = cooperation.type_of(await cooperation.type_row(connection, row.conference, row.type))
    if not any(each.key == field and each.kind is FieldKind.FILE for each in type.fields):
        raise Problem("invalid", N_("This form has an unknown field."), field="field")


async def add(tx: Transaction, actor: Actor, row: Any, values: dict[str, Any]) -> None:
    """Puts a stored file into the entry's draft, in place of the one in its field. Raises Problem "conflict" or "invalid"."""
    await check_field(tx.connection, row, values["field"])
    if await queries.stored_bytes(tx.connection, row.organisation) + values["size"] > MOST_BYTES:
        text = N_("The documents of an organisation can have at most %(most)s MB. Remove one first.")
        raise Problem("conflict", text, field="file", values={"most": MOST_BYTES // 1_000_000})
    added = {"entry": row.id, "added_by": actor.known.id, "added_at": tx.now}
    await tx.connection.execute(entry_files.insert().values(added | values))
    draft = said_of(cooperation.draft_of(row))
    draft["values"] = {**draft["values"], values["field"]: values["id"]}
    changed = {"draft": draft, "review": EntryReview.DRAFT.value}
    await tx.connection.execute(entries.update().where(e.id == row.id).values(changed))
    await queries.forget_unused(tx.connection, row.id)
    tx.audit(row.conference, actor.known.id, "document.add", row.id, {"document": values["id"]})


@command(ChangeDocument, kinds=LOBBY, allowed=rules.takes_part)
async def change_document(tx: Transaction, actor: Actor, command: ChangeDocument) -> None:
    row = await _own(tx.connection, actor, command.document)
    values = {"title": clean_line(command.title, TITLE_LENGTH, "title"), "gated": command.gated}
    await tx.connection.execute(entry_files.update().where(f.id == row.id).values(values))
    details = {"document": row.id, "gated": command.gated}
    tx.audit(actor.room.subject, actor.known.id, "document.change", row.entry, details)


@command(RemoveDocument, kinds=LOBBY, allowed=rules.takes_part)
async def remove_document(tx: Transaction, actor: Actor, command: RemoveDocument) -> None:
    row = await _own(tx.connection, actor, command.document)
    entry = await cooperation.entry_row(tx.connection, actor.room.subject, row.entry)
    without = {"values": _without(entry.values, row.id)}
    draft = {**entry.draft, "values": _without(entry.draft["values"], row.id)} if entry.draft else None
    await tx.connection.execute(entries.update().where(e.id == entry.id).values(draft=draft, **without))
    await tx.connection.execute(entry_files.delete().where(f.id == row.id))
    tx.audit(actor.room.subject, actor.known.id, "document.remove", row.entry, {"document": row.id})


def _without(values: dict[str, str], document: str) -> dict[str, str]:
    return {key: value for key, value in values.items() if value != document}


async def _own(connection: AsyncConnection, actor: Actor, document: str) -> Any:
    """A document for those who act in the name of its organisation. Raises Problem "not_found"."""
    row = await queries.document_row(connection, actor.room.subject, document)
    try:
        await own_entry(connection, actor, row.entry)
    except Problem as problem:
        raise Problem("not_found", problem.message, field="document") from None
    return row


@command(AskToRead, kinds=LOBBY, allowed=rules.speaks_up, extra_rooms=with_members, rate=Rate(30, 3600))
async def ask_to_read(tx: Transaction, actor: Actor, command: AskToRead) -> None:
    conference, person = actor.room.subject, actor.known.id
    row = await entry_of_others(tx, actor, command.entry)
    documents = await queries.views(tx.connection, row.id, row.values, gated=False)
    if all(each.readable for each in documents.values()):
        raise Problem("conflict", N_("This entry has no documents for which you would have to ask."), field="entry")
    if await queries.reader_state(tx.connection, row.id, person) is not None:
        raise Problem("conflict", N_("You have already asked for these documents."), field="entry")
    count = sa.select(sa.func.count()).where(r.person == person, r.state == WAITING)
    if (await tx.connection.execute(count)).scalar_one() >= MOST_WAITING:
        message = N_("%(most)s of your requests wait for an answer.")
        raise Problem("conflict", message, values={"most": MOST_WAITING})
    people = await answering(tx, actor, row)
    said = {"reason": clean_text(command.reason, REASON_LENGTH, "reason"), "state": WAITING, "at": tx.now}
    await tx.connection.execute(entry_readers.insert().values(entry=row.id, person=person, **said))
    target = Target("documents", conference, row.id)
    await notify_all(tx, people, "reader.new", {"entry": row.title}, target, about=actor.known.view)


async def with_reader(connection: AsyncConnection, room: str, command: ApproveReader | RefuseReader) -> Iterable[str]:
    """The desk of somebody who has asked."""
    asked = sa.select(r.person).where(r.entry == command.entry, r.person == command.person)
    return await desks_of(connection, (await connection.execute(asked)).scalars())


@command(ApproveReader, kinds=LOBBY, allowed=rules.takes_part, extra_rooms=with_reader)
async def approve_reader(tx: Transaction, actor: Actor, command: ApproveReader) -> None:
    await _answer(tx, actor, command.entry, command.person, ReaderState.APPROVED)


@command(RefuseReader, kinds=LOBBY, allowed=rules.takes_part, extra_rooms=with_reader)
async def refuse_reader(tx: Transaction, actor: Actor, command: RefuseReader) -> None:
    await _answer(tx, actor, command.entry, command.person, ReaderState.REFUSED)


async def _answer(tx: Transaction, actor: Actor, entry: str, person: str, state: ReaderState) -> None:
    row = await own_entry(tx.connection, actor, entry)
    before = await queries.reader_state(tx.connection, row.id, person)
    if before is None:
        raise Problem("not_found", N_("This person has not asked for the documents."), field="person")
    if before is state:
        return
    values = {"state": state.value, "answered_by": actor.known.id, "answered_at": tx.now}
    asked = sa.and_(r.entry == row.id, r.person == person)
    await tx.connection.execute(entry_readers.update().where(asked).values(values))
    tx.audit(actor.room.subject, actor.known.id, f"reader.{state.value}", row.id, {"person": person})
    reachable = sa.select(r.person).where(asked, not_removed(r.person, row.conference, tx.now))
    people = (await tx.connection.execute(reachable)).scalars().all()
    target = Target("entry", row.conference, row.id)
    await notify_all(tx, people, f"reader.{state.value}", {"entry": row.title}, target)
