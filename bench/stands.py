"""The stands of a simulated fair: their staff, with shifts, and what visitors were promised there."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

START = datetime(2026, 11, 20, 9, tzinfo=UTC)
HOUR = 3600.0
PATTERNS = {  # hours after the start
    "alone": [(0, 3.5), (4.25, 8)],
    "morning": [(0, 4)],
    "afternoon": [(3.5, 8)],
    "split": [(0, 2.5), (5, 8)],
    "day": [(0, 3), (3.75, 8)],
}


def moment(seconds: float) -> datetime:
    return START + timedelta(seconds=seconds)


@dataclass
class Server:
    """A member of the staff."""

    id: str
    stand: "Stand"
    shifts: list[tuple[float, float]]
    here: bool = False
    busy: bool = False
    paused: bool = False
    break_follows: float = 0.0  # seconds of the break after the current talk

    def on_shift(self, now: float) -> bool:
        return any(starts <= now < ends for starts, ends in self.shifts)


@dataclass
class Stand:
    booth: str
    room: str
    talk: float  # mean seconds
    popularity: float
    staff: list[Server] = field(default_factory=list[Server])


class Promise(NamedTuple):
    """What a visitor was promised when they joined. `actual` is set when they are called for the first time."""

    joined: float
    wait: float
    actual: float | None = None
