"""The queue of a booth. Several members of its staff call from one queue, and a visitor is never called by two booths at once.

Calling a visitor, and accepting a call, needs the lock on the visitor's desk, which all booths share. A call lapses after a minute; the next call
then puts the visitor behind the next one. Someone who is on a break or off shift calls nobody. A talk ends when either side ends it, or when nobody
has been in its call for a while (abandoned.py).
"""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from rooms.core.commands.access import Actor
from rooms.core.commands.messages import Command
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
from rooms.exhibition.booths.queries import QueuePlace
from rooms.exhibition.queue.breaks import member_of
from rooms.exhibition.queue.changes import announce, change_place, drop_unwelcome, end_talk, publish, put_back
from rooms.exhibition.queue.crew import CrewMember
from rooms.exhibition.queue.messages import (
    AcceptCall,
    Admitted,
    Called,
    CallNext,
    FinishTalk,
    JoinQueue,
    LeaveQueue,
    Queued,
    SkipPlace,
)
from rooms.exhibition.queue.opening import is_on, opening
from rooms.exhibition.queue.view import QueueView, line, next_place, place_of, read_queue, serving, waiting, with_place
from rooms.exhibition.queue.waiting_time import is_late
from rooms.exhibition.tables import booths, queue_places
from rooms.meetings.create import open_meeting
from rooms.people import blocks
from rooms.people.desk import desks_of, notify

LONGEST = 100
"""Places in one queue."""
MOST_QUEUES = 5
"""How many booths one person may wait for at the same time."""
CALL_SECONDS = 60
LOOKED_AT = 8
"""How many visitors at the head of a queue are considered for a call: the first may be talking elsewhere."""
LAPSED = N_("This call has expired. You keep your place after the next visitor.")

q = queue_places.c


async def with_candidates(connection: AsyncConnection, room: str, command: CallNext) -> Iterable[str]:
    """The hall, and the desks of the visitors who may be called or put back."""
    here = sa.select(rooms.c.subject).where(rooms.c.id == room).scalar_subquery()
    head = sa.select(q.person).where(q.booth == here, q.state == "waiting").order_by(q.rank).limit(LOOKED_AT)
    people = (await connection.execute(head)).scalars()
    return [*await with_called(connection, room, command), *await desks_of(connection, people)]


async def with_called(connection: AsyncConnection, room: str, command: Command) -> Iterable[str]:
    """The hall, and the desks of the visitors who are being called here."""
    here = sa.select(rooms.c.subject).where(rooms.c.id == room).scalar_subquery()
    called = (await connection.execute(sa.select(q.person).where(q.booth == here, q.state == "called"))).scalars()
    return [*await with_hall(connection, room, command), *await desks_of(connection, called)]


async def with_talks(connection: AsyncConnection, room: str, command: Command) -> Iterable[str]:
    """The hall, and the rooms of all talks here; there are at most as many as staff."""
    here = sa.select(rooms.c.subject).where(rooms.c.id == room).scalar_subquery()
    talks = sa.select(q.meeting).where(q.booth == here, q.state == "talking")
    found = sa.select(rooms.c.id).where(rooms.c.kind == "meeting", rooms.c.subject.in_(talks))
    return [*await with_hall(connection, room, command), *(await connection.execute(found)).scalars()]


