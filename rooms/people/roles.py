"""Database access for roles, in a whole conference or in one session. Callers check permissions and publish events."""

from datetime import datetime
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from rooms.core.commands.people import Role
from rooms.core.store.database import insert_into
from rooms.core.store.tables import persons, roles

WHOLE_CONFERENCE = ""


class Grant(NamedTuple):
    """A role that a person has. `session` None: in the whole conference."""

    person: str
    name: str
    email: str | None
    session: str | None
    role: Role
    granted_at: datetime


async def roles_in(connection: AsyncConnection, person: str, conference: str, session: str | None) -> frozenset[Role]:
    """The roles of a person in a session, including those in its conference. `session` None: in the conference only."""
    select = sa.select(roles.c.role).where(
        roles.c.person == person,
        roles.c.conference == conference,
        roles.c.session.in_({WHOLE_CONFERENCE, session or WHOLE_CONFERENCE}),
    )
    return frozenset(Role(role) for role in (await connection.execute(select)).scalars())


async def held(connection: AsyncConnection, person: str, conference: str) -> dict[str | None, frozenset[Role]]:
    """A person's roles by session; None: in the whole conference."""
    select = sa.select(roles.c.session, roles.c.role)
    found: dict[str | None, frozenset[Role]] = {}
    for row in await connection.execute(select.where(roles.c.person == person, roles.c.conference == conference)):
        found[row.session or None] = found.get(row.session or None, frozenset()) | {Role(row.role)}
    return found


async def grant(
    connection: AsyncConnection,
    *,
    person: str,
    conference: str,
    session: str | None,
    role: Role,
    by: str | None,
    at: datetime,
) -> bool:
    """Gives a role; returns False if the person already had it."""
    values = {"person": person, "conference": conference, "session": session or WHOLE_CONFERENCE, "role": role.value}
    insert = insert_into(connection, roles).values(**values, granted_by=by, granted_at=at)
    return (await connection.execute(insert.on_conflict_do_nothing())).rowcount > 0


async def revoke(connection: AsyncConnection, *, person: str, conference: str, session: str | None, role: Role) -> bool:
    """Removes a role; returns False if the person did not have it."""
    gone = await connection.execute(roles.delete().where(_this(person, conference, session, role)))
    return gone.rowcount > 0


async def grants(connection: AsyncConnection, conference: str, session: str | None = None) -> list[Grant]:
    """The roles in a conference and all its sessions or, with `session`, in that session only; by name."""
    select = (
        sa.select(roles.c.person, persons.c.name, persons.c.email, roles.c.session, roles.c.role, roles.c.granted_at)
        .join(persons, persons.c.id == roles.c.person)
        .where(roles.c.conference == conference)
        .order_by(persons.c.name, persons.c.id, roles.c.session, roles.c.role)
    )
    if session is not None:
        select = select.where(roles.c.session == session)
    return [
        Grant(row.person, row.name, row.email, row.session or None, Role(row.role), row.granted_at)
        for row in await connection.execute(select)
    ]


def _this(person: str, conference: str, session: str | None, role: Role) -> sa.ColumnElement[bool]:
    return sa.and_(
        roles.c.person == person,
        roles.c.conference == conference,
        roles.c.session == (session or WHOLE_CONFERENCE),
        roles.c.role == role.value,
    )
