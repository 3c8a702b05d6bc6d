"""In which of the coming slots people are free."""

import asyncio
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from rooms.meetings.bookings import calendar
from rooms.meetings.bookings.agenda import Busy
from rooms.meetings.bookings.slots import TimeSlot, all_slots, rules_of

AT_ONCE = 200
"""People whose calendars are read by one statement. Between two statements, others have their turn."""


async def slots_to_come(connection: AsyncConnection, conference: str, now: datetime) -> list[TimeSlot]:
    return [slot for slot in await all_slots(connection, conference) if slot.starts_at > now]


async def free_in(
    connection: AsyncConnection, conference: str, people: Sequence[str], slots: list[TimeSlot]
) -> dict[str, frozenset[int]]:
    """For each person the numbers of the slots, which are in order, in which they have nothing."""
    if not slots:
        return {person: frozenset[int]() for person in people}
    buffer = (await rules_of(connection, conference)).buffer
    start, end = slots[0].starts_at - buffer, max(slot.ends_at for slot in slots) + buffer
    found: dict[str, frozenset[int]] = {}
    for at in range(0, len(people), AT_ONCE):
        known = await calendar.busy(connection, conference, people[at : at + AT_ONCE], start, end)
        found |= {person: _free(slots, taken, buffer) for person, taken in known.items()}
        await asyncio.sleep(0)
    return found


def _free(slots: list[TimeSlot], taken: list[Busy], buffer: timedelta) -> frozenset[int]:
    starts = [slot.starts_at for slot in slots]
    longest = max(slot.ends_at - slot.starts_at for slot in slots) + buffer
    blocked: set[int] = set()
    for each in taken:
        near = range(bisect_left(starts, each.starts_at - longest), bisect_right(starts, each.ends_at + buffer))
        blocked.update(number for number in near if each.blocks(slots[number], buffer))
    return frozenset(range(len(slots))) - blocked
