"""The process that solves a schedule: a task on its standard input, lines of progress and then the solution on its standard output.

Run as a script, without the settings of the server. It limits its own memory and CPU time, so that it can harm nothing else.
"""

import os
import resource
import sys
from collections.abc import Callable
from pathlib import Path

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parents[3]))

import msgspec

from rooms.matchmaking.schedule.construct import construct, place_selected
from rooms.matchmaking.schedule.draft import Draft, bits
from rooms.matchmaking.schedule.figures import figures_of
from rooms.matchmaking.schedule.neighbourhoods import improve
from rooms.matchmaking.schedule.selection import select
from rooms.matchmaking.schedule.task import Placed, Progress, Solution, Task

EFFORT = 8.0
"""Deterministic time for improvements, in CP-SAT's units: some two seconds of CPU each."""
MEMORY = 3 << 30
CPU_SECONDS = 240
"""Far above what the effort needs. Exceeding it is a failure, never another schedule."""


def solve(task: Task, report: Callable[[int], None], effort: float = EFFORT) -> Solution:
    """The schedule of a task. `report` receives a percentage."""
    report(1)
    draft = _constructed(task, set())
    if effort:
        draft = max(draft, _constructed(task, select(Draft(task))), key=Draft.total)
    report(35)
    improve(draft, effort, lambda share: report(35 + int(share * 60)))
    construct(draft)  # what still fits, so that each wish left over has a reason
    report(98)
    return Solution(_with_places(draft), figures_of(draft))


def _constructed(task: Task, selected: set[int]) -> Draft:
    draft = Draft(task)
    place_selected(draft, selected)
    construct(draft)
    return draft


def _with_places(draft: Draft) -> list[Placed]:
    """Gives every meeting a place. In each slot the largest meetings choose first, and take the smallest place that is large enough."""
    places = draft.task.places
    found: list[Placed] = []
    for slot in bits((1 << draft.slots) - 1):
        here = [each for each, at in enumerate(draft.slot_of) if at == slot]
        left = [place.free[slot] for place in places or ()]
        order = sorted(range(len(left)), key=lambda number: places[number].seats if places else 0)
        for each in sorted(here, key=lambda each: (-len(draft.people[each]), each)):
            fits = (
                number
                for number in order
                if left[number] > 0 and places and places[number].seats >= len(draft.people[each])
            )
            chosen = next(fits, -1)
            if chosen >= 0:
                left[chosen] -= 1
            found.append(Placed(each, slot, chosen))
    return found


def main() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    os.nice(10)  # the server's own work comes first
    last = -1

    def report(done: int) -> None:
        nonlocal last
        if done > last:
            last = done
            _print(Progress(done))

    _print(Progress(solution=solve(msgspec.json.decode(sys.stdin.buffer.read(), type=Task), report), done=100))


def _print(line: Progress) -> None:
    sys.stdout.buffer.write(msgspec.json.encode(line) + b"\n")
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()
