"""Founding a conference."""

import asyncio
from datetime import date

from rooms.core.errors import Problem
from rooms.programme.conferences import ConferenceSettings, found
from tests.support.world import World

ABOUT = ConferenceSettings(
    "A title", "", "", {}, "Asia/Shanghai", date(2026, 11, 20), date(2026, 11, 22), "public", guests=True
)


async def test_of_two_who_want_one_address_one_gets_it(each_world: World) -> None:
    world = each_world
    for number in range(5):
        answers = await asyncio.gather(
            *(found(engine, f"wanted-{number}", ABOUT, by=world.people["admin"]) for engine in world.engines * 2),
            return_exceptions=True,
        )
        refusals = [each for each in answers if isinstance(each, BaseException)]
        assert len(refusals) == 3
        for refusal in refusals:
            assert isinstance(refusal, Problem), refusal
            assert (refusal.code, refusal.field) == ("invalid", "slug")
