"""Per process: the members of the rooms that it follows, and how everybody in them learns of everything, once and in order."""

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
from rooms.core.counters import Told
from rooms.core.delivery.bus.interface import Bus
from rooms.core.delivery.direct import DirectLane
from rooms.core.delivery.encoding import encode_batch
from rooms.core.delivery.envelope import Forged, from_body, seal, to_body, unseal
from rooms.core.delivery.ephemeral_state import EphemeralState
from rooms.core.delivery.feed import Feed, Watcher
from rooms.core.delivery.gap_repair import GapRepair
from rooms.core.delivery.join_reads import Joined, JoinReader, JoinRequest
from rooms.core.delivery.member import Member
from rooms.core.delivery.nudge_batches import NudgeBatches
from rooms.core.delivery.presence import ALIVE_SECONDS
from rooms.core.delivery.scheduler import TICK, DeliveryScheduler
from rooms.core.delivery.sink import EncodedMessage
from rooms.core.delivery.subscriptions import Subscriptions
from rooms.core.errors import Problem, ProblemView
from rooms.core.store.database import Database
from rooms.core.store.journal import Position

log = logging.getLogger("plenary.hub")

RECONCILE_SECONDS = 3.0

EVERYWHERE = "processes"


Respond = Callable[[Joined], bytes]


