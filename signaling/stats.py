"""Counters of calls, exported by server/metrics.py."""

from collections import Counter
from dataclasses import dataclass, field

from rooms.core.counters import Distribution
from signaling.messages import ReportStats, Stages

BOUNDS = (50, 100, 200, 350, 500, 750, 1000, 1500, 2000, 3000, 5000, 8000, 15_000, 30_000)
"""Milliseconds."""
STAGES = tuple(name.removesuffix("_ms") for name in Stages.__struct_fields__)


def _distributions() -> dict[str, Distribution]:
    return {stage: Distribution(*BOUNDS) for stage in STAGES}


@dataclass(slots=True, eq=False)
class CallStats:
    """`stages`: duration of each step of a set-up, in milliseconds; `links`: outcomes by event and path; `failures`: by the first stage not reached.

    `relay_faults`: relays that clients could not use, by fault; `signals`: forwarded, and `refused` messages, by op.
    """

    joins: int = 0
    resumes: int = 0
    losses: int = 0
    stages: dict[str, Distribution] = field(default_factory=_distributions)
    links: Counter[tuple[str, str]] = field(default_factory=Counter[tuple[str, str]])
    failures: Counter[str] = field(default_factory=Counter[str])
    relay_faults: Counter[str] = field(default_factory=Counter[str])
    signals: Counter[str] = field(default_factory=Counter[str])
    refused: Counter[tuple[str, str]] = field(default_factory=Counter[tuple[str, str]])

    def record(self, report: ReportStats) -> None:
        self.links[report.event, report.path or "none"] += 1
        stages = report.stage or Stages()
        times = {stage: getattr(stages, f"{stage}_ms") for stage in STAGES}
        if report.event == "failed":
            self.failures[next((stage for stage, time in times.items() if time is None), "later")] += 1
            return
        for stage, time in times.items():
            if time is not None:
                self.stages[stage].note(time)
