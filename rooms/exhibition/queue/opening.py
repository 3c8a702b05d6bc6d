"""When a booth with planned shifts is open: shifts with less than a night between them are one opening. The client computes the same in state/line.ts."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from rooms.exhibition.queue.crew_messages import Hours

NIGHT = timedelta(hours=6)
"""The queue goes on through a pause between shifts that is shorter. Before a longer one, everyone who still waits is released."""


class Opening(NamedTuple):
    starts_at: datetime
    ends_at: datetime


def openings(shifts: Sequence[Hours]) -> list[Opening]:
    found: list[Opening] = []
    for shift in sorted(shifts, key=lambda each: (each.starts_at, each.ends_at)):
        if found and shift.starts_at - found[-1].ends_at < NIGHT:
            found[-1] = Opening(found[-1].starts_at, max(found[-1].ends_at, shift.ends_at))
        else:
            found.append(Opening(shift.starts_at, shift.ends_at))
    return found


def opening(shifts: Sequence[Hours], now: datetime) -> Opening | None:
    """The current or next one."""
    return next((each for each in openings(shifts) if each.ends_at > now), None)


def closed_at(shifts: Sequence[Hours], now: datetime) -> datetime | None:
    """The end of the last opening that is over."""
    return max((each.ends_at for each in openings(shifts) if each.ends_at <= now), default=None)


def is_on(shifts: Sequence[Hours], hand: int, now: datetime) -> bool:
    """Whether a member of the staff is on a shift. Without any plan, everyone is."""
    return not shifts or any(each.hand == hand and each.starts_at <= now < each.ends_at for each in shifts)


def next_start(shifts: Sequence[Hours], now: datetime) -> datetime | None:
    """When somebody's shift begins if nobody is on one now; None if someone is, or nobody will be."""
    ahead = [each.starts_at for each in shifts if each.ends_at > now]
    return min(ahead) if ahead and min(ahead) > now else None
