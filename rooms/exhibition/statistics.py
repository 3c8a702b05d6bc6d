"""Statistics of a booth, from visits to leads. Only counts, no names."""

from collections import Counter
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from statistics import median
from typing import NamedTuple
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from rooms.chat.tables import messages
from rooms.exhibition.files import queries as files
from rooms.exhibition.files.messages import FileKind, FileView
from rooms.exhibition.leads.tables import leads
from rooms.exhibition.record_tables import booth_visits
from rooms.exhibition.tables import booth_staff, queue_places

FEW = 3
"""With fewer visitors no median is shown, because it could reveal one person's stay."""

MEASURES = ("visits", "chats", "joins", "talks", "leads", "downloads")


class CountedMoment(NamedTuple):
    """The counts of one day or hour. `visits`: how many people were there; `chats`: how many messages they wrote; `downloads`: of brochures."""

    start: datetime
    visits: int
    chats: int
    joins: int
    talks: int
    leads: int
    downloads: int


class Taken(NamedTuple):
    """Downloads of a brochure (`view` None: of all removed ones), and the number of people who agreed to be named (over all days)."""

    view: FileView | None
    number: int
    known: int


class Figures(NamedTuple):
    """`visits`: people, each counted once a day; `dwell`: the median of their stay in seconds; `chats`: people who wrote; `joins`: places in the queue;
    `talks`: talks that took place; `leads`: contacts still shared; `brochures`: downloads of each; `days`: days with activity.
    `moments` are the days, or the hours of the requested day."""

    visits: int
    dwell: int | None
    chats: int
    joins: int
    talks: int
    leads: int
    brochures: list[Taken]
    days: list[date]
    moments: list[CountedMoment]


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
    downloads = [(file, at.astimezone(zone), number) for file, at, number in await files.downloads(connection, booth)]
    taken = [at for _, at, number in downloads for _ in range(number)]
    series = [[at for at, _ in written], joined, talked, shared, taken]
    days = sorted({row.day for row in stays} | {at.date() for each in series for at in each})
    if day is not None:
        stays = [row for row in stays if row.day == day]
        written = [(at, author) for at, author in written if at.date() == day]
        series = [[at for at in each if at.date() == day] for each in series]
        present = Counter(hour for row in stays for hour in range(24) if row.hours >> hour & 1)
        moments = _hours(day, zone, present, series)
    else:
        moments = _days(days, zone, Counter(row.day for row in stays), series)
    dwell = round(median(row.seconds for row in stays)) if len(stays) >= FEW else None
    return Figures(
        visits=len(stays),
        dwell=dwell,
        chats=len({author for _, author in written}),
        joins=len(series[1]),
        talks=len(series[2]),
        leads=len(series[3]),
        brochures=await _brochures(connection, booth, downloads, day),
        days=days,
        moments=moments,
    )


async def _brochures(
    connection: AsyncConnection, booth: str, downloads: list[tuple[str, datetime, int]], day: date | None
) -> list[Taken]:
    """The brochures in their order, on all days or on one."""
    counts = Counter[str]()
    for file, at, number in downloads:
        counts[file] += number if day in {None, at.date()} else 0
    every: list[Taken] = []
    for view, ever, takers in await files.kept(connection, booth):
        number = counts.pop(view.id, 0)
        if view.kind is FileKind.BROCHURE:
            # Downloads from before their times were stored are only included in the sum over all days.
            every.append(Taken(view, number if day else ever, len(takers)))
    removed = counts.total()
    return [*every, Taken(None, removed, 0)] if removed else every


async def _moments(connection: AsyncConnection, zone: ZoneInfo, select: "sa.Select[datetime]") -> list[datetime]:
    return [at.astimezone(zone) for at in (await connection.execute(select)).scalars()]


def _days(days: list[date], zone: ZoneInfo, visits: Counter[date], series: list[list[datetime]]) -> list[CountedMoment]:
    """Every day from the first to the last, including days without activity."""
    if not days:
        return []
    every = [days[0] + timedelta(days=number) for number in range((days[-1] - days[0]).days + 1)]
    counts = [Counter(at.date() for at in each) for each in series]
    return [
        CountedMoment(datetime.combine(day, time(), zone), visits[day], *(count[day] for count in counts))
        for day in every
    ]


def _hours(day: date, zone: ZoneInfo, visits: Counter[int], series: list[list[datetime]]) -> list[CountedMoment]:
    """Every hour from the first with activity to the last."""
    counts = [Counter(at.hour for at in each) for each in series]
    busy = sorted(set(visits) | {hour for count in counts for hour in count})
    return [
        CountedMoment(datetime.combine(day, time(hour), zone), visits[hour], *(count[hour] for count in counts))
        for hour in (range(busy[0], busy[-1] + 1) if busy else ())
    ]


def as_rows(every: Iterable[CountedMoment]) -> list[list[object]]:
    """Rows for a spreadsheet: day, hour and the counts."""
    return [[moment.start.date().isoformat(), f"{moment.start:%H:%M}", *moment[1:]] for moment in every]
