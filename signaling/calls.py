"""Calls: joining and leaving, own state, and credentials. One `Calls` for each process.

The server sets the sender of each signal. It checks that both peers are in the call and that neither has blocked the other, and limits size and rate. It
parses descriptions and candidates only to remove the addresses of a person who hides them.
"""

import asyncio
import contextlib
import logging
from datetime import datetime
from typing import Any, NamedTuple

import msgspec
import sqlalchemy as sa

from rooms.core.commands.access import resolve
from rooms.core.commands.messages import View
from rooms.core.delivery.direct import encode_direct
from rooms.core.delivery.sink import EncodedMessage
from rooms.core.engine import Engine
from rooms.core.errors import Problem
from rooms.core.rate_limits import Rate
from rooms.core.store.tables import persons
from rooms.core.text import N_
from rooms.meetings import call_expiry, queries, roster
from rooms.meetings.messages import Direct, Removed, Replaced
from rooms.meetings.rules import NOT_IN_CALL, OVER
from rooms.meetings.tables import call_peers
from rooms.people.desk import desk_of
from signaling.ice import LASTS, IceServer, ice_servers
from signaling.messages import (
    OPS,
    AskIce,
    CallWelcome,
    IceView,
    JoinCall,
    LeaveCall,
    Op,
    ReportStats,
    SetState,
)
from signaling.seats import CallConnection, HeldSeat
from signaling.signals import Signals
from signaling.stats import CallStats

log = logging.getLogger("plenary.calls")

TAGS = frozenset(str(op.__struct_config__.tag) for op in OPS)
RATES: dict[type[msgspec.Struct], Rate] = {
    JoinCall: Rate(20, 60),
    SetState: Rate(30, 10),
    AskIce: Rate(20, 60),
    ReportStats: Rate(120, 60),
}
SIGNALS = Rate(300, 10)
"""Of one person, to all peers together."""

p = call_peers.c


def read_op(message: dict[str, Any]) -> Op:
    """Raises Problem "invalid"."""
    try:
        return msgspec.convert(message, Op)
    except (msgspec.ValidationError, RecursionError) as error:
        values = {"fault": str(error).partition(" - at `$")[0][:200]}
        raise Problem("invalid", N_("This value is not valid: %(fault)s."), values=values) from error


class Ice(NamedTuple):
    """The STUN and TURN servers, and the secret shared with the TURN servers."""

    addresses: tuple[str, ...] = ()
    secret: str = ""

    def servers(self, person: str, now: datetime) -> list[IceServer]:
        return ice_servers(self.addresses, self.secret, person, now)


