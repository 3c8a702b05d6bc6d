"""The organisers' report: how many entries and interests there are, how long answers take, and what came of them."""

from datetime import datetime
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from rooms.cooperation.messages import InterestState
from rooms.cooperation.queries import median_wait
from rooms.cooperation.tables import entries, interests

e, i = entries.c, interests.c


class CooperationReport(NamedTuple):
    """Numbers by state, by reason of a decline and by outcome; `median`: seconds that interests waited for an answer, or wait so far."""

    entries: dict[str, int]
    interests: dict[str, int]
    reasons: dict[str, int]
    outcomes: dict[str, int]
    median: float | None


async def report_of(connection: AsyncConnection, conference: str, now: datetime) -> CooperationReport:
    async def numbers(column: "sa.ColumnElement[str]", *conditions: "sa.ColumnElement[bool]") -> dict[str, int]:
        joined = interests.join(entries, e.id == i.entry)
        select = sa.select(column, sa.func.count()).select_from(joined).where(e.conference == conference, *conditions)
        rows = await connection.execute(select.group_by(column).order_by(sa.func.count().desc(), column))
        return {key: number for key, number in rows}  # noqa: C416 - rows are no pairs for the type checker

    states = sa.select(e.state, sa.func.count()).where(e.conference == conference).group_by(e.state)
    by_state = {state: number for state, number in await connection.execute(states)}  # noqa: C416
    return CooperationReport(
        entries=by_state,
        interests=await numbers(i.state, i.state != InterestState.WITHDRAWN.value),
        reasons=await numbers(i.reason, i.reason != ""),
        outcomes=await numbers(i.outcome, i.outcome != ""),
        median=await median_wait(connection, conference, now),
    )
