"""A Redis that hangs, as a paused virtual machine or a firewall that drops packets makes it: people who connect are asked to come back, and do."""

import asyncio
import time

from tests.support.redis import RedisServer
from tests.support.server import furnish, running_server, ticket_for
from tests.support.wire import wire


async def test_a_hanging_redis_turns_nobody_away_for_good(own_redis: RedisServer) -> None:
    """calls.md H3: the server closed with 4408 although the hello had come, and the page stopped after three of these."""
    with running_server(redis=own_redis.url) as server:
        world = await furnish(server)
        try:
            async with wire(server.socket_url, await ticket_for(world.engine, world.people["attendee"])):
                pass
            own_redis.freeze()
            try:
                for _ in range(2):
                    began = time.monotonic()
                    async with wire(server.socket_url) as client:
                        ticket = await ticket_for(world.engine, world.people["attendee"])
                        await client.send({"op": "hello", "ticket": ticket})
                        assert await client.closed() == (4500, "retry_after=2")
                        assert client.heard[0]["error"]["code"] == "unavailable"
                    assert time.monotonic() - began < 4, "a claim has a limit of its own"
            finally:
                own_redis.thaw()
            async with asyncio.timeout(5):
                async with wire(server.socket_url, await ticket_for(world.engine, world.people["attendee"])) as client:
                    await client.join(world.room)
        finally:
            await world.close()
