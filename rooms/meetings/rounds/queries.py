"""Reads rounds of short talks: what is set up, who is here, who talks to whom, and what a person does now."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from rooms.core import links
from rooms.core.commands.access import ABSENT
from rooms.core.commands.people import PersonView
from rooms.core.commands.room_kinds import LatestValues
from rooms.core.errors import Problem
from rooms.core.store.tables import conferences, persons
from rooms.meetings.rounds.messages import RoundNowView, RoundState
from rooms.meetings.rounds.pairing import Pair
from rooms.meetings.rounds.tables import round_people, round_talks, rounds
from rooms.people.desk import show_on_desk
from rooms.people.restraints import not_removed

SEEN = timedelta(seconds=6)
"""How long a person counts as present after their last sign of life."""
RUNNING = (RoundState.TALK.value, RoundState.PAUSE.value)
OPEN = (RoundState.WAITING.value, *RUNNING)

r, rp, rt, p = rounds.c, round_people.c, round_talks.c, persons.c


class Talk(NamedTuple):
    """A talk of the current round: who is still in it and since when, and who was."""

    meeting: str
    people: dict[str, datetime]
    gone: list[str]


async def round_row(connection: AsyncConnection, conference: str, round: str) -> Any:
    """Raises Problem "not_found"."""
    row = (await connection.execute(sa.select(rounds).where(r.id == round, r.conference == conference))).one_or_none()
    if row is None:
        raise Problem("not_found", ABSENT, field="round")
    return row


async def listed(connection: AsyncConnection, conference: str) -> list[Any]:
    """All rounds of a conference by time, without cancelled ones."""
    select = sa.select(rounds).where(r.conference == conference, r.state != RoundState.CANCELLED.value)
    return list((await connection.execute(select.order_by(r.starts_at, r.id).limit(200))).all())


async def is_here(connection: AsyncConnection, round: str, person: str) -> bool:
    select = sa.select(rp.here).where(rp.round == round, rp.person == person)
    return bool((await connection.execute(select)).scalar_one_or_none())


async def entered(connection: AsyncConnection, round: str) -> list[str]:
    """Everyone who has entered and not left, present or not."""
    select = sa.select(rp.person).where(rp.round == round, rp.here).order_by(rp.person)
    return list((await connection.execute(select)).scalars())


async def present(connection: AsyncConnection, row: Any, now: datetime) -> dict[str, Any]:
    """Those who are here now, with their rows."""
    here = sa.and_(rp.round == row.id, rp.here, rp.seen_at >= now - SEEN)
    select = sa.select(round_people).where(here, not_removed(rp.person, row.conference, now)).order_by(rp.person)
    return {each.person: each for each in await connection.execute(select)}


async def talks_of(connection: AsyncConnection, round: str, number: int) -> list[Talk]:
    select = sa.select(round_talks).where(rt.round == round, rt.number == number).order_by(rt.meeting, rt.person)
    found: dict[str, Talk] = {}
    for row in await connection.execute(select):
        talk = found.setdefault(row.meeting, Talk(row.meeting, {}, []))
        if row.gone:
            talk.gone.append(row.person)
        else:
            talk.people[row.person] = row.since
    return list(found.values())


async def met_pairs(connection: AsyncConnection, round: str) -> set[Pair]:
    """Pairs who have been in the same talk."""
    other = round_talks.alias("other")
    joined = round_talks.join(other, sa.and_(other.c.meeting == rt.meeting, other.c.person > rt.person))
    select = sa.select(rt.person, other.c.person).select_from(joined).where(rt.round == round)
    return {Pair(tuple(row)) for row in await connection.execute(select)}


async def met_by(connection: AsyncConnection, round: str, person: str) -> list[PersonView]:
    """The people whom a person met, in the order of the rounds."""
    other = round_talks.alias("other")
    joined = round_talks.join(other, sa.and_(other.c.meeting == rt.meeting, other.c.person != person))
    joined = joined.join(persons, p.id == other.c.person)
    select = sa.select(other.c.person, p.name).select_from(joined)
    select = select.where(rt.round == round, rt.person == person, p.erased_at.is_(None))
    rows = await connection.execute(select.order_by(rt.number, p.name, other.c.person))
    return [PersonView(*each) for each in dict.fromkeys(tuple(row) for row in rows)]


async def round_of_meeting(connection: AsyncConnection, meeting: str, person: str) -> str | None:
    """The rounds to which a talk belongs, for a person in it."""
    select = sa.select(rt.round).where(rt.meeting == meeting, rt.person == person)
    return (await connection.execute(select)).scalar_one_or_none()


async def now_of(connection: AsyncConnection, person: str) -> dict[str, RoundNowView]:
    """What a person does now, in all rounds that they have entered."""
    return {row.round: _now(row) for row in await connection.execute(_NOW.where(rp.person == person))}


async def now_in(connection: AsyncConnection, round: str, people: Collection[str]) -> dict[str, RoundNowView]:
    """What these people do now, of those who have entered."""
    select = _NOW.where(rp.round == round, rp.person.in_(list(people)))
    return {row.person: _now(row) for row in await connection.execute(select)}


def _select_now() -> Any:
    talking = sa.and_(rt.round == rp.round, rt.person == rp.person, rt.number == r.number, rt.gone.is_(False))
    talking = sa.and_(talking, r.state == RoundState.TALK.value)
    joined = round_people.join(rounds, r.id == rp.round).join(conferences, conferences.c.id == r.conference)
    columns = (rp.round, rp.person, rp.here, r.state, r.number, r.talks, r.until, conferences.c.slug, rt.meeting)
    return sa.select(*columns).select_from(joined.outerjoin(round_talks, talking))


_NOW = _select_now()


def _now(row: Any) -> RoundNowView:
    meeting = links.path("meeting", row.slug, row.meeting) if row.meeting and row.here else ""
    return RoundNowView(RoundState(row.state), row.number, row.talks, row.until, meeting, row.here)


async def _on_desk(connection: AsyncConnection, person: str) -> LatestValues:
    return {"rounds": dict(await now_of(connection, person))}


show_on_desk(_on_desk)
