"""Schedule files of frab and pretalx, as JSON or XML.

The two formats and their dialects hold the same tree: a conference, its days, their rooms, their events. `document`
brings either into the shape of the JSON; this module reads that shape. All faults are found before any is reported. Format: https://c3voc.de/schedule/schema.json
"""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, time
from typing import cast
from uuid import NAMESPACE_URL, uuid5
from zoneinfo import ZoneInfo

from rooms.core.text import N_
from rooms.programme.schedules.document import parse_json, parse_xml
from rooms.programme.schedules.fields import CODE, CONFERENCE_TITLE, LANGUAGE, NAME, WORD, Fields
from rooms.programme.schedules.schedule import (
    ConferenceInfo,
    Fault,
    Hall,
    NoSuchMoment,
    Person,
    Schedule,
    ScheduleFaults,
    Session,
    Track,
    TwoSuchMoments,
    moment,
    zone_names,
)
from rooms.programme.schedules.unique import Halls, Persons, Sessions, Tracks

_UUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_COLOUR = re.compile(r"#[0-9a-f]{6}")
MOST_DAYS = 366
MOST_SESSIONS = 5_000


def read(data: bytes, zone: str | None = None) -> Schedule:
    """Reads either format, told apart by its first sign. See `read_json`."""
    start = data.lstrip(b"\xef\xbb\xbf\xff\xfe\x00 \t\r\n")[:1]
    return read_xml(data, zone) if start == b"<" else read_json(data, zone)


def read_json(data: bytes, zone: str | None = None) -> Schedule:
    """The schedule in a JSON file. `zone` is used when the file names none, as old versions of frab do. Raises ScheduleFaults."""
    faults: list[Fault] = []
    return _schedule(parse_json(data, faults), zone, faults)


def read_xml(data: bytes, zone: str | None = None) -> Schedule:
    """The schedule in an XML file; otherwise as `read_json`."""
    faults: list[Fault] = []
    return _schedule(parse_xml(data, faults), zone, faults)


def _schedule(document: dict[str, object], zone: str | None, faults: list[Fault]) -> Schedule:
    if not isinstance(document.get("schedule"), dict):
        remedy = N_("Choose the schedule that frab or pretalx exports.")
        raise ScheduleFaults([Fault("", N_("This is not a frab or pretalx schedule."), remedy, {})])
    root = Fields(document, "", faults).object("schedule", "")
    inner = _part(root, "conference", "conference")
    base = root.address("base_url") or inner.address("base_url")
    conference = _conference(inner, zone)
    halls, tracks, persons, sessions = Halls(), Tracks(), Persons(), Sessions()
    for fields in inner.objects("rooms"):
        halls.add(
            fields,
            Hall(
                fields.line("name", NAME, True),
                _guid(fields),
                fields.text("description"),
                fields.number("capacity", 10_000_000),
            ),
        )
    for fields in inner.objects("tracks"):
        tracks.add(fields, Track(fields.line("name", NAME, True), _colour(fields)))
    for hall, fields in _events(inner, halls):
        session = _session(fields, hall, conference.zone, base, persons)
        tracks.used(session.track)
        sessions.add(fields, session)
    if len(sessions.found) > MOST_SESSIONS:
        many = N_("There are %(count)s sessions.")
        inner.fault(
            "days", many, N_("A conference holds at most %(limit)s."), count=len(sessions.found), limit=MOST_SESSIONS
        )
    if faults:
        raise ScheduleFaults(faults)
    return Schedule(
        conference=conference,
        version=root.line("version", WORD),
        tracks=tuple(tracks.found.values()),
        halls=tuple(halls.found.values()),
        persons=tuple(sorted(persons.found.values(), key=lambda person: (person.name, person.external))),
        sessions=tuple(sorted(sessions.found, key=lambda session: (session.starts, session.hall, session.external))),
    )


