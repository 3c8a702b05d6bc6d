"""Finds consequences of saving that an organiser may not expect. The page asks before it saves."""

import hashlib
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from babel.dates import format_date, format_skeleton
from sqlalchemy.ext.asyncio import AsyncConnection

from rooms.core.text import N_
from rooms.programme import timetable
from rooms.programme.conferences import ConferenceSettings
from rooms.programme.tables import sessions
from rooms.programme.timetable import TimetableEntry
from web.conference import Entered
from web.pages.programme.timetable_layout import DAY_BEGINS, event_days

AGREED = "agreed"
"""The form field with the consequences that the organiser has agreed to."""

Moment = tuple[datetime, datetime]


def seal(consequences: Sequence[str]) -> str:
    """A digest of exactly these consequences, so that the agreement covers no others."""
    return hashlib.sha256("\n".join(consequences).encode()).hexdigest()[:32] if consequences else ""


async def of_session(
    connection: AsyncConnection, entered: Entered, entry: TimetableEntry | None, place: str, time: Moment
) -> list[str]:
    """The consequences of this place and time of a session; none if neither has changed."""
    conference, locale = entered.conference, entered.viewer.locale
    if entry is not None and (entry.place, (entry.starts_at, entry.ends_at)) == (place, time):
        return []
    gettext, found = entered.site.languages.texts(locale).gettext, list[str]()
    local = time[0].astimezone(entered.event_zone)
    possible = {
        local.date(),
        (local - timedelta(hours=DAY_BEGINS)).date(),
    }  # times after midnight may belong to the previous day
    if not any(conference.starts_on <= day <= conference.ends_on for day in possible):
        days = {"first": _day(conference.starts_on, locale), "last": _day(conference.ends_on, locale)}
        found.append(gettext(N_("The session is outside the days of the conference, %(first)s to %(last)s.")) % days)
    s = sessions.c
    overlaps = sa.and_(s.place == place, s.starts_at < time[1], s.ends_at > time[0], s.cancelled.is_(False))
    if place and (entry is None or not entry.cancelled):
        for other in await timetable.entries(connection, conference.id, overlaps):
            if entry is None or other.id != entry.id:
                values = {"hall": place, "title": _title(other, locale)}
                values |= {"from": _time(other.starts_at, entered.event_zone, locale)}
                values |= {"to": _time(other.ends_at, entered.event_zone, locale)}
                text = gettext(N_("At this time %(hall)s is taken by “%(title)s”, %(from)s to %(to)s."))
                found.append(text % values)
    return found


async def of_settings(connection: AsyncConnection, entered: Entered, about: ConferenceSettings) -> list[str]:
    """The consequences of changing the conference's days, time zone or access."""
    conference, locale = entered.conference, entered.viewer.locale
    texts, found = entered.site.languages.texts(locale), list[str]()
    listed = await timetable.entries(connection, conference.id, sessions.c.cancelled.is_(False))
    zone = ZoneInfo(about.zone)
    if about.zone != conference.zone and listed:
        first = listed[0]
        values = {"num": len(listed), "title": _title(first, locale)}
        values |= {
            "old": _time(first.starts_at, entered.event_zone, locale),
            "new": _time(first.starts_at, zone, locale),
        }
        text = texts.ngettext(
            "%(num)s session stays at the same moment, so its time of day changes: “%(title)s” moves from %(old)s to %(new)s.",
            "%(num)s sessions stay at the same moments, so their times of day change: “%(title)s” moves from %(old)s to %(new)s.",
            len(listed),
        )
        found.append(text % values)
    days = (about.starts_on, about.ends_on)
    if days != (conference.starts_on, conference.ends_on) or about.zone != conference.zone:
        held = event_days([entry.starts_at for entry in listed], zone)
        number = sum(not days[0] <= day <= days[1] for day in held)
        if number:
            text = texts.ngettext(
                "%(num)s session would be outside the days of the conference.",
                "%(num)s sessions would be outside the days of the conference.",
                number,
            )
            found.append(text % {"num": number})
    if about.access != "public" and conference.access == "public":
        found.append(
            texts.gettext(N_("Everyone without a role loses access at once, also guests who have taken part."))
        )
    return found


def _title(entry: TimetableEntry, locale: str) -> str:
    return entry.texts.get(locale, {}).get("title") or entry.title


def _day(day: date, locale: str) -> str:
    return format_date(day, "long", locale=locale)


def _time(at: datetime, zone: ZoneInfo, locale: str) -> str:
    local = at.astimezone(zone)
    return f"{format_skeleton('MMMd', local, locale=locale)} {format_skeleton('Hm', local, locale=locale)}"
