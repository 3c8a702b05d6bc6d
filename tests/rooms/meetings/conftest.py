"""A meeting of the attendee and the booth's staff, and how people come into its call without a connection."""

from dataclasses import dataclass

import pytest

from rooms.core.commands.access import resolve
from rooms.core.store.journal import room_of
from rooms.meetings import queries, roster
from rooms.meetings.create import open_meeting
from rooms.meetings.messages import CallView
from rooms.meetings.roster import Seat
from rooms.meetings.tables import call_peers
from tests.support.world import World


@dataclass
class Meeting:
    world: World
    id: str
    room: str

    async def take(self, who: str, resume: str | None = None, *, engine: int = 0) -> Seat:
        """As one who joins the call does. Raises Problem."""
        world, person = self.world.engines[engine], self.world.people[who]
        async with world.database.read() as connection:
            others = await roster.rooms_of_calls(connection, person)
        async with world.transaction([self.room, await self.world.desk(who), *others]) as tx:
            actor = await resolve(tx.connection, person, tx.rooms[self.room], tx.now)
            return await roster.take_seat(tx, actor, resume)

    async def give_up(self, who: str) -> None:
        async with self.world.engine.transaction([self.room]) as tx:
            here = await queries.peers(tx.connection, call_peers.c.meeting == self.id)
            mine = [each.peer for each in here if each.person == self.world.people[who]]
            await roster.leave(tx, self.room, self.id, mine)

    async def call(self) -> CallView:
        async with self.world.engine.database.read() as connection:
            return await queries.call(connection, self.id)

    async def names(self) -> list[str]:
        """Who is in the call, in order."""
        return [each.person.name for each in (await self.call()).peers]


async def new_meeting(world: World, *who: str, booth: bool = True) -> Meeting:
    people = [world.people[name] for name in who]
    async with world.engine.database.write() as connection:
        id = await open_meeting(connection, world.conference, world.booth if booth else None, people, world.clock())
        return Meeting(world, id, await room_of(connection, "meeting", id))


@pytest.fixture
async def meeting(world: World) -> Meeting:
    return await new_meeting(world, "attendee", "staff")
