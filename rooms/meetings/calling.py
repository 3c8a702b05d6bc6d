"""Commands in a call: extend it, wait for a place, rate it."""

from datetime import timedelta

import sqlalchemy as sa

from rooms.core.commands.access import Actor
from rooms.core.commands.registry import command
from rooms.core.commands.transaction import Transaction
from rooms.core.errors import Problem
from rooms.core.store.database import insert_into
from rooms.core.text import N_, optional_text
from rooms.meetings import queries, roster, rules
from rooms.meetings.messages import (
    CALL_NOTE_LENGTH,
    ExtendCall,
    MeetingRated,
    OutcomeView,
    RateCall,
    WaitForCall,
)
from rooms.meetings.tables import call_outcomes, call_peers, call_waits, calls

MEETING = {"meeting"}
EXTENSION = timedelta(minutes=5)
MOST_EXTENSIONS = 6


@command(ExtendCall, kinds=MEETING, allowed=rules.invited)
async def extend_call(tx: Transaction, actor: Actor, command: ExtendCall) -> None:
    meeting, c, p = actor.room.subject, calls.c, call_peers.c
    inside = sa.select(sa.func.count()).where(p.meeting == meeting, p.person == actor.known.id)
    if not (await tx.connection.execute(inside)).scalar_one():
        raise Problem("conflict", rules.NOT_IN_CALL)
    now = (await tx.connection.execute(sa.select(c.ends_at, c.extensions).where(c.meeting == meeting))).one()
    if now.ends_at is None:
        raise Problem("conflict", N_("This call has no end time yet, because nobody else has joined."))
    if now.extensions >= MOST_EXTENSIONS:
        raise Problem("conflict", N_("This call has been extended %(times)s times."), values={"times": now.extensions})
    # After the end, five more minutes count from now; otherwise the extension could already be over.
    longer = {"ends_at": max(now.ends_at, tx.now) + EXTENSION, "extensions": now.extensions + 1}
    await tx.connection.execute(calls.update().where(c.meeting == meeting).values(longer))
    await roster.tell(tx, actor.room.id, meeting)


@command(WaitForCall, kinds=MEETING, allowed=rules.invited)
async def wait_for_call(tx: Transaction, actor: Actor, command: WaitForCall) -> None:
    meeting, person = await queries.meeting(tx.connection, actor.room.subject), actor.known.id
    known = any(each.id == person for each in await queries.waiting(tx.connection, meeting.id))
    mine = sa.and_(call_waits.c.meeting == meeting.id, call_waits.c.person == person)
    if not command.waiting:
        await tx.connection.execute(call_waits.delete().where(mine))
    elif known:
        await tx.connection.execute(call_waits.update().where(mine).values(seen_at=tx.now))
    else:
        if meeting.closed_at is not None:
            raise Problem("closed", rules.OVER)
        here = {each.person for each in await queries.peers(tx.connection, call_peers.c.meeting == meeting.id)}
        if person in here:
            raise Problem("conflict", N_("You are already in this call."))
        times = {"since": tx.now, "seen_at": tx.now}
        await tx.connection.execute(call_waits.insert().values(meeting=meeting.id, person=person, **times))
    if known is not command.waiting:
        await roster.tell(tx, actor.room.id, meeting.id)


@command(RateCall, kinds=MEETING, allowed=rules.invited)
async def rate_call(tx: Transaction, actor: Actor, command: RateCall) -> None:
    note = optional_text(command.note, CALL_NOTE_LENGTH, "note")
    said = {"outcome": command.outcome.value, "rating": command.rating, "note": note, "at": tx.now}
    insert = insert_into(tx.connection, call_outcomes).values(meeting=actor.room.subject, person=actor.known.id, **said)
    index = [call_outcomes.c.meeting, call_outcomes.c.person]
    await tx.connection.execute(insert.on_conflict_do_update(index_elements=index, set_=said))
    tx.record(MeetingRated(OutcomeView(command.outcome, command.rating, note)), person=actor.known.id)
