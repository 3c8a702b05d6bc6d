"""F25: a member is removed during a burst: no event after the removal's seq reaches them, on any process."""

import asyncio

import pytest

from rooms.chat.messages import PostMessage
from rooms.forum.questions.messages import AskQuestion
from rooms.people.messages import ReadmitPerson, RemovePerson
from tests.support.clients import enter
from tests.support.refusals import refused
from tests.support.waiting import settled, until
from tests.support.world import World

TALKERS = ("other", "guest", "speaker", "organiser")


async def burst(world: World, engine: int, who: str, stop: asyncio.Event) -> None:
    while not stop.is_set():
        await world.do(who, PostMessage("and on"), engine=engine)
        await asyncio.sleep(0.005)  # SQLite's lock is not fair: without a pause one process could starve the other


@pytest.mark.parametrize("tick", [0.0, 0.02, 0.2])
async def test_nothing_after_the_removal(each_world: World, monkeypatch: pytest.MonkeyPatch, tick: float) -> None:
    monkeypatch.setattr("rooms.core.delivery.scheduler.TICK", tick)
    each_world.lift_limits()
    each_world.unchecked("the removal is compared by the test itself, in the middle of a burst")
    tabs = [await enter(each_world, "attendee", engine=engine) for engine in (0, 1, 1)]
    others = [await enter(each_world, "other", engine=engine) for engine in (0, 1)]
    stop = asyncio.Event()
    talking = [asyncio.create_task(burst(each_world, n % 2, who, stop)) for n, who in enumerate(TALKERS)]
    await until(lambda: any(client.catch_up().types for client in others))
    removal = await each_world.do("moderator", RemovePerson(each_world.people["attendee"]), engine=1)
    last = removal.seq or 0
    for command in (PostMessage("Still here?"), AskQuestion("Am I?")):
        for engine in (0, 1):
            with refused("forbidden"):
                await each_world.do("attendee", command, engine=engine)
    await until(lambda: all(client.catch_up().seq > last + 3 for client in others))
    stop.set()
    await asyncio.gather(*talking)
    await settled(*each_world.engines)
    for client in tabs:
        assert max(client.sink.seqs, default=0) < last
        assert client.catch_up().problem, "the client received the reason"
        assert "left" in client.sink.messages[-1]
    for client in others:
        snapshot = client.catch_up().state["snapshot"]
        snapshot["messages"] = snapshot["messages"][-100:]  # as many as a fresh one brings
        await client.verify()


async def test_a_person_removed_while_joining_is_out_too(each_world: World) -> None:
    each_world.lift_limits()
    each_world.unchecked("those who join while they are removed are compared by the test itself")
    for n in range(6):
        joining = [asyncio.create_task(each_world.join("attendee", engine=engine)) for engine in (0, 1)]
        for _ in range(n):
            await asyncio.sleep(0)
        removal = await each_world.do("moderator", RemovePerson(each_world.people["attendee"]))
        await each_world.do("other", PostMessage("not for them"))
        results = await asyncio.gather(*joining, return_exceptions=True)
        await settled(*each_world.engines)
        for result in results:
            if not isinstance(result, BaseException):
                _, sink = result
                assert sink.joined["seq"] < (removal.seq or 0)
                assert "left" in sink.messages[-1]
                assert max(sink.seqs, default=0) < (removal.seq or 0)
        await each_world.do("moderator", ReadmitPerson(each_world.people["attendee"]))


async def test_a_readmitted_person_receives_events_again(each_world: World) -> None:
    await each_world.do("moderator", RemovePerson(each_world.people["attendee"]))
    await each_world.do("moderator", ReadmitPerson(each_world.people["attendee"]), engine=1)
    client = await enter(each_world, "attendee", engine=1)
    await each_world.do("other", PostMessage("welcome back"))
    await settled(*each_world.engines)
    assert client.catch_up().types == ["chat.posted"]
