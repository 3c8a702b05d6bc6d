"""Changing the staff of a booth. The person and the owners are notified, and a person can leave the staff at any time (docs/decisions)."""

from collections.abc import Iterable

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from rooms.core.commands.access import Actor
from rooms.core.commands.people import PersonView
from rooms.core.commands.registry import command
from rooms.core.commands.transaction import Transaction
from rooms.core.errors import Problem
from rooms.core.links import Target
from rooms.core.store.journal import rooms
from rooms.core.text import N_
from rooms.exhibition import rules
from rooms.exhibition.booths import queries
from rooms.exhibition.booths.editing import BOOTH, with_hall
from rooms.exhibition.booths.staff import drop_duty, owners_of, set_duty
from rooms.exhibition.booths.staff_messages import Duty, DutyChanged, LeaveStaff, SetDuty
from rooms.exhibition.queue.actions import release
from rooms.exhibition.queue.shifts import drop_from_plan
from rooms.exhibition.tables import booth_staff
from rooms.meetings import roster
from rooms.meetings.messages import Removed
from rooms.meetings.queries import peers
from rooms.meetings.tables import call_peers, invited, meetings
from rooms.people.accounts import person_named
from rooms.people.candidates import check_eligible
from rooms.people.desk import desk_of, desks_of, notify
from rooms.people.messages import RightsChanged

s, i, m, p = booth_staff.c, invited.c, meetings.c, call_peers.c


async def with_staff(connection: AsyncConnection, room: str, command: SetDuty | LeaveStaff) -> Iterable[str]:
    """The hall, the desks of the person and of the owners, and the rooms of the booth's open meetings."""
    booth = sa.select(rooms.c.subject).where(rooms.c.id == room, rooms.c.kind == "booth")
    id = (await connection.execute(booth)).scalar_one_or_none()
    if id is None:
        return []
    people = sa.select(s.person).where(s.booth == id, s.duty == Duty.OWNER.value)
    chosen = [command.person] if isinstance(command, SetDuty) else []
    desks = await desks_of(connection, [*(await connection.execute(people)).scalars(), *chosen])
    open_here = rooms.join(meetings, m.id == rooms.c.subject)
    select = sa.select(rooms.c.id).select_from(open_here).where(rooms.c.kind == "meeting", m.booth == id)
    met = (await connection.execute(select.where(m.closed_at.is_(None)))).scalars()
    return [*await with_hall(connection, room, command), *desks, *met]


@command(SetDuty, kinds=BOOTH, allowed=rules.owns, extra_rooms=with_staff)
async def change_duty(tx: Transaction, actor: Actor, command: SetDuty) -> None:
    booth = actor.room.subject
    person = await person_named(tx.connection, command.person)
    this = sa.and_(s.booth == booth, s.person == person.id)
    held = (await tx.connection.execute(sa.select(s.duty).where(this))).scalar_one_or_none()
    if held == (command.duty.value if command.duty else None):
        return
    if command.duty is None:
        await _remove(tx, actor, person, held)
        return
    if held is None:
        await check_eligible(tx, actor.room.conference or "", person.id)
    elif held == Duty.OWNER:
        await _check_last_owner(tx, booth, person.id)
    await set_duty(tx.connection, booth, person.id, command.duty, tx.now)
    if held is not None and command.duty is Duty.CONTACT:
        await drop_from_plan(tx, booth, person)
    await _announce(tx, actor, person, command.duty)
    if held is None:
        await _notify(tx, actor, person)


@command(LeaveStaff, kinds=BOOTH, allowed=rules.answers, extra_rooms=with_staff)
async def leave_staff(tx: Transaction, actor: Actor, command: LeaveStaff) -> None:
    this = sa.and_(s.booth == actor.room.subject, s.person == actor.known.id)
    held = (await tx.connection.execute(sa.select(s.duty).where(this))).scalar_one()
    await _remove(tx, actor, actor.known.view, held)


async def _remove(tx: Transaction, actor: Actor, person: PersonView, held: str | None) -> None:
    booth = actor.room.subject
    if held == Duty.OWNER:
        await _check_last_owner(tx, booth, person.id)
    await release(tx, actor, person.id)
    await _leave_meetings(tx, booth, person.id)
    await drop_duty(tx.connection, booth, person.id)
    await drop_from_plan(tx, booth, person)
    await _announce(tx, actor, person, None)


async def _check_last_owner(tx: Transaction, booth: str, person: str) -> None:
    if await owners_of(tx.connection, booth) == [person]:
        raise Problem("conflict", N_("A booth needs an owner. Make someone else an owner first."), field="person")


async def _leave_meetings(tx: Transaction, booth: str, person: str) -> None:
    """Takes the person out of the booth's open meetings and their calls. The transaction has locked their rooms."""
    at = {row.subject: row.id for row in tx.rooms.values() if row.kind == "meeting"}
    here = sa.select(m.id).where(m.id.in_(at), m.booth == booth, m.closed_at.is_(None))
    for meeting in list((await tx.connection.execute(here)).scalars()):
        mine = await peers(tx.connection, p.meeting == meeting, p.person == person)
        for peer in mine:
            tx.tell(peer.peer, Removed("closed"), room=at[meeting])
        await roster.leave(tx, at[meeting], meeting, [peer.peer for peer in mine])
        await tx.connection.execute(invited.delete().where(i.meeting == meeting, i.person == person))


async def _announce(tx: Transaction, actor: Actor, person: PersonView, duty: Duty | None) -> None:
    tx.record(DutyChanged(person, duty), person=person.id)
    desk = await desk_of(tx.connection, person.id)
    if desk in tx.rooms:
        tx.record(RightsChanged(actor.room.conference), room=desk, person=person.id)
    details = {"booth": actor.room.subject, "duty": duty.value if duty else ""}
    tx.audit(actor.room.conference, actor.known.id, "staff.set", person.id, details)


async def _notify(tx: Transaction, actor: Actor, person: PersonView) -> None:
    """Notifies the new colleague, and the owners of what somebody else has done at their booth: an organiser may choose themself."""
    booth, conference = actor.room.subject, actor.room.conference or ""
    values, target = {"booth": (await queries.booth_row(tx.connection, booth)).name}, Target("booth", conference, booth)
    for owner in await owners_of(tx.connection, booth):
        if owner not in {actor.known.id, person.id} and await desk_of(tx.connection, owner) in tx.rooms:
            await notify(tx, owner, "staff.new", values, target, about=person)
    if person.id != actor.known.id:
        await notify(tx, person.id, "staff.you", values, target)