def _part(fields: Fields, name: str, where: str) -> Fields:
    """A part that every schedule has. A file without it is something else, so further faults would tell nobody anything."""
    if not isinstance(fields.values.get(name), dict):
        fields.object(name, where)
        raise ScheduleFaults(fields.faults)
    return fields.object(name, where)


def _conference(fields: Fields, fallback: str | None) -> ConferenceInfo:
    title = fields.line("title", CONFERENCE_TITLE, required=True)
    first, last = fields.day("start"), fields.day("end")
    if first and last and last < first:
        fields.fault(
            "end", N_("The conference ends before it starts."), N_("Exchange the two days, or mend the wrong one.")
        )
    elif first and last and (last - first).days >= MOST_DAYS:
        fields.fault("end", N_("The conference takes more than a year."), N_("Mend its first or last day."))
    zone = fields.line("time_zone_name", WORD) or fallback or ""
    if not zone:
        remedy = N_("Import it with plenary import --zone, for example --zone Europe/Berlin.")
        fields.fault("time_zone_name", N_("The file does not say its time zone."), remedy)
    elif zone not in zone_names():
        unknown = N_("“%(zone)s” is no known time zone.")
        fields.fault("time_zone_name", unknown, N_("Use a name such as Asia/Shanghai or Europe/Berlin."), zone=zone)
        zone = ""
    nothing = date.min  # never leaves this module: a missing day is a fault
    return ConferenceInfo(
        title, zone, first or nothing, last or nothing, fields.line("acronym", WORD), fields.address("url")
    )


def _events(conference: Fields, halls: Halls) -> Iterator[tuple[str, Fields]]:
    """Each event of the file with the name of the room that it stands under."""
    if not isinstance(conference.values.get("days"), list):
        conference.missing("days")
        return
    for day in conference.objects("days"):
        day.where = day.line("date", WORD) or day.where
        _check_day(day)
        rooms = day.object("rooms", day.where)
        for name in rooms.values:
            # A session need not have a hall: it stands under the name "".
            hall = Fields({"name": name}, rooms.where, rooms.faults).line("name", NAME, required=bool(name))
            halls.used(hall)
            here = Fields({hall: rooms.values[name]}, rooms.where, rooms.faults)
            for event in here.objects(hall):
                event.where = f"{here.where} › {hall} › {_label(event)}"
                yield hall, event


def _check_day(day: Fields) -> None:
    start, end = (
        day.date_or_time(name, day.line(name, WORD)) if day.has(name) else None for name in ("day_start", "day_end")
    )
    if (
        isinstance(start, datetime)
        and isinstance(end, datetime)
        and bool(start.tzinfo) == bool(end.tzinfo)
        and end <= start
    ):
        day.fault("day_end", N_("The day ends before it starts."), N_("Exchange the two times, or mend the wrong one."))


def _label(event: Fields) -> str:
    """What a reader knows an event by; read without faults, which come with the fields themselves."""
    quiet = Fields(event.values, "", [])
    title, number = quiet.line("title"), quiet.number("id")
    return (
        f"{title} ({number})"
        if title and number is not None
        else title or str(number or quiet.line("guid") or event.where)
    )


def _session(fields: Fields, hall: str, zone: str, base: str, known: Persons) -> Session:
    guid, number = _guid(fields), fields.number("id")
    if not guid and number is None and not fields.has("id"):
        fields.fault(
            "guid",
            N_("This session has neither a guid nor an id."),
            N_("Give it one, so that a later import finds it again."),
        )
    named = fields.line("room", NAME)
    if named and named != hall:
        elsewhere = N_("The session says room “%(named)s” but stands under “%(hall)s”.")
        fields.fault("room", elsewhere, N_("Name the same room in both places."), named=named, hall=hall)
    persons = [known.add(person, _person(person, base)) for person in fields.objects("persons", bare="name")]
    return Session(
        external=guid or f"id:{number}",
        title=fields.line("title", required=True),
        starts=_starts(fields, zone) or datetime.min.replace(tzinfo=UTC),
        minutes=fields.minutes("duration") or 0,
        hall=hall,
        number=number,
        code=fields.line("code", CODE),
        subtitle=fields.line("subtitle"),
        track=fields.line("track", NAME),
        kind=fields.line("type", WORD),
        language=fields.line("language", LANGUAGE),
        abstract=fields.text("abstract"),
        description=fields.text("description"),
        persons=tuple(dict.fromkeys(persons)),
        links=fields.links("links", base, hosts=True),
        attachments=fields.links("attachments", base),
        url=fields.address("url", base),
        feedback_url=fields.address("feedback_url", base),
        logo=fields.address("logo", base),
        do_not_record=fields.flag("do_not_record"),
    )


