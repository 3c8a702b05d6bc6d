"""The staff of a booth as hosts of its meetings, and the command that invites a colleague."""

from collections.abc import Collection

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from rooms.core.commands.access import Actor
from rooms.core.commands.people import PersonView
from rooms.core.commands.registry import command
from rooms.core.commands.transaction import Transaction
from rooms.core.errors import Problem
from rooms.core.links import Target
from rooms.core.store.tables import persons
from rooms.core.text import N_
from rooms.exhibition.tables import booth_staff, booths
from rooms.meetings import queries, rules
from rooms.meetings.create import invite
from rooms.meetings.hosts import Host, host_of, register
from rooms.meetings.messages import BringColleague
from rooms.meetings.tables import invited, meetings
from rooms.people import blocks
from rooms.people.desk import notify, with_desk

SERVING = ("owner", "staff")


async def hosts(connection: AsyncConnection, at: Collection[str]) -> dict[str, Host]:
    s, m, i = booth_staff.c, meetings.c, invited.c
    serves = sa.and_(s.booth == booths.c.id, s.duty.in_(SERVING))
    joined = meetings.join(booths, booths.c.id == m.booth).outerjoin(booth_staff, serves)
    joined = joined.outerjoin(persons, persons.c.id == s.person)
    joined = joined.outerjoin(invited, sa.and_(i.meeting == m.id, i.person == s.person))
    select = sa.select(m.id, booths.c.name.label("booth"), s.person, persons.c.name, i.person.label("here"))
    select = select.select_from(joined).where(m.id.in_(at)).order_by(persons.c.name, s.person)
    found: dict[str, Host] = {}
    for row in await connection.execute(select):
        host = found.setdefault(row.id, Host(row.booth, frozenset(), []))
        if row.person is not None:
            found[row.id] = host._replace(staff=host.staff | {row.person})
            if row.here is None:
                host.free.append(PersonView(row.person, row.name))
    return found


register(hosts)


@command(BringColleague, kinds={"meeting"}, allowed=rules.invited, extra_rooms=with_desk())
async def bring_colleague(tx: Transaction, actor: Actor, command: BringColleague) -> None:
    meeting = await queries.meeting(tx.connection, actor.room.subject)
    if meeting.closed_at is not None:
        raise Problem("closed", rules.OVER)
    host = await host_of(tx.connection, meeting.id)
    if actor.known.id not in host.staff:
        raise Problem("forbidden", N_("Only the staff of this booth can do this."))
    colleague = next((each for each in host.free if each.id == command.person), None)
    if colleague is None:
        raise Problem("not_found", N_("This colleague cannot be invited."), field="person")
    here = [each.id for each in await queries.people(tx.connection, meeting.id)]
    if any(colleague.id in pair for pair in await blocks.between(tx.connection, [colleague.id, *here])):
        raise Problem("not_found", N_("This colleague cannot be invited."), field="person")
    await invite(tx, meeting.id, colleague)
    target = Target("meeting", meeting.conference, meeting.id)
    await notify(tx, colleague.id, "meeting", {"booth": host.name}, target, about=actor.known.view)
