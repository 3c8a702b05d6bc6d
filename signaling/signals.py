"""Forwards signals from one peer of a call to another: checks rights and limits, and removes hidden addresses."""

from typing import NamedTuple

import msgspec

from rooms.core.engine import Engine
from rooms.core.errors import Problem
from rooms.core.text import N_
from rooms.meetings import queries
from rooms.meetings.messages import Direct
from rooms.meetings.queries import Peer
from rooms.meetings.rules import NOT_IN_CALL
from rooms.meetings.tables import call_peers
from rooms.people import blocks
from rooms.people.blocks import Pair
from signaling.address_privacy import relayed_candidate, relayed_description
from signaling.messages import (
    CandidateSent,
    DescriptionSent,
    DigitsSent,
    LinkReset,
    ResetLink,
    SendCandidate,
    SendDescription,
    SendDigits,
)
from signaling.seats import HeldSeat
from signaling.stats import CallStats

MOST_CANDIDATES = 200
"""Of one link in one generation, in one direction."""

p = call_peers.c

Signal = SendDescription | SendCandidate | ResetLink | SendDigits


class _Roster(NamedTuple):
    peers: dict[str, Peer]
    blocked: set[Pair]


class Signals:
    def __init__(self, engine: Engine, stats: CallStats) -> None:
        self._engine = engine
        self._stats = stats
        self._rosters: dict[str, tuple[tuple[str, int] | None, _Roster]] = {}

    def forget(self, room: str) -> None:
        """This process holds no more peers of the room's call."""
        self._rosters.pop(room, None)

    async def forward(self, seat: HeldSeat, op: Signal) -> None:
        """Raises Problem."""
        target = await self._target(seat, op.to)
        direct = self._engine.hub.direct
        if not direct.is_here(op.to) and (target.lost_at is not None or not self._engine.bus.is_up):
            raise Problem("unavailable", N_("They are reconnecting. Try again in a moment."), field="to", retry_after=2)
        message = self._filtered(seat, op)
        if message is not None:
            direct.send(seat.room, op.to, msgspec.json.encode(message))
            self._stats.signals[str(op.__struct_config__.tag)] += 1

    def _filtered(self, seat: HeldSeat, op: Signal) -> Direct | None:
        """The message for the other peer; None if it is stale or would reveal a hidden address. Raises Problem "rate_limited"."""
        peer, gen = seat.peer, op.gen
        match op:
            case SendDescription():
                desc = op.desc
                if seat.relay_only:
                    desc = msgspec.structs.replace(desc, sdp=relayed_description(desc.sdp))
                return DescriptionSent(peer, gen, desc)
            case SendCandidate():
                newest, count = seat.candidates.get(op.to, (gen, 0))
                if gen < newest:
                    return None
                count = count + 1 if gen == newest else 1
                if count > MOST_CANDIDATES:
                    raise Problem("rate_limited", N_("There are too many candidates."), retry_after=10)
                seat.candidates[op.to] = gen, count
                cand = op.cand
                if seat.relay_only and cand is not None:
                    relayed = relayed_candidate(cand.candidate)
                    if relayed is None:
                        return None
                    cand = msgspec.structs.replace(cand, candidate=relayed)
                return CandidateSent(peer, gen, cand)
            case ResetLink():
                return LinkReset(peer, gen)
            case SendDigits():
                return DigitsSent(peer, gen, op.commit, op.reveal)

    async def _target(self, seat: HeldSeat, to: str) -> Peer:
        """Raises Problem: "conflict" if the sender is no longer in the call, "not_found" if the other is not, or if one has blocked the other."""
        now = await self._roster(seat)
        if to not in now.peers or seat.peer not in now.peers:
            # The client may have newer information than this process's copy.
            self._rosters.pop(seat.room, None)
            now = await self._roster(seat)
        mine, target = now.peers.get(seat.peer), now.peers.get(to)
        if mine is None or mine.link != seat.link:
            raise Problem("conflict", NOT_IN_CALL)
        if target is None or target is mine or frozenset((mine.person, target.person)) in now.blocked:
            raise Problem("not_found", N_("This person is not in the call."), field="to")
        return target

    async def _roster(self, seat: HeldSeat) -> _Roster:
        """Cached until the room's values change."""
        values_version = self._engine.hub.values_version(seat.room)
        kept = self._rosters.get(seat.room)
        if kept is not None and kept[0] == values_version:
            return kept[1]
        async with self._engine.database.read() as connection:
            peers = await queries.peers(connection, p.meeting == seat.meeting)
            blocked = await blocks.between(connection, [each.person for each in peers])
        found = _Roster({each.peer: each for each in peers}, blocked)
        self._rosters[seat.room] = values_version, found
        return found
