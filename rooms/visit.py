"""Who is acting: a person in a room, with the rights that he has there at this moment. Resolved anew for every call, never cached."""

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from rooms.audience import Audience
from rooms.errors import Problem
from rooms.journal import Room
from rooms.people.messages import PersonView, Role
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
        return bool(self.roles & {Role.MODERATOR, Role.ORGANISER})

    @property
    def audience(self) -> Audience:
        return Audience.MODERATORS if self.moderates else Audience.EVERYONE

    @property
    def known(self) -> Person:
        """The person, in an action whose rule has asked for one."""
        assert self.person is not None
        return self.person


ABSENT = N_("There is nothing here, or it is not open to you.")
BANNED = N_("A moderator has removed you from here. If you think that this is a mistake, write to the organisers.")


async def resolve(connection: AsyncConnection, person: str | None, room: Room | None, now: datetime) -> Visit:
    """The visit of a person (None: not signed in) to a room. Raises Problem "not_found", as for a room that does not exist, or "forbidden" when banned."""
    if room is None:
        raise Problem("not_found", ABSENT)
    who = await _person(connection, person) if person else None
    if room.conference is None:
        if who is None or room.subject != who.id:
            raise Problem("not_found", ABSENT)
        return Visit(room, who, frozenset())
    return await _in_conference(connection, who, room, room.conference, now)


async def _person(connection: AsyncConnection, person: str) -> Person | None:
    select = sa.select(persons).where(persons.c.id == person, persons.c.erased_at.is_(None))
    row = (await connection.execute(select)).one_or_none()
    if row is None:
        return None
    return Person(row.id, row.name, row.kind, row.kind == "guest" or row.verified_at is not None, row.admin, row.listed)


async def _in_conference(
    connection: AsyncConnection, who: Person | None, room: Room, conference: str, now: datetime
) -> Visit:
    select = sa.select(conferences.c.access, conferences.c.guests).where(conferences.c.id == conference)
    doors = (await connection.execute(select)).one()
    held: set[Role] = set()
    silenced, until = False, None
    if who is not None:
        scopes = ["", room.subject] if room.kind == "session" else [""]
        chosen = sa.select(roles.c.role).where(
            roles.c.person == who.id, roles.c.conference == conference, roles.c.session.in_(scopes)
        )
        if who.verified:
            held = {Role(role) for role in (await connection.execute(chosen)).scalars()}
        bounds = sa.select(restraints.c.kind, restraints.c.until).where(
            restraints.c.person == who.id,
            restraints.c.conference == conference,
            restraints.c.session.in_(scopes),
            sa.or_(restraints.c.until.is_(None), restraints.c.until > now),
        )
        bound = [(row.kind, row.until) for row in await connection.execute(bounds)]
        if who.admin and who.verified:
            held.add(Role.ORGANISER)
        if any(kind == "ban" for kind, _ in bound) and not who.admin:
            raise Problem("forbidden", BANNED)
        silences = [end for kind, end in bound if kind == "silence"]
        silenced = bool(silences)
        until = None if None in silences else max(silences, default=None)
        if who.verified and doors.access == "public" and (who.kind == "registered" or doors.guests):
            held.add(Role.ATTENDEE)
    if doors.access != "public" and not held:
        raise Problem("not_found", ABSENT)
    return Visit(room, who, frozenset(held), silenced, until)
