"""The participants of a meeting's call. The list is exact across all processes, because the room is locked for every change.

A lost connection keeps its place for a minute; then the place expires (call_expiry.py).
"""

import hashlib
import hmac
import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from rooms.core.commands.access import Actor
from rooms.core.commands.transaction import Transaction
from rooms.core.errors import Problem
from rooms.core.ids import new_id
from rooms.core.store.database import insert_into
from rooms.core.store.journal import rooms
from rooms.core.store.tables import persons
from rooms.core.text import N_
from rooms.meetings import queries, rules
from rooms.meetings.bookings import attendance
from rooms.meetings.messages import CallNow, PeerView, Removed, Replaced
from rooms.meetings.queries import Meeting, Peer
from rooms.meetings.tables import call_peers, call_waits, calls
from rooms.people import blocks

KEPT = timedelta(seconds=60)
"""How long the place of a lost connection is kept."""
GOOD_FOR = timedelta(seconds=15)
"""How long a heartbeat for a connection is valid."""

p, c, w = call_peers.c, calls.c, call_waits.c


class Seat(NamedTuple):
    """A place in a call. `token` resumes the place; `others` are already in the call."""

    peer: str
    link: str
    token: str
    resumed: bool
    others: list[PeerView]
    limit: int
    relay_only: bool


def is_gone(peer: Peer, now: datetime) -> bool:
    """Whether a peer's connection has no valid heartbeat."""
    return peer.lost_at is not None or peer.seen_at < now - GOOD_FOR


async def rooms_of_calls(connection: AsyncConnection, person: str) -> list[str]:
    """The rooms of the calls in which a person has a place."""
    at = sa.select(p.meeting).where(p.person == person)
    select = sa.select(rooms.c.id).where(rooms.c.kind == "meeting", rooms.c.subject.in_(at))
    return list((await connection.execute(select)).scalars())


async def take_seat(tx: Transaction, actor: Actor, resume: str | None) -> Seat:
    """Gives the actor a place in the call of their meeting. The transaction has locked its room, their desk, and the rooms of their other calls.

    Raises Problem "closed", "forbidden" where one has blocked the other, or "conflict" when the call is full or they are in another call.
    """
    rules.calls(actor)
    room, person = actor.room, actor.known.id
    meeting = await queries.meeting(tx.connection, room.subject)
    if meeting.closed_at is not None:
        raise Problem("closed", rules.OVER)
    here = await queries.peers(tx.connection, p.meeting == meeting.id)
    mine = next((each for each in here if each.person == person), None)
    others = [each for each in here if each is not mine]
    link = new_id()
    if mine is not None and resume is not None and hmac.compare_digest(_digest(resume), mine.token):
        back = {"lost_at": None, "seen_at": tx.now, "link": link}
        await tx.connection.execute(call_peers.update().where(p.peer == mine.peer).values(back))
        await tell(tx, room.id, meeting.id)
        return _seat(mine.peer, link, resume, others, meeting, relay_only=mine.relay_only, resumed=True)
    await _leave_others(tx, person, meeting.id)
    await _check_blocks(tx, person, others)
    if mine is None:
        await _take_turn(tx, meeting, person, len(others))
    else:
        await tx.connection.execute(call_peers.delete().where(p.peer == mine.peer))
        tx.tell(mine.peer, Replaced(), room=room.id)
    peer, token = new_id(), secrets.token_urlsafe(24)
    shy = sa.select(persons.c.relay_only).where(persons.c.id == person)
    relay_only = meeting.relay_only or (await tx.connection.execute(shy)).scalar_one()
    await tx.connection.execute(
        call_peers.insert().values(
            peer=peer,
            meeting=meeting.id,
            person=person,
            token=_digest(token),
            link=link,
            relay_only=relay_only,
            joined_at=_after(others, tx.now),
            seen_at=tx.now,
        )
    )
    await attendance.came(tx.connection, attendance.b.meeting == meeting.id, person, tx.now)
    await _begin(tx, meeting, others)
    await tell(tx, room.id, meeting.id)
    return _seat(peer, link, token, others, meeting, relay_only=relay_only, resumed=False)


async def set_state(tx: Transaction, room: str, meeting: str, peer: str, **flags: bool) -> None:
    """`flags`: mic, cam, screen, hand, held. Raises Problem "conflict" for a person who is not in the call."""
    mine = sa.and_(p.peer == peer, p.meeting == meeting)
    if not (await tx.connection.execute(call_peers.update().where(mine).values(flags))).rowcount:
        raise Problem("conflict", rules.NOT_IN_CALL)
    await tell(tx, room, meeting)


async def leave(tx: Transaction, room: str, meeting: str, peers: Iterable[str]) -> None:
    """Gives up places, if they are still held."""
    gone = call_peers.delete().where(p.meeting == meeting, p.peer.in_(list(peers)))
    if not (await tx.connection.execute(gone)).rowcount:
        return
    left = sa.select(sa.func.count()).where(p.meeting == meeting)
    if not (await tx.connection.execute(left)).scalar_one():
        over = {"ends_at": None, "extensions": 0}
        await tx.connection.execute(calls.update().where(c.meeting == meeting).values(over))
    await tell(tx, room, meeting)


