"""Finding a booth's staff, and taking up a duty to which one was invited."""

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from rooms.core.commands.people import PersonView, Role
from rooms.core.commands.transaction import Transaction
from rooms.core.store.tables import conferences, persons
from rooms.exhibition.booths.editing import set_duty
from rooms.exhibition.booths.staff_messages import Duty, DutyChanged
from rooms.exhibition.tables import booth_staff, booths
from rooms.people import roles

MOST_FOUND = 10
_RANKS = {Duty.CONTACT.value: 0, Duty.STAFF.value: 1, Duty.OWNER.value: 2}


async def search(connection: AsyncConnection, words: str) -> list[PersonView]:
    """Who has exactly this address, or a name with these words in it; by name only those who let themselves be seen."""
    p, words = persons.c, words.strip()
    if len(words) < 2:
        return []
    named = sa.and_(
        p.listed, *(sa.func.lower(p.name).contains(word, autoescape=True) for word in words.lower().split())
    )
    here = sa.and_(p.erased_at.is_(None), p.kind == "registered", p.verified_at.is_not(None))
    select = sa.select(p.id, p.name).where(here, sa.or_(p.email == words.lower(), named))
    return [PersonView(*row) for row in await connection.execute(select.order_by(p.name, p.id).limit(MOST_FOUND))]


async def take_up(tx: Transaction, conference: str, booth: str, room: str, person: PersonView, duty: Duty) -> bool:
    """Makes somebody of the staff; False when he has this duty or a greater one. In a closed conference he is an exhibitor from then on."""
    s, c = booth_staff.c, conferences.c
    this = sa.and_(s.booth == booth, s.person == person.id)
    held = (await tx.connection.execute(sa.select(s.duty).where(this))).scalar_one_or_none()
    if held is not None and _RANKS[held] >= _RANKS[duty.value]:
        return False
    await set_duty(tx.connection, booth, person.id, duty, tx.now)
    tx.record(DutyChanged(person, duty), room=room, person=person.id)
    if (await tx.connection.execute(sa.select(c.access).where(c.id == conference))).scalar_one() != "public":
        await roles.grant(
            tx.connection,
            person=person.id,
            conference=conference,
            session=None,
            role=Role.EXHIBITOR,
            by=None,
            at=tx.now,
        )
    return True


async def booths_of(connection: AsyncConnection, conference: str, person: str) -> list[tuple[str, str]]:
    """The booths at which a person has a duty, by name: (id, name)."""
    b, s = booths.c, booth_staff.c
    joined = booth_staff.join(booths, b.id == s.booth)
    select = sa.select(b.id, b.name).select_from(joined).where(s.person == person, b.conference == conference)
    return [(row.id, row.name) for row in await connection.execute(select.order_by(b.name, b.id))]
