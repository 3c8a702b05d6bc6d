"""Entries of project cooperation for tests: the world's organisation offers something."""

from typing import Any

import msgspec

from rooms.cooperation import messages as m
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
    done = await world.do("organiser", m.CreateType(**said), room=world.lobby)
    return msgspec.json.decode(done.reply, type=m.TypeCreated).type


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
