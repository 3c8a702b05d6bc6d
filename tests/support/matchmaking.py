"""Matchmaking for tests: it is open, people take part, and wish to meet each other."""

from typing import Any

import msgspec

from rooms.matchmaking import messages as m
from rooms.matchmaking.messages import MatchRole, WishKind
from rooms.matchmaking.schedule import messages as s
from rooms.matchmaking.schedule import publication, solving
from rooms.matchmaking.schedule.queries import PlannedView, planned_for
from rooms.meetings.bookings.slots import all_slots
from tests.support.bookings import open_times
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


async def started(world: World, **changes: Any) -> str:
    """An organiser has started a schedule; attendee and other wish to meet. Returns its id."""
    if not await slots(world):
        await open_times(world)
        await wished(world, "attendee", "other", WishKind.MUST)
    done = await world.do("organiser", s.StartSchedule(**changes), room=world.lobby)
    return msgspec.json.decode(done.reply, type=s.ScheduleStarted).run


async def slots(world: World) -> list[Any]:
    async with world.engine.database.read() as connection:
        return await all_slots(connection, world.conference)


async def drafted_schedule(world: World, **changes: Any) -> str:
    run = await started(world, **changes)
    assert await solving.solve_waiting(world.engine) == 1
    return run


async def shown_schedule(world: World, **changes: Any) -> str:
    run = await drafted_schedule(world, **changes)
    await world.do("organiser", s.ShowSchedule(run), room=world.lobby)
    await carried_on(world)
    return run


async def published_schedule(world: World, **changes: Any) -> str:
    run = await shown_schedule(world, **changes)
    await world.do("organiser", s.PublishSchedule(run), room=world.lobby)
    await carried_on(world)
    return run


async def carried_on(world: World) -> None:
    """All meetings are booked, and everyone is notified."""
    while await publication.carry_on(world.engine):
        pass


async def planned_meeting(world: World, run: str, who: str) -> PlannedView:
    """The only planned meeting of a person."""
    async with world.engine.database.read() as connection:
        (found,) = await planned_for(connection, run, world.people[who])
    return found
