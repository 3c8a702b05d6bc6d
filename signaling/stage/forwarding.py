"""The stages of a stage process: who publishes on each, who views it, and which packets go where."""

import logging
import time
from collections.abc import Callable

from signaling.stage.dtls import Identity
from signaling.stage.engine import ADDRESS, Accepted, AirState, PeerEntry, Publication, Refused
from signaling.stage.fragments import read_fragment, write_fragment
from signaling.stage.mux import Mux
from signaling.stage.peer import StagePeer
from signaling.stage.rtp import Packet, begins_keyframe
from signaling.stage.sdp import BadOffer, SdpOffer, read_offer
from signaling.stage.source import Publisher, Stream
from signaling.stage.viewer import Outlet, StageViewer, forward

log = logging.getLogger("plenary.stage")

MOST_VIEWERS = 500
"""Of one process. Beyond, its loop would be late with keyframes (docs/performance.md)."""
MOST_OF_PERSON = 8
"""Viewers of one person on one stage. The oldest ends for a new one, as most are pages that were reloaded."""
MOST_OF_ADDRESS = 200
"""Viewers of one network address without a sign-in. More are refused: those who share the address are different people, and none of them ends for another."""
MOST_HALF_OPEN = 200
MOST_HALF_OPEN_OF_OWNER = 50
"""Viewers that have an answer but no keys yet. They last 15 seconds."""
MOST_PUBLISHED = 30
"""Stages with a publisher. Each can cost 16 MB of packets that are kept for repetition (`source.py`)."""
SWITCH_SECONDS = 0.5
"""A publisher's other stream of the same kind takes over after the current one has been silent for this long."""


class Stage:
    """`changed(stage)`: called when `air` has changed."""

    def __init__(self, name: str, changed: Callable[["Stage"], None]) -> None:
        self.name = name
        self.air = AirState.OFF
        self.source: Publisher | None = None
        self.arriving: Publisher | None = None
        """A publisher that is still connecting. The current one goes on until then."""
        self.viewers: set[StageViewer] = set()
        self.forwarded = 0
        self._changed = changed
        self._current: dict[str, Stream] = {}
        self._live: dict[str, list[Outlet]] = {"audio": [], "video": []}
        self._waiting: dict[str, list[Outlet]] = {"audio": [], "video": []}

    @property
    def empty(self) -> bool:
        return not self.viewers and self.source is None and self.arriving is None

    def publishes(self, source: Publisher) -> None:
        """It has connected."""
        self.arriving = None
        before, self.source = self.source, source
        if before is not None:
            before.end()
        for kind in ("audio", "video"):
            self._wait(kind)

    def left(self, peer: StagePeer) -> None:
        if isinstance(peer, StageViewer):
            self.viewers.discard(peer)
            for outlet in peer.outlets.values():
                for outlets in (self._live[outlet.kind], self._waiting[outlet.kind]):
                    if outlet in outlets:
                        outlets.remove(outlet)
        elif peer is self.arriving:
            self.arriving = None
        elif peer is self.source:
            self.source = None
            for kind in ("audio", "video"):
                self._wait(kind)

    def joined(self, viewer: StageViewer) -> None:
        for outlet in viewer.outlets.values():
            self._waiting[outlet.kind].append(outlet)
        self.ask_keyframe(viewer)

    def ask_keyframe(self, viewer: StageViewer) -> None:
        if self.source is not None and (stream := self._current.get("video")) is not None:
            self.source.ask_keyframe(stream)

    def take(self, source: Publisher, stream: Stream, packet: Packet, newest: bool) -> None:
        """One packet of a publisher: it goes to everyone who has begun with its stream, and lets those begin who wait for such a packet."""
        if source is not self.source:
            return
        kind = stream.kind
        if (current := self._current.get(kind)) is not stream:
            if current is not None and stream.at - current.at < SWITCH_SECONDS:
                return
            self._wait(kind)
            self._current[kind] = stream
            if kind == "video":
                source.ask_keyframe(stream)
        live = self._live[kind]
        if newest:
            if self._waiting[kind] and (kind == "audio" or begins_keyframe(stream.codec.name, packet.payload)):
                self._begin(stream, packet)
        elif live:
            live = [each for each in live if each.part is not None and each.part.holds(packet)]
        if live:
            self.forwarded += forward(packet, live)

    def _begin(self, stream: Stream, packet: Packet) -> None:
        able = [each for each in self._waiting[stream.kind] if stream.codec.name in each.numbers]
        for outlet in able:
            outlet.take_from(stream, packet, stream.at)
        self._waiting[stream.kind] = [each for each in self._waiting[stream.kind] if each.part is None]
        self._live[stream.kind] += able

    def _wait(self, kind: str) -> None:
        """Everyone waits for the beginning of another stream."""
        self._current.pop(kind, None)
        for outlet in self._live[kind]:
            outlet.leave()
        self._waiting[kind] += self._live[kind]
        self._live[kind] = []

    def reported(self, stream: Stream) -> None:
        if self._current.get(stream.kind) is stream:
            for outlet in self._live[stream.kind]:
                outlet.report(stream)

    def tick(self, now: float) -> None:
        if (source := self.source) is not None:
            source.tick(now)
            if self._waiting["video"] and (stream := self._current.get("video")) is not None and source.flows(now):
                source.ask_keyframe(stream, now)
            self.become(AirState.LIVE if source.flows(now) else AirState.LOST if source.streams else self.air)
        elif self.air is AirState.LIVE:
            self.become(AirState.LOST)

    def become(self, state: AirState) -> None:
        if state is not self.air:
            self.air = state
            self._changed(self)


