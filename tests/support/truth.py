"""Events equal truth (design.md, invariant 9), checked after every write in a test's world.

The check keeps one state for each member who joined: the snapshot they joined with, plus the events and latest values recorded since. After each
write it compares this state with a fresh read. A write that changes what a room shows, and records nothing there, makes the test fail.

A write is compared in the rooms where it recorded something, for some members of each audience; `compare_everywhere` compares all members. The end
of a test does so too, and then also compares what each member was really sent.
"""

from collections import defaultdict
from collections.abc import AsyncGenerator, Iterable, Sequence
from contextlib import asynccontextmanager
from copy import deepcopy
from typing import Any

import msgspec
from sqlalchemy.ext.asyncio import AsyncConnection

from rooms.core.clock import Clock
from rooms.core.commands.audience import Audience
from rooms.core.commands.messages import Command, Event, declared, tag_of
from rooms.core.commands.transaction import Nudge, Transaction
from rooms.core.delivery.encoding import encode_batch
from rooms.core.delivery.hub import Hub
from rooms.core.engine import Engine, Outcome
from rooms.core.errors import Problem
from rooms.core.store import journal
from rooms.core.store.database import PATIENCE_SECONDS, Database
from rooms.core.store.journal import Entry, Room
from rooms.people.messages import RightsChanged, SignInRevoked
from tests.support.client import Client
from tests.support.fresh_reads import Fresh, Reader, Refused, differences, read_fresh, shown
from tests.support.reducers import State, apply_event, apply_latest
from tests.support.waiting import settled

MOST_COMPARED = 3
"""How many members of one audience in one room are compared after a write."""

MOST_SENT = 48
"""How many members are compared at the end of a test, with what was recorded for them and what they were sent."""

REVISITS = {tag_of(event) for event in declared(Event) if event.revisits}
RIGHTS_CHANGED = tag_of(RightsChanged)
SIGNED_OUT = tag_of(SignInRevoked)


class Follower:
    """A member's state as the record of their room adds up to. `state` is None until it was read for the first time."""

    def __init__(self, reader: Reader, client: Client) -> None:
        self.reader = reader
        self.clients = [client]
        self.epoch = ""
        self.seq = self.values_version = -1
        self.audience = Audience.EVERYONE
        self.reconsidered = False
        self.state: State | None = None

    def __repr__(self) -> str:
        return repr(self.clients[0])

    @property
    def present(self) -> bool:
        return any(client.present for client in self.clients)

    def begin_at(self, fresh: Fresh) -> None:
        self.epoch, self.seq, self.values_version = fresh.row.epoch, fresh.row.seq, fresh.row.values_version
        self.audience, self.state = fresh.audience, fresh.state


