"""What the rooms ask of a bus, asked of all: the memory bus, a real Redis, and a real cluster of Redis (of one node)."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from redis.asyncio import Redis

from rooms.core.delivery.bus.choice import bus_at
from rooms.core.delivery.bus.cluster import Addresses, ClusterBus
from rooms.core.delivery.bus.interface import Bus
from rooms.core.delivery.bus.memory import MemoryBus, Switchboard
from rooms.core.delivery.bus.pubsub import PubSubBus
from rooms.core.delivery.bus.redis import RedisBus
from rooms.core.delivery.bus.sentinel import SentinelAddress, SentinelBus
from tests.support.components import free_port
from tests.support.redis import ClusterServer, RedisServer, running_nodes, running_redis
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


@pytest.fixture(scope="module")
def cluster_server() -> Iterator[ClusterServer]:
    with running_redis(ClusterServer) as server:
        yield server


@pytest.fixture(params=["redis", "cluster"])
def server(request: pytest.FixtureRequest) -> RedisServer:
    """Shared by the tests, and empty."""
    found: RedisServer = request.getfixturevalue(f"{request.param}_server")
    found.flush()
    return found


@pytest.fixture(params=[RedisServer, ClusterServer], ids=["redis", "cluster"])
def own_server(request: pytest.FixtureRequest) -> Iterator[RedisServer]:
    with running_redis(request.param) as server:
        yield server


def bus_on(server: RedisServer, prefix: str = "plenary") -> PubSubBus:
    kind = ClusterBus if isinstance(server, ClusterServer) else RedisBus
    return kind(server.url, prefix)


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


# Redis alone, one or a cluster: it can be away, it can be shared, and it can stop answering


async def test_two_installations_on_one_redis_do_not_hear_each_other(server: RedisServer) -> None:
    async with started(bus_on(server, prefix="one")) as a, started(bus_on(server, prefix="two")) as b:
        for ear in (a, b):
            await ear.bus.subscribe("room:1")
        async with started(bus_on(server, prefix="one")) as c:
            c.bus.publish("room:1", b"for one")
            await until(lambda: a.said == [b"for one"])
        assert b.heard == []
        assert await a.bus.claim("name", 60)
        assert await b.bus.claim("name", 60)


async def test_after_redis_was_killed_it_comes_back_and_says_so(own_server: RedisServer) -> None:
    async with started(bus_on(own_server)) as a, started(bus_on(own_server)) as b:
        await b.bus.subscribe("room:1")
        assert (a.restored, b.restored) == (1, 1)
        own_server.kill()
        await until(lambda: not a.bus.is_up and not b.bus.is_up)
        a.bus.publish("room:1", b"lost")
        await b.bus.subscribe("room:2")  # returns though nobody answers
        with refused("unavailable"):
            await a.bus.claim("ticket:1", 60)
        own_server.start()
        await until(lambda: a.bus.is_up and b.bus.is_up)
        assert (a.restored, b.restored) == (2, 2)
        for channel in ("room:1", "room:2"):
            a.bus.publish(channel, b"heard in " + channel.encode())
        await until(lambda: b.said == [b"heard in room:1", b"heard in room:2"])
        assert await a.bus.claim("ticket:1", 60)


async def test_what_is_subscribed_while_the_connection_is_made_is_subscribed(own_server: RedisServer) -> None:
    own_server.freeze()
    bus = bus_on(own_server)
    ear = Ear(bus)
    starting = asyncio.create_task(bus.start(ear.receive, ear.back))
    await asyncio.sleep(0.1)
    assert not bus.is_up
    await bus.subscribe("room:1")
    own_server.thaw()
    await starting
    async with started(bus_on(own_server)) as a:
        a.bus.publish("room:1", b"heard")
        await until(lambda: ear.said == [b"heard"])
    await bus.stop()


async def test_a_redis_that_no_longer_answers_is_given_up_and_found_again(
    own_server: RedisServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Half-open: packets vanish and nobody resets the connection."""
    monkeypatch.setattr("rooms.core.delivery.bus.pubsub.PING_SECONDS", 0.1)
    monkeypatch.setattr("rooms.core.delivery.bus.pubsub.DEAD_SECONDS", 0.4)
    async with started(bus_on(own_server)) as a, started(bus_on(own_server)) as b:
        await b.bus.subscribe("room:1")
        own_server.freeze()
        await until(lambda: not a.bus.is_up and not b.bus.is_up)
        own_server.thaw()
        await until(lambda: a.bus.is_up and b.bus.is_up)
        assert b.restored >= 2
        a.bus.publish("room:1", b"heard")
        await until(lambda: b.said == [b"heard"])


