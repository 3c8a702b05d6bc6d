"""Counts what an audience did, what it received, and which faults it found."""

import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field

KEPT_FAULTS = 20
KEPT_SENT = 2000


@dataclass
class Tally:
    """A hole is a seq that never came, a double one that came twice. `worst_lag` is in seconds, from sending a message until the last of all saw it;
    `recent_lag` the same since the last line.
    """

    people: int
    now: Callable[[], float] = time.monotonic
    connected: int = 0
    cut: int = 0
    messages: int = 0
    questions: int = 0
    votes: int = 0
    answers: int = 0
    events: int = 0
    resumed: int = 0
    snapshots: int = 0
    refused: int = 0
    holes: int = 0
    doubles: int = 0
    lost: int = 0
    recent_lag: float = 0.0
    worst_lag: float = 0.0
    faults: list[str] = field(default_factory=list[str])
    _sent: "OrderedDict[str, float]" = field(default_factory=OrderedDict[str, float])

    @property
    def sound(self) -> bool:
        return not (self.holes or self.doubles or self.lost or self.faults)

    def sent(self, key: str) -> None:
        """Notes when something was sent; `key` identifies it to those who receive it."""
        self._sent[key] = self.now()
        if len(self._sent) > KEPT_SENT:
            self._sent.popitem(last=False)

    def seen(self, key: str) -> None:
        sent = self._sent.get(key)
        if sent is not None:
            self.recent_lag = max(self.recent_lag, self.now() - sent)
            self.worst_lag = max(self.worst_lag, self.recent_lag)

    def fault(self, what: str) -> None:
        if len(self.faults) < KEPT_FAULTS:
            self.faults.append(what)

    def line(self, seconds: float) -> str:
        """One line of progress after so many seconds."""
        parts = (
            f"{int(seconds) // 60:02d}:{int(seconds) % 60:02d}",
            f"{self.connected}/{self.people} connected",
            f"{self.messages} messages",
            f"{self.questions} questions",
            f"{self.votes} votes",
            f"{self.answers} answers",
            f"{self.events} events received",
            f"lag {self.recent_lag * 1000:.0f} ms",
            f"worst lag {self.worst_lag * 1000:.0f} ms",
            f"{self.resumed} resumed",
            f"holes {self.holes}",
            f"duplicates {self.doubles}",
        )
        return " · ".join(parts)
