"""iCalendar (RFC 5545) of a programme, of one session, or of what one person has starred.

Times are written in UTC: they need no VTIMEZONE, mean the same to every calendar, and are not affected by clock changes.
The zone of the conference is named for display (X-WR-TIMEZONE). The same input gives the same bytes, so that a feed can be
compared and cached.
"""
# pyright: reportUnknownMemberType=false
# (icalendar leaves the values of its properties untyped.)

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event, vDuration
from msgspec import Struct

REFRESH = timedelta(minutes=30)
PRODUCT = "-//Plenary//Programme//EN"


class CalendarEntry(Struct, frozen=True):
    """A session as a calendar shows it.

    `session` is its id, `revision` a number that grows with every change and `changed` the moment of the last one (UTC).
    `url` leads to the page of the session. A cancelled session stays in the calendar under STATUS:CANCELLED, so that it
    disappears from those who have it.
    """

    session: str
    title: str
    starts: datetime
    ends: datetime
    revision: int
    changed: datetime
    url: str
    place: str = ""
    track: str = ""
    summary: str = ""
    speakers: tuple[str, ...] = ()
    cancelled: bool = False


def calendar(name: str, zone: str, host: str, entries: Iterable[CalendarEntry], url: str = "") -> bytes:
    """A calendar of these sessions.

    `host` is the name of this server, which makes the UIDs globally unique; `url` leads to the programme.
    """
    found = Calendar()
    found.add("prodid", PRODUCT)
    found.add("version", "2.0")
    found.add("calscale", "GREGORIAN")
    found.add("name", name)  # RFC 7986; older calendars only read the X- names
    found.add("x-wr-calname", name)
    found.add("x-wr-timezone", zone)
    found.add("refresh-interval", vDuration(REFRESH), parameters={"VALUE": "DURATION"})
    found.add("x-published-ttl", vDuration(REFRESH))
    if url:
        found.add("url", url)
    place = ZoneInfo(zone)
    for entry in sorted(entries, key=lambda entry: (entry.starts, entry.place, entry.session)):
        found.add_component(_event(entry, host, place))
    return found.to_ical()


def _event(entry: CalendarEntry, host: str, zone: ZoneInfo) -> Event:
    event = Event()
    event.add("uid", f"{entry.session}@{host}")
    event.add("dtstamp", entry.changed.astimezone(UTC).replace(microsecond=0))
    event.add("last-modified", entry.changed.astimezone(UTC).replace(microsecond=0))
    event.add("sequence", entry.revision)
    event.add("dtstart", entry.starts.astimezone(UTC))
    event.add("dtend", entry.ends.astimezone(UTC))
    event.add("summary", entry.title)
    event.add("status", "CANCELLED" if entry.cancelled else "CONFIRMED")
    event.add("description", _description(entry, zone))
    event.add("url", entry.url)
    if entry.place:
        event.add("location", entry.place)
    if entry.track:
        event.add("categories", [entry.track])
    return event


def _description(entry: CalendarEntry, zone: ZoneInfo) -> str:
    """Many calendars show neither URL nor a second zone, so the text names both."""
    there = f"{entry.starts.astimezone(zone):%Y-%m-%d %H:%M} {zone.key}"
    return "\n\n".join(part for part in (", ".join(entry.speakers), entry.summary, there, entry.url) if part)
