"""The members of organisations in the tables."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from rooms.core.commands.people import PersonView
from rooms.core.errors import Problem
from rooms.core.store.database import insert_into
from rooms.core.store.tables import persons
from rooms.core.text import N_
from rooms.organisations.messages import MemberView, OrganisationRole
from rooms.organisations.tables import organisation_members
from rooms.people.restraints import not_removed

MOST_MEMBERS = 500
"""People in one organisation."""

m = organisation_members.c


async def role_in(connection: AsyncConnection, organisation: str, person: str) -> OrganisationRole | None:
    select = sa.select(m.role).where(m.organisation == organisation, m.person == person)
    role = (await connection.execute(select)).scalar_one_or_none()
    return OrganisationRole(role) if role else None


async def members_of(connection: AsyncConnection, organisation: str) -> list[MemberView]:
    """Sorted by name."""
    p = persons.c
    joined = organisation_members.join(persons, p.id == m.person)
    select = sa.select(p.id, p.name, m.role).select_from(joined).where(m.organisation == organisation)
    rows = await connection.execute(select.order_by(p.name, p.id))
    return [MemberView(PersonView(row.id, row.name), OrganisationRole(row.role)) for row in rows]


async def owners_of(connection: AsyncConnection, organisation: str) -> list[str]:
    select = sa.select(m.person).where(m.organisation == organisation, m.role == OrganisationRole.OWNER.value)
    return list((await connection.execute(select.order_by(m.person))).scalars())


def can_answer(conference: "sa.ColumnElement[str] | str", now: datetime) -> "sa.ColumnElement[bool]":
    """A condition on members: they have confirmed their address, and have not been removed from the conference."""
    confirmed = sa.exists().where(persons.c.id == m.person, persons.c.verified_at.is_not(None))
    return sa.and_(confirmed, not_removed(m.person, conference, now))


async def takes_part(connection: AsyncConnection, conference: str, organisation: str, now: datetime) -> bool:
    """Whether anybody could answer for an organisation."""
    here = sa.and_(m.organisation == organisation, can_answer(conference, now))
    return (await connection.execute(sa.select(sa.exists().where(here)))).scalar_one()


async def add(
    connection: AsyncConnection,
    organisation: str,
    person: str,
    role: OrganisationRole,
    now: datetime,
    *,
    demote: bool = False,
) -> None:
    """Makes the person a member. An owner stays one unless `demote`. Raises Problem "conflict"."""
    held = await role_in(connection, organisation, person)
    if held is role or (held is OrganisationRole.OWNER and not demote):
        return
    if held is None:
        count = sa.select(sa.func.count()).where(m.organisation == organisation)
        if (await connection.execute(count)).scalar_one() >= MOST_MEMBERS:
            message = N_("An organisation can have at most %(most)s members.")
            raise Problem("conflict", message, values={"most": MOST_MEMBERS})
    insert = insert_into(connection, organisation_members)
    insert = insert.values(organisation=organisation, person=person, role=role.value, added_at=now)
    changed = insert.on_conflict_do_update(index_elements=[m.organisation, m.person], set_={"role": role.value})
    await connection.execute(changed)


async def remove(connection: AsyncConnection, organisation: str, person: str) -> None:
    """Ends a membership. Raises Problem "conflict" for the last owner while others are members."""
    if await owners_of(connection, organisation) == [person]:
        others = sa.select(sa.func.count()).where(m.organisation == organisation, m.person != person)
        if (await connection.execute(others)).scalar_one():
            message = N_("An organisation needs an owner. Make someone else an owner first.")
            raise Problem("conflict", message, field="person")
    gone = organisation_members.delete().where(m.organisation == organisation, m.person == person)
    await connection.execute(gone)


async def move(connection: AsyncConnection, organisation: str, into: str) -> None:
    """Makes all members of one organisation members of another. A member of both keeps the higher role."""
    here = sa.select(m.person, m.role).where(m.organisation == into)
    held = {row.person: row.role for row in await connection.execute(here)}
    moving = sa.select(m.person, m.role, m.added_at).where(m.organisation == organisation)
    new: list[dict[str, object]] = []
    for row in (await connection.execute(moving)).all():
        if row.person not in held:
            new.append({"organisation": into, "person": row.person, "role": row.role, "added_at": row.added_at})
        elif row.role == OrganisationRole.OWNER.value:
            raised = organisation_members.update().where(m.organisation == into, m.person == row.person)
            await connection.execute(raised.values(role=row.role))
    await connection.execute(organisation_members.delete().where(m.organisation == organisation))
    if new:
        await connection.execute(organisation_members.insert(), new)
