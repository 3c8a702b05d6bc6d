"""Matchmaking for tests: it is open, people take part, and wish to meet each other."""

from typing import Any

import msgspec

from rooms.matchmaking import messages as m
from rooms.matchmaking.messages import MatchRole, WishKind
from tests.support.world import World


async def opened(world: World, **changes: Any) -> None:
    await world.do("organiser", m.SetMatching(**{"open": True, "most": 8, **changes}), room=world.lobby)


async def joined(world: World, *people: str, **said: Any) -> None:
    """These people take part, all with the same profile."""
    await opened(world)
    profile = {"found": True, "role": MatchRole.RESEARCHER, "sciences": ["2.5"], "languages": ["en"], **said}
    for who in people:
        await world.do(who, msgspec.convert(profile, m.SetMatchProfile), room=world.lobby)


async def wished(world: World, who: str, other: str, wish: WishKind = WishKind.MEET, **changes: Any) -> None:
    """Both take part, with the same profile."""
    await joined(world, who, other)
    await world.do(who, m.SetWish(world.people[other], wish, **changes), room=world.lobby)
