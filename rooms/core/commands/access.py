"""Access: the actor (a person in a room, with their current rights there). Read again for every call, never cached."""

from collections.abc import Awaitable, Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple, Protocol

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from rooms.core.commands.audience import Audience
from rooms.core.commands.people import BOOTH_ROLES, PersonView, Role
from rooms.core.errors import Problem
from rooms.core.ids import is_id
from rooms.core.store.database import in_param, pad_to_power_of_two
from rooms.core.store.journal import ROOM, Room, rooms
from rooms.core.store.tables import conferences, persons, restraints, roles
from rooms.core.text import N_


class Person(NamedTuple):
    """`verified`: the address is confirmed, or the person is a guest without one. `listed`: they chose to be named among those present."""

    id: str
    name: str
    kind: str
    verified: bool
    admin: bool
    listed: bool

    @property
    def view(self) -> PersonView:
        return PersonView(self.id, self.name)


MODERATING = {Role.MODERATOR, Role.ORGANISER}
SERVING = {Role.ORGANISER, *BOOTH_ROLES}


@dataclass(frozen=True, slots=True)
class Actor:
    """`person` is None for someone who has not signed in. `silenced_until` None with `silenced` true: until lifted."""

    room: Room
    person: Person | None
    roles: frozenset[Role]
    silenced: bool = False
    silenced_until: datetime | None = None

    @property
    def moderates(self) -> bool:
        """Moderators and organisers; at a booth its staff and organisers, but not the moderators of sessions."""
        return bool(self.roles & (SERVING if self.room.kind == "booth" else MODERATING))

    @property
    def audience(self) -> Audience:
        return Audience.MODERATORS if self.moderates else Audience.EVERYONE

    @property
    def as_anybody(self) -> "Actor":
        """The same room with only the rights that everyone has: what a big screen may show."""
        return Actor(self.room, None, frozenset())

    @property
    def known(self) -> Person:
        """The person, in a handler whose rule requires one."""
        assert self.person is not None
        return self.person


ABSENT = N_("This page does not exist, or you do not have access to it.")
BANNED = N_("A moderator has removed you. If you think this is a mistake, write to the organisers.")


async def resolve(connection: AsyncConnection, person: str | None, room: Room | None, now: datetime) -> Actor:
    """A person (None: not signed in) in a room. Raises Problem "not_found", as for a room that does not exist, or "forbidden" when banned."""
    found = (await resolve_many(connection, [(person, room)], now))[0]
    if isinstance(found, Problem):
        raise found
    return found


async def actor_in(connection: AsyncConnection, person: str | None, room: str, now: datetime) -> Actor:
    """The same where only the id of the room is known."""
    found, access = await rooms_with_access(connection, [room] if is_id(room) else [])
    actor = (await resolve_many(connection, [(person, found.get(room))], now, access))[0]
    if isinstance(actor, Problem):
        raise actor
    return actor


async def resolve_many(
    connection: AsyncConnection,
    wanted: Sequence[tuple[str | None, Room | None]],
    now: datetime,
    access: "AccessSettings | None" = None,
) -> list[Actor | Problem]:
    """Actors of many people, or why they may not enter; the number of queries does not grow with them. `access`: if read with the rooms."""
    if access is None:
        access = await _access_settings(connection, {room.conference for _, room in wanted if room is not None})
    people, rights = await _people(connection, {person for person, _ in wanted if person is not None}, access, now)
    gates = await _gates(connection, {room.id: room for _, room in wanted if room is not None}.values(), people)
    actors: list[Actor | Problem] = []
    for person, room in wanted:
        gate = gates.get(room.kind) if room is not None else None
        try:
            actor = _actor(people.get(person or ""), room, access, rights)
            actors.append(gate.admit(actor) if gate is not None else actor)
        except Problem as problem:
            hidden = room is not None and gate is not None and gate.hides(room, person or "")
            actors.append(Problem("not_found", ABSENT) if hidden else problem)
    return actors


class Gate(Protocol):
    """The entry rule of one kind of room, read for many rooms and people at once."""

    def admit(self, actor: Actor) -> Actor:
        """The actor with the roles that hold in this room alone. Raises Problem "not_found" for someone who may not know of the room."""
        ...

    def hides(self, room: Room, person: str) -> bool:
        """Whether the room must look absent to this person, even if a ban is what keeps them out."""
        ...


ReadGate = Callable[[AsyncConnection, Collection[Room], Collection[str]], Awaitable[Gate]]
"""Reads the gate of these rooms for these people."""

GATES: dict[str, ReadGate] = {}
"""By kind of room; a kind without one is open to everyone who may enter its conference (room_kinds.register)."""


async def _gates(connection: AsyncConnection, rooms: Collection[Room], people: Collection[str]) -> dict[str, Gate]:
    by_kind: dict[str, list[Room]] = {}
    for room in rooms:
        if room.kind in GATES:
            by_kind.setdefault(room.kind, []).append(room)
    return {kind: await GATES[kind](connection, found, people) for kind, found in by_kind.items()}


