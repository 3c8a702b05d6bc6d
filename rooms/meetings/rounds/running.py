"""Runs rounds of short talks: begins and ends the talks, and finds a new partner for people who are alone.

All processes do this at once. Each step locks the desks of everyone involved and claims the rounds by their state, so that it is taken once.
"""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from rooms.contacts.tables import cards
from rooms.core.commands.transaction import Transaction
from rooms.core.engine import LONG, Engine
from rooms.core.jobs import every
from rooms.core.store.journal import rooms
from rooms.core.store.tables import conferences
from rooms.meetings.rounds.actions import close_talks, publish, with_everyone
from rooms.meetings.rounds.messages import RoundPreference, RoundState
from rooms.meetings.rounds.pairing import pair_up
from rooms.meetings.rounds.partners import find_partners
from rooms.meetings.rounds.queries import OPEN, met_pairs, present, r, rp
from rooms.meetings.rounds.tables import round_people, rounds
from rooms.meetings.rounds.talks import open_talks
from rooms.organisations.tables import organisation_members, organisations
from rooms.people import blocks

AGAIN = timedelta(seconds=10)
"""When fewer than two people are present, the next talk is tried again after this time."""
PATIENCE = timedelta(hours=1)
"""Rounds in which nobody talks end this long after their planned end."""

TALK, WAITING, PAUSE, ENDED = (
    each.value for each in (RoundState.TALK, RoundState.WAITING, RoundState.PAUSE, RoundState.ENDED)
)


@every(seconds=2)
async def mark_present(engine: Engine) -> int:
    """Notes who has a connection to this process. Returns how many of those who have entered."""
    here = set(engine.hub.followed)
    if not here:
        return 0
    waiting = sa.or_(r.state != WAITING, r.starts_at < engine.clock() + PATIENCE)
    desk = sa.and_(rooms.c.kind == "desk", rooms.c.subject == rp.person)
    joined = round_people.join(rounds, r.id == rp.round).join(rooms, desk)
    select = sa.select(rp.round, rp.person, rooms.c.id).select_from(joined).where(rp.here, r.state.in_(OPEN), waiting)
    async with engine.database.read() as connection:
        found = [row for row in await connection.execute(select) if row.id in here]
    if found:
        seen = sa.and_(rp.round.in_({row.round for row in found}), rp.person.in_({row.person for row in found}))
        async with engine.database.write() as connection:
            await connection.execute(round_people.update().where(seen, rp.here).values(seen_at=engine.clock()))
    return len(found)


@every(seconds=1)
async def step(engine: Engine) -> None:
    """One round of the runner: what is due begins or ends; people who are alone get a new partner."""
    now = engine.clock()
    due = sa.or_(sa.and_(r.state == WAITING, r.starts_at <= now), sa.and_(r.state != WAITING, r.state.in_(OPEN)))
    async with engine.database.read() as connection:
        found = (await connection.execute(sa.select(rounds).where(due).order_by(r.id))).all()
    for row in found:
        if row.state == TALK and row.until > now:
            await find_partners(engine, row)
        elif row.until is None or row.until <= now:
            await _advance(engine, row)


async def _advance(engine: Engine, row: Any) -> None:
    async with engine.database.read() as connection:
        locked = await with_everyone(connection, row.id)
        crowd = len(await present(connection, row, engine.clock()))
    if row.state != TALK and crowd < 2:
        await _wait(engine, row)
        return
    async with engine.transaction(locked, patience=LONG) as tx:
        if row.state != TALK:
            await _begin_talk(tx, row)
        elif await _claim(tx, row, *_after_talk(row, tx.now)):
            await close_talks(tx, row.id, row.number)
            await publish(tx, row.id)


def _after_talk(row: Any, now: datetime) -> tuple[str, datetime | None]:
    if row.number >= row.talks:
        return ENDED, None
    return PAUSE, now + timedelta(seconds=row.pause_seconds)


async def _wait(engine: Engine, row: Any) -> None:
    """Nobody can talk to anybody. Before the first talk nothing changes; rounds that nobody comes back to end."""
    length = timedelta(minutes=row.talk_minutes, seconds=row.pause_seconds) * row.talks
    over = engine.clock() > row.starts_at + length + PATIENCE
    if row.state == WAITING and not over:
        return
    async with engine.database.read() as connection:
        locked = await with_everyone(connection, row.id)
    async with engine.transaction(locked) as tx:
        if await _claim(tx, row, ENDED if over else PAUSE, None if over else tx.now + AGAIN):
            await publish(tx, row.id)


async def _claim(tx: Transaction, row: Any, state: str, until: datetime | None, **values: Any) -> bool:
    """Whether this process is the first to take the step."""
    same = sa.and_(r.id == row.id, r.state == row.state, r.number == row.number)
    same = sa.and_(same, r.until == row.until if row.until is not None else r.until.is_(None))
    changed = rounds.update().where(same).values(state=state, until=until, **values)
    return (await tx.connection.execute(changed)).rowcount > 0


async def _begin_talk(tx: Transaction, row: Any) -> None:
    until, number = tx.now + timedelta(minutes=row.talk_minutes), row.number + 1
    if not await _claim(tx, row, TALK, until, number=number):
        return
    here = await present(tx.connection, row, tx.now)
    desks = {room.subject for room in tx.rooms.values() if room.kind == "desk"}
    people = [person for person in here if person in desks]
    limit = (
        await tx.connection.execute(sa.select(conferences.c.call_limit).where(conferences.c.id == row.conference))
    ).scalar_one()
    made = pair_up(
        people,
        apart=await met_pairs(tx.connection, row.id) | await blocks.between(tx.connection, people),
        first=[person for person in people if row.number and here[person].left_over == row.number],
        kinds=await _kinds(tx.connection, row, people),
        most=min(3, limit),
        seed=f"{row.id}:{number}",
    )
    await open_talks(tx, row, number, until, made.groups)
    if made.left:
        left = sa.and_(rp.round == row.id, rp.person.in_(made.left))
        await tx.connection.execute(round_people.update().where(left).values(left_over=number))
    await publish(tx, row.id)


async def _kinds(connection: AsyncConnection, row: Any, people: Collection[str]) -> dict[str, str]:
    """What should differ between the people of a pair."""
    if row.prefers == RoundPreference.COUNTRIES.value:
        select = sa.select(cards.c.person, cards.c.country).where(cards.c.person.in_(people))
        return {row.person: row.country for row in await connection.execute(select)}
    if row.prefers == RoundPreference.ORGANISATIONS.value:
        o, om = organisations.c, organisation_members.c
        select = sa.select(om.person, om.organisation).join(organisations, o.id == om.organisation)
        select = select.where(om.person.in_(people), o.conference == row.conference).order_by(om.organisation.desc())
        return {row.person: row.organisation for row in await connection.execute(select)}
    return {}
