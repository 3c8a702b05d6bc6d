"""F16: every command comes three times, on several processes, at once and one after the other: one effect, one answer."""

import asyncio
import uuid
from typing import Any

import pytest
import sqlalchemy as sa

from rooms.core.commands.messages import tag_of
from rooms.core.commands.registry import SPECS, EphemeralSpec
from rooms.core.store.database import metadata
from tests.support.samples import ops, sample
from tests.support.world import World


async def everything(world: World) -> dict[str, list[tuple[Any, ...]]]:
    """The whole database but for the outcomes: all tables' rows, sorted."""
    found: dict[str, list[tuple[Any, ...]]] = {}
    async with world.engine.database.read() as connection:
        for table in metadata.sorted_tables:
            rows = (await connection.execute(sa.select(table))).all()
            found[table.name] = sorted((tuple(row) for row in rows), key=repr)
    return found


def recorded(before: dict[str, Any], after: dict[str, Any]) -> int:
    return len(after["journal"]) - len(before["journal"])


@pytest.mark.parametrize("op", ops())
async def test_one_effect_and_one_answer(world_of_two: World, op: str) -> None:
    world = world_of_two
    if isinstance(SPECS[op], EphemeralSpec):
        await leaves_nothing(world, op)
        return
    who, room, command = await sample(world, op)
    key = uuid.uuid4().hex
    before = await everything(world)
    at_once = await asyncio.gather(*(world.do(who, command, room=room, key=key, engine=n % 2) for n in range(3)))
    after = await everything(world)
    assert after != before, "the command did something"
    world.clock.advance(hours=1)
    again = [await world.do(who, command, room=room, key=key, engine=n % 2) for n in range(3)]
    assert await everything(world) == after
    assert len(set(at_once + again)) == 1
    # The premise: another key would make it another command.
    assert tag_of(command) == op


async def leaves_nothing(world: World, op: str) -> None:
    """Ephemeral commands are not stored, so there is nothing to be doubled."""
    who, room, command = await sample(world, op)
    before = await everything(world)
    for n in range(3):
        await world.do(who, command, room=room, key="the-same-key", engine=n % 2)
    assert await everything(world) == before


CROWD = [
    "question.ask",
    "question.approve",
    "question.merge",
    "question.vote",
    "chat.post",
    "role.grant",
    "person.remove",
    "session.start",
]


@pytest.mark.parametrize("op", CROWD)
async def test_on_postgresql_and_redis_too(grown_world: World, op: str) -> None:
    await test_one_effect_and_one_answer(grown_world, op)
