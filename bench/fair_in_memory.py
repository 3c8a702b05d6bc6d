"""The same fair without a database, for its full size: the places are kept in memory, and every decision is made by the functions of the real queue."""

from collections import Counter
from datetime import datetime, timedelta
from random import Random
from types import SimpleNamespace
from typing import Any, cast

from bench.fair import Fair
from bench.stands import Server, Stand, moment
from rooms.core.commands.messages import Command
from rooms.core.commands.people import PersonView
from rooms.core.engine import Engine
from rooms.core.errors import Problem
from rooms.exhibition.booths.queries import QueuePlace
from rooms.exhibition.queue.actions import CALL_SECONDS, LOOKED_AT
from rooms.exhibition.queue.changes import MISSES
from rooms.exhibition.queue.crew import CrewMember, Pause, Shift
from rooms.exhibition.queue.crew_messages import EndBreak, Hours, TakeBreak
from rooms.exhibition.queue.messages import AcceptCall, CallNext, FinishTalk, JoinQueue, LeaveQueue, SkipPlace
from rooms.exhibition.queue.notices import JUST_JOINED, due
from rooms.exhibition.queue.opening import is_on, opening
from rooms.exhibition.queue.view import QueueView, follower, next_place, place_of, serving, waiting, with_place
from rooms.exhibition.queue.waiting_time import FIRST_GUESS, RECENT, between_seconds, service_seconds
from tests.support.world import TestClock

FREED: dict[str, Any] = {"called_by": None, "called_at": None, "until": None}


