"""What the rooms ask of a bus, asked of all: the memory bus, a real Redis, and a real cluster of Redis (of one node)."""

import asyncio
from collections.abc import AsyncIterator, Callable

import pytest

from rooms.core.delivery.bus.choice import bus_at
from rooms.core.delivery.bus.cluster import ClusterBus
from rooms.core.delivery.bus.interface import Bus
from rooms.core.delivery.bus.memory import MemoryBus, Switchboard
from rooms.core.delivery.bus.redis import RedisBus
from rooms.core.delivery.bus.sentinel import SentinelAddress, SentinelBus
from tests.support.ears import Ear, bus_on, started
from tests.support.redis import RedisServer
from tests.support.waiting import until

MakeBus = Callable[[], Bus]


@pytest.fixture(params=["memory", "redis", "cluster"])
def make_bus(request: pytest.FixtureRequest) -> MakeBus:
    if request.param == "memory":
        board = Switchboard()
        return lambda: MemoryBus(board)
    server: RedisServer = request.getfixturevalue(f"{request.param}_server")
    server.flush()
    return lambda: bus_on(server, "contract")


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


async def test_a_thousand_names_are_claimed_at_once(pair: tuple[Ear, Ear]) -> None:
    """As when everybody comes back after a process has ended: nobody is turned away."""
    a, b = pair
    names = [f"ticket:{number}" for number in range(1000)]
    granted = await asyncio.gather(
        *(a.bus.claim(name, 60) for name in names), *(b.bus.claim(name, 60) for name in names)
    )
    assert all(first != second for first, second in zip(granted[:1000], granted[1000:], strict=True))


async def test_a_claim_runs_out(pair: tuple[Ear, Ear]) -> None:
    a, b = pair
    assert await a.bus.claim("ticket:1", 1.0)
    assert not await b.bus.claim("ticket:1", 1.0)
    await until(lambda: b.bus.claim("ticket:1", 60))


async def test_a_stopped_bus_receives_nothing_and_publishing_on_it_does_no_harm(make_bus: MakeBus) -> None:
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


# Addresses


def test_an_address_says_which_bus_it_is() -> None:
    assert isinstance(bus_at(""), MemoryBus)
    for url in ("redis://localhost:1/0", "unix:///tmp/x"):
        assert isinstance(bus_at(url), RedisBus)
    for url in ("redis+cluster://localhost:1", "rediss+cluster://u:p@a:1,b:2"):
        assert isinstance(bus_at(url), ClusterBus)
    for url in ("redis+sentinel://localhost:1/bus", "rediss+sentinel://u:p@a:1,b:2/bus/3?sentinel_password=q"):
        assert isinstance(bus_at(url), SentinelBus)


def test_a_sentinel_address_names_the_sentinels_and_the_master() -> None:
    address = SentinelAddress("rediss+sentinel://u:p%40ss@a:1,[::1],c/bus/3?sentinel_password=q")
    assert address.sentinels == [("a", 1), ("::1", 26379), ("c", 26379)]
    assert address.name == "bus"
    assert address.for_redis == {"db": 3, "username": "u", "password": "p@ss", "ssl": True}
    assert address.for_sentinels == {"password": "q"}
    for nothing in ("redis+sentinel://a:1", "redis+sentinel:///bus", "redis+sentinel://a/bus/first"):
        with pytest.raises(ValueError, match=r"needs hosts|invalid literal"):
            SentinelAddress(nothing)
