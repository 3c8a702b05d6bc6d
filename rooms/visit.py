"""Who is acting: a person in a room, with the rights that he has there at this moment. Resolved anew for every call, never cached."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from rooms.audience import Audience
from rooms.database import given, padded
from rooms.errors import Problem
from rooms.exhibition.tables import booth_staff, booths
from rooms.ids import is_id
from rooms.journal import ROOM, Room, rooms
from rooms.meetings.tables import invited
from rooms.people.messages import BOOTH_ROLES, PersonView, Role
from rooms.people.tables import persons, restraints, roles
from rooms.programme.tables import conferences
from rooms.text import N_


class Person(NamedTuple):
    """`verified`: his address is proven, or he is a guest, who has none to prove. `listed`: he chose to be named among those present."""

    id: str
    name: str
    kind: str
    verified: bool
    admin: bool
    listed: bool

    @property
    def view(self) -> PersonView:
        return PersonView(self.id, self.name)


MODERATING = {Role.MODERATOR, Role.ORGANISER, *BOOTH_ROLES}


@dataclass(frozen=True, slots=True)
class Visit:
    """`person` is None for one who has not signed in. `silenced_until` None with `silenced` true: until lifted."""

    room: Room
    person: Person | None
    roles: frozenset[Role]
    silenced: bool = False
    silenced_until: datetime | None = None

    @property
    def moderates(self) -> bool:
        """Moderators and organisers; at a booth its staff, who have these roles nowhere else."""
        return bool(self.roles & MODERATING)

    @property
    def audience(self) -> Audience:
        return Audience.MODERATORS if self.moderates else Audience.EVERYONE

    @property
    def as_anybody(self) -> "Visit":
        """The same visit with no more than everyone has: what a big screen may show."""
        return Visit(self.room, None, frozenset())

    @property
    def known(self) -> Person:
        """The person, in an action whose rule has asked for one."""
        assert self.person is not None
        return self.person


ABSENT = N_("There is nothing here, or it is not open to you.")
BANNED = N_("A moderator has removed you from here. If you think that this is a mistake, write to the organisers.")


async def resolve(connection: AsyncConnection, person: str | None, room: Room | None, now: datetime) -> Visit:
    """The visit of a person (None: not signed in) to a room. Raises Problem "not_found", as for a room that does not exist, or "forbidden" when banned."""
    found = (await resolve_many(connection, [(person, room)], now))[0]
    if isinstance(found, Problem):
        raise found
    return found


async def visit_to(connection: AsyncConnection, person: str | None, room: str, now: datetime) -> Visit:
    """The same where only the id of the room is known."""
    found, doors = await rooms_with_doors(connection, [room] if is_id(room) else [])
    visit = (await resolve_many(connection, [(person, found.get(room))], now, doors))[0]
    if isinstance(visit, Problem):
        raise visit
    return visit


async def resolve_many(
    connection: AsyncConnection,
    wanted: Sequence[tuple[str | None, Room | None]],
    now: datetime,
    doors: "Doors | None" = None,
) -> list[Visit | Problem]:
    """The visits of many people, or why there is none, in a number of queries that does not grow with theirs. `doors`: when they were read with the rooms."""
    if doors is None:
        doors = await _doors(connection, {room.conference for _, room in wanted if room is not None})
    people, standing = await _people(connection, {person for person, _ in wanted if person is not None}, doors, now)
    closer = await _closer(connection, people, [room for _, room in wanted if room is not None])
    visits: list[Visit | Problem] = []
    for person, room in wanted:
        try:
            visit = _visit(people.get(person or ""), room, doors, standing)
            visits.append(_come_closer(visit, closer))
        except Problem as problem:
            hidden = room is not None and _is_out_of_sight(room, person or "", closer)
            visits.append(Problem("not_found", ABSENT) if hidden else problem)
    return visits


_People = dict[str, Person]
_Standing = dict[tuple[str, str], list[Any]]
"""(person, conference) → his roles and restraints there, as rows of `_standing`."""


def _standing_of(person: "sa.ColumnElement[str]", conference: "sa.ColumnElement[str]") -> "sa.ColumnElement[bool]":
    return sa.and_(person.in_(given("people")), conference.in_(given("conferences")))


def _select_people() -> "sa.Select[Any]":
    """People with their roles and restraints, a row for each of these; one who has none has a row without."""
    p, r, b = persons.c, roles.c, restraints.c
    bound = sa.select(b.person, b.conference, b.session, b.kind.label("what"), sa.true().label("bound"), b.until)
    bound = bound.where(_standing_of(b.person, b.conference), sa.or_(b.until.is_(None), b.until > sa.bindparam("now")))
    held = sa.select(r.person, r.conference, r.session, r.role, sa.false(), sa.null())
    s = sa.union_all(bound, held.where(_standing_of(r.person, r.conference))).subquery("standing")
    select = sa.select(p.id, p.name, p.kind, p.verified_at, p.admin, p.listed, *s.c[1:])
    select = select.select_from(persons.outerjoin(s, s.c.person == p.id))
    return select.where(p.id.in_(given("people")), p.erased_at.is_(None))


_PEOPLE = _select_people()


async def _people(
    connection: AsyncConnection, ids: Collection[str], where: Collection[str], now: datetime
) -> tuple[_People, _Standing]:
    people: _People = {}
    standing: _Standing = {}
    if not ids:
        return people, standing
    asked = {"people": padded(ids), "conferences": padded(where), "now": now}
    for row in await connection.execute(_PEOPLE, asked):
        if row.id not in people:
            verified = row.kind == "guest" or row.verified_at is not None
            people[row.id] = Person(row.id, row.name, row.kind, verified, row.admin, row.listed)
        if row.what is not None:
            standing.setdefault((row.id, row.conference), []).append(row)
    return people, standing


class Door(NamedTuple):
    public: bool
    guests: bool


Doors = dict[str, Door]
"""Who may enter which conference without a role there."""

_DOORS = sa.select(conferences.c.id, conferences.c.access, conferences.c.guests).where(
    conferences.c.id.in_(given("conferences"))
)
_ROOMS = (
    sa.select(*ROOM, conferences.c.access, conferences.c.guests)
    .select_from(rooms.outerjoin(conferences, conferences.c.id == rooms.c.conference))
    .where(rooms.c.id.in_(given("rooms")))
)


async def _doors(connection: AsyncConnection, ids: Collection[str | None]) -> Doors:
    known = {id for id in ids if id is not None}
    if not known:
        return {}
    rows = await connection.execute(_DOORS, {"conferences": padded(known)})
    return {row.id: Door(row.access == "public", row.guests) for row in rows}


async def rooms_with_doors(connection: AsyncConnection, ids: Collection[str]) -> tuple[dict[str, Room], Doors]:
    """The rows of rooms, and the doors of their conferences, in one query."""
    found: dict[str, Room] = {}
    doors: Doors = {}
    for row in await connection.execute(_ROOMS, {"rooms": padded(ids)}):
        found[row.id] = Room(*row[: len(ROOM)])
        if row.conference is not None:
            doors[row.conference] = Door(row.access == "public", row.guests)
    return found, doors


def _visit(who: Person | None, room: Room | None, doors: Doors, standing: _Standing) -> Visit:
    if room is None:
        raise Problem("not_found", ABSENT)
    if room.conference is None:
        if who is None or room.subject != who.id:
            raise Problem("not_found", ABSENT)
        return Visit(room, who, frozenset())
    door = doors[room.conference]
    here = {"", room.subject} if room.kind == "session" else {""}
    has: set[Role] = set()
    silences: list[datetime | None] = []
    if who is not None:
        rows = [row for row in standing.get((who.id, room.conference), ()) if row.session in here]
        if any(row.bound and row.what == "ban" for row in rows) and not who.admin:
            raise Problem("forbidden", BANNED)
        silences = [row.until for row in rows if row.bound and row.what == "silence"]
        if who.verified:
            has = {Role(row.what) for row in rows if not row.bound}
            has -= BOOTH_ROLES
            if who.admin:
                has.add(Role.ORGANISER)
            if door.public and (who.kind == "registered" or door.guests):
                has.add(Role.ATTENDEE)
    if not door.public and not has:
        raise Problem("not_found", ABSENT)
    ends = [end for end in silences if end is not None]
    until = max(ends) if ends and len(ends) == len(silences) else None
    return Visit(room, who, frozenset(has), bool(silences), until)


class _Closer(NamedTuple):
    """What is known of booths and meetings: which booths are open, (booth, person) → duty there, and the (meeting, person) who are invited."""

    open: set[str]
    duties: dict[tuple[str, str], Role]
    invited: set[tuple[str, str]]


_BOOTHS = (
    sa.select(booths.c.id, booths.c.open, booth_staff.c.person, booth_staff.c.duty)
    .select_from(
        booths.outerjoin(
            booth_staff, sa.and_(booth_staff.c.booth == booths.c.id, booth_staff.c.person.in_(given("people")))
        )
    )
    .where(booths.c.id.in_(given("booths")))
)
_INVITED = sa.select(invited.c.meeting, invited.c.person).where(
    invited.c.meeting.in_(given("meetings")), invited.c.person.in_(given("people"))
)


async def _closer(connection: AsyncConnection, people: Collection[str], rooms: Collection[Room]) -> _Closer:
    at = {room.subject for room in rooms if room.kind == "booth"}
    met = {room.subject for room in rooms if room.kind == "meeting"}
    found = _Closer(set(), {}, set())
    if at:
        booths_asked = {"booths": padded(at), "people": padded(people)}
        for row in await connection.execute(_BOOTHS, booths_asked):
            if row.open:
                found.open.add(row.id)
            if row.duty is not None:
                found.duties[row.id, row.person] = Role(row.duty)
    if met:
        asked = {"meetings": padded(met), "people": padded(people)}
        found.invited.update((row.meeting, row.person) for row in await connection.execute(_INVITED, asked))
    return found


def _is_out_of_sight(room: Room, person: str, closer: _Closer) -> bool:
    """Whether a meeting or booth must look absent to one who may not enter, even to one whom a ban keeps out."""
    if room.kind == "meeting":
        return (room.subject, person) not in closer.invited
    return room.kind == "booth" and room.subject not in closer.open and (room.subject, person) not in closer.duties


def _come_closer(visit: Visit, closer: _Closer) -> Visit:
    """At a booth, with the duty that the person has there; in a meeting, only if he is invited. Raises Problem "not_found"."""
    subject, person = visit.room.subject, visit.person.id if visit.person else ""
    if visit.room.kind == "meeting" and (subject, person) not in closer.invited:
        raise Problem("not_found", ABSENT)
    if visit.room.kind != "booth":
        return visit
    duty = closer.duties.get((subject, person)) if visit.person and visit.person.verified else None
    if subject not in closer.open and duty is None and Role.ORGANISER not in visit.roles:
        raise Problem("not_found", ABSENT)
    return replace(visit, roles=visit.roles | {duty}) if duty else visit
