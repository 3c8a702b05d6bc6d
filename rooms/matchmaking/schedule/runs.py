"""Organisers start, cancel, show and publish a schedule; participants object to its meetings."""

from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from rooms.core.commands.access import ABSENT, Actor
from rooms.core.commands.registry import command
from rooms.core.commands.transaction import Transaction
from rooms.core.errors import Problem
from rooms.core.ids import new_id
from rooms.core.rate_limits import Rate
from rooms.core.store.database import insert_into
from rooms.core.text import N_, optional_line
from rooms.matchmaking.messages import WishKind
from rooms.matchmaking.schedule import runner
from rooms.matchmaking.schedule.messages import (
    CancelSchedule,
    Objection,
    ObjectToMeeting,
    PlannedState,
    PublishSchedule,
    RunState,
    ScheduleStarted,
    ShowSchedule,
    StartSchedule,
)
from rooms.matchmaking.tables import match_runs, planned_meetings, planned_people, unplaced_wishes, wishes
from rooms.meetings.bookings.slots import all_slots
from rooms.people import rules

LOBBY = {"lobby"}
OPEN = (RunState.WAITING, RunState.RUNNING, RunState.DRAFT, RunState.SHOWN, RunState.PUBLISHING)
"""States of a schedule that is not finished. A conference has one of them at most."""
CANCELLABLE = (RunState.WAITING, RunState.RUNNING, RunState.DRAFT, RunState.SHOWN)
NOT_INSTALLED = N_(
    "The automatic schedule needs OR-Tools, which is not installed on this server. Ask its administrators to install Plenary with its extra “schedule”."
)

r, pm, pp, w = match_runs.c, planned_meetings.c, planned_people.c, wishes.c


@command(StartSchedule, kinds=LOBBY, allowed=rules.organises, rate=Rate(20, 3600))
async def start_schedule(tx: Transaction, actor: Actor, command: StartSchedule) -> ScheduleStarted:
    conference = actor.room.subject
    if not runner.is_installed():
        raise Problem("conflict", NOT_INSTALLED)
    if not any(slot.starts_at > tx.now for slot in await all_slots(tx.connection, conference)):
        raise Problem("conflict", N_("Open times for meetings first."))
    unfinished = sa.select(r.id).where(r.conference == conference, r.state.in_([each.value for each in OPEN]))
    if (await tx.connection.execute(unfinished)).first() is not None:
        raise Problem("conflict", N_("Publish or discard the present schedule first."))
    run = new_id()
    values = {"id": run, "conference": conference, "state": RunState.WAITING.value, "place": command.place.value}
    values |= {"again": command.again, "done": 0, "created_at": tx.now, "seen_at": tx.now}
    await tx.connection.execute(match_runs.insert().values(values))
    tx.audit(conference, actor.known.id, "schedule.start", run)
    return ScheduleStarted(run)


@command(CancelSchedule, kinds=LOBBY, allowed=rules.organises)
async def cancel_schedule(tx: Transaction, actor: Actor, command: CancelSchedule) -> None:
    await _advance(tx, actor, command.run, CANCELLABLE, RunState.CANCELLED)
    await forget_plan(tx.connection, command.run)
    tx.audit(actor.room.subject, actor.known.id, "schedule.cancel", command.run)


@command(ShowSchedule, kinds=LOBBY, allowed=rules.organises)
async def show_schedule(tx: Transaction, actor: Actor, command: ShowSchedule) -> None:
    await _advance(tx, actor, command.run, (RunState.DRAFT,), RunState.SHOWN, notified="")
    tx.audit(actor.room.subject, actor.known.id, "schedule.show", command.run)


@command(PublishSchedule, kinds=LOBBY, allowed=rules.organises)
async def publish_schedule(tx: Transaction, actor: Actor, command: PublishSchedule) -> None:
    await _advance(tx, actor, command.run, (RunState.SHOWN,), RunState.PUBLISHING, notified=None)
    tx.audit(actor.room.subject, actor.known.id, "schedule.publish", command.run)


@command(ObjectToMeeting, kinds=LOBBY, allowed=rules.takes_part)
async def object_to_meeting(tx: Transaction, actor: Actor, command: ObjectToMeeting) -> None:
    conference, person = actor.room.subject, actor.known.id
    joined = planned_meetings.join(match_runs, r.id == pm.run).join(planned_people, pp.meeting == pm.id)
    here = (r.conference == conference, pm.id == command.meeting, pp.person == person)
    shown = r.state.in_([RunState.SHOWN.value, RunState.PUBLISHING.value, RunState.PUBLISHED.value])
    row = (
        await tx.connection.execute(
            sa.select(r.state, pm.state.label("planned")).select_from(joined).where(*here, shown)
        )
    ).first()
    if row is None:
        raise Problem("not_found", ABSENT, field="meeting")
    if row.state != RunState.SHOWN.value:
        raise Problem("closed", N_("The schedule is published. Cancel the meeting instead."), field="meeting")
    if row.planned != PlannedState.PLANNED.value:
        raise Problem("closed", N_("This meeting has been taken out already."), field="meeting")
    said = {"objection": command.objection.value, "text": optional_line(command.text, 300, "text")}
    mine = sa.and_(pp.meeting == command.meeting, pp.person == person)
    await tx.connection.execute(planned_people.update().where(mine).values(said))
    out = planned_meetings.update().where(pm.id == command.meeting)
    await tx.connection.execute(out.values(state=PlannedState.OBJECTED.value))
    if command.objection is Objection.PERSON:
        others = sa.select(pp.person).where(pp.meeting == command.meeting, pp.person != person)
        for other in (await tx.connection.execute(others)).scalars().all():
            no = {"wish": WishKind.NO.value, "again": False, "at": tx.now}
            insert = insert_into(tx.connection, wishes).values(conference=conference, person=person, other=other, **no)
            keys = [w.conference, w.person, w.other]
            await tx.connection.execute(insert.on_conflict_do_update(index_elements=keys, set_=no))


async def run_row(connection: AsyncConnection, conference: str, run: str) -> Any:
    """Raises Problem "not_found"."""
    select = sa.select(match_runs).where(r.id == run, r.conference == conference)
    row = (await connection.execute(select)).one_or_none()
    if row is None:
        raise Problem("not_found", ABSENT, field="run")
    return row


async def _advance(
    tx: Transaction, actor: Actor, run: str, before: Iterable[RunState], after: RunState, **values: Any
) -> None:
    """Raises Problem "not_found" or "stale"."""
    await run_row(tx.connection, actor.room.subject, run)
    here = sa.and_(r.id == run, r.state.in_([each.value for each in before]))
    changed = match_runs.update().where(here).values(state=after.value, **values)
    if not (await tx.connection.execute(changed)).rowcount:
        raise Problem("stale", N_("The schedule has changed in the meantime. Look at it again."), field="run")


async def forget_plan(connection: AsyncConnection, run: str) -> None:
    """Deletes the meetings of a schedule that was discarded, and why wishes were not met."""
    theirs = sa.select(pm.id).where(pm.run == run)
    await connection.execute(planned_people.delete().where(pp.meeting.in_(theirs)))
    await connection.execute(planned_meetings.delete().where(pm.run == run))
    await connection.execute(unplaced_wishes.delete().where(unplaced_wishes.c.run == run))
