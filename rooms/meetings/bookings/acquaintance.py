"""What two people have in common: whether they have met, and an entry that one of them has shown interest in."""

from datetime import datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from rooms.cooperation.messages import InterestState
from rooms.cooperation.tables import entries, interests
from rooms.core.errors import Problem
from rooms.core.store.tables import conferences
from rooms.core.text import N_
from rooms.meetings.bookings.messages import BookingState, SeatState
from rooms.meetings.bookings.tables import booking_people, bookings
from rooms.meetings.tables import invited, meetings
from rooms.organisations.tables import organisation_members

b, e, i, k, m = bookings.c, entries.c, interests.c, meetings.c, organisation_members.c


class Encounter(NamedTuple):
    """When two people have met, or will meet (`ahead`)."""

    at: datetime
    ahead: bool


async def met(connection: AsyncConnection, conference: str, one: str, other: str, now: datetime) -> Encounter | None:
    """The latest meeting of two people in a conference: one that is booked, one to which both came, or a talk at a booth."""
    first, second = booking_people.alias("first"), booking_people.alias("second")
    pair = bookings.join(first, first.c.booking == b.id).join(second, second.c.booking == b.id)
    both = sa.and_(first.c.person == one, second.c.person == other, b.conference == conference)
    taken = sa.and_(first.c.state == SeatState.BOOKED.value, second.c.state == SeatState.BOOKED.value)
    came = sa.and_(first.c.checked_in_at.is_not(None), second.c.checked_in_at.is_not(None))
    counts = sa.and_(b.state == BookingState.BOOKED.value, taken, sa.or_(b.ends_at > now, came))
    select = sa.select(b.starts_at, b.ends_at).select_from(pair).where(both, counts).order_by(b.starts_at.desc())
    booked = (await connection.execute(select.limit(1))).one_or_none()
    if booked is not None:
        return Encounter(booked.starts_at, booked.ends_at > now)
    mine, theirs = invited.alias("mine"), invited.alias("theirs")
    talk = meetings.join(mine, mine.c.meeting == k.id).join(theirs, theirs.c.meeting == k.id)
    at_booth = sa.and_(k.conference == conference, k.booth.is_not(None), k.closed_at.is_not(None))
    at_booth = sa.and_(at_booth, ~sa.exists().where(b.meeting == k.id).correlate(meetings))
    talked = sa.select(k.opened_at).select_from(talk).where(mine.c.person == one, theirs.c.person == other, at_booth)
    at = (await connection.execute(talked.order_by(k.opened_at.desc()).limit(1))).scalar_one_or_none()
    return Encounter(at, ahead=False) if at is not None else None


async def check_not_met(connection: AsyncConnection, conference: str, one: str, other: str, now: datetime) -> None:
    """Raises Problem "conflict" with field "again", which the person may overrule."""
    found = await met(connection, conference, one, other, now)
    if found is None:
        return
    zone = sa.select(conferences.c.zone).where(conferences.c.id == conference)
    at = found.at.astimezone(ZoneInfo((await connection.execute(zone)).scalar_one()))
    text = N_("You have already met this person (%(time)s). Confirm that you want to meet again.")
    if found.ahead:
        text = N_("You already have a meeting with this person (%(time)s). Confirm that you want another one.")
    raise Problem("conflict", text, field="again", values={"time": at})


async def entry_between(connection: AsyncConnection, conference: str, entry: str, one: str, other: str) -> None:
    """Raises Problem "not_found" unless one of the two has shown interest in the entry, the organisation of the other one has accepted, and the other one
    belongs to it."""
    joined = interests.join(entries, e.id == i.entry).join(organisation_members, m.organisation == e.organisation)
    accepted = sa.and_(e.id == entry, e.conference == conference, i.state == InterestState.ACCEPTED.value)
    pair = sa.or_(sa.and_(i.person == one, m.person == other), sa.and_(i.person == other, m.person == one))
    if (await connection.execute(sa.select(i.id).select_from(joined).where(accepted, pair).limit(1))).first() is None:
        raise Problem("not_found", N_("This entry cannot be attached to a meeting with this person."), field="entry")
