"""Reads the documents of entries, and decides who may read them."""

from collections.abc import Collection
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from rooms.cooperation.documents.messages import DocumentView, ReaderState, ReaderView
from rooms.cooperation.documents.tables import entry_files, entry_readers
from rooms.cooperation.messages import EntryState
from rooms.cooperation.tables import entries
from rooms.core.commands.access import ABSENT
from rooms.core.commands.people import PersonView
from rooms.core.errors import Problem
from rooms.core.ids import is_id
from rooms.core.store.tables import persons
from rooms.organisations.tables import organisation_members
from rooms.people.blocks import blocking

MOST_READERS = 500

f, r, e, m, p = entry_files.c, entry_readers.c, entries.c, organisation_members.c, persons.c


async def document_row(connection: AsyncConnection, conference: str, document: str) -> Any:
    """All columns. Raises Problem "not_found"."""
    select = sa.select(entry_files).join(entries, e.id == f.entry).where(f.id == document, e.conference == conference)
    row = (await connection.execute(select)).one_or_none() if is_id(document) else None
    if row is None:
        raise Problem("not_found", ABSENT, field="document")
    return row


async def fields_of(connection: AsyncConnection, entry: str) -> dict[str, str]:
    """Document → the key of its field."""
    select = sa.select(f.id, f.field).where(f.entry == entry)
    return {row.id: row.field for row in await connection.execute(select)}


async def reader_state(connection: AsyncConnection, entry: str, person: str) -> ReaderState | None:
    select = sa.select(r.state).where(r.entry == entry, r.person == person)
    state = (await connection.execute(select)).scalar_one_or_none()
    return ReaderState(state) if state else None


async def is_approved(connection: AsyncConnection, entry: Any, person: str | None) -> bool:
    """Whether a person may read an entry's gated documents. Nobody may whom a member of the organisation has blocked."""
    if person is None or await reader_state(connection, entry.id, person) is not ReaderState.APPROVED:
        return False
    select = sa.select(m.person).where(m.organisation == entry.organisation)
    members = list((await connection.execute(select)).scalars())
    return not await blocking(connection, person, members)


async def may_read(connection: AsyncConnection, entry: Any, document: Any, person: str | None) -> bool:
    """Whether somebody who is neither a member of the entry's organisation nor an organiser may read a document."""
    shown = entry.state == EntryState.PUBLISHED.value and document.id in entry.values.values()
    return shown and (not document.gated or await is_approved(connection, entry, person))


async def views(
    connection: AsyncConnection, entry: str, values: dict[str, str], *, gated: bool
) -> dict[str, DocumentView]:
    """The documents among the values of an entry, by the key of their field. `gated`: with the titles of those that are not for everyone."""
    select = sa.select(entry_files).where(f.entry == entry, f.id.in_(list(values.values())))
    return {row.field: _view(row, gated) for row in await connection.execute(select.order_by(f.field, f.id))}


def _view(row: Any, gated: bool) -> DocumentView:
    if row.gated and not gated:
        return DocumentView(row.id, row.field, True, "", "", 0, readable=False)
    return DocumentView(row.id, row.field, row.gated, row.title, row.ending, row.size, readable=True)


async def readers(connection: AsyncConnection, entry: str) -> list[ReaderView]:
    """Those who wait first, longest first; then by name."""
    select = sa.select(r.person, p.name, r.reason, r.state, r.at).join(persons, p.id == r.person)
    waits = r.state == ReaderState.WAITING.value
    order = (sa.case((waits, 0), else_=1), sa.case((waits, r.at)), p.name, r.person)
    rows = await connection.execute(select.where(r.entry == entry).order_by(*order).limit(MOST_READERS))
    return [ReaderView(PersonView(row.person, row.name), row.reason, ReaderState(row.state), row.at) for row in rows]


async def waiting(connection: AsyncConnection, conference: str, organisations: Collection[str]) -> dict[str, int]:
    """Entry → how many people wait to read its documents, among the entries of these organisations."""
    select = sa.select(r.entry, sa.func.count().label("people")).join(entries, e.id == r.entry)
    select = select.where(
        e.conference == conference, e.organisation.in_(list(organisations)), r.state == ReaderState.WAITING.value
    )
    return {row.entry: row.people for row in await connection.execute(select.group_by(r.entry))}


async def stored_bytes(connection: AsyncConnection, organisation: str) -> int:
    """The size of all documents of an organisation."""
    select = sa.select(sa.func.coalesce(sa.func.sum(f.size), 0)).join(entries, e.id == f.entry)
    return int((await connection.execute(select.where(e.organisation == organisation))).scalar_one())


async def forget_unused(connection: AsyncConnection, entry: str) -> None:
    """Deletes the rows of documents that neither the entry nor its draft has. `Intake.delete_unknown` deletes their content later."""
    row = (await connection.execute(sa.select(e["values"], e.draft).where(e.id == entry))).one()
    used = [*row[0].values(), *(row.draft["values"].values() if row.draft else ())]
    await connection.execute(entry_files.delete().where(f.entry == entry, f.id.not_in(used)))
