"""Per process: which rooms it follows, who its members are, and how everybody in them learns of everything, once and in order."""

import asyncio
import logging
from collections.abc import Callable, Coroutine, Sequence
from typing import Any
from weakref import WeakValueDictionary

import msgspec
from msgspec import Raw
from sqlalchemy.ext.asyncio import AsyncConnection

from rooms import journal
from rooms.audience import Audience
from rooms.bus.interface import Bus
from rooms.clock import Clock
from rooms.commands import Thing
from rooms.database import Database
from rooms.encoding import encode_batch
from rooms.errors import Problem, ProblemView
from rooms.feed import Feed, Watcher
from rooms.figures import Told
from rooms.gather import Gather
from rooms.ids import is_id, new_id
from rooms.journal import Position, Room
from rooms.kinds import KINDS
from rooms.member import Member
from rooms.messages import Event, declared, tag_of
from rooms.nudge import Forged, from_body, seal, to_body, unseal
from rooms.outbound import Outbound
from rooms.people.messages import PersonView, PresenceView
from rooms.presence import ALIVE_SECONDS, Presence
from rooms.reading import Joined, Reader, Wanted
from rooms.tallies import Tallies
from rooms.transaction import Nudge, Value
from rooms.visit import ABSENT, Visit

log = logging.getLogger("plenary.hub")

TICK = 0.020  # seconds between two messages of a busy room
BIG_TICK = 0.050
BIG_ROOM = 2000  # members
HOLE_SECONDS = 0.05  # how long an event may arrive out of order before the journal is asked
RECONCILE_SECONDS = 3.0
PRESENCE_SECONDS = 0.5
NAMED = 100
CROWDED = 100

EVERYWHERE = "processes"


Respond = Callable[[Joined], bytes]


