"""Forecasts waiting times from how long talks have lasted. The client computes the same in state/line.ts."""

import heapq
from collections.abc import Sequence
from datetime import datetime
from statistics import median

from rooms.exhibition.queue.messages import LineView

FIRST_GUESS = 300
"""Seconds; used until the first talk of a conference has ended."""
RECENT = 20
ENOUGH = 5
"""A booth with this many talks is measured by its own talks only. Each missing one is replaced by the conference's median."""
SHORTEST = 15
"""Seconds that a talk is assumed to continue once it is longer than expected."""


def service_seconds(own: Sequence[float], elsewhere: Sequence[float]) -> int:
    """The length of a talk at a booth: the median of its recent talks, filled up by the median of the conference's."""
    prior = median(elsewhere) if elsewhere else FIRST_GUESS
    return round(median([*own, *[prior] * max(0, ENOUGH - len(own))]))


def expected(line: LineView, now: datetime) -> list[float]:
    """For each waiting ticket, in order, the seconds until it is called. The member of the staff who is free first calls the next."""
    left = [max(line.service_seconds - (now - since).total_seconds(), SHORTEST) for since in line.talking_since]
    free = left + [0.0] * max(max(line.staff, 1) - len(left), 0)
    heapq.heapify(free)
    waits: list[float] = []
    for _ in line.tickets:
        at = heapq.heappop(free)
        waits.append(at)
        heapq.heappush(free, at + line.service_seconds)
    return waits
