"""`seq` is contiguous per room and in commit order, because it is taken under the lock of the room's row; several rooms are locked in sorted order."""

import asyncio
from collections.abc import Iterable

import pytest
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from rooms.chat.messages import PostMessage
from rooms.core.errors import Problem
from rooms.core.store import journal
from rooms.core.store.database import Database
from rooms.core.store.journal import Room
from rooms.programme.messages import EndSession, StartSession
from tests.support.world import World

TALKERS = ("attendee", "other", "speaker", "guest", "moderator", "organiser")


async def seqs(database: Database, room: str) -> tuple[int, list[int]]:
    async with database.read() as connection:
        row = await journal.find_room(connection, room)
        assert row is not None
        return row.seq, [entry.seq for entry in await journal.read_after(connection, room, 0)]


async def talk(world: World, times: int) -> list[int | None]:
    """Everybody talks at once, in two rooms and on two processes, while the session starts and ends, which writes to both rooms."""
    said = [
        world.do(who, PostMessage(f"{n}"), room=room, engine=n % 2)
        for n in range(times)
        for who in TALKERS
        for room in (world.room, world.lobby)
    ]
    steps = (StartSession(), EndSession(), StartSession())
    taken = [world.do("admin", step, engine=n % 2) for n, step in enumerate(steps)]
    outcomes, _ = await asyncio.gather(asyncio.gather(*said), asyncio.gather(*taken, return_exceptions=True))
    return [outcome.seq for outcome in outcomes]


async def test_writers_on_two_processes_leave_no_hole_and_no_double(each_world: World) -> None:
    each_world.lift_limits()
    done = asyncio.Event()
    prefixes: list[bool] = []

    async def look() -> None:
        # Were seqs not given in commit order, a reader would now and then see a hole.
        while not done.is_set():
            for room in (each_world.room, each_world.lobby):
                top, found = await seqs(each_world.engines[1].database, room)
                prefixes.append(found == list(range(1, top + 1)))

    looking = asyncio.create_task(look())
    acknowledged: list[int | None] = []
    while len(prefixes) <= 3:  # a fast machine is done before many looks
        acknowledged += await talk(each_world, 8)
    done.set()
    await looking
    assert all(prefixes)
    tops = [(await seqs(each_world.engine.database, room))[0] for room in (each_world.room, each_world.lobby)]
    assert sum(tops) > len(acknowledged), "the steps are there, too"
    assert None not in acknowledged


async def test_without_the_lock_it_would_break(grown_world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    async def read_without_lock(connection: AsyncConnection, ids: Iterable[str]) -> dict[str, Room]:
        return await journal.heads(connection, ids)

    monkeypatch.setattr(journal, "lock_rooms", read_without_lock)
    grown_world.lift_limits()
    with pytest.raises(IntegrityError):
        await talk(grown_world, 4)


async def lock_both(world: World, rooms: list[str], times: int, engine: int) -> None:
    for _ in range(times):
        async with world.engines[engine].transaction(rooms):
            await asyncio.sleep(0)


async def test_rooms_are_locked_in_one_order_so_nobody_waits_in_a_ring(grown_world: World) -> None:
    rooms = [grown_world.room, grown_world.lobby]
    await asyncio.gather(*(lock_both(grown_world, rooms[::way], 10, engine) for engine in (0, 1) for way in (1, -1)))


async def test_in_any_order_they_would_wait_in_a_ring(grown_world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    lock = journal.lock_rooms
    both_hold_one = asyncio.Barrier(2)

    async def one_by_one(connection: AsyncConnection, ids: Iterable[str]) -> dict[str, Room]:
        first, second = ids
        locked = await lock(connection, [first])
        await both_hold_one.wait()
        return locked | await lock(connection, [second])

    monkeypatch.setattr(journal, "lock_rooms", one_by_one)
    rooms = [grown_world.room, grown_world.lobby]
    results = await asyncio.gather(
        *(lock_both(grown_world, rooms[::way], 1, engine) for engine, way in ((0, 1), (1, -1))), return_exceptions=True
    )
    (problem,) = [result for result in results if isinstance(result, Problem)]
    assert problem.code == "unavailable"
