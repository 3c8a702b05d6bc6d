"""Organisers set up rounds of short talks; people enter and leave them."""

from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from rooms.core.commands.access import Actor
from rooms.core.commands.registry import command
from rooms.core.commands.transaction import Transaction
from rooms.core.errors import Problem
from rooms.core.ids import new_id
from rooms.core.rate_limits import Rate
from rooms.core.store.database import insert_into
from rooms.core.store.journal import rooms
from rooms.core.text import N_, clean_line, optional_text
from rooms.meetings.create import close_meeting
from rooms.meetings.rounds import queries
from rooms.meetings.rounds.messages import (
    TEXT_LENGTH,
    TITLE_LENGTH,
    CancelRound,
    CreateRound,
    EditRound,
    EnterRound,
    LeaveRound,
    RoundAudience,
    RoundCreated,
    RoundFields,
    RoundNow,
    RoundState,
    StartRound,
)
from rooms.meetings.rounds.queries import OPEN, r, round_row, rp, rt
from rooms.meetings.rounds.tables import round_people, round_talks, rounds
from rooms.organisations.tables import organisation_members, organisations
from rooms.people import rules
from rooms.people.desk import desks_of

LOBBY = {"lobby"}
MOST_PEOPLE = 1000
MOST_ROUNDS = 100
"""Of one conference."""

OVER = N_("These rounds are over.")


async def with_everyone(connection: AsyncConnection, round: str) -> set[str]:
    """The desks of all who have entered, and the meeting rooms of the current talks."""
    people = sa.select(rp.person).where(rp.round == round)
    talks = sa.select(rt.meeting).join(rounds, sa.and_(r.id == rt.round, r.number == rt.number)).where(r.id == round)
    calls = sa.and_(rooms.c.kind == "meeting", rooms.c.subject.in_(talks))
    found = (await connection.execute(sa.select(rooms.c.id).where(calls))).scalars()
    return {*found, *await desks_of(connection, (await connection.execute(people)).scalars())}


async def _with_everyone(connection: AsyncConnection, room: str, command: Any) -> Iterable[str]:
    return await with_everyone(connection, command.round)


@command(CreateRound, kinds=LOBBY, allowed=rules.organises)
async def create_round(tx: Transaction, actor: Actor, command: CreateRound) -> RoundCreated:
    conference, id = actor.room.subject, new_id()
    count = sa.select(sa.func.count()).where(r.conference == conference)
    if (await tx.connection.execute(count)).scalar_one() >= MOST_ROUNDS:
        raise Problem("conflict", N_("A conference can have at most %(most)s of these."), values={"most": MOST_ROUNDS})
    fixed = {"id": id, "conference": conference, "state": RoundState.WAITING.value, "number": 0}
    await tx.connection.execute(rounds.insert().values(**fixed, **_columns(command)))
    tx.audit(conference, actor.known.id, "round.create", id)
    return RoundCreated(id)


@command(EditRound, kinds=LOBBY, allowed=rules.organises)
async def edit_round(tx: Transaction, actor: Actor, command: EditRound) -> None:
    row = await round_row(tx.connection, actor.room.subject, command.round)
    changed = rounds.update().where(r.id == row.id, r.state == RoundState.WAITING.value).values(**_columns(command))
    if not (await tx.connection.execute(changed)).rowcount:
        raise Problem("closed", N_("The first talk has begun."), field="round")
    tx.audit(row.conference, actor.known.id, "round.edit", row.id)


@command(StartRound, kinds=LOBBY, allowed=rules.organises)
async def start_round(tx: Transaction, actor: Actor, command: StartRound) -> None:
    row = await round_row(tx.connection, actor.room.subject, command.round)
    begun = rounds.update().where(r.id == row.id, r.state == RoundState.WAITING.value).values(starts_at=tx.now)
    if not (await tx.connection.execute(begun)).rowcount:
        raise Problem("closed", N_("The first talk has begun."), field="round")
    tx.audit(row.conference, actor.known.id, "round.start", row.id)


