"""Writes a schedule as frab and pretalx do, as JSON or XML. `frab` reads the same schedule from such a file."""

import json
import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import NamedTuple
from xml.etree.ElementTree import Element, SubElement, indent, tostring
from zoneinfo import ZoneInfo

from rooms.programme.schedules.schedule import Hall, Link, Schedule, ScheduledSpeaker, Session, Track

SCHEMA = "https://c3voc.de/schedule/schema.json"
SLOT = "00:05"
_BY_NUMBER = re.compile(r"id:([0-9]{1,19})")


def write_json(schedule: Schedule, base_url: str = "") -> bytes:
    """The schedule as JSON in UTF-8. `base_url` is where the programme can be read."""
    zone = ZoneInfo(schedule.conference.zone)
    persons = {person.external: person for person in schedule.persons}
    days = [
        {
            "index": index,
            "date": day.date.isoformat(),
            "day_start": day.start.isoformat(),
            "day_end": day.end.isoformat(),
            "rooms": {
                hall: [_event(session, persons, zone) for session in sessions] for hall, sessions in day.halls.items()
            },
        }
        for index, day in enumerate(_days(schedule, zone), start=1)
    ]
    info = schedule.conference
    conference = {
        "acronym": info.acronym,
        "title": info.title,
        "start": info.first_day.isoformat(),
        "end": info.last_day.isoformat(),
        "daysCount": (info.last_day - info.first_day).days + 1,
        "timeslot_duration": SLOT,
        "time_zone_name": info.zone,
        "url": info.url,
        "rooms": [_hall(hall) for hall in schedule.halls],
        "tracks": [_track(track) for track in schedule.tracks],
        "days": days,
    }
    inner = {"version": schedule.version, "base_url": base_url, "conference": conference}
    document = {"$schema": SCHEMA, "generator": {"name": "plenary"}, "schedule": inner}
    return json.dumps(document, ensure_ascii=False, indent=1).encode()


def write_xml(schedule: Schedule, base_url: str = "") -> bytes:
    """The schedule as XML in UTF-8; fields for which the format has no element are attributes, which other readers ignore."""
    zone = ZoneInfo(schedule.conference.zone)
    persons = {person.external: person for person in schedule.persons}
    info = schedule.conference
    root = Element("schedule")
    SubElement(root, "generator", name="plenary")
    _leaf(root, "version", schedule.version)
    conference = SubElement(root, "conference")
    for name, value in (("acronym", info.acronym), ("title", info.title), ("url", info.url), ("base_url", base_url)):
        _leaf(conference, name, value)
    _leaf(conference, "start", info.first_day.isoformat())
    _leaf(conference, "end", info.last_day.isoformat())
    _leaf(conference, "days", str((info.last_day - info.first_day).days + 1))
    _leaf(conference, "timeslot_duration", SLOT)
    _leaf(conference, "time_zone_name", info.zone)
    for track in schedule.tracks:
        SubElement(conference, "track", _attributes(_track(track)))
    for hall in schedule.halls:
        SubElement(conference, "room", _attributes(_hall(hall)))
    for index, day in enumerate(_days(schedule, zone), start=1):
        about = {"index": index, "date": day.date, "start": day.start.isoformat(), "end": day.end.isoformat()}
        element = SubElement(root, "day", _attributes(about))
        for hall, sessions in day.halls.items():
            room = SubElement(element, "room", name=hall)
            for session in sessions:
                _event_element(room, session, persons, zone)
    indent(root, " ")
    return tostring(root, encoding="utf-8", xml_declaration=True)


class _Day(NamedTuple):
    """A day of the conference in its zone, from midnight to midnight, and the sessions that start on it, by hall."""

    date: date
    start: datetime
    end: datetime
    halls: dict[str, list[Session]]


