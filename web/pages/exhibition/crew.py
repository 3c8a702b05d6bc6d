"""Those who take visitors at a booth, as its staff see them. The island's twin is state/crew.ts."""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from rooms.core.commands.people import PersonView
from rooms.exhibition.booths.snapshots import BoothDesk
from rooms.exhibition.booths.staff_messages import Duty
from rooms.exhibition.queue.crew_messages import BreakView, ShiftView


class Colleague(NamedTuple):
    """Their break, when their current shift ends, and when their next one begins."""

    person: PersonView
    pause: BreakView | None
    until: datetime | None
    next: datetime | None


def crew_of(desk: BoothDesk, now: datetime) -> list[Colleague]:
    pauses = {each.person.id: each for each in desk.breaks}
    people = [each.person for each in desk.staff if each.duty is not Duty.CONTACT]
    shifts = {person.id: [each for each in desk.shifts if each.person.id == person.id] for person in people}
    return [Colleague(person, pauses.get(person.id), *_times(shifts[person.id], now)) for person in people]


def _times(shifts: Iterable[ShiftView], now: datetime) -> tuple[datetime | None, datetime | None]:
    """`shifts` are in the order of time."""
    until: datetime | None = None
    ahead: list[datetime] = []
    for shift in shifts:
        if shift.starts_at <= (until or now):
            until = max(shift.ends_at, until or now) if shift.ends_at > now else until
        else:
            ahead.append(shift.starts_at)
    return until, min(ahead, default=None)
