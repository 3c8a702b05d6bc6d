"""F17: a resume from before the kept tail. F18: with a position in the future or of another history. F19: commands while a snapshot is read.

tests/invariants/test_05_a_join_leaves_no_hole.py goes through the single cases; here clients come and go at random among commands, on two processes whose
buses lose, double and reorder, with a journal that is pruned beneath them."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from random import Random

import pytest

from rooms.chat.messages import PostMessage
from rooms.core.delivery.bus.memory import Switchboard
from rooms.core.errors import Problem
from rooms.core.store.journal import ReadPosition
from rooms.forum.questions.messages import VoteQuestion
from rooms.forum.questions.moderation_messages import ApproveQuestion
from tests.support.buses import UnreliableBus, troubled
from tests.support.clients import Client, enter
from tests.support.waiting import settled, until
from tests.support.world import World, running_world

READERS = (None, "attendee", "other", "speaker", "moderator")


@pytest.fixture
async def stormy(sqlite_url: str) -> AsyncIterator[World]:
    board = Switchboard()
    async with running_world(sqlite_url, buses=[UnreliableBus(board), UnreliableBus(board)]) as world:
        world.lift_limits()
        yield world


class Storm:
    """Talkers, and readers who come, lose their connection and resume elsewhere. Every resume says truly whether it is one."""

    def __init__(self, world: World, seed: int) -> None:
        self.world = world
        self.random = Random(seed)
        self.resumed = 0
        self.pruned = 0

    async def talk(self, rounds: int) -> None:
        who = self.random.choice(("attendee", "other"))
        for n in range(rounds):
            engine = self.random.randrange(2)
            question = await self.world.ask(f"Why {n}?", who)
            await self.world.do("moderator", ApproveQuestion(question, 1), engine=engine)
            await self.world.do("guest", VoteQuestion(question), engine=engine)
            await self.world.do(who, PostMessage(f"{n}"), engine=engine)

    async def prune(self, rounds: int) -> None:
        for _ in range(rounds):
            await asyncio.sleep(0.02)
            self.world.clock.advance(hours=1)
            self.pruned += await self.world.engine.prune(timedelta(minutes=90))

    async def read(self, who: str | None, rounds: int) -> Client:
        client = await enter(self.world, who, engine=self.random.randrange(2))
        for _ in range(rounds):
            await asyncio.sleep(self.random.random() * 0.03)
            client.catch_up()
            client.engine.hub.leave(client.member)
            position = client.position
            await asyncio.sleep(self.random.choice((0, 0, 0.1)))
            client = await enter(self.world, who, engine=self.random.randrange(2), resuming=client)
            joined = client.sink.joined
            if joined.get("resumed"):
                self.resumed += 1
                assert len(joined["events"]) == joined["seq"] - position.seq
        return client


@pytest.mark.parametrize("seed", range(3))
async def test_after_many_reconnects_everyone_has_the_true_state(stormy: World, seed: int) -> None:
    storm = Storm(stormy, seed)
    for engine in stormy.engines:
        engine.bus.fate = troubled(storm.random)  # pyright: ignore[reportAttributeAccessIssue]
    readers = [storm.read(who, 10) for who in READERS for _ in range(2)]
    _, _, _, clients = await asyncio.gather(storm.talk(8), storm.talk(8), storm.prune(6), asyncio.gather(*readers))
    await asyncio.sleep(0.05)
    for engine in stormy.engines:
        await engine.hub.reconcile()
    await settled(*stormy.engines)
    for client in clients:
        # What was voted on another process may be late: for one person it is a latest value, of which the journal knows nothing.
        client.catch_up().state["own"]["votes"] = (await client.truth())["own"]["votes"]
        await client.verify()
    assert storm.resumed > 5
    assert storm.pruned > 0


@pytest.mark.parametrize("seed", range(5))
async def test_f18_no_position_whatever_makes_a_hole(world: World, seed: int) -> None:
    random = Random(seed)
    world.lift_limits()
    for n in range(10):
        await world.do("attendee", PostMessage(f"{n}"))
    there = await enter(world, "other")
    epochs = ["", "x", there.epoch, there.epoch.partition("-")[0], there.epoch.replace("everyone", "moderators")]
    for _ in range(20):
        position = ReadPosition(random.choice(epochs), random.choice([0, 1, 5, 9, 10, 11, 10**9, 2**63, -1, -(2**63)]))
        joined = (await world.join("other", after=position))[1].joined
        if joined.get("resumed"):
            assert position.epoch == there.epoch
            assert [event["seq"] for event in joined["events"]] == list(range(position.seq + 1, 11))
        else:
            assert len(joined["snapshot"]["messages"]) == joined["seq"] == 10


async def test_f19_joins_among_writers_on_two_processes(each_world: World) -> None:
    each_world.lift_limits()
    written: list[str] = []
    writing = asyncio.create_task(write(each_world, written))
    clients: list[Client] = []
    for n in range(12):
        await until(lambda awaited=2 * n: len(written) >= awaited)
        clients.append(await enter(each_world, READERS[n % len(READERS)], engine=n % 2))
        assert clients[-1].problem is None
    await writing
    await settled(*each_world.engines)
    for client in clients:
        if client.who != "attendee":  # whose own votes, given on the other process, are latest values
            await client.verify()
    assert len({client.sink.joined["seq"] for client in clients}) > 3, "they came at different times"


async def write(world: World, written: list[str]) -> None:
    for n in range(25):
        question = await world.ask(f"Why {n}?")
        written.append(question)
        try:
            await world.do("moderator", ApproveQuestion(question, 1), engine=n % 2)
            await asyncio.gather(
                *(world.do(who, VoteQuestion(question), engine=n % 2) for who in ("guest", "organiser"))
            )
        except Problem as problem:
            raise AssertionError(f"nobody else touches this question: {problem}") from problem
