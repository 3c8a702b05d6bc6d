"""Improves a schedule with CP-SAT, one neighbourhood after the other: the meetings of a few people become free, everything else stays.

A model of everything would be too big: 2,000 people with 10 wishes each in 40 slots are some 600,000 variables. Each neighbourhood is solved by one
worker with a fixed seed, until a limit of CP-SAT's deterministic time, and the number of neighbourhoods depends on that time alone. So the same task
has the same schedule, on a slow machine as on a fast one (docs/decisions/0030-schedules-are-solved-in-three-steps.md).

OR-Tools is imported when it is needed: this module is part of a slice, and OR-Tools is optional.
"""

from collections.abc import Callable, Sequence
from typing import Any

from rooms.matchmaking.schedule.draft import FIRST, SECOND, Draft, bits

CORE = 2
"""People whose meetings all become free."""
MOST_VARIABLES = 9_000
EFFORT = 0.05
"""Deterministic time of one neighbourhood. Many small ones improve a schedule faster than few large ones (measured with 2 to 14 people)."""
OVERHEAD = 0.01
"""Counted for each neighbourhood, for the time beside the search."""
SMALL_EFFORT = 3.0
"""Of a schedule that is one neighbourhood as a whole."""


def improve(draft: Draft, effort: float, report: Callable[[float], None]) -> None:
    """`effort`: deterministic time in all. `report` is called with the share that is spent."""
    spent, round = 0.0, 0
    everyone = sorted({person for people in draft.people for person in people})
    if not everyone:
        return
    around = _wished(draft)
    small = sum(len(people) * draft.slots for people in draft.people) <= MOST_VARIABLES
    idle = 0  # neighbourhoods in a row without any improvement
    starts: list[int] = []
    while spent < effort and idle < (1 if small else len(everyone)):
        if small:
            core = everyone
        else:
            if not starts:
                starts = _unhappy_first(draft, everyone)
            core = _cluster(draft, around, starts.pop(), round)
        used, better = solve(draft, core, SMALL_EFFORT if small else EFFORT, round)
        spent += used + OVERHEAD
        idle = 0 if better else idle + 1
        round += 1
        report(min(spent / effort, 1.0))


def _wished(draft: Draft) -> list[list[int]]:
    """For each person the others with whom they have a candidate."""
    found: list[dict[int, None]] = [{} for _ in draft.used]
    for people in draft.people:
        for person in people:
            found[person].update(dict.fromkeys(other for other in people if other != person))
    return [list(each) for each in found]


def _unhappy_first(draft: Draft, everyone: Sequence[int]) -> list[int]:
    """People in the order in which they start a neighbourhood, from the end: those with most wishes that are not met, then those with most gaps."""
    missing = [0] * len(draft.used)
    for candidate, slot in enumerate(draft.slot_of):
        if slot < 0:
            for person in draft.wishers[candidate]:
                missing[person] += draft.worth[candidate] // (1 + draft.met[person])
    return sorted(everyone, key=lambda person: (missing[person] + 20 * draft.gaps(person), -person))


def _cluster(draft: Draft, around: list[list[int]], start: int, round: int) -> list[int]:
    """A person and those around them by wishes: the ones who share most people come first."""
    core, border = [start], dict.fromkeys(around[start], 1)
    while len(core) < CORE and border:
        best = max(
            border, key=lambda person: (border[person], draft.gaps(person), (person * 7919 + round) % 1009, person)
        )
        core.append(best)
        del border[best]
        inside = set(core)
        for person in around[best]:
            if person not in inside:
                border[person] = border.get(person, 0) + 1
    return core


