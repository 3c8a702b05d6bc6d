"""Reads schedule files of frab, pretalx, pentabarf and compatible programs, as JSON or XML.

Both formats and their dialects hold the same tree: a conference, its days, their rooms, their events. `document` brings each into
the shape of the JSON, and this module reads that shape. Ambiguous values are resolved with a warning; an event that cannot be
used is left out; all faults are collected before the report. Format: https://c3voc.de/schedule/schema.json
"""

import re
from collections.abc import Iterator
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from rooms.core.files.faults import FaultReport
from rooms.core.text import N_
from rooms.programme.schedules.document import Document, parse_json, parse_xml
from rooms.programme.schedules.fields import CONFERENCE_TITLE, NAME, WORD, Fields
from rooms.programme.schedules.formats import READS, refuse_json, refuse_signature
from rooms.programme.schedules.frab_event import ScheduleDay, clock_of, guid_of, read_session
from rooms.programme.schedules.schedule import (
    ConferenceInfo,
    Hall,
    Schedule,
    ScheduleFaults,
    ScheduleFile,
    Track,
    zone_names,
)
from rooms.programme.schedules.unique import Halls, Persons, Sessions, Tracks

_COLOUR = re.compile(r"#[0-9a-f]{6}")
MOST_DAYS = 366
MOST_SESSIONS = 5_000


def read(data: bytes, zone: str | None = None) -> Schedule:
    """The schedule in a file of either format. `zone` is used when the file names none, as old versions of frab do. Raises ScheduleFaults."""
    return read_file(data, zone).schedule


def read_file(data: bytes, zone: str | None = None) -> ScheduleFile:
    """Like `read`, with notes about resolved values and events that were left out."""
    refuse_signature(data)
    report = FaultReport()
    start = data.lstrip(b"\xef\xbb\xbf\xff\xfe\x00 \t\r\n")[:1]
    return _file(parse_xml(data, report) if start == b"<" else parse_json(data, report), zone, report)


def read_json(data: bytes, zone: str | None = None) -> Schedule:
    report = FaultReport()
    return _file(parse_json(data, report), zone, report).schedule


def read_xml(data: bytes, zone: str | None = None) -> Schedule:
    report = FaultReport()
    return _file(parse_xml(data, report), zone, report).schedule


def _file(document: Document, zone: str | None, report: FaultReport) -> ScheduleFile:
    if not isinstance(document.get("schedule"), dict):
        refuse_json(document)
    root = _part(Fields(document, "", report), "schedule", "")
    inner = _part(root, "conference", "conference")
    base = root.address("base_url") or inner.address("base_url")
    conference_zone = _zone(inner, zone)
    halls, tracks, persons, sessions = Halls(), Tracks(), Persons(), Sessions()
    for fields in inner.objects("rooms"):
        if name := fields.line("name", NAME, True):
            about = (guid_of(fields), fields.text("description"), fields.number("capacity", 10_000_000))
            halls.add(fields, Hall(name, *about))
    for fields in inner.objects("tracks"):
        if name := fields.line("name", NAME, True):
            tracks.add(fields, Track(name, _colour(fields)))
    unread: list[str] = []
    days: set[date] = set()
    for day, hall, fields in _events(inner, halls, days):
        fields.report = report.of_row()
        session = read_session(fields, hall, day, conference_zone, base, persons)
        sessions.claim(fields, session.external)
        if not fields.report.faults:
            sessions.add(fields, session)
        if report.leave_out(fields.report):
            unread.append(session.external)
        else:
            tracks.used(session.track)
    if len(sessions.found) > MOST_SESSIONS:
        many = N_("There are %(count)s sessions.")
        most = N_("A conference holds at most %(limit)s.")
        inner.fault("days", many, most, count=len(sessions.found), limit=MOST_SESSIONS)
    info = _conference(inner, conference_zone, days, sessions)
    if report.faults or (report.left_out and not sessions.found):
        raise ScheduleFaults([*report.faults, *report.left_out])
    speaking = {external for session in sessions.found for external in session.persons}
    found = [person for person in persons.found.values() if person.external in speaking]
    schedule = Schedule(
        conference=info,
        version=root.line("version", WORD),
        tracks=tracks.in_order,
        halls=tuple(halls.found.values()),
        persons=tuple(sorted(found, key=lambda person: (person.name, person.external))),
        sessions=tuple(sorted(sessions.found, key=lambda session: (session.starts, session.hall, session.external))),
        unread=tuple(filter(None, unread)),
    )
    return ScheduleFile(schedule, report.notes)


