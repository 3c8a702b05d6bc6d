"""Forecasts waiting times from how long talks have lasted, and from the shifts and breaks of the staff.

The client computes the same in state/line.ts; tests/fixtures/waiting_times.json tests both.
"""

import heapq
from collections.abc import Sequence
from datetime import datetime
from math import ceil, inf
from statistics import mean

from rooms.exhibition.queue.crew_messages import Hand, Hours
from rooms.exhibition.queue.messages import LineView
from rooms.exhibition.queue.opening import opening

FIRST_GUESS = 300
"""Seconds; used until the first talk of a conference has ended."""
RECENT = 20
ENOUGH = 5
"""A booth with this many talks is measured by its own talks only. Each missing one is replaced by the conference's mean."""
TRIMMED = 0.1
"""The share of the longest and of the shortest talks that is left out of a mean: talks that nobody ended would otherwise spoil it."""
BETWEEN = 30
"""Seconds between a talk and the next call, as long as fewer than a few are measured."""
LONGEST_BETWEEN = 600
"""Seconds. More than this between two talks is a break, which the forecast knows otherwise."""
SHORTEST = 15
"""Seconds that a talk is assumed to continue once it is longer than expected."""
ABSENT = 600
"""Seconds until someone who is on a shift, but not here, is assumed to come."""
OPEN_ENDED = 1800
"""Seconds that an open-ended or overdue break is assumed to last when the question is only whether somebody's turn comes before the booth closes."""


def service_seconds(own: Sequence[float], elsewhere: Sequence[float]) -> int:
    """The length of a talk at a booth: the mean of its recent talks, filled up by the mean of the conference's."""
    prior = _trimmed(elsewhere) if elsewhere else FIRST_GUESS
    return round(_trimmed([*own, *[prior] * max(0, ENOUGH - len(own))]))


def between_seconds(measured: Sequence[float]) -> int:
    """The time from the end of a talk to the call that leads to the next one: notes, and calls that nobody answered."""
    usual = [each for each in measured if each <= LONGEST_BETWEEN]
    return round(mean([*usual, *[BETWEEN] * 3]))


def _trimmed(lengths: Sequence[float]) -> float:
    least = ceil(len(lengths) * TRIMMED) if len(lengths) > 2 else 0
    return mean(sorted(lengths)[least : len(lengths) - least])


def expected(line: LineView, now: datetime, shifts: Sequence[Hours] = (), open_ended: float = inf) -> list[float]:
    """For each waiting ticket, in order, the seconds until it is called: the member of the staff who is free first calls the next.

    Infinite: not before the booth closes, or not while everyone is on a break without an expected end. `open_ended`: how long such breaks last.
    """
    if shifts:
        known = {hand.number: hand for hand in line.hands if hand.number}
        hands = [known.get(number) or _away(number) for number in sorted({shift.hand for shift in shifts})]
    else:
        hands = line.hands or _unnamed(line)
    spans = [_spans(shifts, hand.number, now) for hand in hands]
    free = [
        (_after(_free(line, hand, now, own, open_ended), own), index)
        for index, (hand, own) in enumerate(zip(hands, spans, strict=True))
    ]
    heapq.heapify(free)
    waits: list[float] = []
    for _ in line.tickets:
        at, index = free[0] if free else (inf, 0)
        waits.append(at)
        if at < inf:
            heapq.heapreplace(free, (_after(at + line.service_seconds, spans[index]), index))
    return waits


def is_late(line: LineView, ticket: int, now: datetime, shifts: Sequence[Hours]) -> bool:
    """Whether a ticket will probably not be called before the booth closes."""
    if not shifts or ticket not in line.tickets:
        return False
    return expected(line, now, shifts, OPEN_ENDED)[line.tickets.index(ticket)] == inf


Spans = list[tuple[float, float]]
"""Start and end, in seconds from now."""


def _spans(shifts: Sequence[Hours], number: int, now: datetime) -> Spans:
    """When one of the staff takes visitors, until the booth closes."""
    if not shifts:
        return [(-inf, inf)]
    current = opening(shifts, now)
    closes = current.ends_at if current else now
    mine = [each for each in shifts if each.hand == number and now < each.ends_at <= closes]
    return sorted(((each.starts_at - now).total_seconds(), (each.ends_at - now).total_seconds()) for each in mine)


def _free(line: LineView, hand: Hand, now: datetime, spans: Spans, open_ended: float) -> float:
    """When a member of the staff can call the next visitor, whatever their shifts."""
    if hand.busy_since is not None:
        left = max(line.service_seconds - (now - hand.busy_since).total_seconds(), SHORTEST)
        if hand.paused:
            left += open_ended if hand.minutes is None else hand.minutes * 60
        return left
    if hand.paused:
        left = (hand.back_at - now).total_seconds() if hand.back_at else 0.0
        return left if left > 0 else open_ended
    late = not hand.here and any(starts <= 0 for starts, _ in spans)
    return ABSENT if late else 0.0


def _after(at: float, spans: Spans) -> float:
    """The first moment from `at` on within a span."""
    return next((max(at, starts) for starts, ends in spans if at < ends), inf)


def _away(number: int) -> Hand:
    return Hand(number, False, None, False, None, None)


def _unnamed(line: LineView) -> list[Hand]:
    """The staff as an older version counts them; at least one, or a booth without staff could not say anything."""
    idle = max(line.staff, 1) - len(line.talking_since)
    return [Hand(0, True, since, False, None, None) for since in [*line.talking_since, *[None] * idle]]
