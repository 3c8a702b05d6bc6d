"""What a file names twice must be the same thing: collections that find a thing by its identity and report what contradicts itself."""

from msgspec.structs import replace

from rooms.core.text import N_
from rooms.programme.schedules.fields import Fields
from rooms.programme.schedules.schedule import Hall, Person, Session, Track


class Halls:
    """By name. Listed with their particulars, or only named by the sessions in them.

    Some versions of pretalx give every room one guid. It identifies none of them then, and is left out.
    """

    def __init__(self) -> None:
        self.found: dict[str, Hall] = {}
        self._guids: dict[str, str] = {}

    def add(self, fields: Fields, hall: Hall) -> None:
        if hall.name in self.found:
            _doubled(fields, "name", hall.name)
        first = self._guids.setdefault(hall.guid, hall.name)
        if first != hall.name:
            hall = replace(hall, guid="")
            self.found[first] = replace(self.found[first], guid="")
        self.found[hall.name] = hall

    def used(self, name: str) -> None:
        if name:
            self.found.setdefault(name, Hall(name))


class Tracks:
    """By name. Listed with their colours, or only named by sessions."""

    def __init__(self) -> None:
        self.found: dict[str, Track] = {}

    def add(self, fields: Fields, track: Track) -> None:
        if track.name in self.found:
            _doubled(fields, "name", track.name)
        self.found[track.name] = track

    def used(self, name: str) -> None:
        if name:
            self.found.setdefault(name, Track(name))


class Persons:
    """By external id. A person stands in the file once per session; later mentions may add what earlier ones lack."""

    def __init__(self) -> None:
        self.found: dict[str, Person] = {}

    def add(self, fields: Fields, person: Person) -> str:
        """Returns the external id."""
        before = self.found.setdefault(person.external, person)
        if before.name != person.name:
            differs = N_("The person %(id)s is called “%(one)s” here and “%(other)s” elsewhere.")
            remedy = N_("Give each person an id of their own, and one name.")
            fields.fault("", differs, remedy, id=person.external, one=person.name, other=before.name)
        merged = Person(
            external=person.external,
            name=before.name,
            biography=before.biography or person.biography,
            url=before.url or person.url,
            avatar=before.avatar or person.avatar,
        )
        self.found[person.external] = merged
        return person.external


class Sessions:
    """By guid and by id.

    pretalx repeats the id of a talk that is given several times, each time with a guid of its own; that is allowed.
    """

    def __init__(self) -> None:
        self.found: list[Session] = []
        self._externals: set[str] = set()
        self._numbers: dict[int, Session] = {}

    def add(self, fields: Fields, session: Session) -> None:
        if session.external in self._externals:
            named = "id" if session.external.startswith("id:") else "guid"
            _doubled(fields, named, session.external.removeprefix("id:"))
        elif session.number is not None:
            first = self._numbers.setdefault(session.number, session)
            if first is not session and not _same_talk(first, session):
                _doubled(fields, "id", str(session.number))
        self._externals.add(session.external)
        self.found.append(session)


def _same_talk(one: Session, other: Session) -> bool:
    return bool(one.code and one.code == other.code) or bool(one.url and one.url == other.url)


def _doubled(fields: Fields, name: str, value: str) -> None:
    fields.fault(name, N_("“%(value)s” is used twice."), N_("Give each its own."), value=value)
