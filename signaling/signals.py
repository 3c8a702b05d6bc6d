"""Signals on their way from one peer of a call to another: who may, how many, and what is held back."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from rooms.core.commands.transaction import encode_direct
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
from signaling.figures import CallFigures
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
from signaling.relaying import relayed_candidate, relayed_description

if TYPE_CHECKING:
    from signaling.calls import Line

MOST_CANDIDATES = 200
"""Of one link in one generation, in one direction."""

p = call_peers.c

Signal = SendDescription | SendCandidate | ResetLink | SendDigits


@dataclass(slots=True, eq=False)
class Seated:
    """A peer whose connection is held here. `candidates`: by the other peer, the newest generation and how many candidates of it went to him."""

    room: str
    meeting: str
    peer: str
    link: str
    relay_only: bool
    line: "Line"
    candidates: dict[str, tuple[int, int]] = field(default_factory=dict[str, tuple[int, int]])


class _Roster(NamedTuple):
    peers: dict[str, Peer]
    blocked: set[Pair]


class Signals:
    def __init__(self, engine: Engine, figures: CallFigures) -> None:
        self._engine = engine
        self._figures = figures
        self._rosters: dict[str, tuple[tuple[str, int] | None, _Roster]] = {}

    def forget(self, room: str) -> None:
        """Nobody in this process is in the call of a room any more."""
        self._rosters.pop(room, None)

    async def send(self, seated: Seated, op: Signal) -> None:
        """Raises Problem."""
        target = await self._target(seated, op.to)
        direct = self._engine.hub.direct
        if not direct.is_here(op.to) and (target.lost_at is not None or not self._engine.bus.is_up):
            raise Problem("unavailable", N_("His connection is gone for a moment."), field="to", retry_after=2)
        message = self._passed_on(seated, op)
        if message is not None:
            direct.send(seated.room, op.to, encode_direct(seated.room, message))
            self._figures.signals[str(op.__struct_config__.tag)] += 1

    def _passed_on(self, seated: Seated, op: Signal) -> Direct | None:
        """What the other is told: None for what is out of date, or would show an address that is to be hidden. Raises Problem "rate_limited"."""
        peer, gen = seated.peer, op.gen
        match op:
            case SendDescription():
                desc = op.desc
                if seated.relay_only:
                    desc = msgspec.structs.replace(desc, sdp=relayed_description(desc.sdp))
                return DescriptionSent(peer, gen, desc)
            case SendCandidate():
                newest, count = seated.candidates.get(op.to, (gen, 0))
                if gen < newest:
                    return None
                count = count + 1 if gen == newest else 1
                if count > MOST_CANDIDATES:
                    raise Problem("rate_limited", N_("There are too many candidates."), retry_after=10)
                seated.candidates[op.to] = gen, count
                cand = op.cand
                if seated.relay_only and cand is not None:
                    relayed = relayed_candidate(cand.candidate)
                    if relayed is None:
                        return None
                    cand = msgspec.structs.replace(cand, candidate=relayed)
                return CandidateSent(peer, gen, cand)
            case ResetLink():
                return LinkReset(peer, gen)
            case SendDigits():
                return DigitsSent(peer, gen, op.commit, op.reveal)

    async def _target(self, seated: Seated, to: str) -> Peer:
        """Raises Problem "conflict" for one who is in the call no more, "not_found" when the other is not, or is not to be reached by him."""
        now = await self._roster(seated)
        if to not in now.peers or seated.peer not in now.peers:
            # What this process knows may be older than what the client was told.
            self._rosters.pop(seated.room, None)
            now = await self._roster(seated)
        mine, target = now.peers.get(seated.peer), now.peers.get(to)
        if mine is None or mine.link != seated.link:
            raise Problem("conflict", NOT_IN_CALL)
        if target is None or target is mine or frozenset((mine.person, target.person)) in now.blocked:
            raise Problem("not_found", N_("This person is not in the call."), field="to")
        return target

    async def _roster(self, seated: Seated) -> _Roster:
        """Read again whenever something has changed in the room, by its pulse."""
        values_version = self._engine.hub.values_version(seated.room)
        kept = self._rosters.get(seated.room)
        if kept is not None and kept[0] == values_version:
            return kept[1]
        async with self._engine.database.read() as connection:
            peers = await queries.peers(connection, p.meeting == seated.meeting)
            blocked = await blocks.between(connection, [each.person for each in peers])
        found = _Roster({each.peer: each for each in peers}, blocked)
        self._rosters[seated.room] = values_version, found
        return found
