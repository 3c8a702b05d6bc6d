"""Reads meetings and their calls."""

from collections.abc import Collection
from datetime import datetime
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from rooms.core.commands.people import PersonView
from rooms.core.errors import Problem
from rooms.core.store.journal import rooms
from rooms.core.store.tables import conferences, persons
from rooms.core.text import N_
from rooms.meetings.messages import CallOutcome, CallView, OutcomeView, PeerView
from rooms.meetings.tables import call_outcomes, call_peers, call_waits, calls, invited, meetings
from rooms.people.tables import blocks

NO_CALLS = N_("There are no calls in this room.")
i, p, c = invited.c, call_peers.c, calls.c


class Meeting(NamedTuple):
    """`booth` is the booth that opened it, if any; the other fields are the rules of its conference."""

    id: str
    conference: str
    booth: str | None
    closed_at: datetime | None
    call_limit: int
    relay_only: bool
    talk_minutes: int


class Peer(NamedTuple):
    """A row of a call. `token` is the digest of the secret that resumes the place, `link` the connection; `relay_only`: others do not learn its address."""

    peer: str
    meeting: str
    person: str
    name: str
    token: str
    link: str
    relay_only: bool
    mic: bool
    cam: bool
    screen: bool
    hand: bool
    held: bool
    joined_at: datetime
    seen_at: datetime
    lost_at: datetime | None

    def view(self) -> PeerView:
        return PeerView(
            peer=self.peer,
            person=PersonView(self.person, self.name),
            mic=self.mic,
            cam=self.cam,
            screen=self.screen,
            hand=self.hand,
            held=self.held,
            lost=self.lost_at is not None,
        )


async def meeting(connection: AsyncConnection, id: str) -> Meeting:
    m, k = meetings.c, conferences.c
    columns = (m.id, m.conference, m.booth, m.closed_at, k.call_limit, k.relay_only, k.talk_minutes)
    select = sa.select(*columns).select_from(meetings.join(conferences, k.id == m.conference))
    return Meeting(*(await connection.execute(select.where(m.id == id))).one())


async def meeting_of_room(connection: AsyncConnection, room: str) -> Meeting:
    """Raises Problem "not_found" for a room that is no meeting's."""
    select = sa.select(rooms.c.subject).where(rooms.c.id == room, rooms.c.kind == "meeting")
    id = (await connection.execute(select)).scalar_one_or_none()
    if id is None:
        raise Problem("not_found", NO_CALLS, field="room")
    return await meeting(connection, id)


async def people(connection: AsyncConnection, meeting: str) -> list[PersonView]:
    """The invited people, by name."""
    joined = invited.join(persons, persons.c.id == i.person)
    select = sa.select(persons.c.id, persons.c.name).select_from(joined).where(i.meeting == meeting)
    return [PersonView(*row) for row in await connection.execute(select.order_by(persons.c.name, persons.c.id))]


async def peers(connection: AsyncConnection, *conditions: "sa.ColumnElement[bool]") -> list[Peer]:
    """In the order in which they joined."""
    columns = [persons.c.name if field == "name" else p[field] for field in Peer._fields]
    select = sa.select(*columns).join(persons, persons.c.id == p.person).where(*conditions)
    return [Peer(*row) for row in await connection.execute(select.order_by(p.joined_at, p.peer))]


async def call(connection: AsyncConnection, meeting_id: str) -> CallView:
    select = sa.select(c.limit, c.ends_at, c.extensions, c.relay_only).where(c.meeting == meeting_id)
    row = (await connection.execute(select)).one_or_none()
    if row is None:
        rules = await meeting(connection, meeting_id)
        return CallView([], rules.call_limit, None, 0, rules.relay_only, [])
    views = [each.view() for each in await peers(connection, p.meeting == meeting_id)]
    return CallView(
        views, row.limit, row.ends_at, row.extensions, row.relay_only, await waiting(connection, meeting_id)
    )


async def waiting(connection: AsyncConnection, meeting: str) -> list[PersonView]:
    """The people who wait for a place in the call, in the order of the queue."""
    w = call_waits.c
    joined = call_waits.join(persons, persons.c.id == w.person)
    select = sa.select(persons.c.id, persons.c.name).select_from(joined).where(w.meeting == meeting)
    return [PersonView(*row) for row in await connection.execute(select.order_by(w.since, w.person))]


async def outcomes(connection: AsyncConnection, at: Collection[str]) -> dict[tuple[str, str], OutcomeView]:
    """(meeting, person) → their feedback."""
    o = call_outcomes.c
    select = sa.select(o.meeting, o.person, o.outcome, o.rating, o.note).where(o.meeting.in_(at))
    return {
        (row.meeting, row.person): OutcomeView(CallOutcome(row.outcome), row.rating, row.note)
        for row in await connection.execute(select)
    }


async def blocked_here(connection: AsyncConnection, at: Collection[str]) -> dict[tuple[str, str], list[str]]:
    """(meeting, person) → invited people whom they have blocked, in order."""
    other = invited.alias("other")
    joined = blocks.join(invited, i.person == blocks.c.person)
    joined = joined.join(other, sa.and_(other.c.meeting == i.meeting, other.c.person == blocks.c.blocked))
    select = sa.select(i.meeting, blocks.c.person, blocks.c.blocked).select_from(joined).where(i.meeting.in_(at))
    found: dict[tuple[str, str], list[str]] = {}
    for row in await connection.execute(select.order_by(blocks.c.blocked)):
        found.setdefault((row.meeting, row.person), []).append(row.blocked)
    return found
