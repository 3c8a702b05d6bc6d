"""Creates booths and edits their texts: owners write a draft, and visitors see it once the organisers have approved it."""

from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from rooms.chat.tables import chats
from rooms.core.commands.access import Actor
from rooms.core.commands.messages import Command
from rooms.core.commands.registry import command
from rooms.core.commands.transaction import Transaction
from rooms.core.errors import Problem
from rooms.core.ids import new_id
from rooms.core.links import Target
from rooms.core.search import fold
from rooms.core.store.journal import open_room, rooms
from rooms.core.text import N_, clean_line, clean_text, optional_line
from rooms.core.web_address import clean_website
from rooms.exhibition import rules
from rooms.exhibition.booths import queries
from rooms.exhibition.booths.messages import (
    BOOTH_ABOUT_LENGTH,
    BOOTH_NAME_LENGTH,
    BOOTH_TAGLINE_LENGTH,
    ApproveBooth,
    BoothChanged,
    BoothCreated,
    BoothDrafted,
    BoothListed,
    CreateBooth,
    DeclineBooth,
    DraftBooth,
    SubmitBooth,
)
from rooms.exhibition.booths.staff import set_duty
from rooms.exhibition.booths.staff_messages import Duty
from rooms.exhibition.organisations import complete_profile, organisation_for
from rooms.exhibition.presence.messages import Floor
from rooms.exhibition.queue.waiting_time import FIRST_GUESS
from rooms.exhibition.tables import booth_staff, booths, exhibition_halls
from rooms.people import rules as people
from rooms.people.candidates import check_eligible
from rooms.people.desk import desk_of, desks_of, notify

BOOTH = {"booth"}
LIMITS = {"name": BOOTH_NAME_LENGTH, "tagline": BOOTH_TAGLINE_LENGTH, "about": BOOTH_ABOUT_LENGTH}


async def hall_of(
    connection: AsyncConnection, conference: str, name: str, texts: dict[str, dict[str, str]] | None = None
) -> str:
    """The hall with this name, created with its room if there is none."""
    h = exhibition_halls.c
    known = sa.select(h.id).where(h.conference == conference, h.name == name)
    hall = (await connection.execute(known)).scalar_one_or_none()
    if hall is None:
        hall = new_id()
        count = sa.select(sa.func.count()).where(h.conference == conference)
        position = (await connection.execute(count)).scalar_one()
        values = {"id": hall, "conference": conference, "name": name, "texts": texts or {}, "position": position}
        await connection.execute(exhibition_halls.insert().values(values))
        await open_room(connection, "hall", hall, conference)
    return hall


async def make_booth(
    connection: AsyncConnection, conference: str, hall: str, said: dict[str, Any], *, open: bool = False, **fields: Any
) -> tuple[str, str]:
    """Creates a booth with its room; returns the ids of both. `said`: the texts, in the shape of a draft; `fields`: number, tier.

    It belongs to the organisation with its name, which is created if there is none.
    """
    booth = new_id()
    organisation = await organisation_for(connection, conference, said)
    empty: dict[str, Any] = {
        "tagline": "",
        "about": "",
        "texts": {},
        "website": "",
        "country": "",
        "field": "",
        "languages": [],
    }
    values = {"id": booth, "conference": conference, "organisation": organisation, "hall": hall, "open": open}
    values |= {"service_seconds": FIRST_GUESS, **fields, **columns_of({**empty, **said})}
    await connection.execute(booths.insert().values(values))
    room = await open_room(connection, "booth", booth, conference)
    await connection.execute(chats.insert().values(room=room))
    return booth, room


def columns_of(said: dict[str, Any]) -> dict[str, Any]:
    """The text columns of a booth, with the column that the directory searches."""
    translated = [text for fields in said["texts"].values() for text in fields.values()]
    words = [said["name"], said["tagline"], said["about"], said["field"], *translated]
    spoken = "|" + "".join(f"{language}|" for language in said["languages"])
    return {**said, "spoken": spoken, "searched": fold(" ".join(words))}


def said_by(command: DraftBooth) -> dict[str, Any]:
    """The cleaned draft. Raises Problem "invalid"."""
    texts: dict[str, dict[str, str]] = {}
    for locale, fields in command.texts.items():
        for name, text in fields.items():
            if name not in LIMITS:
                raise Problem(
                    "invalid", N_("A booth has no text called “%(name)s”."), field="texts", values={"name": name[:40]}
                )
            if text.strip():
                texts.setdefault(locale, {})[name] = _cleaned(name, text, "texts")
    return {
        "name": _cleaned("name", command.name, "name"),
        "tagline": _cleaned("tagline", command.tagline, "tagline") if command.tagline.strip() else "",
        "about": _cleaned("about", command.about, "about") if command.about.strip() else "",
        "texts": texts,
        "website": clean_website(command.website),
        "country": command.country,
        "field": optional_line(command.field, 80, "field"),
        "languages": list(dict.fromkeys(command.languages)),
    }