class Truth:
    """The check of one world."""

    def __init__(self, url: str, clock: Clock) -> None:
        self.checks = 0
        self.faults: list[str] = []
        self._stopped = False
        self._database = Database(url)  # of its own, so that nobody counts or disturbs its statements
        self._clock = clock
        self._followers: dict[Reader, Follower] = {}
        self._clients: list[Client] = []
        self._heard: dict[str, list[tuple[Nudge, int]]] = defaultdict(list)
        self._changed: set[str] = set()
        self._moved: set[str] = set()  # whose connections, if they had any, would check their memberships again
        self._involved: set[str | None] = set()
        self._writing = 0

    # What happens

    def heard(self, nudges: Iterable[Nudge]) -> None:
        """Takes note of what a transaction recorded."""
        for nudge in nudges:
            before = self._heard[nudge.room]
            top = max(nudge.entries[-1].seq if nudge.entries else 0, before[-1][1] if before else 0)
            before.append((nudge, top))
            self._changed.add(nudge.room)
            self._involved |= {each.person for each in (*nudge.entries, *nudge.values)}
            for entry in nudge.entries:
                if entry.person is not None and entry.type in {*REVISITS, RIGHTS_CHANGED, SIGNED_OUT}:
                    self._reconsider(entry, nudge.room)

    def _reconsider(self, entry: Entry, room: str) -> None:
        """The rights of a person are read again in this room: each member is sent a snapshot. After an event at their desk, their connection has all
        rooms read again, or ends."""
        at_desk = entry.type in {RIGHTS_CHANGED, SIGNED_OUT}
        for follower in self._followers.values():
            if follower.reader.person == entry.person and (at_desk or follower.reader.room == room):
                follower.reconsidered = True
        if at_desk and entry.person is not None:
            self._moved.add(entry.person)

    @asynccontextmanager
    async def after_writing(self) -> AsyncGenerator[None]:
        """Compares after the block, unless it raises or another write is under way: then the last of them compares."""
        self._writing += 1
        try:
            yield
        finally:
            self._writing -= 1
        if not self._writing and self._followers and self._changed:
            await self.compare()

    # Who is there

    def joined(self, client: Client, values_version: int) -> None:
        if self._stopped:
            return
        reader = _reader(client)
        self._clients.append(client)
        known = self._followers.get(reader)
        if known is not None and known.present:
            known.clients.append(client)
            return
        follower = self._followers[reader] = Follower(reader, client)
        if client.in_step:
            client.catch_up()
            follower.epoch, follower.seq, follower.values_version = (
                client.epoch.partition("-")[0],
                client.seq,
                values_version,
            )
            follower.audience, follower.state = client.member.audience, deepcopy(client.state)

    def stop(self) -> None:
        """Compares nobody in the rest of the test."""
        self._stopped = True
        self.forget()

    def forget(self) -> None:
        """Forgets all members and all faults."""
        self._followers.clear()
        self._clients.clear()
        self.faults.clear()

    # The comparison

    async def compare(self) -> None:
        """Compares some members of each audience in the rooms where something was recorded. Raises AssertionError."""
        changed, self._changed = self._changed, set()
        await self._compare(self._sample([each for each in self._present if each.reader.room in changed]))

    async def compare_everywhere(self) -> None:
        """Compares all members. Raises AssertionError."""
        self._changed.clear()
        await self._compare(self._present)

    @property
    def _present(self) -> list[Follower]:
        return [each for each in self._followers.values() if each.present]

    async def _compare(self, followers: list[Follower]) -> None:
        try:
            faults = await self._faults(followers)
        except Problem as problem:
            if problem.code != "unavailable":  # a test of a database that cannot be reached
                raise
            return
        self.checks += 1
        if faults:
            self.faults += faults
            raise AssertionError("\n".join(faults))

    async def end(self, engines: Sequence[Engine]) -> None:
        """Compares all members with the tables: what was recorded for them, and what they were sent. Raises AssertionError."""
        try:
            if any(client.present for client in self._clients):
                await self._compare(self._present[:MOST_SENT])
                await self._compare_sent(engines)
            assert not self.faults, "\n".join(self.faults)
        finally:
            self.forget()
            await self._database.close()

    async def _compare_sent(self, engines: Sequence[Engine]) -> None:
        for engine in engines:
            await engine.hub.reconcile()
        await settled(*engines)
        sent = [
            each for each in self._clients if each.present and each.in_step and each.member.person not in self._moved
        ]
        sent = sent[:MOST_SENT]
        async with self._database.read() as connection:
            fresh = await read_fresh(connection, [_reader(each) for each in sent], self._clock())
        for client, now in zip(sent, fresh, strict=True):
            if client.catch_up().problem is None and isinstance(now, Fresh):
                self.faults += differences(f"{client} was sent something else", shown(client.state, now), now.state)

    def _sample(self, followers: list[Follower]) -> list[Follower]:
        """Some of each room and audience, beginning with those that the last writes concern."""
        involved, self._involved = self._involved, set()
        kept: dict[tuple[str, Audience], list[Follower]] = defaultdict(list)
        for each in sorted(followers, key=lambda each: each.reader.person not in involved):
            kept[each.reader.room, each.audience].append(each)
        return [each for group in kept.values() for each in group[:MOST_COMPARED]]

    async def _faults(self, followers: list[Follower]) -> list[str]:
        found: list[str] = []
        async with self._database.read() as connection:
            fresh = await read_fresh(connection, [each.reader for each in followers], self._clock())
            for follower, now in zip(followers, fresh, strict=True):
                reconsidered, follower.reconsidered = follower.reconsidered, False
                if isinstance(now, Refused):
                    del self._followers[follower.reader]
                    if not reconsidered and follower.epoch == now.epoch:
                        found.append(f"{follower} may not be here any more, and nothing says so")
                    continue
                apart = follower.epoch != now.row.epoch or follower.seq < now.row.floor
                begins = follower.state is None or apart or reconsidered
                if not begins and follower.audience is not now.audience:
                    found.append(f"{follower} belongs to another audience now, and nothing says so")
                elif not begins and await self._advance(connection, follower, now):
                    found += differences(f"{follower} receives something else", follower.state or {}, now.state)
                follower.begin_at(now)
        return found

    async def _advance(self, connection: AsyncConnection, follower: Follower, now: Fresh) -> bool:
        """Brings a state to the seq of a fresh read. False when not all latest values on the way are known, for example because another process sent them."""
        row, state = now.row, follower.state
        assert state is not None
        entries = await journal.read_after(connection, row.id, follower.seq, row.seq) if follower.seq < row.seq else []
        version = follower.values_version
        for nudge, top in self._heard[row.id]:
            if nudge.values and version < nudge.values_version <= row.values_version:
                if nudge.values_version != version + 1:
                    return False
                version = nudge.values_version
                reached = [entry for entry in entries if entry.seq <= top]
                entries = entries[len(reached) :]
                _apply(follower, row, reached, nudge)
        _apply(follower, row, entries, None)
        return version == row.values_version


def _reader(client: Client) -> Reader:
    return Reader(client.member.room, client.member.person, client.member.public)


def _apply(follower: Follower, row: Room, entries: list[Entry], nudge: Nudge | None) -> None:
    person = None if follower.reader.public else follower.reader.person
    encoded = encode_batch(row.id, entries, nudge.values if nudge else (), follower.audience, person)
    if encoded is None or follower.state is None:
        return
    message = msgspec.json.decode(encoded)
    for event in message.get("events", []):
        if "type" in event:
            apply_event(row.kind, follower.state, event)
    if "latest" in message:
        apply_latest(row.kind, follower.state, message["latest"])


class CheckedHub(Hub):
    def __init__(self, truth: Truth, *args: Any) -> None:
        super().__init__(*args)
        self.truth = truth

    def publish(self, nudges: list[Nudge]) -> None:
        self.truth.heard(nudges)
        super().publish(nudges)


class CheckedEngine(Engine):
    """An engine in a world of tests, with a `CheckedHub`: what it writes is compared with the tables."""

    __slots__ = ()

    @property
    def _truth(self) -> Truth:
        assert isinstance(self.hub, CheckedHub)
        return self.hub.truth

    async def perform(self, person: str | None, room: str, command: Command, key: str) -> Outcome:
        async with self._truth.after_writing():
            return await super().perform(person, room, command, key)

    @asynccontextmanager
    async def transaction(
        self, rooms: Iterable[str] = (), *, patience: float = PATIENCE_SECONDS
    ) -> AsyncGenerator[Transaction]:
        async with self._truth.after_writing(), super().transaction(rooms, patience=patience) as tx:
            yield tx
