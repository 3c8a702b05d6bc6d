"""Lifts expired restraints, so that the person's page and the moderators' lists show it immediately."""

import sqlalchemy as sa

from rooms.core.commands.people import PersonView
from rooms.core.engine import Engine
from rooms.core.jobs import every
from rooms.core.store.journal import rooms
from rooms.core.store.tables import persons, restraints
from rooms.people.desk import desk_of
from rooms.people.messages import RestraintLifted, RightsChanged

r = restraints.c


@every(seconds=20)
async def lift_lapsed(engine: Engine) -> int:
    """Returns how many were lifted."""
    here = sa.or_(
        sa.and_(r.session == "", rooms.c.kind == "lobby", rooms.c.subject == r.conference),
        sa.and_(r.session != "", rooms.c.kind == "session", rooms.c.subject == r.session),
    )
    select = sa.select(r.person, persons.c.name, r.conference, r.session, r.kind, rooms.c.id.label("room"))
    select = select.join(persons, persons.c.id == r.person).join(rooms, here)
    async with engine.database.read() as connection:
        lapsed = (await connection.execute(select.where(r.until <= engine.clock()))).all()
        desks = {each.person: await desk_of(connection, each.person) for each in lapsed}
    count = 0
    for each in lapsed:
        async with engine.transaction([each.room, desks[each.person]]) as tx:
            same = sa.and_(r.person == each.person, r.conference == each.conference, r.session == each.session)
            gone = restraints.delete().where(same, r.kind == each.kind, r.until <= tx.now)
            if (await tx.connection.execute(gone)).rowcount:
                person = PersonView(each.person, each.name)
                tx.record(RestraintLifted(person, each.kind), room=each.room, person=each.person)
                # Also on the desk, so that it reaches the other rooms of the conference.
                tx.record(RightsChanged(each.conference), room=desks[each.person], person=each.person)
                count += 1
    return count