async def lose(tx: Transaction, room: str, meeting: str, peer: str, link: str, since: datetime) -> None:
    """Marks a connection as lost, unless the same peer has returned over another one."""
    that = sa.and_(p.peer == peer, p.link == link, p.lost_at.is_(None))
    if (await tx.connection.execute(call_peers.update().where(that).values(lost_at=since))).rowcount:
        await tell(tx, room, meeting)


async def end(tx: Transaction, room: str, meeting: str) -> None:
    """Ends the call for everyone in it."""
    here = await queries.peers(tx.connection, p.meeting == meeting)
    for each in here:
        tx.tell(each.peer, Removed("closed"), room=room)
    await tx.connection.execute(call_waits.delete().where(w.meeting == meeting))
    await leave(tx, room, meeting, [each.peer for each in here])


async def separate(tx: Transaction, room: str, meeting: str, person: str, blocked: str) -> None:
    """Handles a block. A call of two ends; in a larger one the two are disconnected from each other."""
    here = await queries.peers(tx.connection, p.meeting == meeting)
    if len(here) == 2 and {each.person for each in here} == {person, blocked}:
        out = next(each for each in here if each.person == blocked)
        tx.tell(out.peer, Removed("closed"), room=room)
        await leave(tx, room, meeting, [out.peer])
    elif {person, blocked} <= {each.person for each in here}:
        await tell(tx, room, meeting)  # a new version tells every process that its roster is out of date


async def tell(tx: Transaction, room: str, meeting: str) -> None:
    tx.latest(CallNow("", await queries.call(tx.connection, meeting)), room=room)


async def _take_turn(tx: Transaction, meeting: Meeting, person: str, here: int) -> None:
    """Raises Problem "conflict" while there is no place for them: free places go to those who have waited longest."""
    waiting = [each.id for each in await queries.waiting(tx.connection, meeting.id)]
    before = waiting.index(person) if person in waiting else len(waiting)
    if here + before >= meeting.call_limit:
        text = N_("This call is full (%(limit)s people). You can join when someone leaves.")
        if here < meeting.call_limit:
            text = N_("The free place in this call is reserved for people who are waiting.")
        raise Problem("conflict", text, values={"limit": here}, present={"limit": meeting.call_limit})
    await tx.connection.execute(call_waits.delete().where(w.meeting == meeting.id, w.person == person))


async def _leave_others(tx: Transaction, person: str, meeting: str) -> None:
    """Gives up a lost place in another call. Raises Problem "conflict" while the person is connected there."""
    for other in await queries.peers(tx.connection, p.person == person, p.meeting != meeting):
        found = sa.select(rooms.c.id).where(rooms.c.kind == "meeting", rooms.c.subject == other.meeting)
        room = (await tx.connection.execute(found)).scalar_one()
        if not is_gone(other, tx.now) or room not in tx.rooms:
            raise Problem("conflict", N_("You are in another call. Leave it first."))
        await leave(tx, room, other.meeting, [other.peer])


async def _check_blocks(tx: Transaction, person: str, others: list[Peer]) -> None:
    people = [each.person for each in others]
    if not any(person in pair for pair in await blocks.between(tx.connection, [person, *people])):
        return
    if await blocks.has_blocked(tx.connection, person, people):
        raise Problem("forbidden", N_("Someone you have blocked is in this call."))
    raise Problem("forbidden", N_("You cannot join this call."))  # does not reveal that the person is blocked


async def _begin(tx: Transaction, meeting: Meeting, others: list[Peer]) -> None:
    """Stores the rules at this join and, when the second person joins, when the talk should end: a booked meeting with its booking."""
    rules_now = {"limit": meeting.call_limit, "relay_only": meeting.relay_only}
    insert = insert_into(tx.connection, calls).values(meeting=meeting.id, extensions=0, **rules_now)
    await tx.connection.execute(insert.on_conflict_do_update(index_elements=[c.meeting], set_=rules_now))
    if others:
        ends_at = tx.now + timedelta(minutes=meeting.talk_minutes)
        booked_until = await attendance.end_of(tx.connection, meeting.id)
        if booked_until is not None and booked_until > tx.now:
            ends_at = booked_until
        first = sa.and_(c.meeting == meeting.id, c.ends_at.is_(None))
        await tx.connection.execute(calls.update().where(first).values(ends_at=ends_at))


def _after(others: list[Peer], now: datetime) -> datetime:
    """A join time after all others, even if the clocks of two processes differ: the peer who joined later sends the first offer."""
    return max([now, *(each.joined_at + timedelta(microseconds=1) for each in others)])


def _seat(
    peer: str, link: str, token: str, others: list[Peer], meeting: Meeting, *, relay_only: bool, resumed: bool
) -> Seat:
    views = [each.view() for each in others]
    return Seat(peer, link, token, resumed, views, meeting.call_limit, relay_only)


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
