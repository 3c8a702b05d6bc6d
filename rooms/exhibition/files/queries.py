"""Reads a booth's files."""

from collections.abc import Collection
from datetime import datetime
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from rooms.core.commands.access import ABSENT
from rooms.core.commands.people import PersonView
from rooms.core.errors import Problem
from rooms.core.ids import is_id
from rooms.core.store.tables import persons
from rooms.exhibition.files.messages import FileKind, FileView
from rooms.exhibition.files.tables import file_consents, file_downloads, file_takers, files

f = files.c


class OwnerFile(NamedTuple):
    """A file as its owners see it. `takers`: people who downloaded it and agreed to be named."""

    view: FileView
    downloads: int
    takers: list[PersonView]


def address_of(id: str, kind: str, ending: str) -> str:
    """The address of a file: an id that changes with the content, and a file name that does not come from the uploader."""
    return f"/files/{id}/{kind}.{ending}"


def view_of(row: Any) -> FileView:
    return FileView(
        id=row.id,
        kind=FileKind(row.kind),
        title=row.title,
        texts=row.texts,
        ending=row.ending,
        size=row.size,
        href="" if row.link else address_of(row.id, row.kind, row.ending),
        link=row.link,
    )


async def file_row(connection: AsyncConnection, id: str, booth: str | None = None) -> Any:
    """All columns of a file (of a booth). Raises Problem "not_found"."""
    select = sa.select(files).where(f.id == id)
    if booth is not None:
        select = select.where(f.booth == booth)
    row = (await connection.execute(select)).one_or_none() if is_id(id) else None
    if row is None:
        raise Problem("not_found", ABSENT, field="file")
    return row


async def rows(connection: AsyncConnection, booth: str, *kinds: FileKind) -> list[Any]:
    """In order: brochures, then films."""
    select = sa.select(files).where(f.booth == booth, f.kind.in_(kinds))
    return list(await connection.execute(select.order_by(f.kind, f.position, f.added_at, f.id)))


async def shown(connection: AsyncConnection, booth: str) -> list[FileView]:
    """The brochures and films of a booth."""
    return [view_of(row) for row in await rows(connection, booth, FileKind.BROCHURE, FileKind.FILM)]


async def kept(connection: AsyncConnection, booth: str) -> list[OwnerFile]:
    """The same files as the booth's owners see them."""
    taken: dict[str, list[PersonView]] = {}
    t = file_takers.c
    joined = file_takers.join(files, f.id == t.file).join(persons, persons.c.id == t.person)
    select = sa.select(t.file, persons.c.id, persons.c.name).select_from(joined).where(f.booth == booth)
    for row in await connection.execute(select.order_by(t.at, persons.c.id)):
        taken.setdefault(row.file, []).append(PersonView(row.id, row.name))
    found = await rows(connection, booth, FileKind.BROCHURE, FileKind.FILM)
    return [OwnerFile(view_of(row), row.downloads, taken.get(row.id, [])) for row in found]


async def downloads(connection: AsyncConnection, booth: str) -> list[tuple[str, datetime, int]]:
    """(file, quarter of an hour, downloads), in the order of time. Includes removed files."""
    d = file_downloads.c
    select = sa.select(d.file, d.quarter, d.number).where(d.booth == booth).order_by(d.quarter, d.file)
    return [(row.file, row.quarter, row.number) for row in await connection.execute(select)]


async def consents(
    connection: AsyncConnection, people: Collection[str], booths: Collection[str]
) -> dict[tuple[str, str], bool]:
    """(person, booth) → their answer there."""
    c = file_consents.c
    if not people or not booths:
        return {}
    select = sa.select(c.person, c.booth, c.given).where(c.person.in_(people), c.booth.in_(booths))
    return {(row.person, row.booth): row.given for row in await connection.execute(select)}
