"""Compares a file with the programme as it is, to show what an import would change. Pure; nothing is written here."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import cast
from zoneinfo import ZoneInfo

from msgspec import Struct
from msgspec.structs import asdict

from rooms.core.files.faults import Fault
from rooms.core.imports.plan import EXCERPT, Act, Change, Item
from rooms.programme.imports.stored import Stored
from rooms.programme.schedules.schedule import ConferenceInfo, Hall, Link, Schedule, Session, Track


class SchedulePlan(Struct, frozen=True):
    """`conference` lists its changed fields. `touched` are sessions where only details of a speaker have changed."""

    conference: tuple[Change, ...] = ()
    tracks: tuple[Item, ...] = ()
    halls: tuple[Item, ...] = ()
    persons: tuple[Item, ...] = ()
    sessions: tuple[Item, ...] = ()
    touched: tuple[str, ...] = ()

    @property
    def empty(self) -> bool:
        return not (self.conference or self.tracks or self.halls or self.persons or self.sessions)

    @property
    def left_out(self) -> tuple[Fault, ...]:
        """Always empty: a conference accepts every session of a schedule."""
        return ()

    @property
    def warnings(self) -> tuple[Fault, ...]:
        return ()

    def count(self, *acts: Act) -> int:
        """How many sessions have one of these changes."""
        return sum(item.act in acts for item in self.sessions)

    @property
    def concerned(self) -> set[str]:
        """The keys of the sessions whose rooms get an event."""
        return {item.key for item in self.sessions} | set(self.touched)


def compare(stored: Stored, schedule: Schedule) -> SchedulePlan:
    """The plan that makes `stored` equal to `schedule`. Empty when it already is."""
    names = {key: found.person.name for key, found in stored.persons.items()}
    names |= {person.external: person.name for person in schedule.persons}
    readable = _Readable(schedule.conference.zone, names)
    listed = {session.external for session in schedule.sessions}
    strangers = [found.session for key, found in stored.sessions.items() if key not in listed]
    sessions = _sessions(stored, schedule, listed, readable)
    persons = _persons(stored, schedule, strangers, readable)
    changed = {item.key for item in sessions}
    renewed = {item.key for item in persons if item.act is Act.CHANGED}
    return SchedulePlan(
        conference=_changes(_shown_fields(stored.info), _shown_fields(schedule.conference), readable),
        tracks=_places(
            [track for _, track in stored.tracks.values()],
            schedule.tracks,
            {session.track for session in strangers},
            readable,
        ),
        halls=_places(
            [hall for _, hall in stored.halls.values()],
            schedule.halls,
            {session.hall for session in strangers},
            readable,
        ),
        persons=persons,
        sessions=sessions,
        touched=tuple(
            session.external
            for session in schedule.sessions
            if session.external not in changed and renewed.intersection(session.persons)
        ),
    )


class _Readable:
    """Formats values for readers."""

    def __init__(self, zone: str, names: Mapping[str, str]) -> None:
        self._zone = ZoneInfo(zone)
        self._names = names

    def __call__(self, value: object) -> str:
        if isinstance(value, datetime):
            return f"{value.astimezone(self._zone):%Y-%m-%d %H:%M}"
        if isinstance(value, tuple):
            items = cast(tuple[Link | str, ...], value)
            value = ", ".join(item.url if isinstance(item, Link) else self._names.get(item, item) for item in items)
        text = "" if value is None else str(value)
        return text if len(text) <= EXCERPT else f"{text[: EXCERPT - 1]}…"


def _sessions(stored: Stored, schedule: Schedule, listed: set[str], readable: _Readable) -> tuple[Item, ...]:
    items: list[Item] = []
    present = listed.union(schedule.unread)
    for session in schedule.sessions:
        before = stored.sessions.get(session.external)
        if before is None:
            items.append(Item(Act.ADDED, session.external, session.title))
            continue
        changes = _changes(asdict(before.session), asdict(session), readable)
        if before.cancelled:
            items.append(Item(Act.RESTORED, session.external, session.title, changes))
        elif changes:
            moved = any(change.field in ("starts", "minutes", "hall") for change in changes)
            items.append(Item(Act.MOVED if moved else Act.CHANGED, session.external, session.title, changes))
    for key, found in stored.sessions.items():
        if key not in present and found.imported and not found.cancelled:
            items.append(Item(Act.CANCELLED, key, found.session.title))
    return tuple(items)


def _persons(stored: Stored, schedule: Schedule, strangers: Sequence[Session], readable: _Readable) -> tuple[Item, ...]:
    items: list[Item] = []
    for person in schedule.persons:
        before = stored.persons.get(person.external)
        if before is None:
            items.append(Item(Act.ADDED, person.external, person.name))
        elif changes := _changes(asdict(before.person), asdict(person), readable):
            items.append(Item(Act.CHANGED, person.external, person.name, changes))
    # A cancelled session, or one that was made here, keeps its speakers.
    needed = {person.external for person in schedule.persons}.union(*(session.persons for session in strangers))
    for key, found in stored.persons.items():
        if key not in needed and not found.kept:
            items.append(Item(Act.REMOVED, key, found.person.name))
    return tuple(items)


def _places(
    before: Sequence[Track | Hall], after: Sequence[Track | Hall], needed: set[str], readable: _Readable
) -> tuple[Item, ...]:
    """Tracks or halls, known by their names. Those in `needed` hold sessions that the file does not know, and stay."""
    old, new = {one.name: one for one in before}, {one.name: one for one in after}
    ranks = {name: rank for rank, name in enumerate((name for name in old if name in new), start=1)}
    moved = dict(zip((name for name in new if name in old), ranks.values(), strict=True))
    items: list[Item] = []
    for name, one in new.items():
        if name not in old:
            items.append(Item(Act.ADDED, name, name))
            continue
        changes = _changes(
            asdict(old[name]) | {"position": ranks[name]}, asdict(one) | {"position": moved[name]}, readable
        )
        if changes:
            items.append(Item(Act.CHANGED, name, name, changes))
    items.extend(Item(Act.REMOVED, name, name) for name in old if name not in new and name not in needed)
    return tuple(items)


def _shown_fields(info: ConferenceInfo) -> dict[str, object]:
    return {name: getattr(info, name) for name in ("title", "zone", "first_day", "last_day")}


def _changes(before: Mapping[str, object], after: Mapping[str, object], readable: _Readable) -> tuple[Change, ...]:
    differing = [name for name in after if before[name] != after[name]]
    return tuple(Change(name, readable(before[name]), readable(after[name])) for name in differing)
