"""Computes the layout of a programme: days, halls side by side, five minutes per row. Pure; templates and styles draw it.

A day is the event's day and lasts into the night: sessions that begin before five in the morning belong to the previous day. Days are the same
for every displayed zone; a time on another date than its day is marked ("+1").
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from rooms.core.clock import doubled_offset
from rooms.programme.timetable import TimetableEntry

DAY_BEGINS = 5  # o'clock
ROW = timedelta(minutes=5)
HOUR = timedelta(hours=1)
ROWS = HOUR // ROW  # per hour
MOST_COLUMNS = 40  # in web/styles/programme/day-grid-places.css; further ones share the last column
LONGEST = 24 * 12  # rows
FOLDED = 2  # this many hours in a row without a session are left out


class Clock(NamedTuple):
    """A displayed time: `text` is the time of day, `shift` the number of days between its date and the day it is listed under."""

    at: datetime
    text: str
    shift: int


class Span(NamedTuple):
    """A number of rows, as whole hours and twelfths of one: styles add them up."""

    hours: int
    rows: int


class GridSession(NamedTuple):
    """A session in the grid. `after`: rows from the top of the day; `lasts`: its length in rows; `column` counts from 1; `track` is its track's number."""

    entry: TimetableEntry
    starts: Clock
    ends: Clock
    after: Span
    lasts: Span
    column: int
    track: int


class HourMark(NamedTuple):
    """A full hour at the edge. `gap`: hours without sessions were left out before it."""

    clock: Clock
    after: Span
    gap: bool


class Column(NamedTuple):
    """A hall ("" where a session names none), over as many columns as it has sessions at once."""

    hall: str
    column: int
    columns: int


class Day(NamedTuple):
    date: date
    columns: list[Column]
    marks: list[HourMark]
    slots: list[GridSession]

    @property
    def width(self) -> int:
        return min(sum(column.columns for column in self.columns), MOST_COLUMNS)


def lay_out(
    entries: Iterable[TimetableEntry], halls: Sequence[str], tracks: Sequence[str], event: ZoneInfo, shown: ZoneInfo
) -> list[Day]:
    """The days of a programme whose event is in zone `event`, with times in zone `shown`."""
    ordered = sorted(entries, key=lambda entry: (entry.starts_at, _rank(halls, entry.place), entry.title))
    by_day: dict[date, list[TimetableEntry]] = {}
    for entry, day in zip(ordered, event_days([entry.starts_at for entry in ordered], event), strict=True):
        by_day.setdefault(day, []).append(entry)
    return [_day(day, found, halls, tracks, event, shown) for day, found in sorted(by_day.items())]


def event_days(moments: Sequence[datetime], event: ZoneInfo) -> list[date]:
    """The day of the programme of each moment. Times after midnight belong to the previous day, if that has sessions."""
    local = [moment.astimezone(event) for moment in moments]
    busy = {moment.date() for moment in local if moment.hour >= DAY_BEGINS}
    days: list[date] = []
    for moment in local:
        before = moment.date() - timedelta(days=1)
        days.append(before if moment.hour < DAY_BEGINS and before in busy else moment.date())
    return days


def clock(at: datetime, day: date, shown: ZoneInfo) -> Clock:
    local = at.astimezone(shown)
    return Clock(at, f"{local:%H:%M}{doubled_offset(local)}", (local.date() - day).days)


def _rank(halls: Sequence[str], hall: str) -> int:
    return halls.index(hall) if hall in halls else len(halls)


def _day(
    day: date,
    found: list[TimetableEntry],
    halls: Sequence[str],
    tracks: Sequence[str],
    event: ZoneInfo,
    shown: ZoneInfo,
) -> Day:
    columns, places = _columns(found, halls)
    head = _full_hour(found[0].starts_at, event)
    kept = _kept_hours(found, head)
    after = _rows_after(head, kept)
    slots = [
        GridSession(
            entry=entry,
            starts=clock(entry.starts_at, day, shown),
            ends=clock(entry.ends_at, day, shown),
            after=_span(after(entry.starts_at)),
            lasts=_span(min(max(1, after(entry.ends_at) - after(entry.starts_at)), LONGEST)),
            column=places[entry.id],
            track=tracks.index(entry.track) + 1 if entry.track in tracks else 0,
        )
        for entry in found
    ]
    marks = [
        HourMark(clock(head + hour * HOUR, day, shown), Span(place, 0), gap=place > 0 and kept[place - 1] != hour - 1)
        for place, hour in enumerate(kept)
    ]
    return Day(day, columns, marks, slots)


def _full_hour(at: datetime, event: ZoneInfo) -> datetime:
    """The last full hour in the event's zone. In UTC, so that counting from it handles changes of the clocks."""
    minutes = at.astimezone(event).minute
    return at.astimezone(UTC).replace(second=0, microsecond=0) - timedelta(minutes=minutes)


def _kept_hours(found: Iterable[TimetableEntry], head: datetime) -> list[int]:
    """The hours since the top of the day, without longer gaps."""
    busy: set[int] = set()
    for entry in found:
        first, last = (entry.starts_at - head) // HOUR, -((head - entry.ends_at) // HOUR)
        busy.update(range(first, max(last, first + 1)))
    kept: list[int] = []
    for hour in sorted(busy):
        if kept and hour - kept[-1] <= FOLDED:
            kept.extend(range(kept[-1] + 1, hour))
        kept.append(hour)
    return kept


def _rows_after(head: datetime, kept: list[int]) -> Callable[[datetime], int]:
    """The row of a moment, from the top of the day."""
    place = {hour: index for index, hour in enumerate(kept)}

    def rows(at: datetime) -> int:
        hour, rest = divmod(at - head, HOUR)
        if hour in place:
            return place[hour] * ROWS + rest // ROW
        return (place[hour - 1] + 1) * ROWS  # the end of the last hour before a gap

    return rows


def _span(rows: int) -> Span:
    return Span(*divmod(rows, ROWS))


def _columns(found: Iterable[TimetableEntry], halls: Sequence[str]) -> tuple[list[Column], dict[str, int]]:
    """The columns of a day, and the column of each session. Concurrent sessions in one hall are placed side by side."""
    lanes: dict[str, list[list[TimetableEntry]]] = {}
    lane_of: dict[str, int] = {}
    for entry in found:
        hall = lanes.setdefault(entry.place, [])
        free = next((index for index, lane in enumerate(hall) if lane[-1].ends_at <= entry.starts_at), len(hall))
        if free == len(hall):
            hall.append([])
        hall[free].append(entry)
        lane_of[entry.id] = free
    columns: list[Column] = []
    first = 1
    for hall in sorted(lanes, key=lambda name: (_rank(halls, name), name)):
        columns.append(Column(hall, min(first, MOST_COLUMNS), len(lanes[hall])))
        first += len(lanes[hall])
    starts = {column.hall: column.column for column in columns}
    return columns, {entry.id: min(starts[entry.place] + lane_of[entry.id], MOST_COLUMNS) for entry in found}
