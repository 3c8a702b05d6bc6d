"""A schedule as files describe it: the sessions of a conference, with their halls and times. Plain values, the same for every format.

Times are aware UTC datetimes; the zone of the conference is an IANA name. Texts are clean (rooms.core.text) and may be empty
where they have a default. External ids come from the program that made the file and stay the same in its next version.
"""

from datetime import UTC, date, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from msgspec import Struct

from rooms.core.files.faults import FileFaults, Notes
from rooms.core.text import N_


class ConferenceInfo(Struct, frozen=True):
    """`zone` is an IANA name; `first_day` and `last_day` are days of that zone."""

    title: str
    zone: str
    first_day: date
    last_day: date
    acronym: str = ""
    url: str = ""


class Track(Struct, frozen=True):
    """Known by its name. `colour` is "#rrggbb" or empty."""

    name: str
    colour: str = ""


class Hall(Struct, frozen=True):
    """Where sessions take place; schedule files call it a room. Known by its name."""

    name: str
    guid: str = ""
    description: str = ""
    capacity: int | None = None


class ScheduledSpeaker(Struct, frozen=True):
    """A speaker. `external` is a guid, "code:…" or "id:…"."""

    external: str
    name: str
    biography: str = ""
    url: str = ""
    avatar: str = ""


class Link(Struct, frozen=True):
    """A web address (http or https) with a title, which may be empty."""

    url: str
    title: str = ""


class Session(Struct, frozen=True):
    """One talk or panel. `external` is a guid, or else "id:…", "code:…" or "slug:…"; `persons` are external ids, in the order of the file."""

    external: str
    title: str
    starts: datetime
    minutes: int
    hall: str
    number: int | None = None
    code: str = ""
    subtitle: str = ""
    track: str = ""
    kind: str = ""
    language: str = ""
    abstract: str = ""
    description: str = ""
    persons: tuple[str, ...] = ()
    links: tuple[Link, ...] = ()
    attachments: tuple[Link, ...] = ()
    url: str = ""
    feedback_url: str = ""
    logo: str = ""
    do_not_record: bool = False

    @property
    def ends(self) -> datetime:
        return self.starts + timedelta(minutes=self.minutes)


class Schedule(Struct, frozen=True):
    """Tracks and halls keep the file's order; persons are sorted by name, sessions by start and hall.

    `unread` are the external ids of sessions that are in the file but were left out. An import neither changes nor cancels them.
    """

    conference: ConferenceInfo
    version: str = ""
    tracks: tuple[Track, ...] = ()
    halls: tuple[Hall, ...] = ()
    persons: tuple[ScheduledSpeaker, ...] = ()
    sessions: tuple[Session, ...] = ()
    unread: tuple[str, ...] = ()


class ScheduleFile(Struct, frozen=True):
    """A schedule as it was read from a file, with notes for the person who imports it."""

    schedule: Schedule
    notes: Notes = Notes()


class ScheduleFaults(FileFaults):
    summary = N_("The schedule cannot be imported. Faults found: %(count)s. Nothing was changed.")


@cache
def zone_names() -> frozenset[str]:
    """The IANA names that a conference may use. "localtime" and "Factory" say nothing about a place."""
    return frozenset(available_timezones() - {"localtime", "Factory"})


class NoSuchMoment(ValueError):
    """A local time that the zone's clocks skip."""


class TwoSuchMoments(ValueError):
    """A local time that the zone's clocks show twice."""


def moment(local: datetime, zone: str) -> datetime:
    """The UTC moment of a naive local time. Raises NoSuchMoment or TwoSuchMoments at a change of the clocks."""
    place = ZoneInfo(zone)
    early, late = (local.replace(tzinfo=place, fold=fold) for fold in (0, 1))
    if early.utcoffset() == late.utcoffset():
        return early.astimezone(UTC)
    if early.astimezone(UTC).astimezone(place).replace(tzinfo=None) != local:
        raise NoSuchMoment(local)
    raise TwoSuchMoments(local)
