"""Who is acting: a person in a room, with the rights that he has there at this moment. Resolved anew for every call, never cached."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from rooms.audience import Audience
from rooms.database import among
from rooms.errors import Problem
from rooms.exhibition.tables import booth_staff, booths
from rooms.journal import Room
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


async def resolve_many(
    connection: AsyncConnection, wanted: Sequence[tuple[str | None, Room | None]], now: datetime
) -> list[Visit | Problem]:
    """The visits of many people, or why there is none, in a number of queries that does not grow with theirs."""
    people = await _people(connection, {person for person, _ in wanted if person is not None})
    conferences_wanted = {room.conference for _, room in wanted if room is not None and room.conference is not None}
    doors = await _doors(connection, conferences_wanted)
    held = await _rows(
        connection, sa.select(roles.c.person, roles.c.conference, roles.c.session, roles.c.role), roles, people, doors
    )
    bounds = sa.select(
        restraints.c.person, restraints.c.conference, restraints.c.session, restraints.c.kind, restraints.c.until
    )
    bounds = bounds.where(sa.or_(restraints.c.until.is_(None), restraints.c.until > now))
    bound = await _rows(connection, bounds, restraints, people, doors)
    closer = await _closer(connection, people, [room for _, room in wanted if room is not None])
    visits: list[Visit | Problem] = []
    for person, room in wanted:
        try:
            visit = _visit(people.get(person or ""), room, doors, held, bound)
            visits.append(_come_closer(visit, closer))
        except Problem as problem:
            hidden = room is not None and _is_out_of_sight(room, person or "", closer)
            visits.append(Problem("not_found", ABSENT) if hidden else problem)
    return visits


async def _people(connection: AsyncConnection, ids: Collection[str]) -> dict[str, Person]:
    if not ids:
        return {}
    p = persons.c
    columns = (p.id, p.name, p.kind, p.verified_at, p.admin, p.listed)
    select = sa.select(*columns).where(among(p.id, ids), p.erased_at.is_(None))
    return {
        row.id: Person(
            row.id, row.name, row.kind, row.kind == "guest" or row.verified_at is not None, row.admin, row.listed
        )
        for row in await connection.execute(select)
    }


class _Doors(NamedTuple):
    public: bool
    guests: bool


async def _doors(connection: AsyncConnection, ids: Collection[str]) -> dict[str, _Doors]:
    if not ids:
        return {}
    select = sa.select(conferences.c.id, conferences.c.access, conferences.c.guests).where(among(conferences.c.id, ids))
    return {row.id: _Doors(row.access == "public", row.guests) for row in await connection.execute(select)}


_Rows = dict[tuple[str, str], list[Any]]
"""(person, conference) → rows."""


async def _rows(
    connection: AsyncConnection,
    select: "sa.Select[*tuple[Any, ...]]",
    table: sa.Table,
    people: Collection[str],
    where: Collection[str],
) -> _Rows:
    found: _Rows = {}
    if people and where:
        for row in await connection.execute(
            select.where(among(table.c.person, people), among(table.c.conference, where))
        ):
            found.setdefault((row.person, row.conference), []).append(row)
    return found


def _visit(who: Person | None, room: Room | None, doors: dict[str, _Doors], held: _Rows, bound: _Rows) -> Visit:
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
        restrained = [row for row in bound.get((who.id, room.conference), ()) if row.session in here]
        if any(row.kind == "ban" for row in restrained) and not who.admin:
            raise Problem("forbidden", BANNED)
        silences = [row.until for row in restrained if row.kind == "silence"]
        if who.verified:
            has = {Role(row.role) for row in held.get((who.id, room.conference), ()) if row.session in here}
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


async def _closer(connection: AsyncConnection, people: Collection[str], rooms: Collection[Room]) -> _Closer:
    at = {room.subject for room in rooms if room.kind == "booth"}
    met = {room.subject for room in rooms if room.kind == "meeting"}
    found = _Closer(set(), {}, set())
    if at:
        found.open.update(
            (await connection.execute(sa.select(booths.c.id).where(among(booths.c.id, at), booths.c.open))).scalars()
        )
        s = booth_staff.c
        staff = sa.select(s.booth, s.person, s.duty).where(among(s.booth, at), among(s.person, people))
        found.duties.update(((row.booth, row.person), Role(row.duty)) for row in await connection.execute(staff))
    if met:
        i = invited.c
        asked = sa.select(i.meeting, i.person).where(among(i.meeting, met), among(i.person, people))
        found.invited.update((row.meeting, row.person) for row in await connection.execute(asked))
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
