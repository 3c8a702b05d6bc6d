"""Calls between two processes, and one that dies: on PostgreSQL and Redis."""

from collections.abc import AsyncIterator, Iterator

import pytest
import pytest_asyncio

from tests.signaling.conftest import Meeting, new_meeting
from tests.support.redis import RedisServer
from tests.support.server import Server, furnish, running_servers
from tests.support.waiting import until
from tests.support.world import World

SDP = {"type": "offer", "sdp": "v=0\r\n"}


@pytest.fixture
def two_servers(postgres_url: str, own_redis: RedisServer) -> Iterator[list[Server]]:
    with running_servers(2, postgres_url, own_redis.url) as servers:
        yield servers


@pytest_asyncio.fixture
async def furnished(two_servers: list[Server]) -> AsyncIterator[World]:
    world = await furnish(two_servers[0])
    yield world
    await world.close()


@pytest_asyncio.fixture
async def meeting(two_servers: list[Server], furnished: World) -> Meeting:
    return await new_meeting(two_servers[0], furnished)


async def test_two_peers_on_two_processes(two_servers: list[Server], meeting: Meeting, own_redis: RedisServer) -> None:
    here, there = two_servers
    first, second = meeting.people
    async with meeting.connected(first, server=here) as (ada,), meeting.connected(second, server=there) as (ben,):
        # Media, set up by signals that all go from one process to the other
        await ada.call()
        await ben.call()
        await ada.hears_and_sees(ben.peer)
        await ben.hears_and_sees(ada.peer)
        # In order, however many
        for gen in range(1, 41):
            await ada.give("rtc.reset", to=ben.peer, gen=gen)
        await until(lambda: len(ben.received("reset")) == 40)
        assert [each["gen"] for each in ben.received("reset")] == list(range(1, 41))
        # Another tab, on the other process, takes over
        async with meeting.connected(first, server=there) as (tab,):
            await tab.join()
            await until(lambda: ada.received("replaced"))
            await tab.give("rtc.reset", to=ben.peer, gen=50)
            await until(lambda: ben.received("reset")[-1] == {"type": "reset", "from": tab.peer, "gen": 50})
        # Without a bus nothing is passed on in silence
        await ada.join()
        await ada.give("rtc.reset", to=ben.peer, gen=1)
        own_redis.kill()
        await until(lambda: answers(ada, ben.peer), 20)
        assert (await ada.refused("rtc.reset", to=ben.peer, gen=2))["retry_after"] == 2


async def answers(peer: object, to: str) -> bool:
    answer = await peer.ask("rtc.reset", to=to, gen=2)  # type: ignore[attr-defined]
    return "error" in answer and answer["error"]["code"] == "unavailable"


async def test_after_a_process_was_killed_its_peers_come_back_to_their_places(
    two_servers: list[Server], meeting: Meeting
) -> None:
    here, there = two_servers
    first, second = meeting.people
    async with meeting.connected(first, server=here) as (ada,), meeting.connected(second, server=there) as (ben,):
        await ada.call()
        await ben.call()
        await ada.hears_and_sees(ben.peer)
        there.kill()
        await until(lambda: ben.closed is not None)
        # The media goes from one to the other, past every process
        so_far = ada.frames[ben.peer]["audio"]
        await until(lambda: ada.frames[ben.peer]["audio"] > so_far + 20)
        async with meeting.connected(second, server=here) as (again,):
            welcome = await again.join(ben.welcome["token"])
            assert (welcome["resumed"], welcome["peer"]) == (True, ben.peer)
            await again.give("rtc.reset", to=ada.peer, gen=1)
            await until(lambda: ada.received("reset"))
