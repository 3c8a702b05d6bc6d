"""The queue of a booth: several of its staff call from one line, and nobody is called by two booths at once.

Whoever calls a visitor holds the lock on that visitor's desk, which all booths share. A call lapses by itself after a minute; whoever looks
next puts the visitor back, behind the next one.
"""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from rooms.core.commands.access import Actor, resolve_many
from rooms.core.commands.registry import command
from rooms.core.commands.transaction import Transaction
from rooms.core.errors import Problem
from rooms.core.ids import new_id
from rooms.core.links import Target
from rooms.core.rate_limits import Rate
from rooms.core.store.journal import rooms
from rooms.core.store.tables import persons
from rooms.core.text import N_
from rooms.exhibition import rules
from rooms.exhibition.booths import queries
from rooms.exhibition.booths.editing import BOOTH, with_hall
from rooms.exhibition.booths.queries import Place
from rooms.exhibition.presence.messages import Floor
from rooms.exhibition.queue import waiting_time as waits
from rooms.exhibition.queue.messages import (
    AcceptCall,
    Admitted,
    Called,
    CallNext,
    FinishTalk,
    JoinQueue,
    LeaveQueue,
    Line,
    PlaceChanged,
    PlaceOwn,
    Queued,
    SkipPlace,
)
from rooms.exhibition.tables import booths, queue_places
from rooms.meetings.create import close_meeting, open_meeting
from rooms.people import blocks
from rooms.people.desk import desks_of, notify

LONGEST = 100
"""Places in one queue."""
MOST_QUEUES = 5
"""Booths at which one person may wait at the same time."""
CALL_SECONDS = 60
MISSES = 3
"""Calls that one may leave unanswered; with the last one the place is lost."""
LOOKED_AT = 8
"""How many at the head of a queue are considered when somebody calls: those before may be talking elsewhere."""

q = queue_places.c


async def with_candidates(connection: AsyncConnection, room: str, command: CallNext) -> Iterable[str]:
    """The hall, and the desks of those who may be called or put back."""
    here = sa.select(rooms.c.subject).where(rooms.c.id == room).scalar_subquery()
    head = sa.select(q.person).where(q.booth == here, q.state == "waiting").order_by(q.rank).limit(LOOKED_AT)
    called = sa.select(q.person).where(q.booth == here, q.state == "called")
    people = [*(await connection.execute(head)).scalars(), *(await connection.execute(called)).scalars()]
    return [*await with_hall(connection, room, command), *await desks_of(connection, people)]


@command(JoinQueue, kinds=BOOTH, allowed=rules.visits, extra_rooms=with_hall, rate=Rate(10, 60))
async def join_queue(tx: Transaction, actor: Actor, command: JoinQueue) -> Queued:
    booth, person = actor.room.subject, actor.known.id
    mine = await queries.places(tx.connection, q.person == person, q.state.in_(queries.UNDER_WAY))
    for place in mine:
        if place.booth == booth:
            return Queued(place.ticket)
    if len(mine) >= MOST_QUEUES:
        raise Problem(
            "conflict", N_("You wait at %(count)s booths already. Leave one first."), values={"count": len(mine)}
        )
    here = await queries.places_under_way(tx.connection, booth)
    if len(here) >= LONGEST:
        raise Problem("closed", N_("This queue is full. Leave a message, and the booth's staff will come back to you."))
    row = await queries.booth_row(tx.connection, booth)
    if not row.open:
        raise Problem("closed", N_("This booth is not open yet."))
    ticket, id = row.tickets + 1, new_id()
    rank = max((each.rank for each in here), default=0) + 1
    await tx.connection.execute(booths.update().where(booths.c.id == booth).values(tickets=ticket))
    values = {"id": id, "booth": booth, "person": person, "ticket": ticket, "rank": rank, "state": "waiting"}
    await tx.connection.execute(queue_places.insert().values(**values, joined_at=tx.now, missed=0))
    await _tell(tx, actor, id)
    return Queued(ticket)


@command(LeaveQueue, kinds=BOOTH, allowed=rules.waits, extra_rooms=with_hall)
async def leave_queue(tx: Transaction, actor: Actor, command: LeaveQueue) -> None:
    place = await _own_place(tx, actor)
    if place is None or place.state == "talking":
        raise Problem("conflict", N_("You have no place in this queue."))
    await _change(tx, actor, place.id, {"state": "left", "ended_at": tx.now})


