"""Entries of project cooperation for tests: the world's organisation offers something."""

from collections.abc import AsyncIterator
from typing import Any

import msgspec

from rooms.cooperation import messages as m
from rooms.cooperation import queries
from rooms.cooperation.documents import actions, uploads
from rooms.cooperation.documents.messages import AskToRead
from rooms.cooperation.peer_reviews import queries as peer_reviews
from rooms.cooperation.peer_reviews.messages import AskPeer
from rooms.cooperation.type_messages import CreateType, TypeCreated
from rooms.core.commands.access import resolve
from rooms.core.files.intake import Intake, StoredFile
from rooms.core.ids import new_id
from rooms.organisations.messages import CreateOrganisation, OrganisationCreated
from tests.support import files
from tests.support.world import World

FIELDS = [
    m.FieldView("stage", m.FieldKind.MATURITY, "Readiness", required=True),
    m.FieldView("science", m.FieldKind.SCIENCE, "Field of science"),
    m.FieldView("budget", m.FieldKind.BUDGET, "Budget"),
    m.FieldView("funding", m.FieldKind.CHOICE, "Funding", options=["Public", "Private"]),
]
VALUES = {"stage": "4", "science": "2.5", "budget": "20 000 - 50,000 eur", "funding": "Public"}


async def entry_type(world: World, **changes: Any) -> str:
    said = {"side": m.EntrySide.OFFER, "name": "Technology offer", "fields": FIELDS, **changes}
    done = await world.do("organiser", CreateType(**said), room=world.lobby)
    return msgspec.json.decode(done.reply, type=TypeCreated).type


async def drafted(world: World, type: str = "", who: str = "staff", **changes: Any) -> str:
    """An entry of the world's organisation, as a draft."""
    said = {
        "title": "Perovskite solar cells",
        "about": "Light and cheap.",
        "country": "SE",
        "values": VALUES,
        **changes,
    }
    type = type or await entry_type(world)
    said = {"organisation": world.organisation, "type": type, **said}
    done = await world.do(who, m.CreateEntry(**said), room=world.lobby)
    return msgspec.json.decode(done.reply, type=m.EntryCreated).entry


async def waiting(world: World, type: str = "", **changes: Any) -> str:
    entry = await drafted(world, type, **changes)
    await world.do("staff", m.SubmitEntry(entry), room=world.lobby)
    return entry


async def published(world: World, type: str = "", **changes: Any) -> str:
    entry = await waiting(world, type, **changes)
    world.clock.advance(seconds=1)  # later than other news of the same people
    await world.do("organiser", m.ApproveEntry(entry), room=world.lobby)
    return entry


async def interested(world: World, entry: str = "", who: str = "attendee", **changes: Any) -> str:
    said = {"entry": entry or await published(world), "text": "Let us talk.", **changes}
    world.clock.advance(seconds=1)
    done = await world.do(who, m.ShowInterest(**said), room=world.lobby)
    return msgspec.json.decode(done.reply, type=m.InterestShown).interest


PAPER = m.FieldView("paper", m.FieldKind.FILE, "Paper")


async def documented(
    world: World, intake: Intake | None = None, *, gated: bool = True, approved: bool = True, **changes: Any
) -> tuple[str, str]:
    """An entry and its document, published unless `approved` is False. Without an intake, the document has no content."""
    type = await entry_type(world, fields=[PAPER])
    entry = await drafted(world, type, **{"values": {}, **changes})
    document = await (upload(world, intake, entry, gated=gated) if intake else _recorded(world, entry, gated))
    await world.do("staff", m.SubmitEntry(entry), room=world.lobby)
    if approved:
        world.clock.advance(seconds=1)
        await world.do("organiser", m.ApproveEntry(entry), room=world.lobby)
    return entry, document


async def _recorded(world: World, entry: str, gated: bool) -> str:
    stored = StoredFile(new_id(), "pdf", 1000, "0" * 64)
    async with world.engine.transaction([world.lobby]) as tx:
        tx.room = world.lobby
        actor = await resolve(tx.connection, world.people["staff"], tx.rooms[world.lobby], tx.now)
        row = await queries.entry_row(tx.connection, world.conference, entry)
        values = {"field": "paper", "gated": gated, "title": "Our paper", **stored._asdict()}
        await actions.add(tx, actor, row, values)
    return stored.id


async def upload(
    world: World, intake: Intake, entry: str, data: bytes | None = None, who: str = "staff", **options: Any
) -> str:
    async def pieces() -> AsyncIterator[bytes]:
        yield files.pdf() if data is None else data

    said = {"field": "paper", "gated": True, "name": "Our paper.pdf", **options}
    return await uploads.take(intake, world.people[who], world.lobby, entry, pieces(), **said)


async def asks_to_read(world: World, entry: str = "", who: str = "attendee") -> str:
    entry = entry or (await documented(world))[0]
    world.clock.advance(seconds=1)
    await world.do(who, AskToRead(entry, "We test such cells."), room=world.lobby)
    return entry


async def reviewed(world: World, entry: str = "", who: str = "attendee") -> tuple[str, str]:
    """An entry that waits for approval, and the second look for which the organiser has asked somebody."""
    entry = entry or await waiting(world)
    world.clock.advance(seconds=1)
    await world.do("organiser", AskPeer(entry, world.people[who]), room=world.lobby)
    async with world.engine.database.read() as connection:
        asked = await peer_reviews.views(connection, entry)
    return entry, next(each.id for each in asked if each.person.id == world.people[who])


ROLES = [
    m.RoleSought("Maker of cells", "cells", {"zh_Hans": {"name": "电芯制造商"}}, ["DE", "CN"]),
    m.RoleSought("Test site", "site", number=2),
]


async def idea(world: World, **changes: Any) -> str:
    """A published idea of the world's organisation, which seeks partners in two roles."""
    type = await entry_type(world, side=m.EntrySide.IDEA, name="Idea", fields=[])
    return await published(world, type, **{"title": "Storage in the cold", "values": {}, "roles": ROLES, **changes})


async def applicant(world: World, who: str = "attendee", name: str = "Cellworks") -> str:
    """An organisation of somebody who applies for roles."""
    done = await world.do(who, CreateOrganisation(name, country="DE"), room=world.lobby)
    return msgspec.json.decode(done.reply, type=OrganisationCreated).organisation


async def applies(world: World, entry: str, role: str = "cells", who: str = "attendee", organisation: str = "") -> str:
    organisation = organisation or await applicant(world, who)
    return await interested(world, entry, who, organisation=organisation, role=role)
