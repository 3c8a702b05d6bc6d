"""Rate limits: how often one person, account or address may do one thing. Kept per process, in bounded memory."""

import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

from rooms.core.errors import Problem
from rooms.core.text import N_

KEPT = 100_000


@dataclass(frozen=True, slots=True)
class Rate:
    """At most `count` at once, and `count` again in every `seconds`."""

    count: int
    seconds: float


class RateLimits:
    """Token buckets by the generic cell rate algorithm: of each bucket only the moment is kept at which it will be full again.

    `now` gives seconds of a clock that never goes back.
    """

    def __init__(self, now: Callable[[], float] = time.monotonic, kept: int = KEPT) -> None:
        self._now = now
        self._kept = kept
        self._full_at: OrderedDict[tuple[str, str], float] = OrderedDict()

    def take(self, name: str, key: str, rate: Rate) -> None:
        """Takes a token of `key` for the act `name`. Raises Problem "rate_limited" with the seconds until there is one."""
        now = self._now()
        token = rate.seconds / rate.count
        full_at = max(now, self._full_at.get((name, key), now))
        wait = full_at + token - now - rate.seconds
        if wait > 1e-9:
            raise Problem(
                "rate_limited", N_("Too many at once. Wait a moment, then try again."), retry_after=round(wait, 3)
            )
        self._full_at[name, key] = full_at + token
        self._full_at.move_to_end((name, key))
        self._forget(now)

    def _forget(self, now: float) -> None:
        # Each take looks at the two longest untouched buckets, so full ones go as fast as new ones come.
        for _ in range(2):
            oldest = next(iter(self._full_at))
            if len(self._full_at) <= self._kept and self._full_at[oldest] > now:
                return
            del self._full_at[oldest]
            if not self._full_at:
                return

    def __len__(self) -> int:
        return len(self._full_at)