@command(CallNext, kinds=BOOTH, allowed=rules.serves, extra_rooms=with_candidates)
async def call_next(tx: Transaction, actor: Actor, command: CallNext) -> Called:
    booth, caller = actor.room.subject, actor.known.id
    for place in await queries.places_under_way(tx.connection, booth):
        if place.state == "called" and place.until <= tx.now:
            await _put_back(tx, actor, place)
    await _check_free(tx, caller)
    here = await queries.places_under_way(tx.connection, booth)
    waiting = [each for each in here if each.state == "waiting"][:LOOKED_AT]
    waiting = await _still_welcome(tx, actor, waiting)
    busy = await _called_elsewhere(tx, [each.person for each in waiting])
    busy |= await _blocked(tx, caller, [each.person for each in waiting])
    desks = {row.subject: row.id for row in await tx.connection.execute(_desks([each.person for each in waiting]))}
    # Without his desk locked, another booth could be calling him at this very moment.
    free = [each for each in waiting if each.person not in busy and desks.get(each.person) in tx.rooms]
    if not free:
        raise Problem("conflict", N_("Nobody is waiting who could come now."))
    place = free[0]
    until = tx.now + timedelta(seconds=CALL_SECONDS)
    called = {"state": "called", "called_by": caller, "called_at": tx.now, "until": until}
    await _change(tx, actor, place.id, called)
    row = await queries.booth_row(tx.connection, booth)
    values = {"booth": row.name, "until": until.isoformat(), "room": actor.room.id}
    await notify(tx, place.person, "call", values, Target("booth", actor.room.conference or "", actor.room.subject))
    return Called(place.id, place.view().person)


@command(AcceptCall, kinds=BOOTH, allowed=rules.waits, extra_rooms=with_hall)
async def accept_call(tx: Transaction, actor: Actor, command: AcceptCall) -> Admitted:
    place = await _own_place(tx, actor)
    if place is not None and place.state == "talking" and place.meeting:
        return Admitted(place.meeting)
    if place is None or place.state != "called" or place.until <= tx.now:
        raise Problem("expired", N_("This call has lapsed. You keep your place behind the next visitor."))
    assert actor.room.conference is not None
    assert place.called_by is not None
    if await _blocked(tx, place.called_by, [place.person]):
        raise Problem("expired", N_("This call has lapsed. You keep your place behind the next visitor."))
    people = [place.person, place.called_by]
    meeting = await open_meeting(tx.connection, actor.room.conference, actor.room.subject, people, tx.now)
    talking = {"state": "talking", "accepted_at": tx.now, "until": None, "meeting": meeting}
    await _change(tx, actor, place.id, talking)
    return Admitted(meeting)


@command(SkipPlace, kinds=BOOTH, allowed=rules.serves, extra_rooms=with_hall)
async def skip_place(tx: Transaction, actor: Actor, command: SkipPlace) -> None:
    place = await _place(tx, actor, command.place)
    if place.state != "called":
        raise Problem("conflict", N_("This visitor is not being called."))
    await _put_back(tx, actor, place)


async def with_meeting(connection: AsyncConnection, room: str, command: FinishTalk) -> Iterable[str]:
    meeting = sa.select(q.meeting).where(q.id == command.place).scalar_subquery()
    found = sa.select(rooms.c.id).where(rooms.c.kind == "meeting", rooms.c.subject == meeting)
    return [*await with_hall(connection, room, command), *(await connection.execute(found)).scalars()]


@command(FinishTalk, kinds=BOOTH, allowed=rules.serves, extra_rooms=with_meeting)
async def finish_talk(tx: Transaction, actor: Actor, command: FinishTalk) -> None:
    place = await _place(tx, actor, command.place)
    if place.state != "talking" or place.meeting is None:
        raise Problem("conflict", N_("This talk is not under way."))
    await close_meeting(tx, place.meeting)
    await _change(tx, actor, place.id, {"state": "done", "ended_at": tx.now}, measure=True)


async def release(tx: Transaction, actor: Actor, staff: str) -> None:
    """Ends what a member of the staff does in the queue of the actor's booth: their call is put back, their talk is finished.

    The transaction has locked the room of the talk.
    """
    theirs = sa.and_(q.booth == actor.room.subject, q.called_by == staff, q.state.in_(["called", "talking"]))
    for place in await queries.places(tx.connection, theirs):
        if place.state == "called":
            await _put_back(tx, actor, place)
        elif place.state == "talking" and place.meeting is not None:
            await close_meeting(tx, place.meeting)
            await _change(tx, actor, place.id, {"state": "done", "ended_at": tx.now}, measure=True)


async def _put_back(tx: Transaction, actor: Actor, place: Place) -> None:
    """Behind the next one; or out, when he has missed too many calls."""
    missed = place.missed + 1
    blank: dict[str, Any] = {"called_by": None, "called_at": None, "until": None, "missed": missed}
    if missed >= MISSES:
        blank |= {"state": "left", "ended_at": tx.now}
        await _change(tx, actor, place.id, blank)
        return
    behind = [
        each
        for each in await queries.places_under_way(tx.connection, place.booth)
        if each.state == "waiting" and each.rank > place.rank
    ]
    rank = place.rank
    if behind:
        following, rank = behind[0], behind[0].rank
        await tx.connection.execute(queue_places.update().where(q.id == following.id).values(rank=place.rank))
        tx.record(PlaceChanged((await _place(tx, actor, following.id)).view()))
    await _change(tx, actor, place.id, blank | {"state": "waiting", "rank": rank})


