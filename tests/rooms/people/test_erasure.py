"""An erasure locks all rooms that it touches at once, and starts again when another room has come to name the person."""

from typing import Any

import pytest
import sqlalchemy as sa

from rooms.chat.messages import PostMessage
from rooms.chat.tables import messages
from rooms.core import personal_data
from rooms.core.store import journal
from rooms.people.erasure import erase
from tests.support.refusals import refused
from tests.support.world import World


async def test_all_rooms_are_locked_once_in_each_transaction(
    each_world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = each_world
    for room in (world.room, world.lobby, world.stand):
        await world.do("attendee", PostMessage("Hello"), room=room)
    locked: list[tuple[int, list[str]]] = []
    lock_rooms = journal.lock_rooms

    async def spy(connection: Any, ids: Any) -> Any:
        found = await lock_rooms(connection, ids)
        locked.append((id(await connection.get_raw_connection()), list(found)))
        return found

    monkeypatch.setattr(journal, "lock_rooms", spy)
    await erase(world.engine, world.people["attendee"])
    sign_out, erasure = locked
    assert sign_out[1] == [await world.desk("attendee")]
    assert {world.room, world.lobby, world.stand, await world.desk("attendee")} <= set(erasure[1])
    assert erasure[1] == sorted(erasure[1])


async def test_what_is_written_while_the_rooms_are_being_locked_is_erased_too(
    each_world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = each_world
    await world.do("attendee", PostMessage("First"))
    rooms_of = personal_data.rooms_of
    looked = 0

    async def late(connection: Any, subject: Any, since: Any = None) -> set[str]:
        nonlocal looked
        found = await rooms_of(connection, subject, since)
        looked += 1
        if looked == 1:
            await world.do("attendee", PostMessage("Second"), room=world.lobby)
        return found

    monkeypatch.setattr(personal_data, "rooms_of", late)
    await erase(world.engine, world.people["attendee"])
    assert looked == 4, "the first attempt lacked the lobby"
    async with world.engine.database.read() as connection:
        assert set((await connection.execute(sa.select(messages.c.text))).scalars()) == {""}
        payloads = (await connection.execute(sa.select(journal.journal.c.payload))).scalars()
        assert not [payload for payload in payloads if b"Second" in payload]


async def test_an_erasure_that_never_finds_rest_changes_nothing(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    await world.do("attendee", PostMessage("Kept"))
    others = iter([world.room, world.lobby, world.stand, world.hall, *(await _desks(world))])

    async def growing(connection: Any, subject: Any, since: Any = None) -> set[str]:
        return {next(others)}

    monkeypatch.setattr(personal_data, "rooms_of", growing)
    with refused("conflict"):
        await erase(world.engine, world.people["attendee"])
    async with world.engine.database.read() as connection:
        assert (await connection.execute(sa.select(messages.c.text))).scalars().all() == ["Kept"]


async def _desks(world: World) -> list[str]:
    return [await world.desk(who) for who in world.people]