@command(CancelRound, kinds=LOBBY, allowed=rules.organises, extra_rooms=_with_everyone)
async def cancel_round(tx: Transaction, actor: Actor, command: CancelRound) -> None:
    row = await round_row(tx.connection, actor.room.subject, command.round)
    gone = {"state": RoundState.CANCELLED.value, "until": None}
    cancelled = rounds.update().where(r.id == row.id, r.state.in_(OPEN)).values(gone)
    if not (await tx.connection.execute(cancelled)).rowcount:
        raise Problem("closed", OVER, field="round")
    await close_talks(tx, row.id, row.number)
    await publish(tx, row.id)
    tx.audit(row.conference, actor.known.id, "round.cancel", row.id)


@command(EnterRound, kinds=LOBBY, allowed=rules.speaks_up, own_desk=True, rate=Rate(30, 600))
async def enter_round(tx: Transaction, actor: Actor, command: EnterRound) -> None:
    row, person = await round_row(tx.connection, actor.room.subject, command.round), actor.known.id
    if row.state not in OPEN:
        raise Problem("closed", OVER, field="round")
    if row.audience == RoundAudience.MEMBERS.value and not await _is_member(tx.connection, row.conference, person):
        raise Problem("forbidden", N_("These rounds are for members of an organisation in this conference."))
    count = sa.select(sa.func.count()).where(rp.round == row.id, rp.here)
    if (await tx.connection.execute(count)).scalar_one() >= MOST_PEOPLE:
        raise Problem("conflict", N_("The waiting room is full (%(most)s people)."), values={"most": MOST_PEOPLE})
    values = {"here": True, "seen_at": tx.now}
    insert = insert_into(tx.connection, round_people).values(round=row.id, person=person, left_over=0, **values)
    await tx.connection.execute(insert.on_conflict_do_update(index_elements=[rp.round, rp.person], set_=values))
    await publish(tx, row.id, [person])


@command(LeaveRound, kinds=LOBBY, allowed=rules.takes_part, own_desk=True)
async def leave_round(tx: Transaction, actor: Actor, command: LeaveRound) -> None:
    row, person = await round_row(tx.connection, actor.room.subject, command.round), actor.known.id
    mine = sa.and_(rp.round == row.id, rp.person == person, rp.here)
    if not (await tx.connection.execute(round_people.update().where(mine).values(here=False))).rowcount:
        raise Problem("not_found", N_("You have not entered these rounds."), field="round")
    talk = sa.and_(rt.round == row.id, rt.number == row.number, rt.person == person)
    await tx.connection.execute(round_talks.update().where(talk).values(gone=True))
    await publish(tx, row.id, [person])


async def close_talks(tx: Transaction, round: str, number: int) -> None:
    """Closes the talks of a round whose meeting rooms the transaction has locked."""
    for talk in await queries.talks_of(tx.connection, round, number):
        await close_meeting(tx, talk.meeting)


async def publish(tx: Transaction, round: str, people: Iterable[str] | None = None) -> None:
    """Publishes on the locked desks what these people, or all who have entered, do now."""
    desks = {room.subject: room.id for room in tx.rooms.values() if room.kind == "desk"}
    reached = list(desks) if people is None else [person for person in people if person in desks]
    for person, now in (await queries.now_in(tx.connection, round, reached)).items():
        tx.latest(RoundNow(round, now), room=desks[person])


async def _is_member(connection: AsyncConnection, conference: str, person: str) -> bool:
    o, om = organisations.c, organisation_members.c
    select = sa.select(om.person).join(organisations, o.id == om.organisation)
    found = await connection.execute(select.where(om.person == person, o.conference == conference).limit(1))
    return found.first() is not None


def _columns(said: RoundFields) -> dict[str, Any]:
    return {
        "title": clean_line(said.title, TITLE_LENGTH, "title"),
        "text": optional_text(said.text, TEXT_LENGTH, "text"),
        "audience": said.audience.value,
        "prefers": said.prefers.value,
        "starts_at": said.starts_at,
        "talk_minutes": said.talk_minutes,
        "pause_seconds": said.pause_seconds,
        "talks": said.talks,
    }
