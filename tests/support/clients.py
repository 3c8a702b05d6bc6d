"""Clients in the rooms of a test's world, one or an audience of every kind; and `verify_action`, which compares their states with the tables."""

from collections.abc import Iterable, Sequence

import msgspec

from rooms.core.commands.messages import Command, tag_of
from rooms.core.engine import Outcome
from rooms.core.store.journal import Entry, ReadPosition
from rooms.people.messages import RightsChanged
from tests.support.client import Client
from tests.support.reducers import acknowledge
from tests.support.waiting import settled
from tests.support.world import World


async def enter(
    world: World,
    who: str | None,
    *,
    room: str = "",
    engine: int = 0,
    after: ReadPosition | None = None,
    public: bool = False,
    resuming: Client | None = None,
) -> Client:
    """A client who has joined. `resuming`: with the state and the position of an earlier one."""
    after = resuming.position if resuming else after
    member, _ = await world.join(who, room=room, engine=engine, after=after, public=public)
    client = world.client_of(member)
    if resuming and not client.in_step:
        client.continue_from(resuming)
    return client.catch_up()


class Audience:
    """Clients of every kind in some rooms and at their desks. When a desk says that rights changed, memberships are checked again, as a connection does."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.clients: list[Client] = []

    async def gather(self, people: Iterable[str | None], rooms: Sequence[str] = ()) -> "Audience":
        """Without `rooms`: in the session and the lobby."""
        self.clients.append(await enter(self.world, "moderator", public=True))
        for who in people:
            for room in rooms or (self.world.room, self.world.lobby):
                self.clients.append(await enter(self.world, who, room=room))
            if who is not None:
                await self._sit_at_desk(who)
        return self

    async def _sit_at_desk(self, who: str) -> None:
        desk = await self.world.desk(who)
        self.clients.append(await enter(self.world, who, room=desk))

        def look_again(entry: Entry) -> None:
            if entry.type == tag_of(RightsChanged):
                for client in self.clients:
                    if client.who == who and client.kind != "desk" and client.problem is None:
                        client.engine.hub.revisit(client.member)

        await self.world.engine.hub.watch(desk, look_again)

    def of(self, who: str | None, kind: str = "session", *, public: bool = False) -> Client:
        return next(c for c in self.clients if (c.who, c.kind, c.member.public) == (who, kind, public))

    @property
    def types(self) -> set[str]:
        return {type for client in self.clients for type in client.types}

    async def verify(self) -> None:
        await settled(*self.world.engines)
        for client in self.clients:
            await client.verify()


SPECTATORS = (None, "attendee", "other", "speaker", "moderator", "organiser")
EVERYBODY = (*SPECTATORS, "owner", "staff")


async def audience(world: World, people: Iterable[str | None] = SPECTATORS) -> Audience:
    return await Audience(world).gather(people)


async def audience_everywhere(world: World, people: Iterable[str | None] = EVERYBODY) -> Audience:
    return await Audience(world).gather(people, [world.room, world.lobby, world.stand, world.hall])


async def verify_action(spectators: Audience, who: str, command: Command, *, room: str = "") -> Outcome:
    """Performs a command. Afterwards, for every spectator, the earlier state and what was sent since make what a fresh join gives."""
    world = spectators.world
    world.clock.advance(seconds=1)
    outcome = await world.do(who, command, room=room)
    await settled(*world.engines)
    for client in spectators.clients:
        client.catch_up()
        if client.who == who and client.member.room == (room or world.room) and client.kind != "desk":
            client.state = acknowledge(client.state, msgspec.to_builtins(command))
    await spectators.verify()
    return outcome
