"""How a booth does, in figures: from those who come by to those who leave their contact. Counts alone, nobody's name."""

from collections import Counter
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from statistics import median
from typing import NamedTuple
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from rooms.exhibition.lead_tables import leads
from rooms.exhibition.record_tables import booth_visits
from rooms.exhibition.tables import booth_staff, queue_places
from rooms.files.tables import files
from rooms.forum.tables import messages

FEW = 3
"""Of fewer visitors no median is told: it would be one person's stay."""

MEASURES = ("visits", "chats", "joins", "talks", "leads")


class Moment(NamedTuple):
    """What happened in one day or hour. `visits`: how many people were there; `chats`: how many messages they wrote."""

    start: datetime
    visits: int
    chats: int
    joins: int
    talks: int
    leads: int


class Figures(NamedTuple):
    """`visits`: persons, each counted once a day; `dwell`: the median of their stay in seconds; `chats`: persons who wrote; `joins`: places in the queue;
    `talks`: those that were held; `leads`: contacts that are shared still; `downloads`: of brochures, ever since; `days`: on which something was.
    `moments` are the days, or the hours of the one day that was asked for."""

    visits: int
    dwell: int | None
    chats: int
    joins: int
    talks: int
    leads: int
    downloads: int
    days: list[date]
    moments: list[Moment]


async def figures(
    connection: AsyncConnection, booth: str, room: str, zone: ZoneInfo, day: date | None = None
) -> Figures:
    """All days, or one of them. Days and hours are those of the conference's `zone`."""
    v, q, m = booth_visits.c, queue_places.c, messages.c
    stays = (await connection.execute(sa.select(v.day, v.hours, v.seconds).where(v.booth == booth))).all()
    staff = sa.select(booth_staff.c.person).where(booth_staff.c.booth == booth)
    wrote = sa.select(m.at, m.author).where(m.room == room, m.author.not_in(staff))
    written = [(row.at.astimezone(zone), row.author) for row in await connection.execute(wrote)]
    joined = await _moments(connection, zone, sa.select(q.joined_at).where(q.booth == booth))
    held = sa.select(q.accepted_at).where(q.booth == booth, q.accepted_at.is_not(None))
    talked = await _moments(connection, zone, held)
    given = sa.select(leads.c.at).where(leads.c.booth == booth, leads.c.state == "given")
    shared = await _moments(connection, zone, given)
    taken = sa.select(sa.func.coalesce(sa.func.sum(files.c.downloads), 0)).where(
        files.c.booth == booth, files.c.kind == "brochure"
    )
    told = [[at for at, _ in written], joined, talked, shared]
    days = sorted({row.day for row in stays} | {at.date() for each in told for at in each})
    if day is not None:
        stays = [row for row in stays if row.day == day]
        written = [(at, author) for at, author in written if at.date() == day]
        told = [[at for at in each if at.date() == day] for each in told]
        present = Counter(hour for row in stays for hour in range(24) if row.hours >> hour & 1)
        moments = _hours(day, zone, present, told)
    else:
        moments = _days(days, zone, Counter(row.day for row in stays), told)
    dwell = round(median(row.seconds for row in stays)) if len(stays) >= FEW else None
    return Figures(
        visits=len(stays),
        dwell=dwell,
        chats=len({author for _, author in written}),
        joins=len(told[1]),
        talks=len(told[2]),
        leads=len(told[3]),
        downloads=int((await connection.execute(taken)).scalar_one()),
        days=days,
        moments=moments,
    )


async def _moments(connection: AsyncConnection, zone: ZoneInfo, select: "sa.Select[datetime]") -> list[datetime]:
    return [at.astimezone(zone) for at in (await connection.execute(select)).scalars()]


def _days(days: list[date], zone: ZoneInfo, visits: Counter[date], told: list[list[datetime]]) -> list[Moment]:
    """From the first day to the last, those without anything too."""
    if not days:
        return []
    every = [days[0] + timedelta(days=number) for number in range((days[-1] - days[0]).days + 1)]
    counts = [Counter(at.date() for at in each) for each in told]
    return [
        Moment(datetime.combine(day, time(), zone), visits[day], *(count[day] for count in counts)) for day in every
    ]


def _hours(day: date, zone: ZoneInfo, visits: Counter[int], told: list[list[datetime]]) -> list[Moment]:
    """From the first hour in which something was to the last."""
    counts = [Counter(at.hour for at in each) for each in told]
    busy = sorted(set(visits) | {hour for count in counts for hour in count})
    return [
        Moment(datetime.combine(day, time(hour), zone), visits[hour], *(count[hour] for count in counts))
        for hour in (range(busy[0], busy[-1] + 1) if busy else ())
    ]


def as_rows(every: Iterable[Moment]) -> list[list[object]]:
    """For a sheet: day, hour and the counts."""
    return [[moment.start.date().isoformat(), f"{moment.start:%H:%M}", *moment[1:]] for moment in every]
