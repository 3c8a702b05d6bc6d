"""Per-process counters, exported by server/metrics.py."""

from bisect import bisect_left
from collections import Counter
from dataclasses import dataclass, field


class Distribution:
    """A histogram: how many values are at or below each of the `bounds` (and, last, above all of them), and their sum."""

    __slots__ = ("bounds", "counts", "total")

    def __init__(self, *bounds: float) -> None:
        self.bounds = bounds
        self.counts = [0] * (len(bounds) + 1)
        self.total = 0.0

    def note(self, value: float) -> None:
        self.counts[bisect_left(self.bounds, value)] += 1
        self.total += value


@dataclass(slots=True, eq=False)
class WriterStats:
    """What the writer did. `outcomes` counts commands by op and code ("ok" or a Problem's); `groups`: how many commands shared a transaction."""

    outcomes: Counter[tuple[str, str]] = field(default_factory=Counter[tuple[str, str]])
    commits: int = 0
    failures: int = 0
    groups: Distribution = field(default_factory=lambda: Distribution(1, 2, 4, 8, 16, 32, 64, 128, 256))


@dataclass(slots=True, eq=False)
class HubStats:
    """What the hub did. `nudges_refused`: their seal was wrong; `nudges_unreadable`: their seal was right. `gaps` were filled with `events` from the
    journal; `values` counts how often latest values were read again."""

    joins: int = 0
    snapshots: int = 0
    resumes: int = 0
    nudges_sent: int = 0
    nudges_heard: int = 0
    nudges_refused: int = 0
    nudges_unreadable: int = 0
    gaps: int = 0
    events: int = 0
    values: int = 0
