"""A simulated fair, which uses the real queues: every join, call, answer, break and shift is a command of the product.

The staff work in shifts and take breaks, some visitors do not answer, and some lose patience. A clock that the simulation moves makes a day short.
"""

import contextlib
import heapq
import uuid
from collections import Counter
from collections.abc import Awaitable, Callable
from datetime import date, datetime
from random import Random
from typing import Any

import msgspec
import sqlalchemy as sa

from bench.stands import HOUR, PATTERNS, START, Promise, Server, Stand, moment
from rooms.core.commands.messages import Command
from rooms.core.engine import Engine
from rooms.core.errors import Problem
from rooms.exhibition.booths.editing import hall_of, make_booth, set_duty
from rooms.exhibition.booths.staff_messages import Duty
from rooms.exhibition.queue.crew_messages import EndBreak, NewShift, PlanShifts, TakeBreak
from rooms.exhibition.queue.messages import AcceptCall, CallNext, FinishTalk, JoinQueue, LeaveQueue, SkipPlace
from rooms.exhibition.queue.view import QueueView, line, read_queue
from rooms.exhibition.queue.waiting_time import expected
from rooms.exhibition.queue.watch import watch_queues
from rooms.exhibition.tables import booth_staff, queue_places
from rooms.people import accounts
from rooms.people.tables import notices
from rooms.programme.actions import create_conference
from tests.support.world import TestClock

WATCHED_EVERY = 30.0
MISSES = 0.08
"""The share of calls that are not answered."""
IMPATIENT = 0.15
"""The share of visitors who leave after a while: 20 minutes on average."""


