"""Hostile values in the session form."""

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from rooms.core.commands.registry import read
from rooms.programme.messages import CreateSession, SpeakerLine
from tests.support.refusals import refused
from tests.support.world import START, World

GROWS = "\ufb2c"
"""Three characters in NFC."""
HOUR = timedelta(hours=1)
EDGES = [
    datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=10))),
    datetime(1, 1, 1, tzinfo=UTC),
    datetime(9999, 12, 31, 22, tzinfo=timezone(timedelta(hours=-10))),
    datetime(9999, 12, 31, 22, tzinfo=UTC),
]


@pytest.mark.parametrize(("field", "length"), [("track", 100), ("place", 100), ("language", 35), ("speakers", 90)])
async def test_texts_that_grow_in_normal_form_are_refused(each_world: World, field: str, length: int) -> None:
    world = each_world
    long = GROWS * length
    said: dict[str, Any] = {field: [SpeakerLine("Ada", long)] if field == "speakers" else long}
    with refused("invalid", field):
        await world.do("organiser", CreateSession("x", START, START + HOUR, **said), room=world.lobby)


@pytest.mark.parametrize("start", EDGES, ids=str)
async def test_moments_at_the_ends_of_time_are_refused(each_world: World, start: datetime) -> None:
    world = each_world
    times = {"starts_at": start.isoformat(), "ends_at": (start + HOUR).isoformat()}
    command = read("session.create", {"title": "x", **times})
    with refused("invalid", "starts_at"):
        await world.do("organiser", command, room=world.lobby)
