"""What the rooms ask of a bus, asked of both: the memory bus and a real Redis."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import pytest

from rooms.bus.interface import Bus
from rooms.bus.memory import MemoryBus, Switchboard
from rooms.bus.redis import RedisBus
from tests.support.redis import RedisServer
from tests.support.refusals import refused
from tests.support.waiting import until

MakeBus = Callable[[], Bus]


class Ear:
    """A started bus and what it has heard. `restored` counts how often it came back."""

    def __init__(self, bus: Bus) -> None:
        self.bus = bus
        self.heard: list[tuple[str, bytes]] = []
        self.restored = 0

    def receive(self, channel: str, data: bytes) -> None:
        self.heard.append((channel, data))

    def back(self) -> None:
        self.restored += 1

    @property
    def said(self) -> list[bytes]:
        return [data for _, data in self.heard]


@asynccontextmanager
async def started(bus: Bus) -> AsyncIterator[Ear]:
    ear = Ear(bus)
    await bus.start(ear.receive, ear.back)
    try:
        yield ear
    finally:
        await bus.stop()


@pytest.fixture(params=["memory", "redis"])
def make_bus(request: pytest.FixtureRequest) -> MakeBus:
    if request.param == "memory":
        board = Switchboard()
        return lambda: MemoryBus(board)
    url = request.getfixturevalue("redis_url")
    return lambda: RedisBus(url, prefix="contract")


@pytest.fixture
async def pair(make_bus: MakeBus) -> AsyncIterator[tuple[Ear, Ear]]:
    async with started(make_bus()) as a, started(make_bus()) as b:
        yield a, b


async def test_what_is_published_reaches_the_others_that_subscribed_and_not_oneself(pair: tuple[Ear, Ear]) -> None:
    a, b = pair
    for ear in pair:
        await ear.bus.subscribe("room:1")
    a.bus.publish("room:1", b"from a")
    b.bus.publish("room:1", b"from b")
    await until(lambda: b"from a" in b.said and b"from b" in a.said)
    for n in range(3):
        a.bus.publish("room:1", b"%d" % n)
    await until(lambda: b"2" in b.said)
    assert (a.said, b.said) == ([b"from b"], [b"from a", b"0", b"1", b"2"])


async def test_only_what_was_subscribed_arrives(pair: tuple[Ear, Ear]) -> None:
    a, b = pair
    await b.bus.subscribe("room:1")
    for channel in ("room:2", "room:11", "room:*", "room:1"):
        a.bus.publish(channel, channel.encode())
    await until(lambda: b.heard)
    assert b.heard == [("room:1", b"room:1")]


async def test_messages_of_one_publisher_arrive_in_order_over_all_channels(pair: tuple[Ear, Ear]) -> None:
    a, b = pair
    for channel in ("room:1", "room:2"):
        await b.bus.subscribe(channel)
    sent = [str(n).encode() for n in range(500)]
    for n, data in enumerate(sent):
        a.bus.publish(f"room:{n % 2 + 1}", data)
    await until(lambda: len(b.heard) == len(sent))
    assert b.said == sent


async def test_a_subscription_counts_from_when_subscribe_returns(pair: tuple[Ear, Ear]) -> None:
    a, b = pair
    for n in range(20):
        await b.bus.subscribe(f"room:{n}")
        a.bus.publish(f"room:{n}", str(n).encode())
    await until(lambda: len(b.heard) == 20)


async def test_after_unsubscribing_nothing_arrives(pair: tuple[Ear, Ear]) -> None:
    a, b = pair
    for channel in ("room:1", "room:2"):
        await b.bus.subscribe(channel)
    await b.bus.unsubscribe("room:1")
    await b.bus.unsubscribe("room:never")
    a.bus.publish("room:1", b"unwanted")
    a.bus.publish("room:2", b"wanted")
    await until(lambda: b.said == [b"wanted"])
    await b.bus.subscribe("room:1")
    a.bus.publish("room:1", b"wanted again")
    await until(lambda: b.said == [b"wanted", b"wanted again"])


async def test_subscribing_many_at_once(pair: tuple[Ear, Ear]) -> None:
    a, b = pair
    await asyncio.gather(*(b.bus.subscribe(f"room:{n}") for n in range(200)))
    for n in range(200):
        a.bus.publish(f"room:{n}", b"x")
    await until(lambda: len(b.heard) == 200)


async def test_any_bytes_go_through(pair: tuple[Ear, Ear]) -> None:
    a, b = pair
    await b.bus.subscribe("room:1")
    payloads = [b"", b"\x00\xff\r\n", bytes(range(256)) * 4000]
    for payload in payloads:
        a.bus.publish("room:1", payload)
    await until(lambda: len(b.heard) == len(payloads))
    assert b.said == payloads


async def test_a_name_is_claimed_once_by_all_processes(pair: tuple[Ear, Ear]) -> None:
    claims = await asyncio.gather(*(ear.bus.claim("ticket:1", 60) for ear in pair * 10))
    assert claims.count(True) == 1
    assert await pair[0].bus.claim("ticket:2", 60)


async def test_a_claim_runs_out(pair: tuple[Ear, Ear]) -> None:
    a, b = pair
    assert await a.bus.claim("ticket:1", 0.05)
    assert not await b.bus.claim("ticket:1", 0.05)
    await until(lambda: b.bus.claim("ticket:1", 60))


async def test_a_stopped_bus_hears_nothing_and_publishing_on_it_does_no_harm(make_bus: MakeBus) -> None:
    async with started(make_bus()) as a:
        async with started(make_bus()) as b:
            await b.bus.subscribe("room:1")
            a.bus.publish("room:1", b"while it was there")
            await until(lambda: b.said)
        a.bus.publish("room:1", b"when it was gone")
        b.bus.publish("room:1", b"from beyond")
        await a.bus.subscribe("room:2")
        assert b.said == [b"while it was there"]


async def test_what_was_published_last_before_the_stop_is_sent(make_bus: MakeBus) -> None:
    async with started(make_bus()) as a:
        await a.bus.subscribe("processes")
        async with started(make_bus()) as b:
            b.bus.publish("processes", b"farewell")
        await until(lambda: a.said == [b"farewell"])


# Redis alone: it can be away, it can be shared, and it can stop answering


async def test_two_installations_on_one_redis_do_not_hear_each_other(redis_url: str) -> None:
    async with started(RedisBus(redis_url, prefix="one")) as a, started(RedisBus(redis_url, prefix="two")) as b:
        for ear in (a, b):
            await ear.bus.subscribe("room:1")
        async with started(RedisBus(redis_url, prefix="one")) as c:
            c.bus.publish("room:1", b"for one")
            await until(lambda: a.said == [b"for one"])
        assert b.heard == []
        assert await a.bus.claim("name", 60)
        assert await b.bus.claim("name", 60)


async def test_after_redis_was_killed_it_comes_back_and_says_so(own_redis: RedisServer) -> None:
    async with started(RedisBus(own_redis.url)) as a, started(RedisBus(own_redis.url)) as b:
        await b.bus.subscribe("room:1")
        assert (a.restored, b.restored) == (1, 1)
        own_redis.kill()
        await until(lambda: not a.bus.is_up and not b.bus.is_up)
        a.bus.publish("room:1", b"lost")
        await b.bus.subscribe("room:2")  # returns though nobody answers
        with refused("unavailable"):
            await a.bus.claim("ticket:1", 60)
        own_redis.start()
        await until(lambda: a.bus.is_up and b.bus.is_up)
        assert (a.restored, b.restored) == (2, 2)
        for channel in ("room:1", "room:2"):
            a.bus.publish(channel, b"heard in " + channel.encode())
        await until(lambda: b.said == [b"heard in room:1", b"heard in room:2"])
        assert await a.bus.claim("ticket:1", 60)


async def test_what_is_subscribed_while_the_connection_is_made_is_subscribed(own_redis: RedisServer) -> None:
    own_redis.freeze()
    bus = RedisBus(own_redis.url)
    ear = Ear(bus)
    starting = asyncio.create_task(bus.start(ear.receive, ear.back))
    await asyncio.sleep(0.1)
    assert not bus.is_up
    await bus.subscribe("room:1")
    own_redis.thaw()
    await starting
    async with started(RedisBus(own_redis.url)) as a:
        a.bus.publish("room:1", b"heard")
        await until(lambda: ear.said == [b"heard"])
    await bus.stop()


async def test_a_redis_that_no_longer_answers_is_given_up_and_found_again(
    own_redis: RedisServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Half-open: packets vanish and nobody resets the connection."""
    monkeypatch.setattr("rooms.bus.redis.PING_SECONDS", 0.1)
    monkeypatch.setattr("rooms.bus.redis.DEAD_SECONDS", 0.4)
    async with started(RedisBus(own_redis.url)) as a, started(RedisBus(own_redis.url)) as b:
        await b.bus.subscribe("room:1")
        own_redis.freeze()
        await until(lambda: not a.bus.is_up and not b.bus.is_up)
        own_redis.thaw()
        await until(lambda: a.bus.is_up and b.bus.is_up)
        assert b.restored >= 2
        a.bus.publish("room:1", b"heard")
        await until(lambda: b.said == [b"heard"])


async def test_a_silent_room_is_not_taken_for_a_dead_redis(redis_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rooms.bus.redis.PING_SECONDS", 0.02)
    monkeypatch.setattr("rooms.bus.redis.DEAD_SECONDS", 0.2)
    async with started(RedisBus(redis_url)) as a:
        loop = asyncio.get_running_loop()
        end = loop.time() + 0.6
        await until(lambda: loop.time() > end)
        assert (a.bus.is_up, a.restored) == (True, 1)


async def test_while_redis_is_away_the_start_does_not_wait_for_ever(own_redis: RedisServer) -> None:
    own_redis.kill()
    async with started(RedisBus(own_redis.url)) as a:
        assert not a.bus.is_up
        a.bus.publish("room:1", b"dropped")
        own_redis.start()
        await until(lambda: a.bus.is_up)


async def test_what_cannot_be_sent_does_not_pile_up(own_redis: RedisServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rooms.bus.redis.QUEUE_LIMIT", 100)
    bus = RedisBus(own_redis.url)
    async with started(bus):
        own_redis.freeze()
        for n in range(1000):
            bus.publish("room:1", str(n).encode())
            await asyncio.sleep(0)
        assert len(bus._outgoing) <= 100
        own_redis.thaw()