class Fair:
    def __init__(self, engine: Engine, clock: TestClock, random: Random) -> None:
        self.engine, self.clock, self.random = engine, clock, random
        self.stands: list[Stand] = []
        self.visitors: list[str] = []
        self.promises: dict[str, Promise] = {}
        self.engaged: set[str] = set()
        self.counts: Counter[str] = Counter()
        self.commands: Counter[str] = Counter()
        self._events: list[tuple[float, int, Callable[[], Awaitable[None]]]] = []
        self._number = 0

    @property
    def now(self) -> float:
        return (self.clock() - START).total_seconds()

    def at(self, seconds: float, act: Callable[[], Awaitable[None]]) -> None:
        self._number += 1
        heapq.heappush(self._events, (max(seconds, self.now), self._number, act))

    async def do(self, who: str, command: Command, room: str) -> Any:
        self.commands[type(command).__name__] += 1
        return msgspec.json.decode((await self.engine.perform(who, room, command, uuid.uuid4().hex)).reply)

    async def build(self, booths: int, visitors: int) -> None:
        async with self.engine.database.write(600) as connection:
            days = {"starts_on": date(2026, 11, 20), "ends_on": date(2026, 11, 20), "now": self.clock()}
            conference, _ = await create_conference(connection, slug="fair", title="Fair", zone="UTC", **days)
            hall = await hall_of(connection, conference, "Hall 1")

            async def person(name: str) -> str:
                email = f"{name.replace(' ', '.')}@example.org"
                return (await accounts.create(connection, name=name, email=email, verified=True, at=self.clock())).id

            for number in range(booths):
                booth, room = await make_booth(connection, conference, hall, {"name": f"Booth {number}"}, open=True)
                staff = [await person(f"staff {number} {place}") for place in range(self.size())]
                self.stand(booth, room, staff)
                for place, id in enumerate(staff):
                    await set_duty(connection, booth, id, Duty.STAFF if place else Duty.OWNER, self.clock())
            self.visitors = [await person(f"visitor {number}") for number in range(visitors)]
        for stand in self.stands:
            shifts = [
                NewShift(server.id, moment(starts), moment(ends))
                for server in stand.staff
                for starts, ends in server.shifts
            ]
            await self.do(stand.staff[0].id, PlanShifts(shifts), stand.room)

    def size(self) -> int:
        return self.random.choices((1, 2, 3, 4), (30, 35, 25, 10))[0]

    def stand(self, booth: str, room: str, staff: list[str]) -> Stand:
        """A booth with its staff in shifts."""
        stand = Stand(booth, room, self.random.uniform(180, 540), self.random.lognormvariate(0, 0.6) * len(staff))
        for place, id in enumerate(staff):
            pattern = "alone" if len(staff) == 1 else "day" if place == 0 else self.random.choice([*PATTERNS][1:])
            shifts = [(starts * HOUR, ends * HOUR) for starts, ends in PATTERNS[pattern]]
            stand.staff.append(Server(id, stand, shifts))
        self.stands.append(stand)
        return stand

    async def view(self, stand: Stand) -> QueueView:
        async with self.engine.database.read() as connection:
            return await read_queue(connection, stand.booth)

    def schedule(self) -> None:
        weights = [stand.popularity for stand in self.stands]
        for stand in self.stands:
            for server in stand.staff:
                for starts, ends in server.shifts:
                    self.at(starts + self.random.uniform(0, 120), lambda s=server: self.come(s))
                    self.at(ends, lambda s=server: self.go(s))
                    for _ in range(2 if ends - starts > 3 * HOUR else 1):
                        moment = self.random.uniform(starts + 0.5 * HOUR, ends - 0.3 * HOUR)
                        self.at(moment, lambda s=server: self.rest(s))
        for visitor in self.visitors:
            peak = self.random.choice((1.75, 5.75))
            at = min(max(self.random.gauss(peak, 1.1), 0.05), 7.9) * HOUR
            count = self.random.choices((1, 2, 3), (60, 30, 10))[0]
            for stand in {id(each): each for each in self.random.choices(self.stands, weights, k=count)}.values():
                self.at(at, lambda v=visitor, s=stand: self.join(v, s))
                at += self.random.uniform(20, 900)
        for number in range(int(9 * HOUR / WATCHED_EVERY)):
            self.at(number * WATCHED_EVERY, self.watch)

    async def run(self) -> None:
        while self._events:
            seconds, _, act = heapq.heappop(self._events)
            self.clock.advance(seconds=seconds - self.now)
            await act()

    async def watch(self) -> None:
        await watch_queues(self.engine)

    # Visitors

    async def join(self, visitor: str, stand: Stand) -> None:
        try:
            ticket = (await self.do(visitor, JoinQueue(), stand.room))["ticket"]
        except Problem as problem:
            self.counts[f"refused: {problem.code}"] += 1
            return
        self.counts["joined"] += 1
        view = await self.view(stand)
        shown = line(view)
        wait = expected(shown, self.clock(), view.hours)[shown.tickets.index(ticket)]
        self.promises[f"{stand.room} {ticket}"] = Promise(self.now, wait)
        if self.random.random() < IMPATIENT:
            self.at(self.now + self.random.expovariate(1 / 1200), lambda: self.lose_patience(visitor, stand))
        self.alert(stand)

    async def lose_patience(self, visitor: str, stand: Stand) -> None:
        if visitor in self.engaged:
            return
        with contextlib.suppress(Problem):
            await self.do(visitor, LeaveQueue(), stand.room)
            self.counts["lost patience"] += 1

    # Staff

    async def come(self, server: Server) -> None:
        await self._presence(server, True)
        self.alert(server.stand)

    async def go(self, server: Server) -> None:
        if not server.busy and not server.on_shift(self.now):
            await self._presence(server, False)

    async def _presence(self, server: Server, here: bool) -> None:
        """As rooms/exhibition/presence/attendance.py would write it."""
        server.here = here
        s = booth_staff.c
        async with self.engine.database.write() as connection:
            own = booth_staff.update().where(s.booth == server.stand.booth, s.person == server.id)
            await connection.execute(own.values(here=here))

    async def rest(self, server: Server) -> None:
        if server.paused or not server.here:
            return
        known = self.random.random() < 0.8
        minutes = self.random.choice((5, 10, 15))
        length = max(minutes * 60 + self.random.gauss(30, 90), 60)
        await self.do(server.id, TakeBreak(minutes if known else None, after=server.busy), server.stand.room)
        server.paused = True
        if server.busy:
            server.break_follows = length
        else:
            self.at(self.now + length, lambda: self.return_from_break(server))

    async def return_from_break(self, server: Server) -> None:
        await self.do(server.id, EndBreak(), server.stand.room)
        server.paused = False
        self.alert(server.stand)

    def alert(self, stand: Stand) -> None:
        """Those who are free notice that somebody waits."""
        for server in stand.staff:
            if server.here and not server.busy and not server.paused:
                self.at(self.now + self.random.uniform(2, 10), lambda s=server: self.call(s))

    async def call(self, server: Server) -> None:
        stand = server.stand
        if server.busy or server.paused or not server.here or not server.on_shift(self.now):
            return
        try:
            called = await self.do(server.id, CallNext(), stand.room)
        except Problem as problem:
            if problem.code != "conflict":
                raise
            view = await self.view(stand)
            if line(view).tickets:  # all of them are engaged elsewhere
                self.at(self.now + 15, lambda: self.call(server))
            return
        visitor = called["person"]["id"]
        assert visitor not in self.engaged, "called by two booths at once"
        self.engaged.add(visitor)
        server.busy = True
        await self._keep_promise(stand, called["place"])
        if self.random.random() < MISSES:
            self.counts["missed calls"] += 1
            self.at(self.now + self.random.uniform(40, 60), lambda: self.skip(server, visitor, called["place"]))
        else:
            self.at(self.now + self.random.uniform(4, 30), lambda: self.talk(server, visitor, called["place"]))

    async def _keep_promise(self, stand: Stand, place: str) -> None:
        view = await self.view(stand)
        [ticket] = [each.ticket for each in view.places if each.id == place]
        key = f"{stand.room} {ticket}"
        if self.promises[key].actual is None:
            self.promises[key] = self.promises[key]._replace(actual=self.now - self.promises[key].joined)

    async def skip(self, server: Server, visitor: str, place: str) -> None:
        await self.do(server.id, SkipPlace(place), server.stand.room)
        await self._free(server, visitor, pause=5)

    async def talk(self, server: Server, visitor: str, place: str) -> None:
        await self.do(visitor, AcceptCall(), server.stand.room)
        length = server.stand.talk * self.random.lognormvariate(-0.06, 0.35)
        self.at(self.now + length, lambda: self.finish(server, visitor, place))

    async def finish(self, server: Server, visitor: str, place: str) -> None:
        await self.do(server.id, FinishTalk(place), server.stand.room)
        self.counts["talks"] += 1
        await self._free(server, visitor, pause=self.random.uniform(10, 60))

    async def _free(self, server: Server, visitor: str, pause: float) -> None:
        self.engaged.discard(visitor)
        server.busy = False
        if server.break_follows:
            self.at(self.now + server.break_follows, lambda: self.return_from_break(server))
            server.break_follows = 0.0
        elif server.on_shift(self.now):
            self.at(self.now + pause, lambda: self.call(server))
        else:
            await self._presence(server, False)

    async def outcomes(self) -> Counter[str]:
        """How every place has ended, and what visitors were notified of."""
        q, n = queue_places.c, notices.c
        async with self.engine.database.read() as connection:
            places = (await connection.execute(sa.select(q.state, q.missed))).all()
            kinds = sa.select(n.kind, sa.func.count()).where(n.kind.startswith("queue.")).group_by(n.kind)
            noticed = {f"notice {row[0]}": row[1] for row in await connection.execute(kinds)}
        ends = Counter("lost after three calls" if row.missed >= 3 else row.state for row in places)
        return ends + Counter(noticed)

    async def warned(self) -> list[float]:
        """Seconds from each warning to the next call."""
        n = notices.c
        select = sa.select(n.person, n.kind, n.href, n.at).where(n.kind.in_(("queue.soon", "call"))).order_by(n.at)
        soon: dict[tuple[str, str], datetime] = {}
        found: list[float] = []
        async with self.engine.database.read() as connection:
            for row in await connection.execute(select):
                if row.kind == "queue.soon":
                    soon[row.person, row.href] = row.at
                elif (row.person, row.href) in soon:
                    found.append((row.at - soon.pop((row.person, row.href))).total_seconds())
        return found
