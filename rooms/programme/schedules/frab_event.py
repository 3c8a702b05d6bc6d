"""Reads one event of a schedule file: its time and place, its speakers, and the identity that matches it in later files."""

import re
from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from rooms.core.text import N_
from rooms.programme.schedules.fields import CODE, LANGUAGE, NAME, WORD, Fields, whole_number
from rooms.programme.schedules.schedule import NoSuchMoment, ScheduledSpeaker, Session, TwoSuchMoments, moment
from rooms.programme.schedules.unique import Persons, known_by_name

_UUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")


class ScheduleDay(NamedTuple):
    """`date` is None if the file does not give it; times before `change` belong to the night of this day."""

    date: date | None
    change: time


def read_session(fields: Fields, hall: str, day: ScheduleDay, zone: str, base: str, known: Persons) -> Session:
    external, number = _identity(fields)
    named = fields.line("room", NAME)
    if named and named != hall:
        elsewhere = N_("The session says room “%(named)s” but is listed under “%(hall)s”.")
        fields.warn("room", elsewhere, N_("The latter is taken."), named=named, hall=hall)
    people = [_person(person, base, known) for person in fields.objects("persons", bare="name")]
    return Session(
        external=external,
        title=fields.line("title", required=True),
        starts=_starts(fields, day, zone) or datetime.min.replace(tzinfo=UTC),
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
        persons=tuple(dict.fromkeys(filter(None, people))),
        links=fields.links("links", base, hosts=True),
        attachments=fields.links("attachments", base),
        url=fields.address("url", base),
        feedback_url=fields.address("feedback_url", base),
        logo=fields.address("logo", base),
        do_not_record=fields.flag("do_not_record"),
    )


def _identity(fields: Fields) -> tuple[str, int | None]:
    """The external id, which matches the session in later files, and its number."""
    guid, raw = guid_of(fields), fields.values.get("id")
    number = whole_number(raw)
    if number is not None:
        return guid or f"id:{number}", number
    named = fields.line("id", WORD) if isinstance(raw, str) else ""
    if fields.has("id") and not named and (guid or raw is not None):
        fields.wrong("id", raw, N_("Enter a whole number."), required=not guid)
    if guid or named:
        return guid or f"id:{named}", None
    for name in ("code", "slug"):
        if found := fields.line(name, CODE, cut=False):
            return f"{name}:{found}", None
    if not fields.has("id"):
        missing = N_("This session has neither a guid nor an id.")
        fields.fault("guid", missing, N_("Give it one, so that a later import finds it again."))
    return "", None


def _person(fields: Fields, base: str, known: Persons) -> str:
    """The external id of a person: a guid, or else the code, the number or the name. Empty for a person without a name."""
    name = next((found for key in ("public_name", "name", "full_public_name") if (found := fields.line(key, NAME))), "")
    if not name:
        fields.warn("name", N_("This field is missing or empty."), N_("This person is left out."))
        return ""
    number, code = fields.number("id"), fields.line("code", CODE)
    known_by = f"code:{code}" if code else f"id:{number}" if number is not None else known_by_name(name)
    biography = fields.text("biography") or fields.text("description") or fields.text("abstract")
    links = (fields.address("url", base), fields.address("avatar", base))
    return known.add(fields, ScheduledSpeaker(guid_of(fields) or known_by, name, biography, *links))


def _starts(fields: Fields, day: ScheduleDay, zone: str) -> datetime | None:
    """The UTC moment that `date` (with or without an offset, or a day alone) and `start` name. They must agree.

    Pentabarf has no `date`: the day is then the one under which the event is listed, or the next one after midnight.
    """
    raw, clock = fields.line("date", WORD), _clock(fields)
    given = fields.date_or_time("date", raw) if raw else day.date
    if given is None:
        if not raw:
            fields.missing("date")
        return None
    if isinstance(given, datetime):
        local = given
    elif clock is not None:
        local = datetime.combine(given, clock)
        if not raw and clock < day.change:
            local += timedelta(days=1)
    else:
        if not fields.has("start"):
            fields.missing("start")
        return None
    starts = local.astimezone(UTC) if local.tzinfo else _in_zone(fields, local, zone)
    if starts and clock and zone:
        # frab writes `start` in the conference's zone; some versions of pretalx use the offset of `date`.
        agreeing = {f"{shown:%H:%M}" for shown in (local, starts.astimezone(ZoneInfo(zone)))}
        if f"{clock:%H:%M}" not in agreeing:
            differs = N_("The session starts at %(clock)s, but its date says %(date)s.")
            fields.fault("start", differs, N_("Make them agree."), clock=f"{clock:%H:%M}", date=raw)
    return starts


def _clock(fields: Fields) -> time | None:
    raw = fields.line("start", WORD)
    found = clock_of(raw)
    if raw and found is None:
        fields.wrong("start", raw, N_("Enter hours and minutes, such as 09:30."), required=True)
    return found


def clock_of(raw: str) -> time | None:
    try:
        return time.fromisoformat(raw if raw[1:2] != ":" else f"0{raw}")
    except ValueError:
        return None


def _in_zone(fields: Fields, local: datetime, zone: str) -> datetime | None:
    if not zone:
        return None  # the zone itself has been reported
    shown = {"date": local.isoformat(timespec="minutes"), "zone": zone}
    try:
        return moment(local, zone)
    except NoSuchMoment:
        skipped = N_("%(date)s does not exist in %(zone)s: the clocks go forward then.")
        fields.fault("date", skipped, N_("Add the offset from UTC, such as +02:00."), **shown)
    except TwoSuchMoments:
        doubled = N_("%(date)s comes twice in %(zone)s: the clocks go back then.")
        fields.fault("date", doubled, N_("Add the offset from UTC, such as +02:00."), **shown)
    return None


def guid_of(fields: Fields) -> str:
    """A UUID in lower case, as RFC 9562 writes it; anything else as it is."""
    guid = fields.line("guid", WORD)
    return guid.lower() if _UUID.fullmatch(guid) else guid
