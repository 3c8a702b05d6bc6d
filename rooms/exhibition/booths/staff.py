"""The staff of a booth in the tables: giving and ending duties, and taking up a duty by an invitation."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from rooms.core.commands.people import PersonView, Role
from rooms.core.commands.transaction import Transaction
from rooms.core.errors import Problem
from rooms.core.store.database import insert_into
from rooms.core.store.tables import conferences, roles
from rooms.core.text import N_
from rooms.exhibition.booths.staff_messages import Duty, DutyChanged
from rooms.exhibition.organisations import join_organisation, leave_organisation
from rooms.exhibition.tables import booth_staff, booths

MOST_STAFF = 100
"""People with a duty at one booth."""
_RANKS = {Duty.CONTACT.value: 0, Duty.STAFF.value: 1, Duty.OWNER.value: 2}

s, b, c, r = booth_staff.c, booths.c, conferences.c, roles.c


async def set_duty(connection: AsyncConnection, booth: str, person: str, duty: Duty, now: datetime) -> None:
    """In a conference that is not public, a duty makes the person an exhibitor; `drop_duty` ends that. Raises Problem "conflict"."""
    count = sa.select(sa.func.count()).where(s.booth == booth, s.person != person)
    if (await connection.execute(count)).scalar_one() >= MOST_STAFF:
        raise Problem("conflict", N_("At most %(most)s people can staff a booth."), values={"most": MOST_STAFF})
    insert = insert_into(connection, booth_staff).values(booth=booth, person=person, duty=duty.value, added_at=now)
    await connection.execute(
        insert.on_conflict_do_update(index_elements=[s.booth, s.person], set_={"duty": duty.value})
    )
    await join_organisation(connection, booth, person, duty, now)
    conference = await _conference(connection, booth)
    if conference.access != "public":
        role = {"person": person, "conference": conference.id, "session": "", "role": Role.EXHIBITOR.value}
        insert = insert_into(connection, roles).values(**role, granted_by=None, granted_at=now)
        await connection.execute(insert.on_conflict_do_nothing())


async def drop_duty(connection: AsyncConnection, booth: str, person: str) -> None:
    """Ends a duty. If it was their last one in a conference, the exhibitor role that came with it ends too; a role granted by an organiser remains."""
    await connection.execute(booth_staff.delete().where(s.booth == booth, s.person == person))
    await leave_organisation(connection, booth, person)
    conference = await _conference(connection, booth)
    others = sa.select(sa.func.count()).select_from(booth_staff.join(booths, b.id == s.booth))
    others = others.where(s.person == person, b.conference == conference.id)
    if not (await connection.execute(others)).scalar_one():
        held = sa.and_(r.person == person, r.conference == conference.id, r.session == "")
        automatic = sa.and_(r.role == Role.EXHIBITOR.value, r.granted_by.is_(None))
        await connection.execute(roles.delete().where(held, automatic))


async def _conference(connection: AsyncConnection, booth: str) -> "sa.Row[Any, Any]":
    select = sa.select(c.id, c.access).select_from(booths.join(conferences, c.id == b.conference))
    return (await connection.execute(select.where(b.id == booth))).one()


async def take_up(tx: Transaction, booth: str, room: str | None, person: PersonView, duty: Duty) -> bool:
    """Makes an invited person part of the staff; False when they have this duty or a greater one.

    `room` is the booth's, or None while the booth is being created and nobody can be in it.
    """
    this = sa.and_(s.booth == booth, s.person == person.id)
    held = (await tx.connection.execute(sa.select(s.duty).where(this))).scalar_one_or_none()
    if held is not None and _RANKS[held] >= _RANKS[duty.value]:
        return False
    await set_duty(tx.connection, booth, person.id, duty, tx.now)
    if room is not None:
        tx.record(DutyChanged(person, duty), room=room, person=person.id)
    return True


async def owners_of(connection: AsyncConnection, booth: str) -> list[str]:
    select = sa.select(s.person).where(s.booth == booth, s.duty == Duty.OWNER.value).order_by(s.person)
    return list((await connection.execute(select)).scalars())


async def booths_of(connection: AsyncConnection, conference: str, person: str) -> list[tuple[str, str]]:
    """The booths at which a person has a duty, by name: (id, name)."""
    joined = booth_staff.join(booths, b.id == s.booth)
    select = sa.select(b.id, b.name).select_from(joined).where(s.person == person, b.conference == conference)
    return [(row.id, row.name) for row in await connection.execute(select.order_by(b.name, b.id))]