def solve(draft: Draft, core: Sequence[int], effort: float, seed: int) -> tuple[float, bool]:
    """Solves the neighbourhood of these people. Keeps the result only if it is better. Returns the deterministic time, and whether it was."""
    from ortools.sat.python import cp_model

    inside = set(core)
    free = [each for each, people in enumerate(draft.people) if not inside.isdisjoint(people)]
    touched = sorted({person for each in free for person in draft.people[each]})
    before = draft.value(touched, free)
    old = {each: draft.slot_of[each] for each in free}
    for each in free:
        if old[each] >= 0:
            draft.remove(each)
    model = cp_model.CpModel()
    chosen: dict[tuple[int, int], Any] = {}
    objective: list[tuple[Any, int]] = []
    per_person: dict[int, dict[int, list[Any]]] = {}
    per_slot: dict[tuple[int, int], list[Any]] = {}
    places: dict[int, list[Any]] = {}
    wishing: dict[int, list[int]] = {}
    for each in free:
        people = draft.people[each]
        if any(len(draft.held[person]) >= draft.most[person] for person in people):
            continue
        mine: list[Any] = []
        for slot in bits(draft.common(each)):
            variable = chosen[each, slot] = _hinted(model, old[each] == slot)
            mine.append(variable)
            gap = sum(_gap(draft, person, slot) for person in people if person not in inside)
            objective.append((variable, draft.worth[each] - gap))
            for person in people:
                per_person.setdefault(person, {}).setdefault(slot, []).append(variable)
            for size in draft.sizes:
                if size <= len(people):
                    per_slot.setdefault((size, slot), []).append(variable)
        if mine:
            model.add_at_most_one(mine)
            for person in draft.wishers[each]:
                places.setdefault(person, []).extend(mine)
                wishing.setdefault(person, []).append(each)
    for person, slots in per_person.items():
        for variables in slots.values():
            if len(variables) > 1:
                model.add_at_most_one(variables)
        left = draft.most[person] - len(draft.held[person])
        every = [variable for variables in slots.values() for variable in variables]
        if len(slots) > left:
            model.add(sum(every) <= left)
        if person in inside:
            had = sum(1 << at for each in draft.of[person] if (at := old[each]) >= 0)
            objective += _idle(model, draft, person, slots, had)
    for (size, slot), variables in per_slot.items():
        if len(variables) > draft.room[size][slot]:
            model.add(sum(variables) <= draft.room[size][slot])
    for person, variables in places.items():
        steps = [bonus for at, bonus in ((1, FIRST), (2, SECOND)) if at > draft.met[person]]
        if steps:
            had = sum(old[each] >= 0 for each in wishing[person])
            levels = [_hinted(model, had > at) for at in range(len(steps))]
            model.add(sum(levels) <= sum(variables))
            objective += list(zip(levels, steps, strict=True))
    model.maximize(sum(weight * variable for variable, weight in objective))
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.random_seed = seed
    solver.parameters.max_deterministic_time = effort
    solver.parameters.max_memory_in_mb = 800
    status = solver.solve(model)
    if status in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        for (each, slot), variable in chosen.items():
            if solver.boolean_value(variable):
                draft.place(each, slot)
    better = draft.value(touched, free) > before
    if not better:
        for each in free:
            if draft.slot_of[each] >= 0:
                draft.remove(each)
        for each, slot in old.items():
            if slot >= 0:
                draft.place(each, slot)
    return float(solver.response_proto.deterministic_time), better


def _gap(draft: Draft, person: int, slot: int) -> int:
    """The gaps that a meeting adds for somebody whose other meetings stay. An approximation when several of theirs are free."""
    return draft.gaps(person, draft.used[person] | 1 << slot) - draft.gaps(person)


def _idle(model: Any, draft: Draft, person: int, slots: dict[int, list[Any]], had: int) -> list[tuple[Any, int]]:
    """Variables for the free slots of a person that lie between two of their meetings in one window, each at the cost of a gap. `had`: the slots of
    their meetings before."""
    found: list[tuple[Any, int]] = []
    for window in draft.windows:
        possible = [slot for slot in bits(window) if slot in slots]
        if len(possible) < 2:
            continue
        first, last = had & window & -(had & window), (had & window).bit_length() - 1
        here = [slot for slot in bits(window & draft.free[person]) if possible[0] <= slot <= possible[-1]]
        started = {slot: _hinted(model, bool(first) and 1 << slot >= first) for slot in here}
        follows = {slot: _hinted(model, slot <= last) for slot in here}
        for before, slot in zip([None, *here], here, strict=False):
            if slot in slots:
                for variable in slots[slot]:
                    model.add_implication(variable, started[slot])
                    model.add_implication(variable, follows[slot])
            if before is not None:
                model.add_implication(started[before], started[slot])
                model.add_implication(follows[slot], follows[before])
        for slot in here[1:-1]:
            idle = _hinted(model, bool(first) and first < 1 << slot < 1 << last and not had >> slot & 1)
            model.add_bool_or([idle, *slots.get(slot, []), started[slot].negated(), follows[slot].negated()])
            found.append((idle, -1))
    return found


def _hinted(model: Any, value: bool) -> Any:
    """A variable that had this value before. With a hint for every variable, the search begins with the schedule as it was."""
    variable = model.new_bool_var("")
    model.add_hint(variable, value)
    return variable