def _days(schedule: Schedule, zone: ZoneInfo) -> Sequence[_Day]:
    info = schedule.conference
    length = (info.last_day - info.first_day).days + 1
    days: dict[date, dict[str, list[Session]]] = {info.first_day + timedelta(days=n): {} for n in range(length)}
    for session in sorted(schedule.sessions, key=lambda session: session.starts):
        halls = days.setdefault(session.starts.astimezone(zone).date(), {})
        halls.setdefault(session.hall, []).append(session)

    def midnight(day: date) -> datetime:
        return datetime.combine(day, time(), zone)

    return [_Day(day, midnight(day), midnight(day + timedelta(days=1)), halls) for day, halls in sorted(days.items())]


def _event(session: Session, persons: dict[str, ScheduledSpeaker], zone: ZoneInfo) -> dict[str, object]:
    return {
        **_event_identity(session),
        **_event_leaves(session, zone),
        "recording_license": "",
        "do_not_record": session.do_not_record,
        "persons": [_person(persons[external]) for external in session.persons],
        "links": [_link(link) for link in session.links],
        "attachments": [_link(link) for link in session.attachments],
    }


def _event_element(room: Element, session: Session, persons: dict[str, ScheduledSpeaker], zone: ZoneInfo) -> None:
    event = SubElement(room, "event", _attributes(_event_identity(session)))
    for name, value in _event_leaves(session, zone).items():
        _leaf(event, name, value)
    recording = SubElement(event, "recording")
    _leaf(recording, "license", "")
    _leaf(recording, "optout", "true" if session.do_not_record else "false")
    speaking = SubElement(event, "persons")
    for external in session.persons:
        about = _person(persons[external])
        _leaf(speaking, "person", str(about.pop("public_name")), _attributes(about))
    for name, links in (("link", session.links), ("attachment", session.attachments)):
        listed = SubElement(event, f"{name}s")
        for link in links:
            _leaf(listed, name, link.title, {"href": link.url})


def _event_identity(session: Session) -> dict[str, object]:
    match = _BY_NUMBER.fullmatch(session.external)
    identity = {"id": int(match[1])} if match else {"id": session.number, "guid": session.external}
    return _present({**identity, "code": session.code})


def _event_leaves(session: Session, zone: ZoneInfo) -> dict[str, str]:
    local = session.starts.astimezone(zone)
    return {
        "date": local.isoformat(),
        "start": f"{local:%H:%M}",
        "duration": f"{session.minutes // 60:02}:{session.minutes % 60:02}",
        "room": session.hall,
        "title": session.title,
        "subtitle": session.subtitle,
        "track": session.track,
        "type": session.kind,
        "language": session.language,
        "abstract": session.abstract,
        "description": session.description,
        "url": session.url,
        "feedback_url": session.feedback_url,
        "logo": session.logo,
    }


def _person(person: ScheduledSpeaker) -> dict[str, object]:
    match = _BY_NUMBER.fullmatch(person.external)
    identity: dict[str, object] = {"id": int(match[1])} if match else {"guid": person.external}
    if person.external.startswith("code:"):
        identity = {"code": person.external.removeprefix("code:")}
    about = {"biography": person.biography, "url": person.url, "avatar": person.avatar}
    return {**identity, "name": person.name, "public_name": person.name, **_present(about)}


def _hall(hall: Hall) -> dict[str, object]:
    about = {"guid": hall.guid, "description": hall.description, "capacity": hall.capacity}
    return {"name": hall.name, **_present(about)}


def _track(track: Track) -> dict[str, object]:
    return {"name": track.name, **_present({"color": track.colour})}


def _link(link: Link) -> dict[str, str]:
    return {"url": link.url, "title": link.title}


def _present(values: Mapping[str, object]) -> dict[str, object]:
    return {name: value for name, value in values.items() if value not in (None, "")}


def _attributes(values: Mapping[str, object]) -> dict[str, str]:
    return {name: str(value) for name, value in values.items()}


def _leaf(parent: Element, name: str, text: str, attributes: dict[str, str] | None = None) -> None:
    SubElement(parent, name, attributes or {}).text = text
