"""Reads those who take visitors at booths: who is here, their shifts and their breaks."""

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from rooms.core.commands.people import PersonView
from rooms.core.store.database import in_param, pad_to_power_of_two
from rooms.core.store.tables import persons
from rooms.exhibition.queue.crew_messages import BreakView, Hours, HoursView, ShiftView
from rooms.exhibition.tables import booth_breaks, booth_shifts, booth_staff

s, h, k = booth_staff.c, booth_shifts.c, booth_breaks.c


class Pause(NamedTuple):
    """A break. `since` None: begins after the current talk; `minutes` None: open-ended."""

    since: datetime | None
    minutes: int | None

    @property
    def until(self) -> datetime | None:
        return self.since + timedelta(minutes=self.minutes) if self.since and self.minutes else None

    def view(self, person: PersonView) -> BreakView:
        return BreakView(person, self.since, self.until, self.minutes)


class CrewMember(NamedTuple):
    """Someone who takes visitors. `hand`: the number of their shifts; 0 for none."""

    person: PersonView
    here: bool
    hand: int
    pause: Pause | None


class Shift(NamedTuple):
    id: str
    person: PersonView
    hours: Hours

    def view(self) -> ShiftView:
        return ShiftView(self.id, self.person, self.hours.starts_at, self.hours.ends_at)


def _crews() -> "sa.Select[*tuple[Any, ...]]":
    at = in_param("booths")
    hands = sa.select(h.booth, h.person, sa.func.min(h.hand).label("hand")).where(h.booth.in_(at))
    hands = hands.group_by(h.booth, h.person).subquery()
    joined = booth_staff.join(persons, persons.c.id == s.person)
    joined = joined.outerjoin(hands, sa.and_(hands.c.booth == s.booth, hands.c.person == s.person))
    joined = joined.outerjoin(booth_breaks, sa.and_(k.booth == s.booth, k.person == s.person))
    paused = k.person.is_not(None).label("paused")
    columns = (s.booth, s.person, persons.c.name, s.here, hands.c.hand, paused, k.since, k.minutes)
    select = sa.select(*columns).select_from(joined).where(s.booth.in_(at), s.duty != "contact")
    return select.order_by(s.person)


def _shifts() -> "sa.Select[*tuple[Any, ...]]":
    joined = booth_shifts.join(persons, persons.c.id == h.person)
    columns = (h.id, h.booth, h.person, persons.c.name, h.hand, h.starts_at, h.ends_at)
    select = sa.select(*columns).select_from(joined).where(h.booth.in_(in_param("booths")))
    return select.order_by(h.starts_at, h.ends_at, h.id)


CREWS, SHIFTS = _crews(), _shifts()
"""Built once, because every command of a queue reads them."""


async def read_crews(connection: AsyncConnection, booths: Collection[str]) -> dict[str, tuple[CrewMember, ...]]:
    """By booth, sorted by person."""
    found: dict[str, list[CrewMember]] = {booth: [] for booth in booths}
    for row in await connection.execute(CREWS, {"booths": pad_to_power_of_two(booths)}):
        pause = Pause(row.since, row.minutes) if row.paused else None
        found[row.booth].append(CrewMember(PersonView(row.person, row.name), row.here, row.hand or 0, pause))
    return {booth: tuple(crew) for booth, crew in found.items()}


async def read_shifts(connection: AsyncConnection, booths: Collection[str]) -> dict[str, tuple[Shift, ...]]:
    """By booth, in the order of time."""
    found: dict[str, list[Shift]] = {booth: [] for booth in booths}
    for row in await connection.execute(SHIFTS, {"booths": pad_to_power_of_two(booths)}):
        hours = Hours(row.hand, row.starts_at, row.ends_at)
        found[row.booth].append(Shift(row.id, PersonView(row.person, row.name), hours))
    return {booth: tuple(shifts) for booth, shifts in found.items()}


def hours_view(shifts: Iterable[Shift]) -> HoursView:
    return HoursView([each.hours for each in shifts])


def break_views(crew: Iterable[CrewMember]) -> list[BreakView]:
    """Sorted by person."""
    return [each.pause.view(each.person) for each in crew if each.pause is not None]
