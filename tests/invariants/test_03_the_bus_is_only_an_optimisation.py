"""Lost, duplicated or reordered bus messages are repaired from the journal, even a lost last nudge. Members receive everything once and in order."""

import asyncio
from collections.abc import AsyncIterator
from random import Random

import pytest

from rooms.chat.messages import PostMessage
from rooms.core.delivery.bus.memory import Switchboard
from rooms.core.delivery.bus.redis import RedisBus
from rooms.core.delivery.hub import Hub
from rooms.forum.questions.messages import VoteQuestion
from rooms.forum.questions.moderation_messages import ApproveQuestion
from tests.support.buses import UnreliableBus, lost, lost_in_rooms, sure, troubled
from tests.support.clients import Client, audience, enter
from tests.support.redis import RedisServer
from tests.support.waiting import settled, until
from tests.support.world import World, running_world


@pytest.fixture
async def unreliable(sqlite_url: str) -> AsyncIterator[World]:
    """Two processes whose buses the test controls."""
    board = Switchboard()
    async with running_world(sqlite_url, buses=[UnreliableBus(board), UnreliableBus(board)]) as world:
        yield world


def set_fate(world: World, fate: object) -> None:
    for engine in world.engines:
        engine.bus.fate = fate  # pyright: ignore[reportAttributeAccessIssue]


async def act(world: World, rounds: int) -> None:
    """Questions, votes and chat from the first process."""
    for n in range(rounds):
        question = await world.ask(f"Why {n}?")
        await world.do("moderator", ApproveQuestion(question, 1))
        await world.do("other", VoteQuestion(question))
        await world.do("other", PostMessage(f"{n}"))


async def test_with_the_bus_the_other_process_learns_at_once(unreliable: World) -> None:
    client = await enter(unreliable, None, engine=1)
    await act(unreliable, 1)
    await until(lambda: client.catch_up().types == ["question.shown", "chat.posted"])


async def test_a_lost_last_nudge_is_found_by_comparing_seqs(unreliable: World) -> None:
    clients = [await enter(unreliable, who, engine=1) for who in (None, "attendee", "moderator")]
    set_fate(unreliable, lost)
    await act(unreliable, 1)
    await asyncio.sleep(0.1)
    assert all(client.catch_up().types == [] for client in clients), "nothing has come over the bus"
    await unreliable.engines[1].hub.reconcile()
    await settled(unreliable.engines[1])
    for client in clients:
        await verify_but_own_votes(client)
        assert client.state["latest"]["votes"], f"{client} knows the votes, too"


async def test_it_is_compared_every_few_seconds(unreliable: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rooms.core.delivery.hub.RECONCILE_SECONDS", 0.05)
    hub = Hub(unreliable.engine.database, unreliable.engine.bus, unreliable.clock, b"secret")
    await hub.start()
    object.__setattr__(unreliable.engines[1], "hub", hub)
    client = await enter(unreliable, None, engine=1)
    set_fate(unreliable, lost)
    await act(unreliable, 1)
    await until(lambda: client.catch_up().types == ["question.shown", "chat.posted"])


async def test_a_comparison_that_fails_is_made_again(unreliable: World, monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[int] = []

    async def fail_once(*_: object) -> None:
        calls.append(1)
        if len(calls) == 1:
            raise RuntimeError("the database driver had a bad day")

    monkeypatch.setattr("rooms.core.delivery.hub.RECONCILE_SECONDS", 0.01)
    monkeypatch.setattr(Hub, "reconcile", fail_once)
    hub = Hub(unreliable.engine.database, unreliable.engine.bus, unreliable.clock, b"secret")
    await hub.start()
    await until(lambda: len(calls) > 2)
    await hub.stop()


async def test_a_hole_is_filled_without_waiting_for_the_comparison(unreliable: World) -> None:
    client = await enter(unreliable, None, engine=1)
    set_fate(unreliable, lost_in_rooms)
    await unreliable.do("other", PostMessage("lost"))
    set_fate(unreliable, sure)
    await unreliable.do("other", PostMessage("heard"))
    await until(lambda: client.catch_up().types == ["chat.posted"] * 2, seconds=2)


@pytest.mark.parametrize("seed", range(4))
async def test_through_any_trouble_everybody_ends_with_the_truth(unreliable: World, seed: int) -> None:
    unreliable.lift_limits()
    spectators = await audience(unreliable)
    far = [await enter(unreliable, who, engine=1) for who in (None, "attendee", "other", "moderator")]
    set_fate(unreliable, troubled(Random(seed)))
    await act(unreliable, 12)
    await asyncio.sleep(0.1)
    for engine in unreliable.engines:
        await engine.hub.reconcile()
    await spectators.verify()
    for client in far:
        await verify_but_own_votes(client)


async def verify_but_own_votes(client: Client) -> None:
    """A vote of one's own that was given on another device may be late: it is a latest value for one person, of which the journal knows nothing."""
    truth = await client.truth()
    client.catch_up().state["own"]["votes"] = truth["own"]["votes"]
    await client.verify()


async def test_while_redis_is_gone_all_goes_on_and_afterwards_all_is_healed(
    sqlite_url: str, own_redis: RedisServer
) -> None:
    async with running_world(sqlite_url, buses=[RedisBus(own_redis.url), RedisBus(own_redis.url)]) as world:
        client = await enter(world, None, engine=1)
        await world.do("other", PostMessage("before"))
        await until(lambda: client.catch_up().types == ["chat.posted"])
        own_redis.kill()
        await until(lambda: not any(engine.bus.is_up for engine in world.engines))
        await world.do("other", PostMessage("meanwhile"))
        own_redis.start()
        await until(lambda: all(engine.bus.is_up for engine in world.engines))
        await until(lambda: client.catch_up().types == ["chat.posted"] * 2)
        await world.do("other", PostMessage("after"))
        await until(lambda: client.catch_up().types == ["chat.posted"] * 3, seconds=2)
        await client.verify()