async def _check_free(tx: Transaction, caller: str) -> None:
    """Raises Problem "conflict" while the caller has called or talks to somebody, at whatever booth."""
    # Locked, or two booths could let the same person call at the same moment.
    await tx.connection.execute(sa.select(persons.c.id).where(persons.c.id == caller).with_for_update(key_share=True))
    lasting = sa.or_(q.state == "talking", sa.and_(q.state == "called", q.until > tx.now))
    select = sa.select(sa.func.count()).where(q.called_by == caller, lasting)
    if (await tx.connection.execute(select)).scalar_one():
        raise Problem("conflict", N_("Finish with the visitor whom you have called first."))


async def _still_welcome(tx: Transaction, actor: Actor, waiting: list[Place]) -> list[Place]:
    """Those who may still enter the booth. The others, who were removed since, lose their place."""
    found = await resolve_many(tx.connection, [(each.person, actor.room) for each in waiting], tx.now)
    for place, theirs in zip(waiting, found, strict=True):
        if isinstance(theirs, Problem):
            await _change(tx, actor, place.id, {"state": "left", "ended_at": tx.now})
    return [place for place, theirs in zip(waiting, found, strict=True) if not isinstance(theirs, Problem)]


async def _called_elsewhere(tx: Transaction, people: list[str]) -> set[str]:
    lasting = sa.or_(q.state == "talking", sa.and_(q.state == "called", q.until > tx.now))
    return set((await tx.connection.execute(sa.select(q.person).where(q.person.in_(people), lasting))).scalars())


async def _blocked(tx: Transaction, person: str, others: list[str]) -> set[str]:
    """Of the others, those who are never put into one call with a person, because one of the two has blocked the other."""
    pairs = await blocks.between(tx.connection, [person, *others])
    return {other for other in others if frozenset((person, other)) in pairs}


def _desks(people: list[str]) -> "sa.Select[Any, Any]":
    return sa.select(rooms.c.subject, rooms.c.id).where(rooms.c.kind == "desk", rooms.c.subject.in_(people))


async def _own_place(tx: Transaction, actor: Actor) -> Place | None:
    found = await queries.own_places(tx.connection, [actor.known.id], [actor.room.subject])
    return found[0] if found else None


async def _place(tx: Transaction, actor: Actor, id: str) -> Place:
    found = await queries.places(tx.connection, q.id == id, q.booth == actor.room.subject)
    if not found:
        raise Problem("not_found", N_("There is no such place in this queue."), field="place")
    return found[0]


async def _change(tx: Transaction, actor: Actor, id: str, values: dict[str, Any], *, measure: bool = False) -> None:
    await tx.connection.execute(queue_places.update().where(q.id == id).values(values))
    if measure:
        await _measure(tx, actor)
    await _tell(tx, actor, id)


async def _measure(tx: Transaction, actor: Actor) -> None:
    """Learns how long a talk takes here."""
    columns = sa.select(q.called_at, q.ended_at).where(q.state == "done").order_by(q.ended_at.desc())
    everywhere = columns.join(booths, booths.c.id == q.booth).where(booths.c.conference == actor.room.conference)

    async def lengths(select: "sa.Select[Any, Any]") -> list[float]:
        rows = await tx.connection.execute(select.limit(waits.RECENT))
        return [(row.ended_at - row.called_at).total_seconds() for row in rows]

    seconds = waits.service_seconds(
        await lengths(columns.where(q.booth == actor.room.subject)),
        await lengths(everywhere.where(q.booth != actor.room.subject)),
    )
    await tx.connection.execute(
        booths.update().where(booths.c.id == actor.room.subject).values(service_seconds=seconds)
    )


async def _tell(tx: Transaction, actor: Actor, id: str) -> None:
    """The staff, the visitor himself, and by numbers everybody here and in the hall."""
    place, booth = await _place(tx, actor, id), actor.room.subject
    tx.record(PlaceChanged(place.view()))
    tx.record(PlaceOwn(place.own()), person=place.person)
    line = await queries.line(tx.connection, booth)
    await tx.connection.execute(booths.update().where(booths.c.id == booth).values(waiting=len(line.tickets)))
    tx.latest(Line("", line))
    now = Floor(booth, (await queries.floor(tx.connection, booths.c.id == booth))[booth])
    tx.latest(now)
    tx.latest(now, room=await queries.room_of_hall(tx.connection, booth))
