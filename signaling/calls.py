"""Calls: who may signal whom, with which servers, and who is in. One for each process; `Line` is one connection's part in it.

The server stamps who a signal comes from, checks that both are in the call and that neither has blocked the other, and bounds its size and rate. It
does not parse what browsers say to each other, but for a person whose addresses are to be kept from the others.
"""

import asyncio
import contextlib
import logging
from collections.abc import Callable
from datetime import datetime
from typing import Any, NamedTuple

import msgspec
import sqlalchemy as sa

from rooms.core.commands.access import resolve
from rooms.core.commands.messages import View
from rooms.core.commands.transaction import encode_direct
from rooms.core.delivery.sink import EncodedMessage, Sink
from rooms.core.engine import Engine
from rooms.core.errors import Problem
from rooms.core.rate_limits import Rate
from rooms.core.store.tables import persons
from rooms.core.text import N_
from rooms.meetings import call_expiry as sweeping
from rooms.meetings import queries, roster
from rooms.meetings.messages import Direct, Removed, Replaced
from rooms.meetings.rules import NOT_IN_CALL
from rooms.meetings.tables import call_peers
from rooms.people.desk import desk_of
from signaling.figures import CallFigures
from signaling.ice import LASTS, IceServer, ice_servers
from signaling.messages import (
    OPS,
    AskIce,
    CallWelcome,
    IceView,
    JoinCall,
    LeaveCall,
    Op,
    SetState,
    TellStats,
)
from signaling.signals import Seated, Signals

log = logging.getLogger("plenary.calls")

TAGS = frozenset(str(op.__struct_config__.tag) for op in OPS)
RATES: dict[type[msgspec.Struct], Rate] = {
    JoinCall: Rate(20, 60),
    SetState: Rate(30, 10),
    AskIce: Rate(20, 60),
    TellStats: Rate(120, 60),
}
SIGNALS = Rate(300, 10)
"""Of one person, to all others together."""

p = call_peers.c


def read_op(message: dict[str, Any]) -> Op:
    """Raises Problem "invalid"."""
    try:
        return msgspec.convert(message, Op)
    except (msgspec.ValidationError, RecursionError) as error:
        values = {"fault": str(error).partition(" - at `$")[0][:200]}
        raise Problem("invalid", N_("This does not fit: %(fault)s."), values=values) from error


class Ice(NamedTuple):
    """The STUN and TURN servers, and the secret that the latter share."""

    addresses: tuple[str, ...] = ()
    secret: str = ""

    def servers(self, person: str, now: datetime) -> list[IceServer]:
        return ice_servers(self.addresses, self.secret, person, now)


class Line:
    """One connection's part in calls. `follows` says whether it has joined a room and may still be there."""

    def __init__(self, calls: "Calls", sink: Sink, follows: Callable[[str], bool]) -> None:
        self._calls = calls
        self.sink = sink
        self.follows = follows
        self.seats: dict[str, Seated] = {}

    async def obey(self, person: str | None, op: Op) -> View | None:
        """Raises Problem."""
        if person is None:
            raise Problem("not_signed_in", N_("Sign in to take part."))
        if not self.follows(op.room):
            raise Problem("not_found", N_("Join the room first."), field="room")
        return await self._calls.obey(self, person, op)

    def lose(self, room: str) -> None:
        """The connection is not in a room any more."""
        if room in self.seats:
            self._calls.lose(self.seats[room])

    def end(self) -> None:
        for room in list(self.seats):
            self.lose(room)


