"""Commands on a booth's files after the upload. Owners change them; organisers can, too, for example to remove unsuitable files."""

import re
from collections.abc import Iterable
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from rooms.core.commands.access import Actor
from rooms.core.commands.people import Role
from rooms.core.commands.registry import command
from rooms.core.commands.transaction import Transaction
from rooms.core.errors import Problem
from rooms.core.ids import new_id
from rooms.core.store.database import insert_into
from rooms.core.text import N_, clean_line
from rooms.exhibition import rules
from rooms.exhibition.booths import queries as exhibition
from rooms.exhibition.booths.editing import BOOTH, notify_owners, with_hall, with_owners
from rooms.exhibition.booths.messages import BoothChanged, BoothListed
from rooms.exhibition.files import queries
from rooms.exhibition.files.messages import (
    LINK_LENGTH,
    TITLE_LENGTH,
    ChangeFile,
    Consented,
    ConsentToName,
    FileKind,
    FilesChanged,
    FilmLinked,
    LinkFilm,
    PlaceFile,
    RemoveFile,
)
from rooms.exhibition.files.tables import file_consents, file_downloads, file_takers, files
from rooms.exhibition.tables import booths

MOST = {FileKind.LOGO: 1, FileKind.BROCHURE: 20, FileKind.FILM: 6}
"""The maximum number of files of each kind at a booth."""

PURPOSE = "brochures"

_LINK = re.compile(r"https://[^\s/\\@\"'<>]+(/[^\s\\\"'<>]*)?")
f = files.c


async def add(tx: Transaction, actor: Actor, values: dict[str, Any]) -> None:
    """Adds a stored file (or a link) after the booth's others of its kind, and publishes it. Raises Problem "conflict"."""
    kind = FileKind(values["kind"])
    here = await queries.rows(tx.connection, actor.room.subject, kind)
    if kind is not FileKind.LOGO and len(here) >= MOST[kind]:
        text = N_("A booth shows at most %(most)s of these. Remove one first.")
        raise Problem("conflict", text, field="file", values={"most": MOST[kind]})
    row: dict[str, Any] = {"booth": actor.room.subject, "texts": {}, "position": len(here)}
    row |= {"added_by": actor.known.id, "added_at": tx.now}
    await tx.connection.execute(files.insert().values(row | values))
    if kind is FileKind.LOGO:
        await _forget(tx, [each.id for each in here])
        address = queries.address_of(values["id"], values["kind"], values["ending"])
        await tx.connection.execute(booths.update().where(booths.c.id == actor.room.subject).values(logo=address))
    await _announce(tx, actor, "file.add", values["id"], kind)


async def replace(tx: Transaction, actor: Actor, old: str, values: dict[str, Any]) -> None:
    """Replaces a brochure or film by a newer edition, with the same place and titles; the download counts continue. Raises Problem "not_found"."""
    row = await queries.file_row(tx.connection, old, actor.room.subject)
    if row.kind != values["kind"]:
        raise Problem("invalid", N_("A file can be replaced only by one of its kind."), field="file")
    same = {name: getattr(row, name) for name in ("title", "texts", "position", "downloads")}
    new = {"booth": row.booth, "added_by": actor.known.id, "added_at": tx.now, **values, **same}
    await tx.connection.execute(files.insert().values(new))
    for table in (file_takers, file_downloads):
        await tx.connection.execute(table.update().where(table.c.file == old).values(file=values["id"]))
    await _forget(tx, [old])
    await _announce(tx, actor, "file.replace", values["id"], FileKind(row.kind))


@command(LinkFilm, kinds=BOOTH, allowed=rules.owns, extra_rooms=with_hall)
async def link_film(tx: Transaction, actor: Actor, command: LinkFilm) -> FilmLinked:
    address = clean_line(command.address, LINK_LENGTH, "address")
    if not _LINK.fullmatch(address):
        raise Problem("invalid", N_("Give a full address that begins with https://."), field="address")
    title = clean_line(command.title, TITLE_LENGTH, "title")
    id = new_id()
    await add(tx, actor, {"id": id, "kind": FileKind.FILM.value, "ending": "", "link": address, "title": title})
    return FilmLinked(id)


@command(ChangeFile, kinds=BOOTH, allowed=rules.owns, extra_rooms=with_hall)
async def change_file(tx: Transaction, actor: Actor, command: ChangeFile) -> None:
    row = await queries.file_row(tx.connection, command.file, actor.room.subject)
    texts: dict[str, dict[str, str]] = dict(row.texts)
    for locale, title in command.titles.items():
        texts.pop(locale, None)
        if title.strip():
            texts[locale] = {"title": clean_line(title, TITLE_LENGTH, "titles")}
    values = {"title": clean_line(command.title, TITLE_LENGTH, "title"), "texts": texts}
    await tx.connection.execute(files.update().where(f.id == row.id).values(values))
    await _announce(tx, actor, "file.change", row.id, FileKind(row.kind))


