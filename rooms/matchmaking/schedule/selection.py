"""Who meets whom, before it is decided when: the pairs that are worth most within everybody's number of meetings.

This part of the problem has no slots, so CP-SAT solves it for thousands of people at once. It leaves out only that a time must be found for each pair.
OR-Tools is imported when it is needed: this module is part of a slice, and OR-Tools is optional.
"""

from rooms.matchmaking.schedule.draft import FIRST, SECOND, Draft

EFFORT = 8.0
"""Deterministic time, in CP-SAT's units."""


def select(draft: Draft, effort: float = EFFORT) -> set[int]:
    """The candidates to place. Empty if none was found in time."""
    from ortools.sat.python import cp_model

    model = cp_model.CpModel()
    chosen = {each: model.new_bool_var("") for each in range(len(draft.people)) if draft.common(each)}
    objective = [(variable, draft.worth[each]) for each, variable in chosen.items()]
    wishing: dict[int, list[int]] = {}
    for each in chosen:
        for person in draft.wishers[each]:
            wishing.setdefault(person, []).append(each)
    for person, candidates in enumerate(draft.of):
        mine = [chosen[each] for each in candidates if each in chosen]
        left = min(draft.most[person], draft.free[person].bit_count())
        if len(mine) > left:
            model.add(sum(mine) <= left)
    for wishes in wishing.values():
        levels = [model.new_bool_var("") for _ in (FIRST, SECOND)]
        model.add(sum(levels) <= sum(chosen[each] for each in wishes))
        objective += list(zip(levels, (FIRST, SECOND), strict=True))
    for size in draft.sizes:
        large = [variable for each, variable in chosen.items() if len(draft.people[each]) >= size]
        model.add(sum(large) <= sum(max(left, 0) for left in draft.room[size]))
    model.maximize(sum(weight * variable for variable, weight in objective))
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.random_seed = 1
    solver.parameters.max_deterministic_time = effort
    if solver.solve(model) not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return set()
    return {each for each, variable in chosen.items() if solver.boolean_value(variable)}