@command(JoinQueue, kinds=BOOTH, allowed=rules.visits, extra_rooms=with_hall, rate=Rate(10, 60))
async def join_queue(tx: Transaction, actor: Actor, command: JoinQueue) -> Queued:
    booth, person = actor.room.subject, actor.known
    mine = await queries.places(tx.connection, q.person == person.id, q.state.in_(queries.UNDER_WAY))
    for place in mine:
        if place.booth == booth:
            return Queued(place.ticket)
    if len(mine) >= MOST_QUEUES:
        raise Problem(
            "conflict", N_("You are already waiting at %(count)s booths. Leave one first."), values={"count": len(mine)}
        )
    view = await read_queue(tx.connection, booth)
    if len(view.places) >= LONGEST:
        raise Problem("closed", N_("This queue is full. Leave a message, and the booth's staff will come back to you."))
    if not view.booth.open:
        raise Problem("closed", N_("This booth is not open yet."))
    current = opening(view.hours, tx.now)
    if view.shifts and current is None:
        raise Problem(
            "closed", N_("This booth has closed. Leave a message, and the booth's staff will come back to you.")
        )
    ticket, id = view.booth.tickets + 1, new_id()
    rank = max((each.rank for each in view.places), default=0) + 1
    await tx.connection.execute(booths.update().where(booths.c.id == booth).values(tickets=ticket))
    place = QueuePlace.joined(id, booth, person.view, ticket, rank, tx.now)
    view = with_place(view, place)
    late = is_late(line(view), ticket, tx.now, view.hours)
    # Their page says so itself, so no notice follows.
    place = place._replace(late_at=tx.now if late else None)
    row = {name: value for name, value in place._asdict().items() if name in q}
    await tx.connection.execute(queue_places.insert().values(row))
    announce(tx, view, place)
    await publish(tx, with_place(view, place))
    return Queued(ticket, current.ends_at if current else None, late)


@command(LeaveQueue, kinds=BOOTH, allowed=rules.waits, extra_rooms=with_talks)
async def leave_queue(tx: Transaction, actor: Actor, command: LeaveQueue) -> None:
    view = await read_queue(tx.connection, actor.room.subject)
    place = place_of(view, actor.known.id)
    if place is None:
        raise Problem("conflict", N_("You are not in this queue."))
    if place.state == "talking":
        view = await end_talk(tx, view, place)
    else:
        view = await change_place(tx, view, place, state="left", ended_at=tx.now)
    await publish(tx, view)


@command(CallNext, kinds=BOOTH, allowed=rules.serves, extra_rooms=with_candidates)
async def call_next(tx: Transaction, actor: Actor, command: CallNext) -> Called:
    caller = actor.known
    view = await read_queue(tx.connection, actor.room.subject)
    for place in view.places:
        if place.state == "called" and place.until <= tx.now:
            view = await put_back(tx, view, place)
    await _check_free(tx, caller.id)
    _check_on_duty(tx, view, member_of(view, caller.id))
    view = await drop_unwelcome(tx, view, waiting(view)[:LOOKED_AT])
    place = next_place(view, await _unavailable(tx, view, caller.id), LOOKED_AT)
    if place is None:
        raise Problem("conflict", N_("No visitor in the queue is available now."))
    until = tx.now + timedelta(seconds=CALL_SECONDS)
    called: dict[str, Any] = {
        "called_by": caller.id,
        "called_by_name": caller.name,
        "called_at": tx.now,
        "until": until,
    }
    await publish(tx, await change_place(tx, view, place, state="called", **called))
    values = {"booth": view.booth.name, "until": until.isoformat(), "room": actor.room.id}
    values |= await _kept_elsewhere(tx, place)
    await notify(tx, place.person, "call", values, Target("booth", actor.room.conference or "", actor.room.subject))
    return Called(place.id, place.view().person)


@command(AcceptCall, kinds=BOOTH, allowed=rules.waits, extra_rooms=with_called)
async def accept_call(tx: Transaction, actor: Actor, command: AcceptCall) -> Admitted:
    view = await read_queue(tx.connection, actor.room.subject)
    place = place_of(view, actor.known.id)
    if place is not None and place.state == "talking" and place.meeting:
        return Admitted(place.meeting)
    if place is None or place.state != "called" or place.until <= tx.now:
        raise Problem("expired", LAPSED)
    assert actor.room.conference is not None
    assert place.called_by is not None
    # Under the lock on their desk, no other booth can be calling this visitor.
    elsewhere = await queries.engaged(tx.connection, [place.person], tx.now, but=place.id)
    if elsewhere or not await _locked(tx, place.person) or await _blocked(tx, place.called_by, [place.person]):
        raise Problem("expired", LAPSED)
    people = [place.person, place.called_by]
    meeting = await open_meeting(tx.connection, actor.room.conference, actor.room.subject, people, tx.now)
    talking: dict[str, Any] = {"accepted_at": tx.now, "until": None, "meeting": meeting}
    await publish(tx, await change_place(tx, view, place, state="talking", **talking))
    return Admitted(meeting)