class StageTable:
    """`announce(name, state)`: called when a stage's state changes."""

    def __init__(self, mux: Mux, announce: Callable[[str, AirState], None]) -> None:
        self._mux = mux
        self._identity = Identity()
        self._announce = announce
        self._session = time.time_ns() >> 10
        self.stages: dict[str, Stage] = {}
        self._peers: dict[str, tuple[StagePeer, Stage]] = {}
        self._names: dict[Publisher, str] = {}

    @property
    def peers(self) -> list[PeerEntry]:
        return [PeerEntry(p.resource, s.name, p.owner, isinstance(p, Publisher)) for p, s in self._peers.values()]

    @property
    def in_use(self) -> bool:
        """Whether anybody is connected; those who are still connecting do not count."""
        return any(peer.ready for peer, _ in self._peers.values())

    @property
    def on_air(self) -> dict[str, AirState]:
        return {stage.name: stage.air for stage in self.stages.values() if stage.air is not AirState.OFF}

    def publish(self, wish: Publication) -> Accepted:
        """Raises Refused."""
        offer = _read(wish.offer)
        others = [each for each in self.stages.values() if each.name != wish.stage]
        if sum(each.source is not None or each.arriving is not None for each in others) >= MOST_PUBLISHED:
            raise Refused("full")
        stage = self._stage(wish.stage)
        current = stage.source
        if (
            current is not None
            and current.flows(time.monotonic())
            and current.resource != wish.replaces
            and not wish.take
        ):
            raise Refused("taken", self._names.get(current, ""))
        try:
            source = Publisher(
                self._mux, self._identity, offer, wish.owner, self._left, stage.take, stage.reported, stage.publishes
            )
        except BadOffer as fault:
            self._tidy(stage)
            raise Refused("unusable", str(fault)) from fault
        # The new one is noted first, because a stage without anybody is deleted.
        before, stage.arriving = stage.arriving, source
        if before is not None:
            before.end()
        self._names[source] = wish.name
        return self._accept(source, stage, source.answer(self._next_session()))

    def view(self, name: str, owner: str, offer: str) -> Accepted:
        """Raises Refused."""
        read = _read(offer)
        replaced = self._make_room(name, owner)
        stage = self._stage(name)
        try:
            viewer = StageViewer(self._mux, self._identity, read, owner, self._left, stage.joined, stage.ask_keyframe)
        except BadOffer as fault:
            self._tidy(stage)
            raise Refused("unusable", str(fault)) from fault
        stage.viewers.add(viewer)
        if replaced is not None:
            replaced.end()
        return self._accept(viewer, stage, viewer.answer(self._next_session()))

    def change(self, name: str, resource: str, fragment: str, etag: str) -> Accepted:
        """Raises Refused."""
        peer = self._find(name, resource)
        if etag not in {"*", peer.etag}:
            raise Refused("stale")
        try:
            credentials = read_fragment(fragment)
        except BadOffer as fault:
            raise Refused("unusable", str(fault)) from fault
        if tuple(credentials) == peer.remote:
            return Accepted(resource, "", peer.etag)
        if etag != "*":
            raise Refused("stale")
        peer.restart(*credentials)
        return Accepted(resource, write_fragment(peer.transport), peer.etag)

    def end(self, name: str, resource: str) -> None:
        """Ends a peer on purpose: a publisher's stage is then off, not lost. Raises Refused."""
        peer = self._find(name, resource)
        stage = self._peers[resource][1]
        if peer is stage.source:
            stage.become(AirState.OFF)
        peer.end()

    def tick(self) -> None:
        now = time.monotonic()
        for stage in list(self.stages.values()):
            stage.tick(now)

    def close(self) -> None:
        for peer, _ in list(self._peers.values()):
            peer.end()

    def _make_room(self, name: str, owner: str) -> StageViewer | None:
        """The viewer that ends for a new one of this owner, if one has to. Raises Refused when there is no room."""
        viewers = [(peer, at.name) for peer, at in self._peers.values() if isinstance(peer, StageViewer)]
        theirs = [(peer, stage) for peer, stage in viewers if peer.owner == owner]
        oldest = None
        if owner.startswith(ADDRESS):
            full = len(theirs) >= MOST_OF_ADDRESS
        else:
            here = [peer for peer, stage in theirs if stage == name]
            oldest = here[0] if len(here) >= MOST_OF_PERSON else None
            full = False
        full = full or len(viewers) - (oldest is not None) >= MOST_VIEWERS
        full = full or sum(not peer.ready for peer, _ in viewers) >= MOST_HALF_OPEN
        if full or sum(not peer.ready for peer, _ in theirs) >= MOST_HALF_OPEN_OF_OWNER:
            raise Refused("full")
        return oldest

    def _stage(self, name: str) -> Stage:
        stage = self.stages.get(name)
        if stage is None:
            stage = self.stages[name] = Stage(name, lambda stage: self._announce(stage.name, stage.air))
        return stage

    def _accept(self, peer: StagePeer, stage: Stage, answer: str) -> Accepted:
        self._peers[peer.resource] = peer, stage
        return Accepted(peer.resource, answer, peer.etag)

    def _next_session(self) -> int:
        self._session += 1
        return self._session

    def _find(self, name: str, resource: str) -> StagePeer:
        peer, stage = self._peers.get(resource, (None, None))
        if peer is None or stage is None or stage.name != name:
            raise Refused("gone")
        return peer

    def _left(self, peer: StagePeer) -> None:
        _, stage = self._peers.pop(peer.resource, (None, None))
        if isinstance(peer, Publisher):
            self._names.pop(peer, None)
        if stage is not None:
            stage.left(peer)
            stage.tick(time.monotonic())
            self._tidy(stage)

    def _tidy(self, stage: Stage) -> None:
        if stage.empty and self.stages.get(stage.name) is stage:
            del self.stages[stage.name]


def _read(offer: str) -> SdpOffer:
    """Raises Refused. The offer is read before anything is kept."""
    try:
        return read_offer(offer)
    except BadOffer as fault:
        raise Refused("unusable", str(fault)) from fault
