"""A schedule as files carry it: what a conference offers, where and when. Pure values, the same for every format.

Times are aware UTC datetimes; the zone of the conference is an IANA name. Texts are clean (rooms.core.text) and may be empty
where they have a default. Identifiers are "external": given by the program that made the file, and the same in its next version.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import ClassVar
from zoneinfo import ZoneInfo, available_timezones

from msgspec import Struct, field

from rooms.core.errors import Problem
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


class Person(Struct, frozen=True):
    """Somebody on a stage. `external` is a guid, or "code:…", or "id:…"."""

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
    """One talk or panel. `external` is a guid, or "id:…" where the file has none; `persons` are external ids, in the order of the file."""

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
    """Tracks and halls stand in the file's order, persons by name, sessions by start and hall."""

    conference: ConferenceInfo
    version: str = ""
    tracks: tuple[Track, ...] = ()
    halls: tuple[Hall, ...] = ()
    persons: tuple[Person, ...] = ()
    sessions: tuple[Session, ...] = ()


class Fault(Struct, frozen=True):
    """One thing that keeps a file from being imported: `where` it stands, `what` is wrong and how to mend it.

    The last two are translatable and filled by `values`.
    """

    where: str
    what: str
    remedy: str
    values: Mapping[str, object] = field(default_factory=dict[str, object])

    def text(self, translate: Callable[[str], str] = str) -> str:
        said = f"{translate(self.what) % self.values} {translate(self.remedy) % self.values}"
        return f"{self.where}: {said}" if self.where else said


SHOWN_FAULTS = 200
"""How many faults a report lists; of the others only the number is told."""


class FileFaults(Problem):
    """A file that cannot be imported. `faults` holds the first 200 in the order of the file, `count` says how many there are."""

    summary: ClassVar[str]

    def __init__(self, faults: Iterable[Fault]) -> None:
        found = tuple(faults)
        super().__init__("invalid", self.summary, field="file", values={"count": len(found)})
        self.count = len(found)
        self.faults = found[:SHOWN_FAULTS]


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
