"""The hub of a process: the members of the rooms that it follows, and how each of them receives every event once and in order.

In:  transactions here (`publish`) and in other processes (`_heard`) → `_receive` → gap_repair orders them in the room's feed.
Out: scheduler → members → fanout or a single write. Joining reads a consistent view and continues from there without a hole.
"""

import asyncio
import logging
from collections.abc import Callable, Iterable
from typing import Any

import msgspec

from rooms.core.background import BackgroundTasks
from rooms.core.batching import Batcher
from rooms.core.clock import Clock
from rooms.core.commands.access import Actor
from rooms.core.commands.transaction import Nudge
from rooms.core.counters import HubStats
from rooms.core.delivery.bus.interface import Bus
from rooms.core.delivery.direct import DirectLane
from rooms.core.delivery.encoding import encode_batch
from rooms.core.delivery.envelope import Forged, from_body, seal, to_body, unseal
from rooms.core.delivery.ephemeral_state import EphemeralState
from rooms.core.delivery.feed import Feed, Watcher
from rooms.core.delivery.gap_repair import GAP_SECONDS, GapRepair
from rooms.core.delivery.join_reads import Joined, JoinReader, JoinRequest
from rooms.core.delivery.member import Member
from rooms.core.delivery.nudge_batches import NudgeBatches
from rooms.core.delivery.presence import ALIVE_SECONDS
from rooms.core.delivery.scheduler import TICK, DeliveryScheduler
from rooms.core.delivery.sink import EncodedMessage
from rooms.core.delivery.subscriptions import Subscriptions
from rooms.core.errors import Problem, ProblemView
from rooms.core.store.database import Database
from rooms.core.store.journal import ReadPosition

log = logging.getLogger("plenary.hub")

RECONCILE_SECONDS = 3.0
DESK_ROUNDS = 2
"""Desks, of which there are as many as people, are compared in so many rounds: half of them in each."""
EVERYWHERE = "processes"
"""The bus channel that every process hears."""

Respond = Callable[[Joined], bytes]


