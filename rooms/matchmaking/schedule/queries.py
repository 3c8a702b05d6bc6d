"""Reads schedules: for the organisers with figures and objections, and for each participant what concerns them."""

from collections.abc import Collection
from datetime import datetime
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from rooms.core.store.tables import persons
from rooms.matchmaking.schedule.messages import Objection, PlannedState, RunState
from rooms.matchmaking.tables import match_runs, planned_meetings, planned_people, unplaced_wishes
from rooms.meetings.bookings.tables import spots

PAGE = 50
VISIBLE = [state.value for state in (RunState.SHOWN, RunState.PUBLISHING, RunState.PUBLISHED)]
"""States in which participants see a schedule."""

r, pm, pp, u, p = match_runs.c, planned_meetings.c, planned_people.c, unplaced_wishes.c, persons.c


class PlannedView(NamedTuple):
    """A planned meeting. `people`: (id, name) of those who take part. `objection` and `text`: what a participant said against it."""

    id: str
    starts_at: datetime
    ends_at: datetime
    spot: str
    state: str
    reason: str
    people: list[tuple[str, str]]
    objection: str = ""
    text: str = ""


async def runs(connection: AsyncConnection, conference: str, most: int = 10) -> list[Any]:
    """The latest schedules of a conference, newest first."""
    select = sa.select(match_runs).where(r.conference == conference).order_by(r.created_at.desc(), r.id)
    return list((await connection.execute(select.limit(most))).all())


async def visible_run(connection: AsyncConnection, conference: str) -> Any:
    """The newest schedule that participants see, or None."""
    select = sa.select(match_runs).where(r.conference == conference, r.state.in_(VISIBLE))
    return (await connection.execute(select.order_by(r.created_at.desc(), r.id).limit(1))).first()


async def planned(
    connection: AsyncConnection, run: str, *conditions: "sa.ColumnElement[bool]", number: int | None = None
) -> list[PlannedView]:
    """The meetings of a schedule that meet the conditions, by time; all of them, or the page with a number from 0."""
    select = sa.select(planned_meetings, spots.c.name.label("place"))
    select = select.select_from(planned_meetings.outerjoin(spots, spots.c.id == pm.spot))
    select = select.where(pm.run == run, *conditions).order_by(pm.starts_at, pm.id)
    if number is not None:
        select = select.limit(PAGE).offset(number * PAGE)
    rows = (await connection.execute(select)).all()
    people = await _people(connection, [row.id for row in rows])
    found: list[PlannedView] = []
    for row in rows:
        seats = people.get(row.id, [])
        said = next((seat for seat in seats if seat.objection), None)
        names = [(seat.person, seat.name) for seat in seats]
        objection = (said.objection, said.text) if said is not None else ("", "")
        found.append(
            PlannedView(row.id, row.starts_at, row.ends_at, row.place or "", row.state, row.reason, names, *objection)
        )
    return found


async def _people(connection: AsyncConnection, meetings: Collection[str]) -> dict[str, list[Any]]:
    select = sa.select(pp.meeting, pp.person, pp.objection, pp.text, p.name).join(persons, p.id == pp.person)
    rows = await connection.execute(select.where(pp.meeting.in_(list(meetings))).order_by(p.name, pp.person))
    found: dict[str, list[Any]] = {}
    for row in rows:
        found.setdefault(row.meeting, []).append(row)
    return found


async def planned_for(connection: AsyncConnection, run: str, person: str) -> list[PlannedView]:
    """A participant's own meetings. What the others said against them is left out."""
    mine = sa.exists().where(pp.meeting == pm.id, pp.person == person)
    return [each._replace(objection="", text="") for each in await planned(connection, run, mine)]


async def objections(connection: AsyncConnection, run: str) -> list[PlannedView]:
    """For organisers. That somebody does not want to meet a person is not shown as theirs, nor with what they wrote."""
    listed = await planned(connection, run, pm.state == PlannedState.OBJECTED.value)
    return [each._replace(text="") if each.objection == Objection.PERSON.value else each for each in listed]


async def left_out(connection: AsyncConnection, run: str) -> list[PlannedView]:
    return await planned(connection, run, pm.state == PlannedState.LEFT_OUT.value)


async def counts(connection: AsyncConnection, run: str) -> dict[str, int]:
    """How many meetings are in each state."""
    select = sa.select(pm.state, sa.func.count()).where(pm.run == run).group_by(pm.state)
    return {row[0]: row[1] for row in await connection.execute(select)}


async def unplaced_counts(connection: AsyncConnection, run: str) -> dict[tuple[str, str], int]:
    """How many wishes of each kind are not met, by reason. Organisers see no more, because wishes are private."""
    select = sa.select(u.wish, u.reason, sa.func.count()).where(u.run == run).group_by(u.wish, u.reason)
    return {(wish, reason): count for wish, reason, count in await connection.execute(select)}


async def unplaced_for(connection: AsyncConnection, run: str, person: str) -> list[Any]:
    """A person's own wishes that are not met: other, name, wish and reason."""
    select = sa.select(u.other, p.name, u.wish, u.reason).join(persons, p.id == u.other)
    rows = await connection.execute(select.where(u.run == run, u.person == person).order_by(u.wish.desc(), p.name))
    return list(rows.all())