async def test_a_silent_room_is_not_taken_for_a_dead_redis(
    server: RedisServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("rooms.core.delivery.bus.pubsub.PING_SECONDS", 0.02)
    monkeypatch.setattr("rooms.core.delivery.bus.pubsub.DEAD_SECONDS", 0.2)
    async with started(bus_on(server)) as a:
        loop = asyncio.get_running_loop()
        end = loop.time() + 0.6
        await until(lambda: loop.time() > end)
        assert (a.bus.is_up, a.restored) == (True, 1)


async def test_while_redis_is_away_the_start_does_not_wait_for_ever(own_server: RedisServer) -> None:
    own_server.kill()
    async with started(bus_on(own_server)) as a:
        assert not a.bus.is_up
        a.bus.publish("room:1", b"dropped")
        own_server.start()
        await until(lambda: a.bus.is_up)


async def test_what_cannot_be_sent_does_not_pile_up(own_server: RedisServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rooms.core.delivery.bus.pubsub.QUEUE_LIMIT", 100)
    bus = bus_on(own_server)
    async with started(bus):
        own_server.freeze()
        for n in range(1000):
            bus.publish("room:1", str(n).encode())
            await asyncio.sleep(0)
        assert len(bus._outgoing) <= 100
        own_server.thaw()


async def test_a_fault_of_ours_does_not_end_the_listening(
    server: RedisServer, caplog: pytest.LogCaptureFixture
) -> None:
    """code.md 14: an exception that is none of Redis's ended the task, and the process heard no other one any more."""
    bus, faults, heard = bus_on(server, "fault"), ["first"], asyncio.Event()

    def restored() -> None:
        if faults:
            raise LookupError(faults.pop())

    def receive(channel: str, data: bytes) -> None:
        heard.set()

    await bus.subscribe("room:1")
    await bus.start(receive, restored)
    async with started(bus_on(server, "fault")) as other:
        async with asyncio.timeout(10):
            while not heard.is_set():
                other.bus.publish("room:1", b"hello")
                await asyncio.sleep(0.05)
    assert "starts again" in caplog.text
    await bus.stop()


# A cluster alone


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


def test_a_cluster_address_may_name_ipv6_nodes() -> None:
    addresses = Addresses("rediss+cluster://u:p%40ss@a:1,[::1],[::2]:5?protocol=3")
    assert addresses.hosts == [("a", 1), ("::1", 6379), ("::2", 5)]
    assert addresses.of("::2", 5) == "rediss://u:p%40ss@[::2]:5?protocol=3"


async def test_on_a_cluster_messages_are_sharded(cluster_server: ClusterServer) -> None:
    """So that they go to one node, and not over the links between all of them."""
    prefix = "sharded"
    async with started(bus_on(cluster_server, prefix)) as a, started(bus_on(cluster_server, prefix)) as b:
        await b.bus.subscribe("room:1")
        client: Any = Redis.from_url(cluster_server.url.replace("+cluster", ""))
        assert await client.execute_command("PUBSUB SHARDCHANNELS", f"{prefix}:room:*") == [b"sharded:room:1"]
        assert await client.pubsub_channels(f"{prefix}:*") == []
        await client.aclose()
        a.bus.publish("room:1", b"heard")
        await until(lambda: b.said == [b"heard"])


async def test_a_cluster_of_which_one_address_is_wrong_is_found_by_another(cluster_server: ClusterServer) -> None:
    good = cluster_server.url.partition("//")[2]
    async with started(ClusterBus(f"redis+cluster://127.0.0.1:{free_port()},{good}")) as a:
        assert a.bus.is_up
        assert await a.bus.claim("found", 60)


async def test_when_a_slot_moves_the_bus_comes_back_and_says_so(cluster_server: ClusterServer) -> None:
    """A node that has lost a slot says so to those who subscribed to its channels, and refuses what is asked of it there."""
    bus = bus_on(cluster_server, "moving")
    async with started(bus) as a, started(bus_on(cluster_server, "moving")) as b:
        await b.bus.subscribe("room:1")
        assert (a.restored, b.restored) == (1, 1)
        client: Any = Redis.from_url(cluster_server.url.replace("+cluster", ""))
        slot = await client.execute_command("CLUSTER KEYSLOT", "moving:room:1")
        await client.execute_command("CLUSTER DELSLOTS", slot)
        await until(lambda: not b.bus.is_up)
        await client.execute_command("CLUSTER ADDSLOTS", slot)
        await client.aclose()
        await until(lambda: b.bus.is_up and b.restored > 1)
        await until(lambda: a.bus.is_up)
        await heard_again(a, b)


async def heard_again(a: Ear, b: Ear) -> None:
    """Nudges that come while a node is taken out are lost, as the interface allows; soon they arrive again."""

    async def heard() -> bool:
        a.bus.publish("room:1", b"again")
        await asyncio.sleep(0.05)
        return b"again" in b.said

    await until(heard)


async def test_rooms_on_all_nodes_of_a_cluster_are_told() -> None:
    with running_nodes(2) as nodes:
        url = nodes[0].url
        async with started(ClusterBus(url)) as a, started(ClusterBus(url)) as b:
            rooms = [f"room:{number}" for number in range(40)]
            await asyncio.gather(*(b.bus.subscribe(room) for room in rooms))
            for node in nodes:
                assert node.channels, "each node has some"
            for number in range(120):
                a.bus.publish(rooms[number % 40], str(number).encode())
            await until(lambda: len(b.heard) == 120)
            for room in rooms:
                told = [int(data) for channel, data in b.heard if channel == room]
                assert told == sorted(told), "in order within a room"
            for number in range(40):
                assert await a.bus.claim(f"ticket:{number}", 60)
                assert not await b.bus.claim(f"ticket:{number}", 60)
            nodes[1].kill()
            await until(lambda: not a.bus.is_up and not b.bus.is_up)
            nodes[1].start()
            await until(lambda: a.bus.is_up and b.bus.is_up, seconds=30)
            assert b.restored > 1
