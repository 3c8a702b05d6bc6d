"""A schedule while it is being made: who meets when, kept as bit masks of slots, and what it is worth."""

from collections.abc import Iterable

from rooms.matchmaking.schedule.task import Task

WISH = 200
"""What a wish of weight 1 is worth. A free slot between two meetings costs 1, so no number of them outweighs a wish."""
FIRST, SECOND = 400, 200
"""What the first and the second wish of a person that are met are worth in addition, so that nobody is left with nothing."""


class Draft:
    """`slot_of`: the slot of each candidate, -1 if it has none. `used`: for each person the slots with a meeting."""

    def __init__(self, task: Task) -> None:
        self.task = task
        self.slots = len(task.blocks)
        self.people = [tuple(each.people) for each in task.candidates]
        self.free = [sum(1 << slot for slot in set(each.free)) for each in task.people]
        self.most = [each.most for each in task.people]
        self.used = [0] * len(task.people)
        self.held = [set[int]() for _ in task.people]  # the candidates of a person that are placed
        self.met = [0] * len(task.people)  # wishes of a person that are met
        self.slot_of = [-1] * len(task.candidates)
        self.worth = [WISH * sum(weight for _, weight in each.wishes) for each in task.candidates]
        self.wishers = [tuple(dict.fromkeys(person for person, _ in each.wishes)) for each in task.candidates]
        self.of = [list[int]() for _ in task.people]  # the candidates of a person
        for candidate, people in enumerate(self.people):
            for person in people:
                self.of[person].append(candidate)
        self.windows = _windows(task.blocks)
        sizes = sorted({len(people) for people in self.people})
        self.sizes = sizes if task.places is not None else []
        self.room = {size: [self._room(size, slot) for slot in range(self.slots)] for size in self.sizes}
        self.open = {size: self._open(size) for size in self.sizes}

    def _room(self, size: int, slot: int) -> int:
        return sum(place.free[slot] for place in self.task.places or () if place.seats >= size)

    def _open(self, size: int) -> int:
        return sum(1 << slot for slot, left in enumerate(self.room[size]) if left > 0)

    def common(self, candidate: int) -> int:
        """The slots in which all people of a candidate are free and a place is, whatever the number of their meetings."""
        people = self.people[candidate]
        slots = self.with_place(len(people))
        for person in people:
            slots &= self.free[person] & ~self.used[person]
        return slots

    def with_place(self, size: int) -> int:
        """The slots in which there is still a place for so many people. A large meeting takes a place from the smaller ones, too."""
        slots = (1 << self.slots) - 1
        for each in self.sizes:
            if each <= size:
                slots &= self.open[each]
        return slots

    def may_have_more(self, candidate: int) -> bool:
        return all(len(self.held[person]) < self.most[person] for person in self.people[candidate])

    def place(self, candidate: int, slot: int) -> None:
        self._change(candidate, slot, 1)
        self.slot_of[candidate] = slot

    def remove(self, candidate: int) -> int:
        """Returns the slot that it had."""
        slot = self.slot_of[candidate]
        self._change(candidate, slot, -1)
        self.slot_of[candidate] = -1
        return slot

    def _change(self, candidate: int, slot: int, step: int) -> None:
        people = self.people[candidate]
        for person in people:
            self.used[person] ^= 1 << slot
            (self.held[person].add if step > 0 else self.held[person].discard)(candidate)
        for person in self.wishers[candidate]:
            self.met[person] += step
        for size in self.sizes:
            if size <= len(people):
                self.room[size][slot] -= step
                bit = 1 << slot
                self.open[size] = self.open[size] | bit if self.room[size][slot] > 0 else self.open[size] & ~bit

    def gaps(self, person: int, used: int | None = None) -> int:
        """Free slots of a person between their first and last meeting of each window."""
        used = self.used[person] if used is None else used
        free, found = self.free[person] & ~used, 0
        for window in self.windows:
            here = used & window
            if here & (here - 1):
                between = (1 << here.bit_length()) - (here & -here)
                found += (between & free & window).bit_count()
        return found

    def bonus(self, person: int, more: int = 1) -> int:
        """What meeting the next wish of a person adds, beside the wish itself."""
        at = self.met[person] + more
        return FIRST if at == 1 else SECOND if at == 2 else 0

    def gain(self, candidate: int) -> int:
        return self.worth[candidate] + sum(self.bonus(person) for person in self.wishers[candidate])

    def value(self, people: Iterable[int], candidates: Iterable[int]) -> int:
        """What a part of the schedule is worth: its placed candidates, and the gaps and first wishes of its people."""
        total = sum(self.worth[each] for each in candidates if self.slot_of[each] >= 0)
        for person in people:
            met = self.met[person]
            total += (FIRST if met else 0) + (SECOND if met > 1 else 0) - self.gaps(person)
        return total

    def total(self) -> int:
        return self.value(range(len(self.used)), range(len(self.slot_of)))


def _windows(blocks: list[int]) -> list[int]:
    """A mask of the slots of each window."""
    found: dict[int, int] = {}
    for slot, block in enumerate(blocks):
        found[block] = found.get(block, 0) | 1 << slot
    return list(found.values())


def bits(mask: int) -> Iterable[int]:
    """The numbers of the slots in a mask, lowest first."""
    while mask:
        low = mask & -mask
        yield low.bit_length() - 1
        mask ^= low