_People = dict[str, Person]
_Rights = dict[tuple[str, str], list[Any]]
"""(person, conference) → roles and restraints there, as rows of `_select_people`."""


def _standing_of(person: "sa.ColumnElement[str]", conference: "sa.ColumnElement[str]") -> "sa.ColumnElement[bool]":
    return sa.and_(person.in_(in_param("people")), conference.in_(in_param("conferences")))


def _select_people() -> "sa.Select[Any]":
    """People with a row for each of their roles and restraints; a person without any has one row."""
    p, r, b = persons.c, roles.c, restraints.c
    bound = sa.select(b.person, b.conference, b.session, b.kind.label("what"), sa.true().label("bound"), b.until)
    bound = bound.where(_standing_of(b.person, b.conference), sa.or_(b.until.is_(None), b.until > sa.bindparam("now")))
    held = sa.select(r.person, r.conference, r.session, r.role, sa.false(), sa.null())
    s = sa.union_all(bound, held.where(_standing_of(r.person, r.conference))).subquery("rights")
    select = sa.select(p.id, p.name, p.kind, p.verified_at, p.admin, p.listed, *s.c[1:])
    select = select.select_from(persons.outerjoin(s, s.c.person == p.id))
    return select.where(p.id.in_(in_param("people")), p.erased_at.is_(None))


_PEOPLE = _select_people()


async def _people(
    connection: AsyncConnection, ids: Collection[str], where: Collection[str], now: datetime
) -> tuple[_People, _Rights]:
    people: _People = {}
    rights: _Rights = {}
    if not ids:
        return people, rights
    asked = {"people": pad_to_power_of_two(ids), "conferences": pad_to_power_of_two(where), "now": now}
    for row in await connection.execute(_PEOPLE, asked):
        if row.id not in people:
            verified = row.kind == "guest" or row.verified_at is not None
            people[row.id] = Person(row.id, row.name, row.kind, verified, row.admin, row.listed)
        if row.what is not None:
            rights.setdefault((row.id, row.conference), []).append(row)
    return people, rights


class ConferenceAccess(NamedTuple):
    public: bool
    guests: bool


AccessSettings = dict[str, ConferenceAccess]
"""Who may enter which conference without a role there."""

_ACCESS = sa.select(conferences.c.id, conferences.c.access, conferences.c.guests).where(
    conferences.c.id.in_(in_param("conferences"))
)
_ROOMS = (
    sa.select(*ROOM, conferences.c.access, conferences.c.guests)
    .select_from(rooms.outerjoin(conferences, conferences.c.id == rooms.c.conference))
    .where(rooms.c.id.in_(in_param("rooms")))
)


async def _access_settings(connection: AsyncConnection, ids: Collection[str | None]) -> AccessSettings:
    known = {id for id in ids if id is not None}
    if not known:
        return {}
    rows = await connection.execute(_ACCESS, {"conferences": pad_to_power_of_two(known)})
    return {row.id: ConferenceAccess(row.access == "public", row.guests) for row in rows}


async def rooms_with_access(
    connection: AsyncConnection, ids: Collection[str]
) -> tuple[dict[str, Room], AccessSettings]:
    """Rooms, and the access settings of their conferences, in one query."""
    found: dict[str, Room] = {}
    access: AccessSettings = {}
    for row in await connection.execute(_ROOMS, {"rooms": pad_to_power_of_two(ids)}):
        found[row.id] = Room(*row[: len(ROOM)])
        if row.conference is not None:
            access[row.conference] = ConferenceAccess(row.access == "public", row.guests)
    return found, access


def _actor(who: Person | None, room: Room | None, access: AccessSettings, rights: _Rights) -> Actor:
    if room is None:
        raise Problem("not_found", ABSENT)
    if room.conference is None:
        if who is None or room.subject != who.id:
            raise Problem("not_found", ABSENT)
        return Actor(room, who, frozenset())
    settings = access[room.conference]
    here = {"", room.subject} if room.kind == "session" else {""}
    has: set[Role] = set()
    silences: list[datetime | None] = []
    if who is not None:
        rows = [row for row in rights.get((who.id, room.conference), ()) if row.session in here]
        if any(row.bound and row.what == "ban" for row in rows) and not who.admin:
            raise Problem("forbidden", BANNED)
        silences = [row.until for row in rows if row.bound and row.what == "silence"]
        if who.verified:
            has = {Role(row.what) for row in rows if not row.bound}
            has -= BOOTH_ROLES
            if who.admin:
                has.add(Role.ORGANISER)
            if settings.public and (who.kind == "registered" or settings.guests):
                has.add(Role.ATTENDEE)
    if not settings.public and not has:
        raise Problem("not_found", ABSENT)
    ends = [end for end in silences if end is not None]
    until = max(ends) if ends and len(ends) == len(silences) else None
    return Actor(room, who, frozenset(has), bool(silences), until)
