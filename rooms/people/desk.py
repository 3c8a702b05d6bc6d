"""The desk: a person's private room, which delivers notifications to every page they have open."""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from rooms.core.commands.access import Actor
from rooms.core.commands.audience import Audience
from rooms.core.commands.messages import Command, View
from rooms.core.commands.people import PersonView, Role
from rooms.core.commands.registry import ExtraRooms
from rooms.core.commands.room_kinds import LatestValues, RoomKind, register
from rooms.core.commands.transaction import Transaction
from rooms.core.ids import new_id
from rooms.core.links import Target, path_to
from rooms.core.store.journal import Room, room_of, rooms
from rooms.core.store.tables import persons, roles
from rooms.people.messages import DeskSnapshot, Notified
from rooms.people.tables import notices

SHOWN = 20


class DeskOwn(View):
    """Empty: everything on a desk belongs to one person."""


async def desk_of(connection: AsyncConnection, person: str) -> str:
    return await room_of(connection, "desk", person)


async def desks_of(connection: AsyncConnection, people: Iterable[str]) -> list[str]:
    """The desks of these people. Unknown people are left out."""
    select = sa.select(rooms.c.id).where(rooms.c.kind == "desk", rooms.c.subject.in_(list(people)))
    return list((await connection.execute(select)).scalars())


async def desks_of_organisers(connection: AsyncConnection, conference: str) -> dict[str, str]:
    """Person → desk, of everyone who organises a conference."""
    select = sa.select(roles.c.person, rooms.c.id).join(rooms, rooms.c.subject == roles.c.person)
    organises = (roles.c.session == "", roles.c.role == Role.ORGANISER.value)
    found = await connection.execute(select.where(roles.c.conference == conference, *organises, rooms.c.kind == "desk"))
    return {row.person: row.id for row in found}


def with_desk(field: str = "person") -> ExtraRooms[Any]:
    """For `extra_rooms`: the desk of the person whom a field of the command names."""

    async def find(connection: AsyncConnection, room: str, command: Command) -> Iterable[str]:
        return await desks_of(connection, [getattr(command, field)])

    return find


def with_desk_from(person: "sa.Column[Any]", id: "sa.Column[Any]", field: str) -> ExtraRooms[Any]:
    """For `extra_rooms`: the desk of the person in a row of a table; a field of the command holds the row's id."""

    async def find(connection: AsyncConnection, room: str, command: Command) -> Iterable[str]:
        found = await connection.execute(sa.select(person).where(id == getattr(command, field)))
        return await desks_of(connection, found.scalars())

    return find


async def notify(
    tx: Transaction,
    person: str,
    kind: str,
    values: Mapping[str, str],
    target: Target | None,
    *,
    about: PersonView | None = None,
) -> None:
    """Publishes a notification on a person's desk, which must be locked. It links to `target`. `about`: another person, whose name is added to the values."""
    if about is not None:
        values = {**values, "name": about.name}
    href = await path_to(tx.connection, target) if target else ""
    desk = await desk_of(tx.connection, person)
    whose = {"person": person, "about": about.id if about is not None else None}
    id = new_id()
    news = {"id": id, **whose, "kind": kind, "values": dict(values), "href": href, "at": tx.now}
    await tx.connection.execute(notices.insert(), [news])
    tx.record(Notified(kind, dict(values), href, tx.now, id), room=desk, person=person)


async def notify_all(
    tx: Transaction,
    people: Iterable[str],
    kind: str,
    values: Mapping[str, str],
    target: Target,
    *,
    about: PersonView | None = None,
) -> None:
    """Publishes the same notification on those of the people's desks that are locked. `about`: as for `notify`."""
    if about is not None:
        values = {**values, "name": about.name}
    href = await path_to(tx.connection, target)
    desks = {room.subject: room.id for room in tx.rooms.values() if room.kind == "desk"}
    reached = {person: new_id() for person in people if person in desks}
    common = {
        "about": about.id if about is not None else None,
        "kind": kind,
        "values": dict(values),
        "href": href,
        "at": tx.now,
    }
    if reached:
        rows = [{"id": id, "person": person, **common} for person, id in reached.items()]
        await tx.connection.execute(notices.insert(), rows)
    for person, id in reached.items():
        tx.record(Notified(kind, dict(values), href, tx.now, id), room=desks[person], person=person)


async def snapshot(connection: AsyncConnection, room: Room, audience: Audience) -> DeskSnapshot:
    name = (await connection.execute(sa.select(persons.c.name).where(persons.c.id == room.subject))).scalar_one()
    n = notices.c
    select = (
        sa.select(n.kind, n["values"], n.href, n.at, n.id)
        .where(n.person == room.subject)
        .order_by(n.at.desc(), n.id)
        .limit(SHOWN)
    )
    news = [Notified(*row) for row in await connection.execute(select)]
    return DeskSnapshot(PersonView(room.subject, name), news, await unread(connection, room.subject))


async def unread(connection: AsyncConnection, person: str) -> int:
    """How many of a person's notifications are unread."""
    count = sa.select(sa.func.count()).where(notices.c.person == person, notices.c.read_at.is_(None))
    return (await connection.execute(count)).scalar_one()


async def own(connection: AsyncConnection, actors: list[Actor]) -> list[View]:
    return [DeskOwn() for _ in actors]


ReadLatest = Callable[[AsyncConnection, str], Awaitable[LatestValues]]
"""A function that reads a person's latest values."""

_LATEST: list[ReadLatest] = []


def show_on_desk(read: ReadLatest) -> None:
    """Registers latest values of another slice that every desk shows."""
    _LATEST.append(read)


async def latest(connection: AsyncConnection, room: Room, audience: Audience) -> LatestValues:
    found: LatestValues = {}
    for read in _LATEST:
        found |= await read(connection, room.subject)
    return found


register(RoomKind("desk", snapshot, own, latest))
