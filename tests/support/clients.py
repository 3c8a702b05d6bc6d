"""A page's view of a room, kept by the reducers' twins as web/islands/src/live/room.ts keeps it; and `verify_action`, which holds it to the truth."""

from collections.abc import Iterable, Sequence
from typing import Any

import msgspec

from rooms.core.commands.messages import Command, tag_of
from rooms.core.delivery.member import Member
from rooms.core.engine import Engine, Outcome
from rooms.core.store.journal import Entry, Position
from rooms.people.messages import RightsChanged
from tests.support.reducers import State, acknowledge, reduce_event, reduce_latest
from tests.support.waiting import settled
from tests.support.world import ListSink, World


class Client:
    """A member and the state to which all that he was told adds up. `problem` says why he is out; `types` are the events that he was told."""

    def __init__(
        self, world: World, who: str | None, engine: Engine, kind: str, member: Member, sink: ListSink
    ) -> None:
        self.world, self.who, self.engine, self.kind = world, who, engine, kind
        self.member, self.sink = member, sink
        self.epoch = ""
        self.seq = -1
        self.state: State = {}
        self.problem: dict[str, Any] | None = None
        self.types: list[str] = []
        self.snapshots = 0
        self._read = 0

    def __repr__(self) -> str:
        return f"<{self.who or 'anonymous'} in {self.kind}{' (public)' if self.member.public else ''}>"

    @property
    def position(self) -> Position:
        return Position(self.epoch, self.seq)

    def catch_up(self) -> "Client":
        """Takes in what has been told since the last time. An event that comes twice, or behind a hole, is a fault."""
        for message in self.sink.messages[self._read :]:
            self._take(message)
        self._read = len(self.sink.messages)
        return self

    def continue_from(self, earlier: "Client") -> None:
        """Takes over the state of a connection that ended, as a page does when it resumes."""
        self.epoch, self.seq, self.state = earlier.epoch, earlier.seq, earlier.state

    def _take(self, message: dict[str, Any]) -> None:
        if "left" in message:
            self.problem = message["left"]
            return
        assert self.problem is None, f"{self} was told something after he was out: {message}"
        if "snapshot" in message:
            self.snapshots += 1
            self.epoch, self.seq = message["epoch"], message["seq"]
            self.state = {name: message[name] for name in ("snapshot", "own", "latest")}
            return
        for event in message.get("events", []):
            assert event["seq"] == self.seq + 1, f"{self} stood at {self.seq} and was told {event}"
            self.seq = event["seq"]
            if "type" in event:
                self.types.append(event["type"])
                self.state = reduce_event(self.kind, self.state, event)
        if message.get("resumed"):
            assert (message["epoch"], message["seq"]) == (self.epoch, self.seq), f"{self}: the tail has a hole"
            self.state |= {"own": message["own"], "latest": message["latest"]}
        elif "latest" in message:
            self.state = reduce_latest(self.kind, self.state, message["latest"])

    async def truth(self) -> State:
        """What a fresh join would give now."""
        person = self.world.people[self.who] if self.who else None
        view = await self.engine.view(person, self.member.room, public=self.member.public)
        parts = {"snapshot": view.snapshot, "own": view.own, "latest": view.latest}
        return msgspec.json.decode(msgspec.json.encode(parts))

    async def verify(self) -> None:
        """What he was told adds up to the truth (invariant 9)."""
        self.catch_up()
        if self.problem is None:
            assert seen(self.state) == seen(await self.truth()), f"{self} believes otherwise"


PASSING = {"present", "reactions"}
"""Latest values that are no table's truth."""


def seen(state: State) -> State:
    """What must agree with the tables."""
    return state | {"latest": {name: keyed for name, keyed in state["latest"].items() if name not in PASSING and keyed}}


async def enter(
    world: World,
    who: str | None,
    *,
    room: str = "",
    engine: int = 0,
    after: Position | None = None,
    public: bool = False,
    resuming: Client | None = None,
) -> Client:
    """A client who has joined. `resuming`: with the state and the position of an earlier one."""
    after = resuming.position if resuming else after
    member, sink = await world.join(who, room=room, engine=engine, after=after, public=public)
    kind = (await world.engines[engine].actor(member.person, member.room)).room.kind
    client = Client(world, who, world.engines[engine], kind, member, sink)
    if resuming:
        client.continue_from(resuming)
    return client.catch_up()


class Audience:
    """Clients of every kind in some rooms and at their desks. Rights that change at a desk are looked at afresh, as a connection does."""

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
    """Performs a command; afterwards, for every spectator, what he knew before and what he was told since is what a fresh look shows."""
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