class Calls:
    def __init__(self, engine: Engine, ice: Ice | None = None) -> None:
        self._engine = engine
        self._ice = ice or Ice()
        self._seats: dict[str, Seated] = {}
        self._lost: list[tuple[Seated, datetime]] = []
        self._losing: asyncio.Task[None] | None = None
        self.figures = CallFigures()
        self._signals = Signals(engine, self.figures)

    @property
    def peers(self) -> int:
        """Held here."""
        return len(self._seats)

    @property
    def under_way(self) -> int:
        """Calls of which a peer is held here."""
        return len({seated.room for seated in self._seats.values()})

    async def obey(self, line: Line, person: str, op: Op) -> View | None:
        tag = str(op.__struct_config__.tag)
        try:
            rate = RATES.get(type(op))
            if rate is not None:
                self._engine.limits.take(tag, person, rate)
            return await self._obey(line, person, op)
        except Problem as problem:
            self.figures.refused[tag, problem.code] += 1
            raise

    async def _obey(self, line: Line, person: str, op: Op) -> View | None:
        match op:
            case JoinCall():
                return await self._join(line, person, op)
            case LeaveCall():
                await self._leave(self._seat(line, op.room))
            case SetState():
                seated = self._seat(line, op.room)
                flags = {"mic": op.mic, "cam": op.cam, "screen": op.screen, "hand": op.hand, "held": op.held}
                async with self._engine.transaction([op.room]) as tx:
                    await roster.set_state(tx, op.room, seated.meeting, seated.peer, **flags)
            case AskIce():
                return await self._ice_of(person, op.room)
            case TellStats():
                self._seat(line, op.room)
                self.figures.note(op)
            case _:
                self._engine.limits.take("rtc", person, SIGNALS)
                await self._signals.send(self._seat(line, op.room), op)
        return None

    def _seat(self, line: Line, room: str) -> Seated:
        seated = line.seats.get(room)
        if seated is None:
            raise Problem("conflict", NOT_IN_CALL)
        return seated

    # Coming and going

    async def _join(self, line: Line, person: str, op: JoinCall) -> CallWelcome:
        engine = self._engine
        async with engine.database.read() as connection:
            desk = await desk_of(connection, person)
            others = await roster.rooms_of_calls(connection, person)
        async with engine.transaction({op.room, desk, *others}) as tx:
            actor = await resolve(tx.connection, person, tx.rooms.get(op.room), tx.now)
            seat = await roster.take_seat(tx, actor, op.resume)
        # Nothing waits from the commit to here, so no signal for the new peer can have come yet.
        self._forget(line.seats.get(op.room))
        older = self._seats.get(seat.peer)
        if older is not None:
            self._tell(older, Replaced())
            self._forget(older)
        seated = Seated(op.room, actor.room.subject, seat.peer, seat.link, seat.relay_only, line)
        self._seats[seat.peer] = line.seats[op.room] = seated
        engine.hub.direct.attach(seat.peer, line.sink)
        self.figures.joins += 1
        self.figures.resumes += seat.resumed
        return CallWelcome(
            peer=seat.peer,
            token=seat.token,
            resumed=seat.resumed,
            peers=seat.others,
            ice_servers=self._ice.servers(person, engine.clock()),
            ttl=round(LASTS.total_seconds()),
            relay_only=seat.relay_only,
            limit=seat.limit,
        )

    async def _leave(self, seated: Seated) -> None:
        async with self._engine.transaction([seated.room]) as tx:
            await roster.leave(tx, seated.room, seated.meeting, [seated.peer])
        self._forget(seated)

    def lose(self, seated: Seated) -> None:
        """A connection is gone without a word. What is to be written down is written one after the other: a process that ends loses all at once."""
        self._forget(seated)
        self.figures.losses += 1
        self._lost.append((seated, self._engine.clock()))
        if self._losing is None:
            self._losing = asyncio.create_task(self._write_lost())

    async def _write_lost(self) -> None:
        while self._lost:
            seated, at = self._lost.pop(0)
            try:
                async with self._engine.transaction([seated.room]) as tx:
                    await roster.lose(tx, seated.room, seated.meeting, seated.peer, seated.link, at)
            except Problem as problem:
                log.warning("a loss was not written down, so it will be found: %s", problem)
        self._losing = None

    def _forget(self, seated: Seated | None) -> None:
        if seated is None:
            return
        if self._seats.get(seated.peer) is seated:
            del self._seats[seated.peer]
        if seated.line.seats.get(seated.room) is seated:
            del seated.line.seats[seated.room]
        self._engine.hub.direct.detach(seated.peer, seated.line.sink)
        if not any(other.room == seated.room for other in self._seats.values()):
            self._signals.forget(seated.room)

    def _tell(self, seated: Seated, message: Direct) -> None:
        seated.line.sink.write(EncodedMessage(encode_direct(seated.room, message)))

    async def keep(self) -> None:
        """One round: vouches for the peers held here, lets go of those who are out, and sweeps. Raises Problem "unavailable"."""
        for seated in [each for each in self._seats.values() if not each.line.follows(each.room)]:
            self._tell(seated, Removed("closed"))
            await self._leave(seated)
        known = await sweeping.vouch(self._engine, list(self._seats))
        for seated in list(self._seats.values()):
            row = known.get(seated.peer)
            if row is None:
                # One who has come only now is not known yet.
                if await self._is_out(seated):
                    self._tell(seated, Removed("expired"))
                    self._forget(seated)
            elif row.link != seated.link:
                self._tell(seated, Replaced())
                self._forget(seated)
            elif row.lost:
                await sweeping.find_again(self._engine, seated.peer, seated.link)
        await sweeping.sweep(self._engine)

    async def _is_out(self, seated: Seated) -> bool:
        async with self._engine.database.read() as connection:
            return not await queries.peers(connection, p.peer == seated.peer)

    async def stop(self) -> None:
        """Returns when what was lost is written down."""
        if self._losing is not None:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._losing, 5)

    async def _ice_of(self, person: str, room: str) -> IceView:
        async with self._engine.database.read() as connection:
            meeting = await queries.meeting_of_room(connection, room)
            shy = sa.select(persons.c.relay_only).where(persons.c.id == person)
            relay_only = meeting.relay_only or (await connection.execute(shy)).scalar_one()
        servers = self._ice.servers(person, self._engine.clock())
        return IceView(servers, round(LASTS.total_seconds()), relay_only)
