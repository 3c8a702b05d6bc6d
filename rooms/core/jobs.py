"""Periodic jobs: a slice registers its own with `every`; each process runs all of them (server/app.py).

Jobs of several processes may run at the same time, so each job must bear that.
"""

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from rooms.core.engine import Engine

Run = Callable[["Engine"], Awaitable[object]]


class Job(NamedTuple):
    name: str
    seconds: float
    run: Run


JOBS: list[Job] = []


def every(*, seconds: float = 0, minutes: float = 0, hours: float = 0) -> Callable[[Run], Run]:
    """Registers a job: `@every(hours=1)`. It runs first when that time has passed after the start."""

    def register(run: Run) -> Run:
        name = f"{run.__module__.removeprefix('rooms.')}.{run.__name__}"
        JOBS.append(Job(name, seconds + 60 * minutes + 3600 * hours, run))
        return run

    return register