@command(CreateBooth, kinds={"lobby"}, allowed=people.organises)
async def create_booth(tx: Transaction, actor: Actor, command: CreateBooth) -> BoothCreated:
    conference = actor.room.subject
    said = {"name": clean_line(command.name, BOOTH_NAME_LENGTH, "name")}
    hall = await hall_of(tx.connection, conference, clean_line(command.hall, 120, "hall"))
    if command.owner is not None:
        try:
            await check_eligible(tx, conference, command.owner)
        except Problem as problem:
            raise Problem(problem.code, problem.message, field="owner") from None
    number = optional_line(command.number, 20, "number")
    booth, _ = await make_booth(tx.connection, conference, hall, said, number=number, tier=command.tier)
    if command.owner is not None:
        await set_duty(tx.connection, booth, command.owner, Duty.OWNER, tx.now)
    tx.audit(conference, actor.known.id, "booth.create", booth)
    return BoothCreated(booth)


@command(DraftBooth, kinds=BOOTH, allowed=rules.owns)
async def draft_booth(tx: Transaction, actor: Actor, command: DraftBooth) -> None:
    await _draft(tx, actor, draft=said_by(command), review="draft", note="")


@command(SubmitBooth, kinds=BOOTH, allowed=rules.owns)
async def submit_booth(tx: Transaction, actor: Actor, command: SubmitBooth) -> None:
    row = await _drafted(tx, actor)
    if row.review != "waiting":
        await _draft(tx, actor, review="waiting", note="")


async def with_hall(connection: AsyncConnection, room: str, command: Command) -> Iterable[str]:
    """The room of the booth's hall; empty for any other kind of room."""
    hall = rooms.alias("hall_room")
    joined = rooms.join(booths, booths.c.id == rooms.c.subject).join(hall, hall.c.subject == booths.c.hall)
    select = sa.select(hall.c.id).select_from(joined).where(rooms.c.id == room, rooms.c.kind == "booth")
    return list((await connection.execute(select.where(hall.c.kind == "hall"))).scalars())


async def with_owners(connection: AsyncConnection, room: str, command: Command) -> Iterable[str]:
    """The hall, and the desks of the booth's owners."""
    s = booth_staff.c
    owning = sa.select(s.person).join(rooms, rooms.c.subject == s.booth).where(rooms.c.id == room, s.duty == "owner")
    owners = (await connection.execute(owning)).scalars()
    return [*await with_hall(connection, room, command), *await desks_of(connection, owners)]


@command(ApproveBooth, kinds=BOOTH, allowed=people.organises, extra_rooms=with_owners)
async def approve_booth(tx: Transaction, actor: Actor, command: ApproveBooth) -> None:
    booth = actor.room.subject
    row = await _drafted(tx, actor)
    values = {**columns_of(row.draft), "open": True}
    await tx.connection.execute(booths.update().where(booths.c.id == booth).values(values))
    await complete_profile(tx.connection, booth)
    await _draft(tx, actor, draft=None, review="none", note="")
    row = await queries.booth_row(tx.connection, booth)
    tx.record(BoothChanged(queries.view_of(row)))
    hall = await queries.room_of_hall(tx.connection, booth)
    tx.record(BoothListed(queries.card_of(row)), room=hall)
    tx.latest(Floor(booth, queries.now_of(row)), room=hall)
    tx.audit(actor.room.conference, actor.known.id, "booth.approve", booth)
    await notify_owners(tx, actor, "booth.approved", row.name)


@command(DeclineBooth, kinds=BOOTH, allowed=people.organises, extra_rooms=with_owners)
async def decline_booth(tx: Transaction, actor: Actor, command: DeclineBooth) -> None:
    row = await _drafted(tx, actor)
    await _draft(tx, actor, review="declined", note=clean_line(command.reason, 300, "reason"))
    tx.audit(actor.room.conference, actor.known.id, "booth.decline", actor.room.subject)
    await notify_owners(tx, actor, "booth.declined", row.name)


async def _draft(tx: Transaction, actor: Actor, **values: Any) -> None:
    booth = actor.room.subject
    await tx.connection.execute(booths.update().where(booths.c.id == booth).values(**values))
    tx.record(BoothDrafted(queries.draft_of(await queries.booth_row(tx.connection, booth))))


async def _drafted(tx: Transaction, actor: Actor) -> Any:
    row = await queries.booth_row(tx.connection, actor.room.subject)
    if row.draft is None:
        raise Problem("conflict", N_("This booth has no draft."))
    return row


async def notify_owners(tx: Transaction, actor: Actor, kind: str, name: str, **values: str) -> None:
    """Notifies all owners except the actor, if the transaction has locked their desks; `name` is the booth's."""
    target = Target("booth", actor.room.conference or "", actor.room.subject)
    for each in await queries.staff(tx.connection, actor.room.subject):
        if each.duty is Duty.OWNER and each.person.id != actor.known.id and await _locked(tx, each.person.id):
            await notify(tx, each.person.id, kind, {"booth": name, **values}, target)


async def _locked(tx: Transaction, person: str) -> bool:
    return await desk_of(tx.connection, person) in tx.rooms


def _cleaned(name: str, text: str, field: str) -> str:
    return clean_text(text, LIMITS[name], field) if name == "about" else clean_line(text, LIMITS[name], field)
