"""The solver keeps every rule, places what it can, gives the same schedule for the same task, and beats simpler ways."""

import asyncio
import random
from collections import Counter

import msgspec
import pytest

from bench.schedules import at_random, first_come, task_of
from rooms.matchmaking.schedule import runner
from rooms.matchmaking.schedule.draft import Draft
from rooms.matchmaking.schedule.figures import figures_of
from rooms.matchmaking.schedule.process import solve
from rooms.matchmaking.schedule.task import MEET, MUST, Place, PlannedPerson, PossibleMeeting, Solution, Task


def solved(task: Task, effort: float = 0.5) -> Solution:
    return solve(task, lambda done: None, effort)


def check_rules(task: Task, solution: Solution) -> None:
    at: Counter[tuple[int, int]] = Counter()
    meetings: Counter[int] = Counter()
    taken: Counter[tuple[int, int]] = Counter()
    for each in solution.placed:
        for person in task.candidates[each.candidate].people:
            at[person, each.slot] += 1
            meetings[person] += 1
            assert each.slot in task.people[person].free
        if task.places is not None:
            assert task.places[each.place].seats >= len(task.candidates[each.candidate].people)
            taken[each.place, each.slot] += 1
    assert not at or max(at.values()) == 1, "nobody is in two meetings at once"
    assert all(count <= task.people[person].most for person, count in meetings.items())
    assert len({each.candidate for each in solution.placed}) == len(solution.placed)
    for (place, slot), count in taken.items():
        assert count <= task.places[place].free[slot]


@pytest.mark.parametrize("seed", range(4))
def test_rules_are_kept_and_nothing_that_fits_is_left_over(seed: int) -> None:
    task = task_of(random.Random(seed), 40, 12, 6)
    small = Place(2, [3] * 12)
    task = msgspec.structs.replace(task, places=[small, Place(4, [1] * 12)])
    three = [PossibleMeeting([0, 5, 9], [(0, MUST), (5, MEET)]), PossibleMeeting([1, 6, 11], [(6, MUST)])]
    task = msgspec.structs.replace(task, candidates=[*task.candidates, *three])
    solution = solved(task)
    check_rules(task, solution)
    draft = Draft(task)
    for each in solution.placed:
        draft.place(each.candidate, each.slot)
    assert figures_of(draft) == solution.figures
    for each, slot in enumerate(draft.slot_of):
        assert slot >= 0 or not draft.may_have_more(each) or not draft.common(each)


def test_the_same_task_has_the_same_schedule() -> None:
    task = task_of(random.Random(5), 120, 20, 8)
    assert solved(task) == solved(task)


def test_it_beats_first_come_first_served_and_chance() -> None:
    task = task_of(random.Random(6), 200, 24, 10)
    ours = solved(task).figures
    for other in (first_come, at_random):
        theirs = figures_of(other(task, random.Random(1)))
        assert ours.weight > theirs.weight * 1.15
        assert ours.gaps < theirs.gaps / 2
        assert ours.fairness > theirs.fairness
        assert ours.lowest > theirs.lowest
        assert ours.empty <= theirs.empty


def test_must_comes_before_meet_and_the_first_wish_before_the_next() -> None:
    people = [PlannedPerson([0], 1), PlannedPerson([0], 1), PlannedPerson([0], 1)]
    task = Task([0], people, [PossibleMeeting([0, 1], [(0, MEET)]), PossibleMeeting([1, 2], [(2, MUST)])])
    assert [each.candidate for each in solved(task).placed] == [1]
    # One more wish of the same weight goes to the person who has none yet.
    people = [
        PlannedPerson([0, 1, 2], 3),
        *[PlannedPerson([0, 1, 2], 3) for _ in range(3)],
        PlannedPerson([0, 1, 2], 1),
        PlannedPerson([0, 1, 2], 1),
    ]
    wishes = [PossibleMeeting([0, other], [(0, MEET)]) for other in (1, 2, 4)] + [PossibleMeeting([4, 5], [(5, MEET)])]
    assert {each.candidate for each in solved(Task([0, 0, 0], people, wishes)).placed} == {0, 1, 3}


def test_meetings_of_a_person_follow_each_other() -> None:
    people = [PlannedPerson(list(range(8)), 4), *[PlannedPerson(list(range(8)), 1) for _ in range(4)]]
    task = Task([0] * 8, people, [PossibleMeeting([0, other], [(0, MEET)]) for other in range(1, 5)])
    solution = solved(task)
    slots = sorted(each.slot for each in solution.placed)
    assert slots == list(range(slots[0], slots[0] + 4))
    assert solution.figures.gaps == 0


def test_a_meeting_moves_aside_for_one_that_has_no_other_time() -> None:
    people = [PlannedPerson([0, 1], 2), PlannedPerson([0, 1], 1), PlannedPerson([0], 1)]
    task = Task([0, 0], people, [PossibleMeeting([0, 1], [(0, MUST), (1, MUST)]), PossibleMeeting([0, 2], [(0, MEET)])])
    assert {(each.candidate, each.slot) for each in solved(task).placed} == {(0, 1), (1, 0)}


async def test_the_solver_runs_in_a_process_of_its_own_and_reports_progress() -> None:
    task = task_of(random.Random(7), 20, 8, 4)
    seen: list[int] = []

    async def go_on(done: int) -> bool:
        seen.append(done)
        return True

    solution = await runner.run_solver(task, go_on, tick=0.05)
    assert solution is not None
    check_rules(task, solution)
    assert solution == solve(task, lambda done: None), "the same in another process"
    assert seen == sorted(seen)
    assert seen[-1] > 0


async def test_a_cancelled_solver_ends_at_once() -> None:
    task = task_of(random.Random(8), 400, 30, 10)

    async def stop(done: int) -> bool:
        return done < 1

    async with asyncio.timeout(20):
        assert await runner.run_solver(task, stop, tick=0.05) is None


async def test_a_crash_is_a_failure() -> None:
    async def go_on(done: int) -> bool:
        return True

    broken = Task([0], [PlannedPerson([0], 1)], [PossibleMeeting([7], [(7, MEET)])])
    with pytest.raises(runner.SolverFailed):
        await runner.run_solver(broken, go_on, tick=0.05)
