"""Redis as a bus, one or a cluster: it can be away, it can be shared, and it can stop answering."""

import asyncio

import pytest

from tests.support.ears import Ear, bus_on, started
from tests.support.redis import RedisServer
from tests.support.refusals import refused
from tests.support.waiting import until


async def test_two_installations_on_one_redis_do_not_receive_each_others_messages(server: RedisServer) -> None:
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