@command(SkipPlace, kinds=BOOTH, allowed=rules.serves, extra_rooms=with_hall)
async def skip_place(tx: Transaction, actor: Actor, command: SkipPlace) -> None:
    view = await read_queue(tx.connection, actor.room.subject)
    place = _place(view, command.place)
    if place.state != "called":
        raise Problem("conflict", N_("This visitor is not being called."))
    await publish(tx, await put_back(tx, view, place))


@command(FinishTalk, kinds=BOOTH, allowed=rules.serves, extra_rooms=with_talks)
async def finish_talk(tx: Transaction, actor: Actor, command: FinishTalk) -> None:
    view = await read_queue(tx.connection, actor.room.subject)
    place = _place(view, command.place)
    if place.state != "talking" or place.meeting is None:
        raise Problem("conflict", N_("This call is not in progress."))
    await publish(tx, await end_talk(tx, view, place))


async def release(tx: Transaction, actor: Actor, staff: str) -> None:
    """Ends the activity of a member of the staff in the queue of the actor's booth: a called visitor is put back, a talk is finished.

    The transaction has locked the room of the talk.
    """
    view = await read_queue(tx.connection, actor.room.subject)
    for place in serving(view, staff):
        view = await (end_talk(tx, view, place) if place.state == "talking" else put_back(tx, view, place))
    await publish(tx, view)


async def _check_free(tx: Transaction, caller: str) -> None:
    """Raises Problem "conflict" while the caller is calling or talking to somebody, at any booth."""
    # Locked, or the same person could call at two booths at the same moment.
    await tx.connection.execute(sa.select(persons.c.id).where(persons.c.id == caller).with_for_update(key_share=True))
    lasting = sa.or_(q.state == "talking", sa.and_(q.state == "called", q.until > tx.now))
    select = sa.select(sa.func.count()).where(q.called_by == caller, lasting)
    if (await tx.connection.execute(select)).scalar_one():
        raise Problem("conflict", N_("Finish with the visitor you called first."))


def _check_on_duty(tx: Transaction, view: QueueView, member: CrewMember) -> None:
    """Raises Problem "conflict" for someone who is on a break or off shift."""
    if member.pause is not None:
        raise Problem("conflict", N_("You are on a break. End it before you call the next visitor."))
    if not is_on(view.hours, member.hand, tx.now):
        raise Problem("conflict", N_("You are not on a shift now. The owners of the booth plan its shifts."))


async def _kept_elsewhere(tx: Transaction, place: QueuePlace) -> dict[str, str]:
    """The booth where the visitor has waited longest, of those that keep their place during this call."""
    others = sa.and_(q.person == place.person, q.state == "waiting", q.booth != place.booth)
    select = sa.select(booths.c.name).join(queue_places, q.booth == booths.c.id).where(others).order_by(q.joined_at)
    name = (await tx.connection.execute(select.limit(1))).scalar_one_or_none()
    return {"keeps": name} if name else {}


def _place(view: QueueView, id: str) -> QueuePlace:
    found = next((each for each in view.places if each.id == id), None)
    if found is None:
        raise Problem("not_found", N_("This place in the queue does not exist."), field="place")
    return found


async def _unavailable(tx: Transaction, view: QueueView, caller: str) -> set[str]:
    """Visitors at the head of the queue who cannot be called now: engaged elsewhere, blocked, or with a desk that is not locked."""
    people = [each.person for each in waiting(view)[:LOOKED_AT]]
    desks = sa.select(rooms.c.subject).where(rooms.c.kind == "desk", rooms.c.id.in_(tx.rooms))
    locked = set((await tx.connection.execute(desks.where(rooms.c.subject.in_(people)))).scalars())
    engaged = await queries.engaged(tx.connection, people, tx.now)
    return (set(people) - locked) | engaged | await _blocked(tx, caller, people)


async def _locked(tx: Transaction, person: str) -> bool:
    return set(await desks_of(tx.connection, [person])) <= tx.rooms.keys()


async def _blocked(tx: Transaction, person: str, others: list[str]) -> set[str]:
    """Those of the others who have blocked this person or are blocked by them."""
    pairs = await blocks.between(tx.connection, [person, *others])
    return {other for other in others if frozenset((person, other)) in pairs}
