"""The queues of a fair in a simulated rush."""

import heapq
from collections.abc import Callable
from random import Random
from typing import Any

from rooms.core.errors import Problem
from rooms.exhibition.presence.attendance import Attendance
from rooms.exhibition.queue.messages import AcceptCall, CallNext, FinishTalk, JoinQueue
from rooms.exhibition.queue.waiting_time import expected
from tests.support.queues import other_booth, reply
from tests.support.world import World

VISITORS, BOOTHS, STAFF = 200, 20, 3


async def test_two_hundred_visitors_at_twenty_booths_with_three_staff_each(world: World) -> None:
    """No double call, no lost place, and the waits are within a fifth of what was promised where talks last five minutes, give or take one."""
    world.lift_limits()
    random = Random(7)
    visitors = [f"v{number}" for number in range(VISITORS)]
    await everybody(world, visitors + [f"s{number}" for number in range(BOOTHS * STAFF)])
    booths = [await other_booth(world, *(f"s{3 * n + i}" for i in range(STAFF))) for n in range(BOOTHS)]
    for n, room in enumerate(booths):
        for i in range(STAFF):
            await world.join(f"s{3 * n + i}", room=room)
    attendance = Attendance(world.engine)
    await attendance.look()
    events: list[tuple[float, int, Callable[[], Any]]] = []
    start, number = world.clock(), 0
    promised: dict[str, float] = {}
    came: dict[str, float] = {}
    took: dict[str, float] = {}
    talking: set[str] = set()

    def at(seconds: float, act: Callable[[], Any]) -> None:
        nonlocal number
        number += 1
        heapq.heappush(events, (seconds, number, act))

    def now() -> float:
        return (world.clock() - start).total_seconds()

    async def arrive(who: str, room: str) -> None:
        ticket = (await reply(world, who, JoinQueue(), room))["ticket"]
        line = (await world.engine.view(None, room)).latest["line"][""]
        promised[who] = expected(line, world.clock())[line.tickets.index(ticket)]
        came[who] = now()
        for i in range(STAFF):
            await call(f"s{3 * booths.index(room) + i}", room)

    async def call(staff: str, room: str) -> None:
        try:
            called = await reply(world, staff, CallNext(), room)
        except Problem:
            return
        who = next(name for name, id in world.people.items() if id == called["person"]["id"])
        assert who not in talking, "called during a talk"
        talking.add(who)
        await world.do(who, AcceptCall(), room=room)
        took[who] = now() - came[who]
        at(now() + random.uniform(240, 360), lambda: finish(staff, room, who, called["place"]))

    async def finish(staff: str, room: str, who: str, place: str) -> None:
        await world.do(staff, FinishTalk(place), room=room)
        talking.discard(who)
        await call(staff, room)

    for index, who in enumerate(visitors):
        at(random.uniform(0, 600), lambda who=who, room=booths[index % BOOTHS]: arrive(who, room))
    while events:
        seconds, _, act = heapq.heappop(events)
        world.clock.advance(seconds=seconds - now())
        await act()
    assert len(took) == VISITORS, "nobody lost their place"
    waited = [who for who in visitors if promised[who] > 0]
    assert len(waited) > VISITORS / 2, "there was a rush"
    total, received = sum(took[who] for who in waited), sum(promised[who] for who in waited)
    assert abs(total - received) < 0.2 * received
    missed = sum(abs(took[who] - promised[who]) for who in waited)
    assert missed < 0.2 * received


async def everybody(world: World, names: list[str]) -> None:
    for name in names:
        await world.person(name)
