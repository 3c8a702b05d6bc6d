"""Who talks to whom in a round of short talks. Pure functions: the same input gives the same result, on every process.

Nobody meets the same person twice, and nobody somebody whom one of the two has blocked. With an odd number, one person becomes the third of a pair. Who
was left over in the round before comes first; so nobody is left over twice in a row, as long as there is somebody whom they can still meet.
"""

import random
from collections.abc import Collection, Iterable, Mapping, Sequence, Set
from typing import NamedTuple

Pair = frozenset[str]
Group = tuple[str, ...]

TRIES = 200
"""Attempts to make pairs of different kinds, for each pair of the same kind."""


class Groups(NamedTuple):
    """`left`: nobody is free for them in this round."""

    groups: list[Group]
    left: list[str]


class _Hall:
    """The people of a round, and who can meet whom."""

    def __init__(self, people: Sequence[str], apart: Set[Pair], first: Collection[str]) -> None:
        self.people = people
        self.first = set(first)
        self.with_whom: dict[str, str] = {}
        here = set(people)
        self._apart: dict[str, set[str]] = {person: {person} for person in people}
        for pair in apart:
            if len(pair) == 2 and pair <= here:
                one, other = pair
                self._apart[one].add(other)
                self._apart[other].add(one)

    def can_meet(self, one: str, other: str) -> bool:
        return other not in self._apart[one]

    def options(self, person: str) -> int:
        return len(self.people) - len(self._apart[person])

    def join(self, one: str, other: str) -> None:
        self.with_whom[one], self.with_whom[other] = other, one

    def part(self, one: str) -> str:
        other = self.with_whom.pop(one)
        del self.with_whom[other]
        return other

    def free(self) -> list[str]:
        return [person for person in self.people if person not in self.with_whom]


def pair_up(
    people: Iterable[str],
    *,
    apart: Set[Pair] = frozenset(),
    first: Collection[str] = (),
    kinds: Mapping[str, str] | None = None,
    most: int = 3,
    seed: str = "",
) -> Groups:
    """Groups of two, and of three where people would be left over.

    `apart`: who must not meet (again); `first`: who was left over in the round before; `kinds`: pairs of different kinds, such as organisations, are
    preferred; `most`: people in one group; `seed`: chooses between equals.
    """
    chance = random.Random(seed)
    order = sorted(set(people))
    chance.shuffle(order)
    hall = _Hall(order, apart, first)
    # Those who were left over, then those with the fewest people to meet.
    queue = sorted(order, key=lambda person: (person not in hall.first, hall.options(person)))
    for person in queue:
        if person not in hall.with_whom:
            _choose(hall, person, queue, kinds or {})
    for person in sorted(hall.free(), key=lambda each: each not in hall.first):
        _make_room(hall, person)
    if kinds:
        _mix(hall, kinds, chance)
    groups = [(person, other) for person, other in hall.with_whom.items() if person < other]
    return _add_thirds(hall, sorted(groups), most)


def add_lone(
    lone: Iterable[str], groups: Iterable[Group], *, apart: Set[Pair] = frozenset(), most: int = 3, seed: str = ""
) -> tuple[Groups, dict[str, Group]]:
    """For people who are alone in the middle of a talk: groups of their own, and the groups of two that the others join."""
    made = pair_up(lone, apart=apart, most=most, seed=seed)
    joined: dict[str, Group] = {}
    pairs = [group for group in sorted(groups) if len(group) == 2] if most > 2 else []
    for person in made.left:
        group = next((each for each in pairs if not any(Pair((person, other)) in apart for other in each)), None)
        if group is not None:
            pairs.remove(group)
            joined[person] = group
    return Groups(made.groups, [person for person in made.left if person not in joined]), joined


def _choose(hall: _Hall, person: str, queue: Sequence[str], kinds: Mapping[str, str]) -> None:
    """The first person in the queue who is free, of another kind if possible."""
    same: str | None = None
    for other in queue:
        if other in hall.with_whom or not hall.can_meet(person, other):
            continue
        if not _alike(kinds, person, other):
            hall.join(person, other)
            return
        same = same or other
    if same is not None:
        hall.join(person, same)


def _make_room(hall: _Hall, person: str) -> None:
    """Somebody is left over: a pair is taken apart if both can be placed, or, for a person who comes first, if one of them waits instead."""
    if person in hall.with_whom:
        return
    free = [each for each in hall.free() if each != person]
    for one in hall.people:
        other = hall.with_whom.get(one)
        if other is None or not hall.can_meet(person, one):
            continue
        friend = next((each for each in free if hall.can_meet(each, other)), None)
        if friend is not None:
            hall.part(one)
            hall.join(person, one)
            hall.join(friend, other)
            return
    if person not in hall.first:
        return
    for one in hall.people:
        other = hall.with_whom.get(one)
        if other is not None and other not in hall.first and hall.can_meet(person, one):
            hall.part(one)
            hall.join(person, one)
            return


def _mix(hall: _Hall, kinds: Mapping[str, str], chance: random.Random) -> None:
    """Two pairs exchange partners when fewer pairs are of the same kind then."""
    alike = [one for one in hall.people if one in hall.with_whom and _alike(kinds, one, hall.with_whom[one])]
    placed = [one for one in hall.people if one in hall.with_whom]
    for one in alike:
        for _ in range(TRIES):
            other = hall.with_whom[one]
            if not _alike(kinds, one, other):
                break
            third = chance.choice(placed)
            fourth = hall.with_whom[third]
            if len({one, other, third, fourth}) < 4 or not (hall.can_meet(one, third) and hall.can_meet(other, fourth)):
                continue
            before = 1 + _alike(kinds, third, fourth)
            if _alike(kinds, one, third) + _alike(kinds, other, fourth) < before:
                hall.part(one)
                hall.part(third)
                hall.join(one, third)
                hall.join(other, fourth)


def _alike(kinds: Mapping[str, str], one: str, other: str) -> bool:
    return bool(kinds.get(one)) and kinds.get(one) == kinds.get(other)


def _add_thirds(hall: _Hall, pairs: list[Group], most: int) -> Groups:
    groups, left = list(pairs), list[str]()
    open_pairs = list(pairs) if most > 2 else []
    for person in sorted(hall.free(), key=lambda each: (each not in hall.first, each)):
        pair = next((each for each in open_pairs if all(hall.can_meet(person, one) for one in each)), None)
        if pair is None:
            left.append(person)
        else:
            open_pairs.remove(pair)
            groups[groups.index(pair)] = (*pair, person)
    return Groups(groups, left)
