"""A cluster of Redis as a bus: addresses, sharded messages, slots that move, rooms on all nodes."""

import asyncio
from typing import Any

from redis.asyncio import Redis

from rooms.core.delivery.bus.cluster import Addresses, ClusterBus
from tests.support.components import free_port
from tests.support.ears import Ear, bus_on, started
from tests.support.redis import ClusterServer, running_nodes
from tests.support.waiting import until


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


async def test_rooms_on_all_nodes_of_a_cluster_receive_messages() -> None:
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
                received = [int(data) for channel, data in b.heard if channel == room]
                assert received == sorted(received), "in order within a room"
            for number in range(40):
                assert await a.bus.claim(f"ticket:{number}", 60)
                assert not await b.bus.claim(f"ticket:{number}", 60)
            nodes[1].kill()
            await until(lambda: not a.bus.is_up and not b.bus.is_up)
            nodes[1].start()
            await until(lambda: a.bus.is_up and b.bus.is_up, seconds=30)
            assert b.restored > 1
