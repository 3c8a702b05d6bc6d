"""Collections keyed by identity in the file. They handle things that a file names twice."""

from uuid import NAMESPACE_URL, uuid5

from msgspec.structs import replace

from rooms.core.search import fold, search_words
from rooms.core.text import N_
from rooms.programme.schedules.fields import Fields
from rooms.programme.schedules.schedule import Hall, ScheduledSpeaker, Session, Track

USED_TWICE = N_("“%(value)s” is used twice.")


class Halls:
    """Halls by name: listed with details, or only named by their sessions.

    Some versions of pretalx give every room one guid. It identifies none of them then, and is left out.
    """

    def __init__(self) -> None:
        self.found: dict[str, Hall] = {}
        self._guids: dict[str, str] = {}

    def add(self, fields: Fields, hall: Hall) -> None:
        if hall.name in self.found:
            return _doubled(fields, "name", hall.name)
        first = self._guids.setdefault(hall.guid, hall.name)
        if first != hall.name:
            hall = replace(hall, guid="")
            self.found[first] = replace(self.found[first], guid="")
        self.found[hall.name] = hall

    def used(self, name: str) -> None:
        if name:
            self.found.setdefault(name, Hall(name))


class Tracks:
    """Tracks by name: listed with colours, or only named by sessions.

    The latter follow in the order of their names: the order of the sessions changes whenever one of them is moved.
    """

    def __init__(self) -> None:
        self.found: dict[str, Track] = {}
        self._used: set[str] = set()

    @property
    def in_order(self) -> tuple[Track, ...]:
        unlisted = sorted(self._used - self.found.keys(), key=lambda name: (fold(name), name))
        return (*self.found.values(), *map(Track, unlisted))

    def add(self, fields: Fields, track: Track) -> None:
        if track.name in self.found:
            return _doubled(fields, "name", track.name)
        self.found[track.name] = track

    def used(self, name: str) -> None:
        if name:
            self._used.add(name)


class Persons:
    """Persons by external id. A person appears in the file once per session; later mentions may add missing details."""

    def __init__(self) -> None:
        self.found: dict[str, ScheduledSpeaker] = {}

    def add(self, fields: Fields, person: ScheduledSpeaker) -> str:
        """Returns the external id."""
        before = self.found.get(person.external, person)
        if before.name != person.name:
            differs = N_("The person %(id)s is called “%(one)s” here and “%(other)s” elsewhere.")
            values = {"id": person.external, "one": person.name, "other": before.name}
            if _same_name(before.name, person.name):
                fields.warn("", differs, N_("The other name is taken."), **values)
            else:
                fields.warn("", differs, N_("They are taken for two people."), **values)
                return self.add(fields, replace(person, external=known_by_name(person.name)))
        self.found[person.external] = ScheduledSpeaker(
            external=person.external,
            name=before.name,
            biography=before.biography or person.biography,
            url=before.url or person.url,
            avatar=before.avatar or person.avatar,
        )
        return person.external


class Sessions:
    """Sessions by guid and by id.

    pretalx repeats the id of a talk that is given several times, each time with a guid of its own. That is accepted.
    """

    def __init__(self) -> None:
        self.found: list[Session] = []
        self._externals: set[str] = set()
        self._numbers: dict[int, Session] = {}

    def claim(self, fields: Fields, external: str) -> None:
        """Reports a second session with the same identity as a fault of its row."""
        if external and external in self._externals:
            named, _, value = external.rpartition(":")
            fields.fault(named or "guid", USED_TWICE, N_("Give each one its own."), value=value)
        self._externals.add(external)

    def add(self, fields: Fields, session: Session) -> None:
        if session.number is not None:
            first = self._numbers.setdefault(session.number, session)
            if first is not session and not _same_talk(first, session):
                _doubled(fields, "id", str(session.number))
                session = replace(session, number=None)
        self.found.append(session)


def known_by_name(name: str) -> str:
    """The external id for a person without one in the file."""
    return str(uuid5(NAMESPACE_URL, f"name:{name}"))


def _same_name(one: str, other: str) -> bool:
    """Whether two spellings may name one person: they share a word, such as the family name, or differ in case and accents only."""
    words, others = set(search_words(one)), set(search_words(other))
    return words == others or any(len(word) > 1 for word in words & others)


def _same_talk(one: Session, other: Session) -> bool:
    return bool(one.code and one.code == other.code) or bool(one.url and one.url == other.url)


def _doubled(fields: Fields, name: str, value: str) -> None:
    fields.warn(name, USED_TWICE, N_("The first one is taken."), value=value)
