"""The rules for booked meetings in a conference, its slots, and where people meet."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from rooms.core.errors import Problem
from rooms.core.text import N_
from rooms.meetings.bookings.messages import BookingState, SpotKind, SpotView, WindowView
from rooms.meetings.bookings.tables import bookings, meeting_settings, meeting_windows, spots

b, p, w = bookings.c, spots.c, meeting_windows.c


class Rules(NamedTuple):
    """The settings of a conference, or these where its organisers have chosen none."""

    slot: timedelta = timedelta(minutes=20)
    buffer: timedelta = timedelta(minutes=5)
    lapse: timedelta = timedelta(hours=48)
    most_open: int = 20


class TimeSlot(NamedTuple):
    starts_at: datetime
    ends_at: datetime


async def rules_of(connection: AsyncConnection, conference: str) -> Rules:
    found = sa.select(meeting_settings).where(meeting_settings.c.conference == conference)
    row = (await connection.execute(found)).one_or_none()
    if row is None:
        return Rules()
    slot, buffer = timedelta(minutes=row.slot_minutes), timedelta(minutes=row.buffer_minutes)
    return Rules(slot, buffer, timedelta(hours=row.lapse_hours), row.most_open)


async def windows(connection: AsyncConnection, conference: str) -> list[WindowView]:
    select = sa.select(w.id, w.starts_at, w.ends_at).where(w.conference == conference).order_by(w.starts_at, w.id)
    return [WindowView(*row) for row in await connection.execute(select)]


async def is_open(connection: AsyncConnection, conference: str) -> bool:
    """Whether meetings can be booked in this conference."""
    return (await connection.execute(sa.select(w.id).where(w.conference == conference).limit(1))).first() is not None


def slots_in(window: WindowView, rules: Rules) -> list[TimeSlot]:
    """The slots of a window, with the pause between two of them."""
    found, start = list[TimeSlot](), window.starts_at
    while start + rules.slot <= window.ends_at:
        found.append(TimeSlot(start, start + rules.slot))
        start += rules.slot + rules.buffer
    return found


async def all_slots(connection: AsyncConnection, conference: str, rules: Rules | None = None) -> list[TimeSlot]:
    """`rules`: if they were read already."""
    rules = rules or await rules_of(connection, conference)
    return sorted({slot for window in await windows(connection, conference) for slot in slots_in(window, rules)})


async def spots_of(connection: AsyncConnection, conference: str, *, archived: bool = False) -> list[SpotView]:
    select = sa.select(p.id, p.name, p.kind, p.meetings, p.seats, p.archived_at).where(p.conference == conference)
    if not archived:
        select = select.where(p.archived_at.is_(None))
    rows = await connection.execute(select.order_by(p.position, p.id))
    return [SpotView(r.id, r.name, SpotKind(r.kind), r.meetings, r.seats, r.archived_at is not None) for r in rows]


async def choose_spot(
    connection: AsyncConnection,
    conference: str,
    kind: SpotKind,
    slot: TimeSlot,
    people: int,
    *,
    preferred: str | None = None,
    without: str = "",
) -> str | None:
    """Where a booking of this size can take place: at the preferred spot if it is free. None: in a call that no spot limits. The transaction has
    locked the lobby. Raises Problem "conflict"."""
    named = [each for each in await spots_of(connection, conference) if each.kind is kind]
    if kind is SpotKind.VIRTUAL and not named:
        return None
    if not any(each.seats >= people for each in named) and named:
        raise Problem("conflict", N_("No place for meetings has so many seats."), field="starts_at")
    large = sorted((each for each in named if each.seats >= people), key=lambda each: each.id != preferred)
    taken: dict[str, list[TimeSlot]] = {}
    during = sa.and_(b.starts_at < slot.ends_at, b.ends_at > slot.starts_at, b.state == BookingState.BOOKED.value)
    here = sa.and_(b.conference == conference, b.spot.is_not(None), b.id != without)
    for row in await connection.execute(sa.select(b.spot, b.starts_at, b.ends_at).where(here, during)):
        taken.setdefault(row.spot, []).append(TimeSlot(row.starts_at, row.ends_at))
    for each in large:
        if _most_at_once(taken.get(each.id, []), slot.starts_at) < each.meetings:
            return each.id
    text = N_("All calls are taken at this time.") if kind is SpotKind.VIRTUAL else N_("No table is free at this time.")
    raise Problem("conflict", text, field="starts_at")


def _most_at_once(taken: Sequence[TimeSlot], start: datetime) -> int:
    """How many of these, which all overlap a slot with this start, take place at one moment of it."""
    moments = {start, *(each.starts_at for each in taken if each.starts_at > start)}
    return max(sum(each.starts_at <= at < each.ends_at for each in taken) for at in moments)
