"""In the middle of a talk: who has lost their partner, or has just come, is given another one within seconds."""

from datetime import datetime, timedelta
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from rooms.core.commands.transaction import Transaction
from rooms.core.engine import Engine
from rooms.core.store.tables import conferences
from rooms.meetings.create import close_meeting, invite
from rooms.meetings.rounds.actions import publish, with_everyone
from rooms.meetings.rounds.messages import RoundState
from rooms.meetings.rounds.pairing import Group, Pair, add_lone
from rooms.meetings.rounds.queries import met_pairs, present, r, rp, rt, talks_of
from rooms.meetings.rounds.tables import round_people, round_talks, rounds
from rooms.meetings.rounds.talks import open_talks
from rooms.meetings.tables import call_peers, calls
from rooms.people import blocks
from rooms.people.accounts import person_named

TO_JOIN = timedelta(seconds=40)
"""A person who has not joined the call by then has not come: camera and microphone are chosen first."""
LOST = timedelta(seconds=4)
"""How long a broken connection of a call is waited for."""
TOO_LATE = timedelta(seconds=20)
"""Shortly before its end, a talk is not worth a new partner."""


class PartnerPlan(NamedTuple):
    """What to change. `gone`: (meeting, person) who are no longer in a talk; `absent`: who never came to the call, or left it while
    they are still here, and must enter again; `back`: (meeting, person)
    who return to the one who waited; `groups`: new talks; `joined`: the meetings that people join."""

    gone: set[tuple[str, str]]
    absent: set[str]
    back: set[tuple[str, str]]
    groups: list[Group]
    joined: dict[str, str]

    @property
    def empty(self) -> bool:
        return not (self.gone or self.back or self.groups or self.joined)


async def find_partners(engine: Engine, row: Any) -> None:
    now = engine.clock()
    if row.until - now < TOO_LATE:
        return
    async with engine.database.read() as connection:
        if (await _plan(connection, row, now)).empty:
            return
        locked = await with_everyone(connection, row.id)
    async with engine.transaction(locked) as tx:
        # Another process may have been faster.
        same = sa.and_(r.id == row.id, r.number == row.number, r.state == RoundState.TALK.value)
        if (await tx.connection.execute(rounds.update().where(same).values(number=row.number))).rowcount:
            await _carry_out(tx, row, await _plan(tx.connection, row, tx.now))


async def _plan(connection: AsyncConnection, row: Any, now: datetime) -> PartnerPlan:
    here = await present(connection, row, now)
    talks = await talks_of(connection, row.id, row.number)
    peers = await _peers(connection, [talk.meeting for talk in talks])
    gone, absent = set[tuple[str, str]](), set[str]()
    active: dict[str, set[str]] = {}
    for talk in talks:
        active[talk.meeting] = set()
        for person, since in talk.people.items():
            lost = peers.get((talk.meeting, person))
            late = (talk.meeting, person) not in peers and since < now - TO_JOIN
            if person in here and not late and (lost is None or lost > now - LOST):
                active[talk.meeting].add(person)
                continue
            gone.add((talk.meeting, person))
            if person in here:
                absent.add(person)
    apart = await blocks.between(connection, list(here))
    for people in active.values():
        if any(Pair((one, other)) in apart for one in people for other in people if one < other):
            people.clear()  # one has blocked the other: each is alone
    alone = {meeting: next(iter(people)) for meeting, people in active.items() if len(people) == 1}
    placed = {person for people in active.values() if len(people) > 1 for person in people}
    free = here.keys() - placed - absent
    back = {
        (talk.meeting, person)
        for talk in talks
        for person in talk.gone
        if person in free and talk.meeting in alone and Pair((person, alone[talk.meeting])) not in apart
    }
    for meeting, person in back:
        free -= {person, alone[meeting]}
    pairs = {tuple(sorted(people)): meeting for meeting, people in active.items() if len(people) == 2}
    limit = (
        await connection.execute(sa.select(conferences.c.call_limit).where(conferences.c.id == row.conference))
    ).scalar_one()
    made, joined = add_lone(
        free,
        pairs,
        apart=await met_pairs(connection, row.id) | apart,
        most=min(3, limit),
        seed=f"{row.id}:{row.number}",
    )
    return PartnerPlan(gone, absent, back, made.groups, {person: pairs[group] for person, group in joined.items()})


async def _carry_out(tx: Transaction, row: Any, plan: PartnerPlan) -> None:
    desks = {room.subject for room in tx.rooms.values() if room.kind == "desk"}
    moving = {person for group in plan.groups for person in group} | plan.joined.keys()
    moving = moving if moving <= desks else set[str]()  # somebody has just entered: next time
    for meeting, person in plan.back:
        await _set_gone(tx, meeting, person, gone=False)
    for meeting, person in plan.gone:
        if (meeting, person) not in plan.back:
            await _set_gone(tx, meeting, person, gone=True)
    if plan.absent:
        away = sa.and_(rp.round == row.id, rp.person.in_(plan.absent))
        await tx.connection.execute(round_people.update().where(away).values(here=False))
    for talk in await talks_of(tx.connection, row.id, row.number):
        if leaving := moving & talk.people.keys():
            for person in leaving:
                await _set_gone(tx, talk.meeting, person, gone=True)
            if leaving == talk.people.keys():
                await close_meeting(tx, talk.meeting)
    if moving:
        await open_talks(tx, row, row.number, row.until, plan.groups)
        for person, meeting in plan.joined.items():
            await _join(tx, row, meeting, person)
    await publish(tx, row.id)


async def _join(tx: Transaction, row: Any, meeting: str, person: str) -> None:
    await tx.connection.execute(calls.update().where(calls.c.meeting == meeting).values(limit=3))
    await invite(tx, meeting, await person_named(tx.connection, person))
    values = {
        "meeting": meeting,
        "person": person,
        "round": row.id,
        "number": row.number,
        "since": tx.now,
        "gone": False,
    }
    await tx.connection.execute(round_talks.insert().values(values))


async def _set_gone(tx: Transaction, meeting: str, person: str, *, gone: bool) -> None:
    mine = sa.and_(rt.meeting == meeting, rt.person == person)
    values = {"gone": gone} if gone else {"gone": gone, "since": tx.now}
    await tx.connection.execute(round_talks.update().where(mine).values(values))


async def _peers(connection: AsyncConnection, meetings: list[str]) -> dict[tuple[str, str], datetime | None]:
    """Who is in these calls, and since when their connection is lost."""
    c = call_peers.c
    select = sa.select(c.meeting, c.person, c.lost_at).where(c.meeting.in_(meetings))
    return {(row.meeting, row.person): row.lost_at for row in await connection.execute(select)}
