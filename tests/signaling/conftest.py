"""A running server, and meetings in it."""

import uuid
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

import pytest_asyncio

from rooms.core.store.journal import room_of
from rooms.meetings.create import open_meeting
from tests.support.live_servers import shared_furnished, shared_server  # noqa: F401 - fixtures
from tests.support.rtc import RtcPeer, rtc_peer
from tests.support.server import Server, ticket_for
from tests.support.world import World


@dataclass
class Meeting:
    """`people` are those invited, by the names under which the world knows them."""

    server: Server
    world: World
    id: str
    room: str
    people: list[str]

    @asynccontextmanager
    async def connected(self, *who: str, server: Server | None = None) -> AsyncGenerator[list[RtcPeer]]:
        """Each of them (all, when none is named) with a connection that has joined the room."""
        url = (server or self.server).socket_url
        async with AsyncExitStack() as stack:
            peers: list[RtcPeer] = []
            for name in who or self.people:
                ticket = await ticket_for(self.world.engine, self.world.people[name])
                peers.append(await stack.enter_async_context(rtc_peer(url, ticket, self.room)))
            yield peers


async def new_meeting(server: Server, world: World, count: int = 2, booth: str | None = None) -> Meeting:
    """With people unknown to everyone else."""
    names = [f"caller{uuid.uuid4().hex[:8]}" for _ in range(count)]
    people = [await world.person(name) for name in names]
    async with world.engine.database.write() as connection:
        id = await open_meeting(connection, world.conference, booth, people, world.clock())
        room = await room_of(connection, "meeting", id)
    return Meeting(server, world, id, room, names)


@pytest_asyncio.fixture(loop_scope="module")
async def meeting(server: Server, furnished: World) -> Meeting:
    """Of two."""
    return await new_meeting(server, furnished)
