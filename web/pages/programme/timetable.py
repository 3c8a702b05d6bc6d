"""A conference's programme: the timetable, filtered by the query, in the event's zone or the viewer's."""

from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime, time
from typing import NamedTuple
from zoneinfo import ZoneInfo

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from rooms.core.commands.registry import permitted
from rooms.core.search import fold, search_words
from rooms.meetings.meetups import queries as meetups
from rooms.meetings.meetups.messages import MeetupView
from rooms.meetings.rounds.queries import listed
from rooms.programme import stars, timetable
from rooms.programme.queries import Conference
from rooms.programme.timetable import TimetableEntry
from web.conference import enter
from web.pages.programme.timetable_layout import lay_out
from web.site import site_of


class Filter(NamedTuple):
    """The reader's filters; "" or False: no filter."""

    words: str = ""
    track: str = ""
    language: str = ""
    starred: bool = False

    @property
    def set(self) -> bool:
        return any(self)

    def passes(self, entry: TimetableEntry, stars: Collection[str]) -> bool:
        if (self.track and entry.track != self.track) or (self.language and entry.language != self.language):
            return False
        if self.starred and entry.id not in stars:
            return False
        return all(word in searched(entry) for word in search_words(self.words))


def searched(entry: TimetableEntry) -> str:
    """The folded text for searching. The island gets the same text and searches it in the same way."""
    translated = [text for fields in entry.texts.values() for name, text in fields.items() if name != "abstract"]
    speakers = [f"{speaker.name} {speaker.affiliation}" for speaker in entry.speakers]
    return fold(" ".join([entry.title, entry.subtitle, entry.place, entry.track, *translated, *speakers]))


def filter_of(request: Request) -> Filter:
    asked = request.query_params
    return Filter(
        words=asked.get("words", "")[:100].strip(),
        track=asked.get("track", ""),
        language=asked.get("language", ""),
        starred=asked.get("starred") == "1",
    )


async def show(request: Request) -> Response:
    filter = filter_of(request)
    async with site_of(request).engine.database.read() as connection:
        entered = await enter(request, connection)
        conference, viewer = entered.conference, entered.viewer
        entries = await timetable.entries(connection, conference.id)
        halls = await timetable.hall_names(connection, conference.id)
        tracks = await timetable.track_names(connection, conference.id)
        meetings = await meetups.coming(connection, conference.id, viewer.id)
        rounds = await listed(connection, conference.id)
        found = await stars.starred_by(connection, [viewer.id] if viewer.id else [], [conference.id])
    starred = found.get((viewer.id or "", conference.id), [])
    used = {entry.track for entry in entries}
    tracks = [track for track in tracks if track.name in used]
    shown = {entry.id for entry in entries if filter.passes(entry, starred)}
    return await entered.page(
        request,
        "programme/timetable.html",
        days=lay_out(entries, halls, [track.name for track in tracks], entered.event_zone, entered.zone),
        has_rounds=bool(rounds),
        meetups=_by_day(meetings, entered.zone),
        tracks=tracks,
        languages_spoken=_languages(entries),
        filter=filter,
        shown=shown,
        starred=set(starred),
        may_star="session.star" in permitted(entered.actor),
        searched=searched,
        held=_held(conference, entries),
        now=entered.site.engine.clock(),
        calendar_key=viewer.person.calendar_key if viewer.person else None,
    )


def _by_day(meetings: Iterable[MeetupView], zone: ZoneInfo) -> dict[date, list[MeetupView]]:
    """Meet-ups by their day in the zone of the page."""
    days: dict[date, list[MeetupView]] = {}
    for each in meetings:
        days.setdefault(each.starts_at.astimezone(zone).date(), []).append(each)
    return days


def _held(conference: Conference, entries: Sequence[TimetableEntry]) -> tuple[datetime, datetime]:
    """The start and end of the programme; without sessions, the days of the conference."""
    zone = ZoneInfo(conference.zone)
    days = [datetime.combine(day, time(12), zone) for day in (conference.starts_on, conference.ends_on)]
    starts = [entry.starts_at for entry in entries] or days
    return min(starts), max(starts)


def _languages(entries: Iterable[TimetableEntry]) -> list[str]:
    return sorted({entry.language for entry in entries if entry.language})


routes = [Route("/c/{conference}/programme", show)]