def _person(fields: Fields, base: str) -> Person:
    """Known by the guid, which outlives the code, which outlives the number; or else by the name."""
    name = next((found for key in ("public_name", "name", "full_public_name") if (found := fields.line(key, NAME))), "")
    if not name:
        fields.missing("name")
    number, code = fields.number("id"), fields.line("code", CODE)
    by_name = str(uuid5(NAMESPACE_URL, f"name:{name}"))
    known_by = f"code:{code}" if code else f"id:{number}" if number is not None else by_name
    biography = fields.text("biography") or fields.text("description") or fields.text("abstract")
    return Person(
        _guid(fields) or known_by, name, biography, fields.address("url", base), fields.address("avatar", base)
    )


def _starts(fields: Fields, zone: str) -> datetime | None:
    """The UTC moment that `date` (with or without an offset, or a day alone) and `start` tell. They must agree."""
    raw = fields.line("date", WORD, required=True)
    told = fields.date_or_time("date", raw) if raw else None
    clock = _clock(fields)
    if told is None or (not isinstance(told, datetime) and clock is None):
        if told is not None and not fields.has("start"):
            fields.missing("start")
        return None
    local = told if isinstance(told, datetime) else datetime.combine(told, cast(time, clock))
    starts = local.astimezone(UTC) if local.tzinfo else _in_zone(fields, local, zone)
    if starts and clock and zone:
        # frab writes the wall clock of the conference; some versions of pretalx write that of the offset in `date`.
        agreeing = {f"{shown:%H:%M}" for shown in (local, starts.astimezone(ZoneInfo(zone)))}
        if f"{clock:%H:%M}" not in agreeing:
            differs = N_("The session starts at %(clock)s, but its date says %(date)s.")
            fields.fault("start", differs, N_("Make them agree."), clock=f"{clock:%H:%M}", date=raw)
    return starts


def _clock(fields: Fields) -> time | None:
    raw = fields.line("start", WORD)
    if not raw:
        return None
    try:
        return time.fromisoformat(raw if raw[1:2] != ":" else f"0{raw}")
    except ValueError:
        fields.wrong("start", raw, N_("Write the hour and minute, such as 09:30."))
        return None


def _in_zone(fields: Fields, local: datetime, zone: str) -> datetime | None:
    if not zone:
        return None  # the zone itself has been reported
    shown = {"date": local.isoformat(timespec="minutes"), "zone": zone}
    try:
        return moment(local, zone)
    except NoSuchMoment:
        skipped = N_("%(date)s does not exist in %(zone)s: the clocks are put forward then.")
        fields.fault("date", skipped, N_("Write the offset from UTC too, such as +02:00."), **shown)
    except TwoSuchMoments:
        doubled = N_("%(date)s comes twice in %(zone)s: the clocks are put back then.")
        fields.fault("date", doubled, N_("Write the offset from UTC too, such as +02:00."), **shown)
    return None


def _guid(fields: Fields) -> str:
    """A UUID in lower case, as RFC 9562 writes it; any other name as it stands."""
    guid = fields.line("guid", WORD)
    return guid.lower() if _UUID.fullmatch(guid) else guid


def _colour(fields: Fields) -> str:
    colour = fields.line("color", WORD).lower()
    return colour if _COLOUR.fullmatch(colour) else ""