class Hub:
    def __init__(self, database: Database, bus: Bus, clock: Clock, secret: bytes) -> None:
        self._bus = bus
        self._secret = secret
        self._tasks = BackgroundTasks(log)
        self._subscriptions = Subscriptions(database, bus, self._tasks, self._begun, self._ended)
        self._feeds = self._subscriptions.feeds
        self._reader = JoinReader(database, clock, self._feeds.get)
        self._join_batches = Batcher(self._reader.read)
        self.told = Told()
        self._scheduler = DeliveryScheduler(self._revisit_members)
        news = self._scheduler.schedule
        self._gap_repair = GapRepair(database, self._feeds, self._tasks, self.told, news, self._revisit_members)
        self._batches = NudgeBatches(TICK, self._send)
        self._ephemeral_state = EphemeralState(self._feeds, self._tell, news)
        self.presence = self._ephemeral_state.presence
        self.reaction_counts = self._ephemeral_state.reaction_counts
        self.direct = DirectLane(self.presence.process, self._tell)

    @property
    def rooms_followed(self) -> int:
        return len(self._feeds)

    @property
    def followed(self) -> list[str]:
        return list(self._feeds)

    def values_version(self, room: str) -> tuple[str, int] | None:
        """How new the latest values of a room that is followed here are: epoch and pulse."""
        feed = self._feeds.get(room)
        return (feed.epoch, feed.values_version) if feed is not None else None

    @property
    def members(self) -> int:
        return sum(len(feed.members) for feed in self._feeds.values())

    async def start(self) -> None:
        await self._bus.start(self._heard, lambda: self._tasks.spawn(self.reconcile()))
        await self._bus.subscribe(EVERYWHERE)
        self._tasks.repeat("hub.reconcile", RECONCILE_SECONDS, self.reconcile)
        self._tasks.repeat("hub.presence", ALIVE_SECONDS, self._ephemeral_state.show_alive)

    async def stop(self) -> None:
        self.presence.send_farewell()
        self._batches.send_all()
        await asyncio.sleep(0)
        await self._tasks.end()
        await self._join_batches.end()
        await self._subscriptions.end()
        await self._bus.stop()

    # In: what transactions did, here and elsewhere

    def publish(self, nudges: list[Nudge]) -> None:
        """Tells what this process has committed. Members here learn of it even when the bus is down."""
        for nudge in nudges:
            self._batches.add(nudge)
            self._receive([nudge])

    def _send(self, room: str, nudges: list[Nudge]) -> None:
        self.told.nudges_sent += 1
        if len(nudges) == 1:
            self._tell(room, "nudge", to_body(nudges[0]))
        else:
            self._tell(room, "nudges", [to_body(nudge) for nudge in nudges])

    def _heard(self, channel: str, data: bytes) -> None:
        try:
            kind, body = unseal(self._secret, data)
            self.told.nudges_heard += 1
            if kind == "nudge":
                self._receive([from_body(body)])
            elif kind == "nudges":
                self._receive([from_body(each) for each in body])
            elif kind == "presence":
                self.presence.receive(body, asyncio.get_running_loop().time())
            elif kind == "tallies":
                self.reaction_counts.receive(body)
            elif kind == "direct":
                self.direct.receive(body)
        except (Forged, ValueError, TypeError, KeyError, IndexError):
            self.told.nudges_refused += 1
            log.warning("a message on %s was refused: it was not sealed by one of our processes", channel)

    def _receive(self, nudges: list[Nudge]) -> None:
        """Takes in what transactions did in one room."""
        for nudge in nudges:
            self.direct.deliver(nudge.words)
        feed = self._feeds.get(nudges[0].room)
        if feed is not None:
            self._gap_repair.take(feed, nudges)

    async def reconcile(self, rooms: list[str] | None = None) -> None:
        """Compares the rooms followed with the database in one query and fetches whatever the bus has lost."""
        await self._gap_repair.reconcile(rooms)

    def _tell(self, room: str | None, kind: str, body: Any) -> None:
        self._bus.publish(f"room:{room}" if room else EVERYWHERE, seal(self._secret, kind, body))

    # Members

    async def join(self, member: Member, after: Position | None, respond: Respond) -> Actor:
        """Lets a member in: the answer that `respond` makes is the first thing written to him. Raises Problem."""
        member.entering = True
        feed = await self._subscriptions.follow(member.room)
        try:
            return await self._enter(feed, member, after, respond)
        except BaseException:
            self._subscriptions.release(feed)
            raise

    async def _enter(self, feed: Feed, member: Member, after: Position | None, respond: Respond) -> Actor:
        member.entering = True
        try:
            while True:
                actor = await self._try_to_enter(feed, member, after, respond)
                if actor is not None:
                    return actor
        finally:
            member.entering = False

    async def _try_to_enter(self, feed: Feed, member: Member, after: Position | None, respond: Respond) -> Actor | None:
        """None when what was read is out of date already."""
        member.again = False
        found = await self._join_batches.ask(JoinRequest(member.room, member.person, member.public, after))
        # From here to the end nothing waits, so no event can slip between what was read and what is told.
        row, joined = found.row, found.joined
        if row.epoch != feed.epoch or row.seq > feed.seq:
            await self.reconcile([feed.room])
            return None
        if feed.has_news:
            self._scheduler.tell(feed)
        tail, values = feed.tail(row.seq), feed.values_after(row.values_version)
        if (
            tail is None
            or values is None
            or member.again
            or any(self._scheduler.revisits(entry, member.person) for entry in tail)
        ):
            return None
        if member.left:
            return found.actor
        person = found.actor.person
        if not member.public and person is not None:
            self.presence.arrive(feed.room, person.id, person.name if person.listed else None)
        joined.latest["present"] = self._ephemeral_state.present_for_entrant(feed)
        member.audience = found.reading.audience
        member.sink.write(EncodedMessage(respond(joined)))
        missed = encode_batch(feed.room, tail, values, member.audience, member.reader)
        if missed is not None:
            member.sink.write(EncodedMessage(missed))
        feed.members.add(member)
        self.told.joins += 1
        self.told.resumes += joined.resumed
        self.told.snapshots += not joined.resumed
        return found.actor

    def leave(self, member: Member) -> None:
        if member.left:
            return
        member.left = True
        feed = self._feeds.get(member.room)
        if feed is not None:
            self._take_out(feed, member)
            self._subscriptions.release(feed)

    def _take_out(self, feed: Feed, member: Member) -> None:
        if feed.members.discard(member) and not member.public and member.person is not None:
            self.presence.depart(feed.room, member.person)

    def revisit(self, member: Member) -> None:
        """Looks at a member's rights afresh: he is told nothing until then, and then a fresh snapshot or why he is out."""
        feed = self._feeds.get(member.room)
        if feed is not None:
            self._revisit_members(feed, [member])

    def _revisit_members(self, feed: Feed, members: Iterable[Member]) -> None:
        for member in members:
            if member.entering:
                member.again = True
            else:
                self._take_out(feed, member)
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
                # He would be told nothing any more and not know it, so he has to come back.
                member.sink.close(4500, "internal")
                raise
            return

    # Following rooms

    async def watch(self, room: str, watcher: Watcher) -> None:
        """Calls the watcher with each event of a room, in order."""
        await self._subscriptions.watch(room, watcher)

    def watching(self, room: str) -> int:
        """How many watchers a room has here."""
        feed = self._feeds.get(room)
        return len(feed.watchers) if feed is not None else 0

    def unwatch(self, room: str, watcher: Watcher) -> None:
        self._subscriptions.unwatch(room, watcher)

    def _begun(self, room: str) -> None:
        self.presence.follow(room)

    def _ended(self, room: str) -> None:
        self.presence.send_changes(room)
        self.presence.unfollow(room)
        self._reader.forget(room)

    def seqs(self, rooms: list[str]) -> dict[str, int]:
        """The top seq told in each of these rooms, for a heartbeat's answer."""
        return {room: self._feeds[room].told for room in rooms if room in self._feeds}


class Left(msgspec.Struct):
    room: str
    left: ProblemView