@command(PlaceFile, kinds=BOOTH, allowed=rules.owns)
async def place_file(tx: Transaction, actor: Actor, command: PlaceFile) -> None:
    row = await queries.file_row(tx.connection, command.file, actor.room.subject)
    order = [each.id for each in await queries.rows(tx.connection, row.booth, FileKind(row.kind)) if each.id != row.id]
    order.insert(command.position, row.id)
    for position, id in enumerate(order):
        await tx.connection.execute(files.update().where(f.id == id).values(position=position))
    tx.record(FilesChanged(await queries.shown(tx.connection, row.booth)))


@command(RemoveFile, kinds=BOOTH, allowed=rules.owns, extra_rooms=with_owners)
async def remove_file(tx: Transaction, actor: Actor, command: RemoveFile) -> None:
    row = await queries.file_row(tx.connection, command.file, actor.room.subject)
    await _forget(tx, [row.id])
    if row.kind == FileKind.LOGO:
        await tx.connection.execute(booths.update().where(booths.c.id == row.booth).values(logo=""))
    await _announce(tx, actor, "file.remove", row.id, FileKind(row.kind))
    if Role.OWNER not in actor.roles:
        booth = await exhibition.booth_row(tx.connection, row.booth)
        await notify_owners(tx, actor, "file.removed", booth.name, file=row.title)


@command(ConsentToName, kinds=BOOTH, allowed=rules.waits)
async def consent_to_name(tx: Transaction, actor: Actor, command: ConsentToName) -> None:
    """Stores the answer. Withdrawing the consent deletes the person from the list of those who downloaded files."""
    booth, person = actor.room.subject, actor.known.id
    said = {"given": command.given, "purpose": PURPOSE, "at": tx.now}
    insert = insert_into(tx.connection, file_consents).values(booth=booth, person=person, **said)
    index = [file_consents.c.booth, file_consents.c.person]
    await tx.connection.execute(insert.on_conflict_do_update(index_elements=index, set_=said))
    if not command.given:
        its = sa.select(f.id).where(f.booth == booth)
        taken = sa.and_(file_takers.c.person == person, file_takers.c.file.in_(its))
        await tx.connection.execute(file_takers.delete().where(taken))
    tx.record(Consented(command.given), person=person)


async def note_download(connection: AsyncConnection, row: Any, actor: Actor, at: datetime) -> None:
    """Counts a download, and stores the visitor only with their consent."""
    await connection.execute(files.update().where(f.id == row.id).values(downloads=f.downloads + 1))
    quarter = at.replace(minute=at.minute - at.minute % 15, second=0, microsecond=0)
    counted = insert_into(connection, file_downloads).values(booth=row.booth, file=row.id, quarter=quarter, number=1)
    d = file_downloads.c
    await connection.execute(
        counted.on_conflict_do_update(index_elements=[d.booth, d.file, d.quarter], set_={"number": d.number + 1})
    )
    person = actor.person.id if actor.person else None
    if person and (await queries.consents(connection, [person], [row.booth])).get((person, row.booth)):
        taken = insert_into(connection, file_takers).values(file=row.id, person=person, at=at)
        await connection.execute(taken.on_conflict_do_nothing())


async def _forget(tx: Transaction, ids: Iterable[str]) -> None:
    """Deletes the rows only. `Intake.delete_unknown` deletes the content later, when nobody can be reading it any more."""
    gone = list(ids)
    await tx.connection.execute(file_takers.delete().where(file_takers.c.file.in_(gone)))
    await tx.connection.execute(files.delete().where(f.id.in_(gone)))


async def _announce(tx: Transaction, actor: Actor, act: str, id: str, kind: FileKind) -> None:
    booth = actor.room.subject
    tx.audit(actor.room.conference, actor.known.id, act, id, {"booth": booth, "kind": kind.value})
    if kind is not FileKind.LOGO:
        tx.record(FilesChanged(await queries.shown(tx.connection, booth)))
        return
    row = await exhibition.booth_row(tx.connection, booth)
    tx.record(BoothChanged(exhibition.view_of(row)))
    if row.open:
        tx.record(BoothListed(exhibition.card_of(row)), room=await exhibition.room_of_hall(tx.connection, booth))
