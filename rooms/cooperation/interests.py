"""Interest in an entry: someone asks its organisation for a conversation, the organisation answers, and either side records what came of it."""

from typing import Any

import msgspec
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from rooms.cooperation import queries
from rooms.cooperation.editing import check_acts_for
from rooms.cooperation.messages import (
    ENTRY_COMMENT_LENGTH,
    AcceptInterest,
    DeclineInterest,
    EntryState,
    InterestShown,
    InterestState,
    RecordOutcome,
    RoleSought,
    ShowInterest,
    WithdrawInterest,
)
from rooms.cooperation.publication import answering, entry_of_others, with_members
from rooms.cooperation.roles import check_open, list_sought
from rooms.cooperation.tables import interests
from rooms.core.commands.access import Actor
from rooms.core.commands.registry import command
from rooms.core.commands.transaction import Transaction
from rooms.core.errors import Problem
from rooms.core.ids import new_id
from rooms.core.links import Target
from rooms.core.rate_limits import Rate
from rooms.core.text import N_, clean_text
from rooms.organisations.queries import organisation_row
from rooms.people import rules
from rooms.people.desk import notify_all, with_desk_from
from rooms.people.restraints import not_removed

LOBBY = {"lobby"}
MOST_WAITING = 50
"""Interests of one person that have no answer yet."""

i = interests.c
WAITING = InterestState.WAITING.value

with_asker = with_desk_from(i.person, i.id, "interest")


@command(ShowInterest, kinds=LOBBY, allowed=rules.speaks_up, extra_rooms=with_members, rate=Rate(30, 3600))
async def show_interest(tx: Transaction, actor: Actor, command: ShowInterest) -> InterestShown:
    conference, person = actor.room.subject, actor.known.id
    row = await entry_of_others(tx, actor, command.entry)
    if command.organisation is not None:
        await organisation_row(tx.connection, conference, command.organisation)
        await check_acts_for(tx.connection, actor, command.organisation)
    if command.role:
        if command.organisation is None:
            raise Problem("invalid", N_("A role is for an organisation. Choose yours."), field="organisation")
        await check_open(tx.connection, row.id, queries.view_of(row).roles, command.role)
    count = sa.select(sa.func.count()).where(i.person == person, i.state == WAITING)
    if (await tx.connection.execute(count)).scalar_one() >= MOST_WAITING:
        message = N_("%(most)s of your requests wait for an answer. Withdraw one first.")
        raise Problem("conflict", message, values={"most": MOST_WAITING})
    people = await answering(tx, actor, row)
    said: dict[str, Any] = {"organisation": command.organisation, "role": command.role}
    said |= {"text": clean_text(command.text, ENTRY_COMMENT_LENGTH, "text")}
    state = {"state": WAITING, "reason": "", "answered_by": None, "answered_at": None, "at": tx.now}
    state |= {"outcome": "", "outcome_at": None}
    earlier = sa.select(i.id, i.state).where(i.entry == row.id, i.person == person)
    found = (await tx.connection.execute(earlier)).one_or_none()
    if found is None:
        id = new_id()
        values = {"id": id, "entry": row.id, "person": person, **said, **state}
        await tx.connection.execute(interests.insert().values(values))
    elif found.state == InterestState.WITHDRAWN.value:
        id = found.id
        await tx.connection.execute(interests.update().where(i.id == id).values(**said, **state))
    else:
        raise Problem("conflict", N_("You have already shown interest in this entry."), field="entry")
    await notify_all(
        tx,
        people,
        "interest.new",
        {"entry": row.title},
        Target("interests", conference),
        about=actor.known.view,
    )
    return InterestShown(id)


