"""What waits in the exhibition: contact requests at one's booths; applications and texts for the organisers."""

from collections.abc import Iterable
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from rooms.core.commands.access import Actor
from rooms.core.commands.people import Role
from rooms.core.links import Target
from rooms.core.waiting import Waiting, waits
from rooms.exhibition.record_tables import exhibitor_applications
from rooms.exhibition.tables import booth_staff, booths, contacts

a, b, c, s = exhibitor_applications.c, booths.c, contacts.c, booth_staff.c


@waits
async def waiting(connection: AsyncConnection, actor: Actor, now: datetime) -> Iterable[Waiting]:
    """A request that a colleague has taken waits for nobody else."""
    conference, person, count = actor.room.subject, actor.known.id, sa.func.count()
    joined = booths.join(booth_staff, s.booth == b.id).join(contacts, c.booth == b.id)
    mine = sa.or_(c.state == "open", sa.and_(c.state == "taken", c.owner == person))
    select = sa.select(b.id, b.name, count).select_from(joined).where(b.conference == conference, s.person == person)
    asked = await connection.execute(select.where(mine).group_by(b.id, b.name).order_by(b.name, b.id))
    found = [Waiting("booth.contacts", number, Target("booth", conference, id), name) for id, name, number in asked]
    if Role.ORGANISER in actor.roles:
        sent = sa.and_(a.conference == conference, a.state.in_(["sent", "reviewed"]))
        exhibitors = Target("organise.exhibitors", conference)
        number = (
            await connection.execute(sa.select(count).select_from(exhibitor_applications).where(sent))
        ).scalar_one()
        found.append(Waiting("applications", number, exhibitors))
        texts = sa.select(b.id, b.name).where(b.conference == conference, b.review == "waiting").order_by(b.name, b.id)
        for id, name in await connection.execute(texts):
            found.append(Waiting("booth.texts", 1, Target("booth.edit", conference, id), name))
    return found
