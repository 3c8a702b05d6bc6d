"""Formats the time of a session: “Sun, Dec 6, 11:30–12:10 CET (5:30 your time)”. `web/islands/src/shell/session-time.ts` does the same."""

from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import NamedTuple
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_skeleton, get_timezone_name

LATE_AFTER = timedelta(minutes=2)
NAMING = ("en", "en_GB", "en_AU")
"""Together, these locales know the common abbreviations of time zones: EST, CET, AEDT."""


class Start(StrEnum):
    """The state of a session that nobody has started: LATE some minutes after its start, OVER after its end."""

    AHEAD = "ahead"
    SOON = "soon"
    LATE = "late"
    OVER = "over"


class When(NamedTuple):
    """`start_zone` is empty unless the clock changes during the session; `yours` is the start in the reader's own zone, if that differs."""

    day: str
    starts: str
    start_zone: str
    ends: str
    zone: str
    yours: str


def start_of(starts_at: datetime, ends_at: datetime, now: datetime) -> Start:
    if now < starts_at:
        return Start.AHEAD
    if now >= ends_at:
        return Start.OVER
    return Start.LATE if now - starts_at >= LATE_AFTER else Start.SOON


def when(
    starts_at: datetime, ends_at: datetime, zone: ZoneInfo, own: ZoneInfo | None, now: datetime, locale: Locale
) -> When:
    starts, ends = starts_at.astimezone(zone), ends_at.astimezone(zone)
    theirs = starts_at.astimezone(own) if own else starts
    yours = ""
    if theirs.utcoffset() != starts.utcoffset():
        other_day = theirs.date() != starts.date()
        yours = (f"{_day(theirs, now, locale)}, " if other_day else "") + f"{theirs:%H:%M}"
    changes = starts.utcoffset() != ends.utcoffset()
    return When(
        day=_day(starts, now, locale),
        starts=f"{starts:%H:%M}",
        start_zone=zone_letters(starts) if changes else "",
        ends=f"{ends:%H:%M}",
        zone=zone_letters(ends),
        yours=yours,
    )


def moment_text(at: datetime, now: datetime, locale: Locale) -> str:
    """“Sat, Nov 21, 09:00 CET”: a moment in its own zone."""
    return f"{_day(at, now, locale)}, {at:%H:%M} {zone_letters(at)}"


def zone_letters(at: datetime) -> str:
    """CET, EST or, without a common abbreviation, UTC+8."""
    for locale in NAMING:
        name = get_timezone_name(at, width="short", locale=locale)
        if name.isalpha():
            return name
    offset = int((at.utcoffset() or timedelta()).total_seconds()) // 60
    hours, minutes = divmod(abs(offset), 60)
    return f"UTC{'-' if offset < 0 else '+'}{hours}" + (f":{minutes:02}" if minutes else "")


def _day(at: datetime, now: datetime, locale: Locale) -> str:
    """With the year unless it is the current one."""
    skeleton = "MMMEd" if at.year == now.astimezone(at.tzinfo).year else "yMMMEd"
    return format_skeleton(skeleton, datetime(at.year, at.month, at.day, tzinfo=UTC), locale=locale)