class FairInMemory(Fair):
    def __init__(self, clock: TestClock, random: Random) -> None:
        super().__init__(cast(Engine, None), clock, random)
        self.queues: dict[str, QueueView] = {}
        self.done: dict[str, list[Any]] = {}
        self.lengths: list[tuple[str, float]] = []
        self.ended: Counter[str] = Counter()
        self.soon: dict[str, datetime] = {}
        self.leads: list[float] = []

    async def build(self, booths: int, visitors: int) -> None:
        for number in range(booths):
            stand = self.stand(str(number), str(number), [f"s{number}-{place}" for place in range(self.size())])
            crew = [
                CrewMember(PersonView(each.id, each.id), False, hand + 1, None) for hand, each in enumerate(stand.staff)
            ]
            shifts = [
                Shift("", crew[hand].person, Hours(hand + 1, moment(starts), moment(ends)))
                for hand, each in enumerate(stand.staff)
                for starts, ends in each.shifts
            ]
            booth = SimpleNamespace(id=stand.booth, service_seconds=FIRST_GUESS, tickets=0)
            self.queues[stand.room] = QueueView(booth, stand.room, "", (), tuple(crew), tuple(shifts))
            self.done[stand.room] = []
        self.visitors = [f"v{number}" for number in range(visitors)]

    async def view(self, stand: Stand) -> QueueView:
        return self.queues[stand.room]

    async def do(self, who: str, command: Command, room: str) -> Any:
        self.commands[type(command).__name__] += 1
        view, now = self.queues[room], self.clock()
        reply: Any = None
        match command:
            case JoinQueue():
                if opening(view.hours, now) is None:
                    raise Problem("closed", "")
                if place_of(view, who):
                    raise Problem("conflict", "")
                view.booth.tickets += 1
                rank = max((each.rank for each in view.places), default=0) + 1
                ticket = view.booth.tickets
                view = with_place(
                    view, QueuePlace.joined(f"{room} {ticket}", room, PersonView(who, who), ticket, rank, now)
                )
                reply = {"ticket": ticket}
            case LeaveQueue():
                place = place_of(view, who)
                if place is None:
                    raise Problem("conflict", "")
                view = self._end(view, place, "left")
            case CallNext():
                view, reply = self._call(view, who)
            case AcceptCall():
                place = place_of(view, who)
                assert place is not None
                view = with_place(view, place._replace(state="talking", accepted_at=now, until=None))
            case FinishTalk(place=id):
                place = next(each for each in view.places if each.id == id)
                self.done[room].append((place.called_by, place.joined_at, place.called_at, now))
                self.lengths.append((room, (now - place.called_at).total_seconds()))
                view = self._end(view, place, "done")
                self._measure(view)
            case SkipPlace(place=id):
                view = self._put_back(view, next(each for each in view.places if each.id == id))
            case TakeBreak(minutes=minutes, after=after):
                view = self._pause(view, who, Pause(None if after else now, minutes))
            case EndBreak():
                view = self._pause(view, who, None)
            case _:
                raise NotImplementedError
        for member in view.crew:
            if member.pause is not None and member.pause.since is None and not serving(view, member.person.id):
                view = self._pause(view, member.person.id, Pause(now, member.pause.minutes))
        self.queues[room] = view
        return reply

    def _call(self, view: QueueView, who: str) -> tuple[QueueView, Any]:
        now = self.clock()
        for place in view.places:
            if place.state == "called" and place.until <= now:
                view = self._put_back(view, place)
        member = next(each for each in view.crew if each.person.id == who)
        assert member.pause is None, "someone on a break calls"
        place = next_place(view, self.engaged, LOOKED_AT)
        if place is None or not is_on(view.hours, member.hand, now):
            raise Problem("conflict", "")
        if place.id in self.soon:
            self.leads.append((now - self.soon.pop(place.id)).total_seconds())
        called = {"called_by": who, "called_at": now, "until": now + timedelta(seconds=CALL_SECONDS)}
        return with_place(view, place._replace(state="called", **called)), {
            "place": place.id,
            "person": {"id": place.person},
        }

    def _put_back(self, view: QueueView, place: QueuePlace) -> QueueView:
        place = place._replace(**FREED, missed=place.missed + 1, soon_at=None)
        if place.missed >= MISSES:
            return self._end(view, place, "lost after three calls")
        following = follower(view, place)
        rank = place.rank
        if following is not None:
            rank = following.rank
            view = with_place(view, following._replace(rank=place.rank))
        return with_place(view, place._replace(state="waiting", rank=rank))

    def _end(self, view: QueueView, place: QueuePlace, how: str) -> QueueView:
        self.ended[how] += 1
        return with_place(view, place._replace(state="left"))

    def _pause(self, view: QueueView, who: str, taken: Pause | None) -> QueueView:
        return view._replace(crew=tuple(m._replace(pause=taken) if m.person.id == who else m for m in view.crew))

    def _measure(self, view: QueueView) -> None:
        rows = sorted(self.done[view.room][-RECENT:], key=lambda row: row[2])
        before: dict[str, Any] = {}
        between: list[float] = []
        for caller, joined, called, ended in rows:
            if caller in before and joined <= before[caller]:
                between.append((called - before[caller]).total_seconds())
            before[caller] = ended
        own = [(row[3] - row[2]).total_seconds() for row in rows]
        elsewhere = [length for room, length in self.lengths[-2 * RECENT :] if room != view.room][-RECENT:]
        view.booth.service_seconds = service_seconds(own, elsewhere) + between_seconds(between)

    async def _presence(self, server: Server, here: bool) -> None:
        server.here = here
        view = self.queues[server.stand.room]
        crew = (m._replace(here=here) if m.person.id == server.id else m for m in view.crew)
        self.queues[server.stand.room] = view._replace(crew=tuple(crew))

    async def watch(self) -> None:
        now = self.clock()
        for room, view in self.queues.items():
            if not waiting(view):
                continue
            found = due(view, now)
            for place in found.released:
                view = self._end(view, place, "notice queue.released")
            for place in found.soon:
                if place.person not in self.engaged:
                    view = with_place(view, place._replace(soon_at=now))
                    if (now - place.joined_at).total_seconds() > JUST_JOINED:
                        self.soon[place.id] = now
            for place in found.late:
                view = with_place(view, next(e for e in view.places if e.id == place.id)._replace(late_at=now))
            self.queues[room] = view

    async def outcomes(self) -> Counter[str]:
        assert not any(view.places for view in self.queues.values()), "a place was left over"
        return self.ended

    async def warned(self) -> list[float]:
        return self.leads
