"""What a schedule achieves, in figures (their definitions: task.ScheduleFigures)."""

from rooms.matchmaking.schedule.draft import Draft
from rooms.matchmaking.schedule.task import ScheduleFigures


def figures_of(draft: Draft) -> ScheduleFigures:
    task = draft.task
    own: dict[int, list[int]] = {}
    got: dict[int, int] = {}
    wishes = 0
    for number, candidate in enumerate(task.candidates):
        for person, weight in candidate.wishes:
            own.setdefault(person, []).append(weight)
            if draft.slot_of[number] >= 0:
                got[person] = got.get(person, 0) + weight
                wishes += 1
    shares: list[float] = []
    for person, weights in own.items():
        possible = sum(sorted(weights, reverse=True)[: max(task.people[person].most, 1)])
        shares.append(got.get(person, 0) / possible)
    shares.sort()
    squares = sum(share * share for share in shares)
    tenth = shares[: max(len(shares) // 10, 1)]
    return ScheduleFigures(
        meetings=sum(slot >= 0 for slot in draft.slot_of),
        wishes=wishes,
        asked=sum(len(weights) for weights in own.values()),
        weight=sum(got.values()),
        wished=sum(sum(weights) for weights in own.values()),
        gaps=sum(draft.gaps(person) for person in range(len(task.people))),
        fairness=round(sum(shares) ** 2 / (len(shares) * squares), 4) if squares else 1.0,
        lowest=round(sum(tenth) / len(tenth), 4) if tenth else 1.0,
        empty=sum(share == 0 for share in shares),
    )