class Hub:
    def __init__(self, database: Database, bus: Bus, clock: Clock, secret: bytes) -> None:
        self._bus = bus
        self._secret = secret
        self._tasks = BackgroundTasks(log)
        self.stats = HubStats()
        self._round = 0
        self._scheduler = DeliveryScheduler(self._revisit_members)
        self._ephemeral_state = EphemeralState(self._send, self._scheduler.schedule)
        self.presence = self._ephemeral_state.presence
        self.reaction_counts = self._ephemeral_state.reaction_counts
        self._subscriptions = Subscriptions(database, bus, self._tasks, self.presence)
        self._feeds = self._ephemeral_state.feeds = self._subscriptions.feeds
        self._reader = JoinReader(database, clock, self._feeds.get)
        self._join_batches = Batcher(self._reader.read)
        self._gap_repair = GapRepair(database, self._feeds, self.stats, self._revisit_members)
        self._batches = NudgeBatches(TICK, self._send_nudges)
        self.direct = DirectLane(self.presence.process, self._send)

    @property
    def rooms_followed(self) -> int:
        return len(self._feeds)

    @property
    def followed(self) -> list[str]:
        return list(self._feeds)

    @property
    def shared_rooms(self) -> list[str]:
        """The rooms followed that are no desks."""
        return [room for room, feed in self._feeds.items() if not feed.is_desk]

    @property
    def members(self) -> int:
        return sum(len(feed.members) for feed in self._feeds.values())

    def values_version(self, room: str) -> tuple[str, int] | None:
        """The epoch and version of the latest values of a room that is followed here."""
        feed = self._feeds.get(room)
        return (feed.epoch, feed.values_version) if feed is not None else None

    def seqs(self, rooms: list[str]) -> dict[str, int]:
        """The top seq delivered in each of these rooms, for a heartbeat's answer."""
        return {room: self._feeds[room].delivered for room in rooms if room in self._feeds}

    async def start(self) -> None:
        await self._bus.start(self._heard, lambda: self._tasks.spawn(self.reconcile()))
        await self._bus.subscribe(EVERYWHERE)
        self._tasks.repeat("hub.reconcile", RECONCILE_SECONDS, self._reconcile_round)
        self._tasks.repeat("hub.presence", ALIVE_SECONDS, self._ephemeral_state.send_alive)

    async def stop(self) -> None:
        self.presence.send_farewell()
        self._batches.send_all()
        await asyncio.sleep(0)
        await self._tasks.end()
        await self._join_batches.end()
        await self._subscriptions.end()
        await self._bus.stop()

    # In: what transactions did, here and in other processes

    def publish(self, nudges: list[Nudge]) -> None:
        """Publishes what this process has committed. Members here receive it even when the bus is down."""
        for nudge in nudges:
            self._batches.add(nudge)
            self._receive([nudge])

    def _heard(self, channel: str, data: bytes) -> None:
        try:
            kind, body = unseal(self._secret, data)
        except Forged:
            self.stats.nudges_refused += 1
            log.warning("a message on %s was refused: it was not sealed by one of our processes", channel)
            return
        self.stats.nudges_heard += 1
        nudges: list[Nudge] = []
        try:
            if kind == "nudge":
                nudges = [from_body(body)]
            elif kind == "nudges":
                nudges = [from_body(each) for each in body]
            elif kind == "presence":
                self.presence.receive(body, asyncio.get_running_loop().time())
            elif kind == "tallies":
                self.reaction_counts.receive(body)
            elif kind == "direct":
                self.direct.receive(body)
        except (ValueError, TypeError, KeyError, IndexError):
            self.stats.nudges_unreadable += 1
            log.warning(
                "a message on %s could not be read: another version sent it, or this is a bug", channel, exc_info=True
            )
        if nudges:
            self._receive(nudges)

    def _receive(self, nudges: list[Nudge]) -> None:
        """Takes in what transactions did in one room."""
        for nudge in nudges:
            self.direct.deliver(nudge.direct)
        feed = self._feeds.get(nudges[0].room)
        if feed is None:
            return
        if not self._gap_repair.accept(feed, nudges):
            self._tasks.spawn(self.reconcile([feed.room]))
        self._watch_gap(feed)
        self._scheduler.schedule(feed)

    def _watch_gap(self, feed: Feed) -> None:
        if (feed.has_gap or feed.values_missed) and not feed.watched:
            feed.watched = True
            asyncio.get_running_loop().call_later(GAP_SECONDS, self._check_gap, feed, feed.seq, feed.values_version)

    def _check_gap(self, feed: Feed, seq: int, version: int) -> None:
        """While processes alternate, something is nearly always missing: it is lost only if the feed has not advanced since."""
        feed.watched = False
        if self._feeds.get(feed.room) is not feed:
            return
        stuck = (feed.has_gap and feed.seq == seq) or (feed.values_missed and feed.values_version == version)
        if stuck and not feed.filling:
            self._tasks.spawn(self.reconcile([feed.room]))
        self._watch_gap(feed)

    async def reconcile(self, rooms: list[str] | None = None) -> None:
        """Compares the rooms followed (or these of them) with the database and delivers what the bus has lost."""
        for feed in await self._gap_repair.reconcile(self.followed if rooms is None else rooms):
            self._scheduler.schedule(feed)

    async def _reconcile_round(self) -> None:
        self._round = (self._round + 1) % DESK_ROUNDS
        desks = [room for room, feed in self._feeds.items() if feed.is_desk]
        await self.reconcile(self.shared_rooms + desks[self._round :: DESK_ROUNDS])

    # To the other processes

    def _send(self, room: str | None, kind: str, body: Any) -> None:
        """Sends to the processes that follow a room (None: to all)."""
        self._bus.publish(f"room:{room}" if room else EVERYWHERE, seal(self._secret, kind, body))

    def _send_nudges(self, room: str, nudges: list[Nudge]) -> None:
        self.stats.nudges_sent += 1
        if len(nudges) == 1:
            self._send(room, "nudge", to_body(nudges[0]))
        else:
            self._send(room, "nudges", [to_body(nudge) for nudge in nudges])

    # Members

    async def join(self, member: Member, after: ReadPosition | None, respond: Respond) -> Actor:
        """Adds a member: the answer that `respond` makes is the first message they receive. Raises Problem."""
        member.entering = True
        feed = await self._subscriptions.follow(member.room)
        try:
            return await self._enter(feed, member, after, respond)
        except BaseException:
            self._subscriptions.release(feed)
            raise

    async def _enter(self, feed: Feed, member: Member, after: ReadPosition | None, respond: Respond) -> Actor:
        member.entering = True
        try:
            while True:
                actor = await self._try_to_enter(feed, member, after, respond)
                if actor is not None:
                    return actor
        finally:
            member.entering = False

    async def _try_to_enter(
        self, feed: Feed, member: Member, after: ReadPosition | None, respond: Respond
    ) -> Actor | None:
        """None when what was read is out of date already."""
        member.again = False
        read = await self._join_batches.ask(JoinRequest(member.room, member.person, member.public, after))
        if member.left:
            return read.actor
        # From here to the end nothing waits, so no event can slip between what was read and what is delivered next.
        row, joined = read.row, read.joined
        if row.epoch != feed.epoch or row.seq > feed.seq:
            await self.reconcile([feed.room])
            return None
        if feed.has_news:
            self._scheduler.deliver(feed)
        tail, values = feed.tail(row.seq), feed.values_after(row.values_version)
        revisited = tail is None or any(self._scheduler.revisits(entry, member.person) for entry in tail)
        if tail is None or values is None or member.again or revisited:
            return None
        self._add(feed, member, read.actor)
        joined.latest["present"] = self._ephemeral_state.present_for_entrant(feed)
        member.audience = read.reading.audience
        member.sink.write(EncodedMessage(respond(joined)))
        missed = encode_batch(feed.room, tail, values, member.audience, member.reader)
        if missed is not None:
            member.sink.write(EncodedMessage(missed))
        feed.members.add(member)
        self.stats.joins += 1
        self.stats.resumes += joined.resumed
        self.stats.snapshots += not joined.resumed
        return read.actor

    def _add(self, feed: Feed, member: Member, actor: Actor) -> None:
        person = actor.person
        if not feed.is_desk and not member.public and person is not None:
            self.presence.arrive(feed.room, person.id, person.name if person.listed else None)

    def leave(self, member: Member) -> None:
        if member.left:
            return
        member.left = True
        feed = self._feeds.get(member.room)
        if feed is not None:
            self._remove(feed, member)
            self._subscriptions.release(feed)

    def _remove(self, feed: Feed, member: Member) -> None:
        if feed.members.discard(member) and not member.public and member.person is not None:
            self.presence.depart(feed.room, member.person)

    def revisit(self, member: Member) -> None:
        """Reads a member's rights again: until then they receive nothing, and then a fresh snapshot or the reason why they are out."""
        feed = self._feeds.get(member.room)
        if feed is not None:
            self._revisit_members(feed, [member])

    def _revisit_members(self, feed: Feed, members: Iterable[Member]) -> None:
        for member in members:
            if member.entering:
                member.again = True
            else:
                self._remove(feed, member)
                member.entering = True
                self._tasks.spawn(self._reenter(feed, member))

    async def _reenter(self, feed: Feed, member: Member) -> None:
        def respond(joined: Joined) -> bytes:
            return b'{"room":"%b",%b' % (feed.room.encode(), msgspec.json.encode(joined)[1:])

        while not member.left:
            try:
                await self._enter(feed, member, None, respond)
            except Problem as problem:
                if problem.code == "unavailable":
                    await asyncio.sleep(problem.retry_after or 1)
                    continue
                member.sink.write(EncodedMessage(msgspec.json.encode(Left(feed.room, problem.view(member.translate)))))
                self.leave(member)
            except Exception:
                # This member would receive nothing any more without knowing it, so the connection must come back.
                member.sink.close(4500, "internal")
                raise
            return

    # Watching rooms

    async def watch(self, room: str, watcher: Watcher) -> None:
        """Calls the watcher with each event of a room, in order."""
        await self._subscriptions.watch(room, watcher)

    def watching(self, room: str) -> int:
        """How many watchers a room has here."""
        feed = self._feeds.get(room)
        return len(feed.watchers) if feed is not None else 0

    def unwatch(self, room: str, watcher: Watcher) -> None:
        self._subscriptions.unwatch(room, watcher)


class Left(msgspec.Struct):
    room: str
    left: ProblemView
