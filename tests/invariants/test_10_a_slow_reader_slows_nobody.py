"""A slow reader never slows the others: its queue is bounded, it is closed with a retryable code, and it resumes."""

import asyncio
from collections.abc import AsyncIterator, MutableMapping
from contextlib import asynccontextmanager
from typing import Any

import msgspec
import pytest

from rooms.chat import messages as m
from rooms.core.delivery.hub import Hub
from rooms.core.delivery.join_reads import Joined
from rooms.core.delivery.member import Member
from rooms.core.errors import CODES
from server.live.socket import PlainSink
from tests.support.clients import Client, enter
from tests.support.waiting import settled, until
from tests.support.world import ListSink, World

LIMIT = 8 * 1024


class Reader:
    """A client at the other end of an ASGI server; `reads` cleared: it stops reading."""

    def __init__(self) -> None:
        self.reads = asyncio.Event()
        self.reads.set()
        self.received: list[dict[str, Any]] = []
        self.closed: int | None = None

    async def send(self, message: MutableMapping[str, Any]) -> None:
        await self.reads.wait()
        if message["type"] == "websocket.close":
            self.closed = message["code"]
        else:
            self.received.append(msgspec.json.decode(message["text"]))


@asynccontextmanager
async def joined(world: World, who: str) -> AsyncIterator[tuple[Reader, PlainSink, Member]]:
    reader = Reader()
    sink = PlainSink(reader.send, binary=False)
    sending = asyncio.create_task(sink.run())
    member = Member(sink, world.room, world.people[who])
    await world.engine.hub.join(member, None, lambda answer: msgspec.json.encode(answer))
    await until(lambda: reader.received)
    yield reader, sink, member
    sending.cancel()
    await asyncio.gather(sending, return_exceptions=True)


async def talk(world: World, count: int) -> None:
    for n in range(count):
        await world.do("other", m.PostMessage(f"{n} {'x' * 500}"))
        if (
            n % 8 == 7
        ):  # a command on SQLite does not leave the loop: all 40 could reach one delivery, which is over the limit
            await settled(world.engine)


@pytest.fixture(autouse=True)
def small_buffers(monkeypatch: pytest.MonkeyPatch, world: World) -> None:
    world.lift_limits()
    monkeypatch.setattr("server.live.socket.BUFFER_LIMIT", LIMIT)


async def test_a_member_who_reads_nothing_is_closed_and_the_others_receive_everything(world: World) -> None:
    async with joined(world, "attendee") as (slow, sink, _), joined(world, "guest") as (quick, _, _):
        client = await enter(world, None)
        slow.reads.clear()
        await talk(world, 40)
        await settled(world.engine)
        assert client.catch_up().types == ["chat.posted"] * 40
        await until(lambda: sum(len(message.get("events", [])) for message in quick.received) == 40)
        assert sum(len(message.get("events", [])) for message in slow.received) == 0
        assert sum(map(len, sink._queue)) <= LIMIT, "the queue for it is bounded"
        slow.reads.set()
        await until(lambda: slow.closed)
        assert slow.closed == CODES["too_slow"].close == 4508
        assert CODES["too_slow"].retryable
        assert quick.closed is None


async def test_the_premise_one_who_reads_is_not_closed(world: World) -> None:
    async with joined(world, "attendee") as (reader, sink, _):
        await talk(world, 40)
        await until(lambda: sum(len(message.get("events", [])) for message in reader.received) == 40)
        assert reader.closed is None
        assert sink._size == 0


async def test_a_closed_member_resumes_where_they_were(world: World) -> None:
    async with joined(world, "attendee") as (slow, _, member):
        before = _as_client(world, slow, member)
        slow.reads.clear()
        await talk(world, 40)
        slow.reads.set()
        await until(lambda: slow.closed)
        world.engine.hub.leave(member)
    resumed = await enter(world, "attendee", resuming=before)
    assert resumed.sink.joined["resumed"]
    await resumed.verify()
    assert len(resumed.state["snapshot"]["messages"]) == 40


def _as_client(world: World, reader: Reader, member: Member) -> Client:
    sink = ListSink()
    sink.messages = list(reader.received)
    return Client("attendee", world.engine, "session", member, sink).catch_up()


async def test_writing_to_a_crowd_waits_for_nobody(world: World) -> None:
    """Delivery never waits for a member: `publish` is no coroutine, and neither is anything it calls."""
    members = [await world.join("guest") for _ in range(50)]
    outcome = await world.do("other", m.PostMessage("Hello"))
    await settled(world.engine)
    assert all(sink.seqs == [outcome.seq] for _, sink in members)
    assert not asyncio.iscoroutinefunction(Hub.publish)
    assert not asyncio.iscoroutinefunction(PlainSink.write)


async def test_news_of_one_tick_share_a_frame(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rooms.core.delivery.scheduler.TICK", 0.2)
    sink = (await world.join(None))[1]
    await asyncio.gather(*(world.do("other", m.PostMessage(f"{n}")) for n in range(30)))
    await settled(world.engine)
    assert len(sink.events) == 30
    assert len(sink.messages) < 10, "the cost grows with ticks, not with events"


async def test_members_of_one_audience_get_the_same_bytes(world: World) -> None:
    class BytesSink(ListSink):
        def __init__(self) -> None:
            super().__init__()
            self.outbound: list[int] = []

        def write(self, message: Any) -> None:
            super().write(message)
            self.outbound.append(id(message.json))

    sinks = [BytesSink() for _ in range(20)]
    for sink in sinks:
        member = Member(sink, world.room, world.people["guest"])

        def respond(answer: Joined) -> bytes:
            return msgspec.json.encode(answer)

        await world.engine.hub.join(member, None, respond)
    await world.do("other", m.PostMessage("Hello"))
    await settled(world.engine)
    frames = {sink.outbound[-1] for sink in sinks if "events" in sink.messages[-1]}
    assert len(frames) == 1, "encoded once"