class Hub:
    def __init__(self, database: Database, bus: Bus, clock: Clock, secret: bytes) -> None:
        self._database = database
        self._bus = bus
        self._clock = clock
        self._secret = secret
        self._feeds: dict[str, Feed] = {}
        self._following: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        self._reader = Reader(database, clock, self._feeds.get)
        self._joins = Gather(self._reader.read)
        self._rooms = Gather(self._find_rooms)
        self._tasks: set[asyncio.Task[None]] = set()
        self._presence_due: set[str] = set()
        self._revisits = {tag_of(event) for event in declared(Event) if event.revisits}
        self.presence = Presence(new_id(), self._tell_presence, self._presence_changed)
        self.tallies = Tallies(self._tell_tallies, self._show_tallies)
        self.told = Told()

    @property
    def rooms_followed(self) -> int:
        return len(self._feeds)

    @property
    def followed(self) -> list[str]:
        return list(self._feeds)

    @property
    def members(self) -> int:
        return sum(len(feed.crowd) for feed in self._feeds.values())

    async def start(self) -> None:
        await self._bus.start(self._heard, lambda: self._spawn(self.reconcile()))
        await self._bus.subscribe(EVERYWHERE)
        self._spawn(self._every(RECONCILE_SECONDS, self.reconcile))
        self._spawn(self._every(ALIVE_SECONDS, self._show_alive))

    async def stop(self) -> None:
        self.presence.send_farewell()
        await asyncio.sleep(0)
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._bus.stop()

    # In: what transactions did, here and elsewhere

    def publish(self, nudges: list[Nudge]) -> None:
        """Tells what this process has committed. Members here learn of it even when the bus is down."""
        for nudge in nudges:
            self._bus.publish(f"room:{nudge.room}", seal(self._secret, "nudge", to_body(nudge)))
            self.told.nudges_sent += 1
            self._receive(nudge)

    def _heard(self, channel: str, data: bytes) -> None:
        try:
            kind, body = unseal(self._secret, data)
            self.told.nudges_heard += 1
            if kind == "nudge":
                self._receive(from_body(body))
            elif kind == "presence":
                self.presence.receive(body, asyncio.get_running_loop().time())
            elif kind == "tallies":
                self.tallies.receive(body)
        except (Forged, ValueError, TypeError, KeyError, IndexError):
            self.told.nudges_refused += 1
            log.warning("a message on %s was refused: it was not sealed by one of our processes", channel)

    def _receive(self, nudge: Nudge) -> None:
        feed = self._feeds.get(nudge.room)
        if feed is None:
            return
        if nudge.epoch != feed.epoch:
            self._spawn(self.reconcile([feed.room]))
            return
        feed.receive(nudge)
        if feed.has_hole or feed.values_missed:
            asyncio.get_running_loop().call_later(HOLE_SECONDS, self._mend_if_needed, feed)
        self._schedule(feed)

    def _mend_if_needed(self, feed: Feed) -> None:
        if (feed.has_hole or feed.values_missed) and not feed.filling:
            self._spawn(self.reconcile([feed.room]))

    async def reconcile(self, rooms: list[str] | None = None) -> None:
        """Compares the rooms followed with the database in one query and fetches whatever the bus has lost."""
        followed = [id for id in (rooms or list(self._feeds)) if id in self._feeds]
        if not followed:
            return
        async with self._database.read() as connection:
            heads = await journal.heads(connection, followed)
            for id in followed:
                feed = self._feeds.get(id)
                if feed is None or feed.filling:
                    continue
                if id not in heads:  # the database was restored to a time before this room
                    self._revisit_members(feed, feed.crowd.everybody())
                    continue
                feed.filling = True
                try:
                    await self._mend(connection, feed, heads[id])
                finally:
                    feed.filling = False

    async def _mend(self, connection: AsyncConnection, feed: Feed, head: Room) -> None:
        if head.epoch != feed.epoch or head.floor > feed.seq:
            feed.skip_to(head)
            self._revisit_members(feed, feed.crowd.everybody())
        elif head.seq > feed.seq:
            missed = await journal.read_after(connection, feed.room, feed.seq)
            self.told.holes += 1
            self.told.events += len(missed)
            feed.accept(missed)
        if feed.values_missed or head.pulse > feed.pulse:
            feed.values_missed = False
            self.told.values += 1
            feed.pulse = max(feed.pulse, head.pulse)
            told: set[tuple[str, str]] = set()
            for audience in (Audience.EVERYONE, Audience.MODERATORS):
                for name, values in (await KINDS[head.kind].latest(connection, head, audience)).items():
                    for key in values.keys() - {key for other, key in told if other == name}:
                        feed.offer(Value(name, key, audience, None, msgspec.json.encode(values[key])), head.pulse)
                    told |= {(name, key) for key in values}
        self._schedule(feed)

    # Out: to the members, at once when the room was quiet, else once per tick

    def _schedule(self, feed: Feed) -> None:
        if feed.due or not feed.has_news:
            return
        loop = asyncio.get_running_loop()
        tick = BIG_TICK if len(feed.crowd) > BIG_ROOM else TICK
        wait = feed.told_at + tick - loop.time()
        if wait <= 0:
            self._flush(feed)
        else:
            feed.due = True
            loop.call_later(wait, self._flush, feed)

    def _flush(self, feed: Feed) -> None:
        feed.due = False
        feed.told_at = asyncio.get_running_loop().time()
        feed.crowd.send_all()
        entries, values = feed.take()
        start = 0
        for index, entry in enumerate(entries):
            if entry.type in self._revisits and entry.person is not None:
                # Nothing from here on may reach him before his rights have been looked at again.
                feed.crowd.tell(entries[start:index], [])
                feed.crowd.send_all()
                start = index
                self._revisit_members(feed, feed.crowd.of(entry.person))
            for watcher in tuple(feed.watchers):
                watcher(entry)
        if len(feed.crowd):
            feed.crowd.tell(entries[start:], values)
            if not feed.sending:
                self._send_some(feed)

    def _send_some(self, feed: Feed) -> None:
        """Writes to some members now and to more in the next turn of the loop, so that a big room does not hold up the others."""
        feed.sending = False
        if feed.crowd.send_some():
            feed.sending = True
            asyncio.get_running_loop().call_soon(self._send_some, feed)

    # Members

    async def join(self, member: Member, after: Position | None, respond: Respond) -> Visit:
        """Lets a member in: the answer that `respond` makes is the first thing written to him. Raises Problem."""
        member.entering = True
        feed = await self._follow(member.room)
        try:
            return await self._enter(feed, member, after, respond)
        except BaseException:
            self._release(feed)
            raise

    async def _enter(self, feed: Feed, member: Member, after: Position | None, respond: Respond) -> Visit:
        member.entering = True
        try:
            while True:
                visit = await self._try_to_enter(feed, member, after, respond)
                if visit is not None:
                    return visit
        finally:
            member.entering = False

    async def _try_to_enter(self, feed: Feed, member: Member, after: Position | None, respond: Respond) -> Visit | None:
        """None when what was read is out of date already."""
        member.again = False
        found = await self._joins.ask(Wanted(member.room, member.person, member.public, after))
        # From here to the end nothing waits, so no event can slip between what was read and what is told.
        row, joined = found.row, found.joined
        if row.epoch != feed.epoch or row.seq > feed.seq:
            await self.reconcile([feed.room])
            return None
        self._flush(feed)
        feed.crowd.send_all()
        tail, values = feed.tail(row.seq), feed.values_after(row.pulse)
        if (
            tail is None
            or values is None
            or member.again
            or any(entry.type in self._revisits and entry.person == member.person for entry in tail)
        ):
            return None
        if member.left:
            return found.visit
        person = found.visit.person
        if not member.public and person is not None:
            self.presence.arrive(feed.room, person.id, person.name if person.listed else None)
        joined.latest["present"] = self._present_for_entrant(feed)
        member.audience = found.reading.audience
        member.sink.write(Outbound(respond(joined)))
        missed = encode_batch(feed.room, tail, values, member.audience, member.reader)
        if missed is not None:
            member.sink.write(Outbound(missed))
        feed.crowd.add(member)
        self.told.joins += 1
        self.told.resumes += joined.resumed
        self.told.snapshots += not joined.resumed
        return found.visit

    def leave(self, member: Member) -> None:
        if member.left:
            return
        member.left = True
        feed = self._feeds.get(member.room)
        if feed is not None:
            self._take_out(feed, member)
            self._release(feed)

    def _take_out(self, feed: Feed, member: Member) -> None:
        if feed.crowd.discard(member) and not member.public and member.person is not None:
            self.presence.depart(feed.room, member.person)

    def revisit(self, member: Member) -> None:
        """Looks at a member's rights afresh: he is told nothing until then, and then a fresh snapshot or why he is out."""
        feed = self._feeds.get(member.room)
        if feed is not None:
            self._revisit_members(feed, [member])

    def _revisit_members(self, feed: Feed, members: list[Member]) -> None:
        for member in members:
            if member.entering:
                member.again = True
            else:
                self._take_out(feed, member)
                member.entering = True
                self._spawn(self._reenter(feed, member))

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
                member.sink.write(Outbound(msgspec.json.encode(Left(feed.room, problem.view()))))
                self.leave(member)
            except Exception:
                # He would be told nothing any more and not know it, so he has to come back.
                member.sink.close(4500, "internal")
                raise
            return

    # Following rooms

    async def watch(self, room: str, watcher: Watcher) -> None:
        """Calls the watcher with each event of a room, in order."""
        feed = await self._follow(room)
        feed.watchers.add(watcher)

    def watching(self, room: str) -> int:
        """How many watchers a room has here."""
        feed = self._feeds.get(room)
        return len(feed.watchers) if feed is not None else 0

    def unwatch(self, room: str, watcher: Watcher) -> None:
        feed = self._feeds.get(room)
        if feed is not None and watcher in feed.watchers:
            feed.watchers.discard(watcher)
            self._release(feed)

    async def _follow(self, room: str) -> Feed:
        async with self._lock_of(room):
            feed = self._feeds.get(room)
            if feed is None:
                feed = self._feeds[room] = await self._subscribe(room)
                self.presence.follow(room)
            feed.users += 1
            return feed

    async def _subscribe(self, room: str) -> Feed:
        if not is_id(room):
            raise Problem("not_found", ABSENT)
        # Subscribed before the position is read: what happens in between comes twice rather than never.
        await self._bus.subscribe(f"room:{room}")
        try:
            row = await self._rooms.ask(room)
        except BaseException:
            await self._bus.unsubscribe(f"room:{room}")
            raise
        return Feed(row)

    async def _find_rooms(self, ids: Sequence[str]) -> list[Room | Exception]:
        async with self._database.read() as connection:
            rows = await journal.heads(connection, ids)
        return [rows.get(id) or Problem("not_found", ABSENT) for id in ids]

    def _lock_of(self, room: str) -> asyncio.Lock:
        """Held while a room begins or ends to be followed. It lives as long as anyone holds it or waits for it."""
        lock = self._following.get(room)
        if lock is None:
            lock = self._following[room] = asyncio.Lock()
        return lock

    def _release(self, feed: Feed) -> None:
        feed.users -= 1
        if feed.users == 0:
            self._spawn(self._unfollow(feed))

    async def _unfollow(self, feed: Feed) -> None:
        async with self._lock_of(feed.room):
            if feed.users == 0 and self._feeds.get(feed.room) is feed:
                self.presence.send_changes(feed.room)
                self.presence.unfollow(feed.room)
                del self._feeds[feed.room]
                self._reader.forget(feed.room)
                await self._bus.unsubscribe(f"room:{feed.room}")

    def seqs(self, rooms: list[str]) -> dict[str, int]:
        """The top seq told in each of these rooms, for a heartbeat's answer."""
        return {room: self._feeds[room].told for room in rooms if room in self._feeds}

    # Presence

    def _present(self, room: str) -> PresenceView:
        people = self.presence.people(room)
        named = sorted((name, person) for person, name in people.items() if name)[:NAMED]
        return PresenceView(len(people), [PersonView(person, name) for name, person in named])

    def _present_for_entrant(self, feed: Feed) -> Raw:
        """Who is here, for one who comes in. In a crowd it may be half a second old: everybody is told anew then anyway."""
        if feed.present is None or len(feed.crowd) < CROWDED:
            feed.present = Raw(msgspec.json.encode({"": self._present(feed.room)}))
        return feed.present

    def _presence_changed(self, room: str) -> None:
        if room not in self._presence_due:
            self._presence_due.add(room)
            asyncio.get_running_loop().call_later(PRESENCE_SECONDS, self._tell_present, room)

    def _tell_present(self, room: str) -> None:
        self._presence_due.discard(room)
        self.presence.send_changes(room)
        feed = self._feeds.get(room)
        if feed is not None:
            feed.present = None
            feed.offer(Value("present", "", Audience.EVERYONE, None, msgspec.json.encode(self._present(room))), 0)
            self._schedule(feed)

    def _tell_presence(self, room: str | None, body: Any) -> None:
        self._bus.publish(f"room:{room}" if room else EVERYWHERE, seal(self._secret, "presence", body))

    async def _show_alive(self) -> None:
        self.presence.send_alive()
        self.presence.forget_silent(asyncio.get_running_loop().time())

    # Tallies

    def _tell_tallies(self, room: str, body: Any) -> None:
        self._bus.publish(f"room:{room}", seal(self._secret, "tallies", body))

    def _show_tallies(self, room: str, counts: dict[Thing, int]) -> None:
        feed = self._feeds.get(room)
        if feed is not None:
            for name in {name for name, _ in counts}:
                value = {kind: count for (of, kind), count in counts.items() if of == name}
                feed.offer(Value(name, "", Audience.EVERYONE, None, msgspec.json.encode(value)), 0)
            self._schedule(feed)

    # Tasks

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._done)

    def _done(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            if isinstance(error, Problem):
                log.warning("put off: %s", error)
            else:
                log.error("a task of the hub failed", exc_info=error)

    async def _every(self, seconds: float, work: Callable[[], Coroutine[Any, Any, None]]) -> None:
        while True:
            await asyncio.sleep(seconds)
            try:
                await work()
            except Problem as problem:
                log.warning("put off: %s", problem)
            except Exception:
                log.exception("what is done every %s seconds failed this time", seconds)


class Left(msgspec.Struct):
    room: str
    left: ProblemView
