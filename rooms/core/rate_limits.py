"""Rate limits: how often one person, account or address may do one thing. Kept per process, in bounded memory."""

import heapq
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from rooms.core.errors import Problem
from rooms.core.text import N_

KEPT = 50_000
"""Buckets of one name."""
STEPS = 4
"""How many buckets each take looks at to forget them: more than the one it adds."""


@dataclass(frozen=True, slots=True)
class Rate:
    """At most `count` at once, and `count` again in every `seconds`."""

    count: int
    seconds: float


@dataclass(slots=True)
class _Buckets:
    """The buckets of one name. `full_at`: when each will be full again. `due`: a heap of (earliest time to look again, key), one entry per bucket."""

    full_at: dict[str, float] = field(default_factory=dict[str, float])
    due: list[tuple[float, str]] = field(default_factory=list[tuple[float, str]])


class RateLimits:
    """Token buckets by the generic cell rate algorithm: a bucket is only the time at which it will be full again.

    Every name has buckets of its own, so that keys of one kind never displace those of another. When a name has too many, the bucket that
    is full soonest goes: random keys displace each other, never the bucket that somebody has emptied. Use only keys that have been validated
    (a token that exists), or that cost the caller something (a network address).

    `now` returns the seconds of a monotonic clock.
    """

    def __init__(self, now: Callable[[], float] = time.monotonic, kept: int = KEPT) -> None:
        self._now = now
        self._kept = kept
        self._by_name: dict[str, _Buckets] = {}

    def take(self, name: str, key: str, rate: Rate) -> None:
        """Takes a token of `key` for the act `name`. Raises Problem "rate_limited" with the seconds until there is one."""
        now = self._now()
        buckets = self._by_name.get(name) or self._by_name.setdefault(name, _Buckets())
        known = key in buckets.full_at
        token = rate.seconds / rate.count
        full_at = max(now, buckets.full_at.get(key, now))
        wait = full_at + token - now - rate.seconds
        if wait > 1e-9:
            raise Problem(
                "rate_limited", N_("Too many requests. Wait a moment, then try again."), retry_after=round(wait, 3)
            )
        buckets.full_at[key] = full_at + token
        if not known:
            heapq.heappush(buckets.due, (full_at + token, key))
        self._forget(buckets, now)

    def _forget(self, buckets: _Buckets, now: float) -> None:
        """Forgets full buckets, and the one that is full soonest when there are too many."""
        for _ in range(STEPS):
            if not buckets.due or (buckets.due[0][0] > now and len(buckets.full_at) <= self._kept):
                return
            due, key = buckets.due[0]
            if buckets.full_at[key] > due:  # taken from since: look again later
                heapq.heapreplace(buckets.due, (buckets.full_at[key], key))
            else:
                heapq.heappop(buckets.due)
                del buckets.full_at[key]

    def __len__(self) -> int:
        return sum(len(buckets.full_at) for buckets in self._by_name.values())