@command(WithdrawInterest, kinds=LOBBY, allowed=rules.takes_part)
async def withdraw_interest(tx: Transaction, actor: Actor, command: WithdrawInterest) -> None:
    row = await queries.interest_row(tx.connection, actor.room.subject, command.interest)
    if row.person != actor.known.id:
        raise Problem("not_found", GONE, field="interest")
    if row.state == InterestState.DECLINED.value:
        # Once withdrawn, it could be shown again, and would notify the organisation each time.
        raise Problem("stale", ANSWERED, field="interest")
    withdrawn = {"state": InterestState.WITHDRAWN.value, "text": "", "answered_at": row.answered_at or tx.now}
    await tx.connection.execute(interests.update().where(i.id == row.id).values(withdrawn))
    await _count_roles(tx, row)


@command(AcceptInterest, kinds=LOBBY, allowed=rules.takes_part, extra_rooms=with_asker)
async def accept_interest(tx: Transaction, actor: Actor, command: AcceptInterest) -> None:
    row = await _asked(tx.connection, actor, command.interest)
    if row.role:
        roles = msgspec.convert(row.roles or [], list[RoleSought])
        await check_open(tx.connection, row.entry, roles, row.role)
    await _answer(tx, actor, row, InterestState.ACCEPTED)
    await _count_roles(tx, row)


@command(DeclineInterest, kinds=LOBBY, allowed=rules.takes_part, extra_rooms=with_asker)
async def decline_interest(tx: Transaction, actor: Actor, command: DeclineInterest) -> None:
    row = await _asked(tx.connection, actor, command.interest)
    await _answer(tx, actor, row, InterestState.DECLINED, reason=command.reason.value)


@command(RecordOutcome, kinds=LOBBY, allowed=rules.takes_part)
async def record_outcome(tx: Transaction, actor: Actor, command: RecordOutcome) -> None:
    row = await queries.interest_row(tx.connection, actor.room.subject, command.interest)
    if row.person != actor.known.id:
        await _check_owns(tx.connection, actor, row)
    if row.state != InterestState.ACCEPTED.value:
        raise Problem("conflict", N_("An outcome can be recorded once the request is accepted."), field="interest")
    values = {"outcome": command.outcome.value, "outcome_at": tx.now}
    await tx.connection.execute(interests.update().where(i.id == row.id).values(values))
    await _count_roles(tx, row)
    tx.audit(actor.room.subject, actor.known.id, "interest.outcome", row.id, {"outcome": command.outcome.value})


async def _count_roles(tx: Transaction, row: Any) -> None:
    """What a published idea is missing may have changed."""
    entry = await queries.entry_row(tx.connection, row.conference, row.entry)
    if row.role and entry.state == EntryState.PUBLISHED.value:
        await list_sought(tx.connection, entry.id, queries.view_of(entry).roles)


ANSWERED = N_("This request has already been answered or withdrawn.")
GONE = N_("This request does not exist, or you do not have access to it.")


async def _asked(connection: AsyncConnection, actor: Actor, interest: str) -> Any:
    """An interest that waits for the answer of the actor's organisation. Raises Problem "not_found" or "stale"."""
    row = await queries.interest_row(connection, actor.room.subject, interest)
    await _check_owns(connection, actor, row)
    if row.state != WAITING:
        raise Problem("stale", ANSWERED, field="interest")
    return row


async def _check_owns(connection: AsyncConnection, actor: Actor, row: Any) -> None:
    try:
        await check_acts_for(connection, actor, row.owner)
    except Problem:
        raise Problem("not_found", GONE, field="interest") from None


async def _answer(tx: Transaction, actor: Actor, row: Any, state: InterestState, reason: str = "") -> None:
    values = {"state": state.value, "reason": reason, "answered_by": actor.known.id, "answered_at": tx.now}
    await tx.connection.execute(interests.update().where(i.id == row.id).values(values))
    reachable = sa.select(i.person).where(i.id == row.id, not_removed(i.person, actor.room.subject, tx.now))
    people = (await tx.connection.execute(reachable)).scalars().all()
    target = Target("interests", actor.room.subject)
    await notify_all(tx, people, f"interest.{state.value}", {"entry": row.title}, target)
