"""S23, S24: only messages of our own processes are accepted from the bus, and an answer of Redis reaches its request."""

import asyncio
import logging
import os
import pickle
import random
from typing import Any

import msgpack
import pytest

from rooms.chat.messages import PostMessage
from rooms.core.commands.audience import Audience
from rooms.core.commands.transaction import Nudge
from rooms.core.delivery.bus.pubsub import ORIGIN
from rooms.core.delivery.bus.redis import RedisBus
from rooms.core.delivery.envelope import SEAL, seal, to_body
from rooms.core.store.journal import Entry
from tests.fuzz.budget import examples
from tests.support.redis import RedisServer
from tests.support.waiting import settled
from tests.support.world import SECRET, World


class Exploit:
    def __reduce__(self) -> Any:
        return os.abort, ()


async def forged_nudge(world: World) -> Nudge:
    async with world.engine.database.read() as connection:
        from rooms.core.store.journal import find_room

        room = await find_room(connection, world.room)
    assert room is not None
    entry = Entry(
        room.seq + 1, "chat.posted", Audience.EVERYONE, None, b'{"type":"chat.posted","message":{"text":"forged"}}'
    )
    return Nudge(room.id, room.epoch, room.values_version, [entry], [])


async def test_a_forged_message_is_refused(grown_world: World, redis_server: RedisServer) -> None:
    """S24: with another secret, without a seal, cut, changed by a bit, pickled, or no envelope at all."""
    from redis.asyncio import Redis

    world = grown_world
    _, sink = await world.join("attendee")
    body = to_body(await forged_nudge(world))
    sound = seal(SECRET, "nudge", body)
    packed = msgpack.packb(["nudge", body])
    flipped = bytearray(sound)
    flipped[-5] ^= 1
    forged = [
        seal(b"another secret, as long as ours is", "nudge", body),
        bytes(SEAL) + packed,
        packed,
        sound[:-1],
        sound[: SEAL // 2],
        b"",
        bytes(flipped),
        pickle.dumps(Exploit()),
        seal(SECRET, "nudge", body)[:SEAL] + pickle.dumps(Exploit()),
        os.urandom(1000),
        b"\xc1" * 100,
    ]
    redis: Any = Redis.from_url(redis_server.url)
    bus: Any = world.engine.bus
    before = world.engine.hub.stats.nudges_refused
    for data in forged:
        assert await redis.publish(f"{bus._prefix}:room:{world.room}", os.urandom(ORIGIN) + data) > 0, (
            "somebody listens"
        )
    while world.engine.hub.stats.nudges_refused < before + len(forged):
        await asyncio.sleep(0.01)
    assert "forged" not in str(sink.messages)
    await redis.publish(f"{bus._prefix}:room:{world.room}", os.urandom(ORIGIN) + sound)
    while "forged" not in str(sink.messages):  # the same, sealed: so it was the seal that was missing
        await asyncio.sleep(0.01)
    world.unchecked("no table holds the forged message")
    await redis.aclose()


async def test_what_is_sealed_and_makes_no_sense_harms_nothing(
    grown_world: World, redis_server: RedisServer, caplog: pytest.LogCaptureFixture
) -> None:
    """A process of another version may say what this one does not know."""
    from redis.asyncio import Redis

    world = grown_world
    _, sink = await world.join("attendee")
    odd: list[tuple[str, Any]] = [
        *(
            (kind, body)
            for kind in ("nudge", "nudges", "direct", "presence", "tallies")
            for body in (None, 5, [], {}, "x", [[]], [1] * 5)
        ),
        ("tomorrow's", {"a": 1}),
        ("nudge", [world.room, "x", 1, [[1]], []]),
        ("nudge", [world.room, "x", 1, [], [["votes", "q", "nobody", None, b"1"]]]),
        ("presence", ["alive", "p", 5]),
        ("presence", ["change", "p", world.room, 5, 5]),
        ("presence", ["sing", "p"]),
        ("tallies", [world.room, [["reactions", "applause", "many"]]]),
    ]
    redis: Any = Redis.from_url(redis_server.url)
    bus: Any = world.engine.bus
    with caplog.at_level(logging.ERROR):
        for kind, body in odd:
            await redis.publish(f"{bus._prefix}:room:{world.room}", os.urandom(ORIGIN) + seal(SECRET, kind, body))
        await world.do("other", PostMessage("Still here"), engine=1)
        await settled(*world.engines)
        await asyncio.sleep(0.7)
    assert "Still here" in str(sink.messages)
    assert not caplog.records
    assert world.engine.hub.stats.nudges_refused == 0, "they are sealed"
    assert world.engine.hub.stats.nudges_unreadable > 20
    await redis.aclose()


async def test_a_cancelled_command_leaves_its_answer_to_nobody_else(redis_url: str) -> None:
    """S23: claims, a third of them cancelled at any moment. Of those that were not, each first one is granted and each second one is not."""
    bus, chance = RedisBus(redis_url, prefix="cancelled"), random.Random(23)
    await bus.start(lambda channel, data: None, lambda: None)
    wrong: list[str] = []
    asked = 0

    async def claim(name: str) -> None:
        nonlocal asked
        if chance.random() < 0.33:
            disturbing = asyncio.create_task(bus.claim(f"{name} cancelled", 60))
            await asyncio.sleep(chance.random() * 0.002)
            disturbing.cancel()
            await asyncio.gather(disturbing, return_exceptions=True)
        for expected in (True, False):
            asked += 1
            if await bus.claim(name, 60) is not expected:
                wrong.append(f"{name}: not {expected}")

    total = examples(3_000)
    for start in range(0, total, 50):
        await asyncio.gather(*(claim(str(number)) for number in range(start, min(start + 50, total))))
    await bus.stop()
    assert asked == 2 * total
    assert wrong == []
