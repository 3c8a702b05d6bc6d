"""The automatic schedule at the size of a large conference, against first come, first served and a random schedule.

    python -m bench.schedules [--people 2000] [--slots 40] [--wishes 10] [--effort 30] [--twice]

The task: people belong to communities and wish mostly for people of their own; some are popular with everyone. A quarter of the wishes are “must
meet”. Everybody has sessions and other appointments, and a quota of 4 to 12 meetings; there are fewer tables than meetings would need at once.
First come, first served: people arrive in a random order, and each of their wishes takes the first time at which both are free. Random: wishes in
a random order, each at a random time. Both keep all rules. `--twice` solves the task again and compares the results.
"""

import argparse
import random
import time
from collections.abc import Callable

import msgspec

from rooms.matchmaking.schedule.draft import Draft, bits
from rooms.matchmaking.schedule.figures import figures_of
from rooms.matchmaking.schedule.process import EFFORT, solve
from rooms.matchmaking.schedule.task import MEET, MUST, Place, PlannedPerson, PossibleMeeting, ScheduleFigures, Task

COMMUNITY = 40


def task_of(chance: random.Random, number: int, slots: int, each_wishes: int) -> Task:
    blocks = [slot * 4 // slots for slot in range(slots)]  # two days with a morning and an afternoon
    people: list[PlannedPerson] = []
    for _ in range(number):
        busy: set[int] = set()
        for _ in range(chance.randint(0, 3)):
            start = chance.randrange(slots)
            busy.update(range(start, min(start + chance.randint(2, 5), slots)))
        people.append(PlannedPerson([slot for slot in range(slots) if slot not in busy], chance.randint(4, 12)))
    popular = chance.sample(range(number), max(number // 40, 1))
    wishes: dict[tuple[int, int], list[tuple[int, int]]] = {}
    refused = {(person, chance.randrange(number)) for person in range(number) if chance.random() < 0.3}
    for person in range(number):
        wanted: set[int] = set()
        while len(wanted) < min(chance.randint(each_wishes // 2, each_wishes * 3 // 2), number - 1):
            kind = chance.random()
            if kind < 0.65:
                first = person // COMMUNITY * COMMUNITY
                other = chance.randrange(first, min(first + COMMUNITY, number))
            elif kind < 0.8:
                other = chance.choice(popular)
            else:
                other = chance.randrange(number)
            if other != person:
                wanted.add(other)
        for other in sorted(wanted):
            if (person, other) not in refused and (other, person) not in refused:
                weight = MUST if chance.random() < 0.25 else MEET
                wishes.setdefault((min(person, other), max(person, other)), []).append((person, weight))
    candidates = [PossibleMeeting(list(pair), wished) for pair, wished in sorted(wishes.items())]
    return Task(blocks, people, candidates, [Place(2, [number // 7] * slots)])


def first_come(task: Task, chance: random.Random) -> Draft:
    draft = Draft(task)
    order = list(range(len(task.people)))
    chance.shuffle(order)
    turn = {person: at for at, person in enumerate(order)}
    candidates = sorted(
        range(len(task.candidates)), key=lambda each: min(turn[person] for person in draft.wishers[each])
    )
    _each_at(draft, candidates, lambda slots: slots[0])
    return draft


def at_random(task: Task, chance: random.Random) -> Draft:
    draft = Draft(task)
    candidates = list(range(len(task.candidates)))
    chance.shuffle(candidates)
    _each_at(draft, candidates, chance.choice)
    return draft


def _each_at(draft: Draft, candidates: list[int], choose: Callable[[list[int]], int]) -> None:
    for each in candidates:
        if draft.may_have_more(each) and (slots := list(bits(draft.common(each)))):
            draft.place(each, choose(slots))


def line(name: str, figures: ScheduleFigures, cpu: float) -> str:
    met, weight = figures.wishes / figures.asked, figures.weight / figures.wished
    return (
        f"{name:<26}{figures.meetings:>9,}{met:>9.1%}{weight:>10.1%}{figures.gaps:>8,}{figures.fairness:>10.3f}"
        f"{figures.lowest:>9.3f}{figures.empty:>7}{cpu:>9.1f} s"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--people", type=int, default=2000)
    parser.add_argument("--slots", type=int, default=40)
    parser.add_argument("--wishes", type=int, default=10)
    parser.add_argument("--effort", type=float, default=EFFORT)
    parser.add_argument("--twice", action="store_true")
    asked = parser.parse_args()
    task = task_of(random.Random(1), asked.people, asked.slots, asked.wishes)
    print(
        f"{asked.people} people, {asked.slots} slots, {len(task.candidates):,} pairs of which at least one wishes to meet"
    )
    print(
        f"{'':<26}{'meetings':>9}{'wishes':>9}{'weighted':>10}{'gaps':>8}{'fairness':>10}{'lowest':>9}{'empty':>7}{'CPU':>11}"
    )
    for name, make in (("random", at_random), ("first come, first served", first_come)):
        began = time.process_time()
        draft = make(task, random.Random(2))
        print(line(name, figures_of(draft), time.process_time() - began), flush=True)
    results = []
    for effort in [0.0, asked.effort, *([asked.effort] if asked.twice else [])]:
        began = time.process_time()
        results.append(solve(task, lambda done: None, effort))
        print(
            line("automatic" if effort else "automatic, constructed", results[-1].figures, time.process_time() - began),
            flush=True,
        )
    if asked.twice:
        same = msgspec.json.encode(results[-1]) == msgspec.json.encode(results[-2])
        print("the second run gave the same schedule" if same else "THE SECOND RUN GAVE ANOTHER SCHEDULE")


if __name__ == "__main__":
    main()