class Calls:
    def __init__(self, engine: Engine, ice: Ice | None = None) -> None:
        self._engine = engine
        self._ice = ice or Ice()
        self._seats: dict[str, HeldSeat] = {}
        self._lost: list[tuple[HeldSeat, datetime]] = []
        self._loss_writer: asyncio.Task[None] | None = None
        self.stats = CallStats()
        self._signals = Signals(engine, self.stats)

    @property
    def peers(self) -> int:
        """Peers whose connection is in this process."""
        return len(self._seats)

    @property
    def active(self) -> int:
        """Calls with at least one such peer."""
        return len({seat.room for seat in self._seats.values()})

    async def handle(self, connection: CallConnection, person: str | None, op: Op) -> View | None:
        """Raises Problem."""
        if person is None:
            raise Problem("not_signed_in", N_("Sign in to take part."))
        if not connection.follows(op.room):
            raise Problem("not_found", N_("Join the room first."), field="room")
        tag = str(op.__struct_config__.tag)
        try:
            rate = RATES.get(type(op))
            if rate is not None:
                self._engine.limits.take(tag, person, rate)
            return await self._perform(connection, person, op)
        except Problem as problem:
            self.stats.refused[tag, problem.code] += 1
            raise

    async def _perform(self, connection: CallConnection, person: str, op: Op) -> View | None:
        match op:
            case JoinCall():
                return await self._join(connection, person, op)
            case LeaveCall():
                await self._leave(self._seat(connection, op.room))
            case SetState():
                seat = self._seat(connection, op.room)
                flags = {"mic": op.mic, "cam": op.cam, "screen": op.screen, "hand": op.hand, "held": op.held}
                async with self._engine.transaction([op.room]) as tx:
                    await roster.set_state(tx, op.room, seat.meeting, seat.peer, **flags)
            case AskIce():
                return await self._ice_for(person, op)
            case ReportStats():
                self._seat(connection, op.room)
                self.stats.record(op)
            case _:
                self._engine.limits.take("rtc", person, SIGNALS)
                await self._signals.forward(self._seat(connection, op.room), op)
        return None

    def _seat(self, connection: CallConnection, room: str) -> HeldSeat:
        seat = connection.seats.get(room)
        if seat is None:
            raise Problem("conflict", NOT_IN_CALL)
        return seat

    # Joining and leaving

    async def _join(self, connection: CallConnection, person: str, op: JoinCall) -> CallWelcome:
        engine = self._engine
        async with engine.database.read() as reading:
            desk = await desk_of(reading, person)
            others = await roster.rooms_of_calls(reading, person)
        async with engine.transaction({op.room, desk, *others}) as tx:
            actor = await resolve(tx.connection, person, tx.rooms.get(op.room), tx.now)
            taken = await roster.take_seat(tx, actor, op.resume)
        # No await between the commit and `attach`: a signal for the new peer must find it.
        self._forget(connection.seats.get(op.room))
        older = self._seats.get(taken.peer)
        if older is not None:
            self._send(older, Replaced())
            self._forget(older)
        seat = HeldSeat(op.room, actor.room.subject, taken.peer, taken.link, taken.relay_only, connection)
        self._seats[taken.peer] = connection.seats[op.room] = seat
        engine.hub.direct.attach(taken.peer, connection.sink)
        self.stats.joins += 1
        self.stats.resumes += taken.resumed
        return CallWelcome(
            peer=taken.peer,
            token=taken.token,
            resumed=taken.resumed,
            peers=taken.others,
            ice_servers=self._ice.servers(person, engine.clock()),
            ttl=round(LASTS.total_seconds()),
            relay_only=taken.relay_only,
            limit=taken.limit,
        )

    async def _leave(self, seat: HeldSeat) -> None:
        async with self._engine.transaction([seat.room]) as tx:
            await roster.leave(tx, seat.room, seat.meeting, [seat.peer])
        self._forget(seat)

    def lose(self, connection: CallConnection, room: str) -> None:
        """The connection is no longer in the room, and did not leave the call first."""
        seat = connection.seats.get(room)
        if seat is None:
            return
        self._forget(seat)
        self.stats.losses += 1
        self._lost.append((seat, self._engine.clock()))
        if self._loss_writer is None:
            self._loss_writer = asyncio.create_task(self._write_losses())

    def disconnect(self, connection: CallConnection) -> None:
        for room in list(connection.seats):
            self.lose(connection, room)

    async def _write_losses(self) -> None:
        """One after the other: a process that stops loses all its connections at once."""
        try:
            while self._lost:
                await self._write_loss(*self._lost.pop(0))
        finally:
            self._loss_writer = None

    async def _write_loss(self, seat: HeldSeat, at: datetime) -> None:
        try:
            async with self._engine.transaction([seat.room]) as tx:
                await roster.lose(tx, seat.room, seat.meeting, seat.peer, seat.link, at)
        except Problem as problem:
            log.warning("a lost connection was not recorded; the next expiry will notice: %s", problem)
        except Exception:
            log.exception("a lost connection was not recorded; the next expiry will notice")

    def _forget(self, seat: HeldSeat | None) -> None:
        if seat is None:
            return
        if self._seats.get(seat.peer) is seat:
            del self._seats[seat.peer]
        if seat.connection.seats.get(seat.room) is seat:
            del seat.connection.seats[seat.room]
        self._engine.hub.direct.detach(seat.peer, seat.connection.sink)
        if not any(other.room == seat.room for other in self._seats.values()):
            self._signals.forget(seat.room)

    def _send(self, seat: HeldSeat, message: Direct) -> None:
        seat.connection.sink.write(EncodedMessage(encode_direct(seat.room, msgspec.json.encode(message))))

    async def keep(self) -> None:
        """One round: confirms the peers held here, drops those who are out, and expires lost places. Raises Problem "unavailable"."""
        for seat in [each for each in self._seats.values() if not each.connection.follows(each.room)]:
            self._send(seat, Removed("closed"))
            await self._leave(seat)
        known = await call_expiry.confirm_here(self._engine, list(self._seats))
        for seat in list(self._seats.values()):
            row = known.get(seat.peer)
            if row is None:
                # A peer that joined after `confirm_here` is missing from its answer.
                if await self._is_out(seat):
                    self._send(seat, Removed("expired"))
                    self._forget(seat)
            elif row.link != seat.link:
                self._send(seat, Replaced())
                self._forget(seat)
            elif row.lost:
                await call_expiry.find_again(self._engine, seat.peer, seat.link)
        await call_expiry.expire_lost(self._engine)

    async def _is_out(self, seat: HeldSeat) -> bool:
        async with self._engine.database.read() as connection:
            return not await queries.peers(connection, p.peer == seat.peer)

    async def stop(self) -> None:
        """Waits until losses are written, for at most 5 seconds."""
        if self._loss_writer is not None:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._loss_writer, 5)

    async def _ice_for(self, person: str, op: AskIce) -> IceView:
        if op.fault is not None:
            self.stats.relay_faults[op.fault] += 1
        async with self._engine.database.read() as connection:
            meeting = await queries.meeting_of_room(connection, op.room)
            if meeting.closed_at is not None:
                raise Problem("closed", OVER)  # nobody needs a relay any more
            hides = sa.select(persons.c.relay_only).where(persons.c.id == person)
            relay_only = meeting.relay_only or (await connection.execute(hides)).scalar_one()
        servers = self._ice.servers(person, self._engine.clock())
        return IceView(servers, round(LASTS.total_seconds()), relay_only)