def _part(fields: Fields, name: str, where: str) -> Fields:
    """A required part. If it is missing, other faults of the file are not worth reporting."""
    if not fields.has(name):
        fields.missing(name, READS)
        raise ScheduleFaults(fields.report.faults)
    part = fields.object(name, where)
    if not isinstance(fields.values.get(name), dict):
        raise ScheduleFaults(fields.report.faults)
    return part


def _zone(fields: Fields, fallback: str | None) -> str:
    zone = fields.line("time_zone_name", WORD)
    if not zone and not fallback:
        remedy = N_("Import it with plenary import --zone, for example --zone Europe/Berlin.")
        fields.fault("time_zone_name", N_("The file does not say its time zone."), remedy)
    if zone and zone not in zone_names():
        unknown = N_("“%(zone)s” is not a known time zone.")
        fields.fault("time_zone_name", unknown, N_("Use a name such as Asia/Shanghai or Europe/Berlin."), zone=zone)
        return ""
    return zone or fallback or ""


def _conference(fields: Fields, zone: str, days: set[date], sessions: Sessions) -> ConferenceInfo:
    """The first and last day. If the file does not name one, it is taken from the days and sessions in the file."""
    acronym = fields.line("acronym", WORD)
    title = fields.line("title", CONFERENCE_TITLE, required=not acronym) or acronym
    if not fields.has("start") or not fields.has("end"):
        place = ZoneInfo(zone or "UTC")
        days = days | {session.starts.astimezone(place).date() for session in sessions.found}
        if not days:
            for name in ("start", "end"):
                fields.missing(name)
    nothing = date.min  # never returned, because a missing day is a fault
    first = fields.day("start") if fields.has("start") else min(days, default=nothing)
    last = fields.day("end") if fields.has("end") else max(days, default=nothing)
    if first and last and last < first:
        fields.fault("end", N_("The conference ends before it starts."), N_("Exchange the two days, or correct one."))
    elif first and last and (last - first).days >= MOST_DAYS:
        fields.fault("end", N_("The conference lasts more than a year."), N_("Correct the first or last day."))
    return ConferenceInfo(title, zone, first or nothing, last or nothing, acronym, fields.address("url"))


def _events(conference: Fields, halls: Halls, days: set[date]) -> Iterator[tuple[ScheduleDay, str, Fields]]:
    """Each event of the file, with its day and the name of the room under which it is listed. Adds the days of the file to `days`."""
    if not isinstance(conference.values.get("days"), list):
        conference.missing("days")
        return
    change = clock_of(conference.line("day_change", WORD))
    for fields in conference.objects("days"):
        fields.where = fields.line("date", WORD) or fields.where
        day = _day(fields, change)
        if day.date:
            days.add(day.date)
        rooms = fields.object("rooms", fields.where)
        for name in rooms.values:
            # A session need not have a hall. It is then listed under the name "".
            hall = Fields({"name": name}, rooms.where, rooms.report).line("name", NAME, required=bool(name))
            halls.used(hall)
            here = Fields({hall: rooms.values[name]}, rooms.where, rooms.report)
            for event in here.objects(hall):
                event.where = f"{here.where} › {hall} › {_label(event)}"
                yield day, hall, event


def _day(fields: Fields, change: time | None) -> ScheduleDay:
    start, end = (_moment(fields.line(name, WORD)) for name in ("day_start", "day_end"))
    if start and end and bool(start.tzinfo) == bool(end.tzinfo) and end <= start:
        fields.warn("day_end", N_("The day ends before it starts."), N_("Its times are not used."))
        start = None
    moment = _moment(fields.line("date", WORD))
    return ScheduleDay(moment.date() if moment else None, change or (start.time() if start else time()))


def _moment(raw: str) -> datetime | None:
    try:
        return datetime.fromisoformat(raw)
    except ValueError:
        return None


def _label(event: Fields) -> str:
    """The name of an event in the report. Faults are reported when the fields themselves are read."""
    quiet = Fields(event.values, "", FaultReport())
    title, number = quiet.line("title"), quiet.number("id")
    return (
        f"{title} ({number})"
        if title and number is not None
        else title or str(number or quiet.line("guid") or event.where)
    )


def _colour(fields: Fields) -> str:
    colour = fields.line("color", WORD).lower()
    return colour if _COLOUR.fullmatch(colour) else ""
