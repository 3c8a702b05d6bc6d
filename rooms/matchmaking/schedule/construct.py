"""A first schedule: the wish that is worth most is placed first, where it makes the fewest gaps; another meeting moves aside where that helps."""

import heapq

from rooms.matchmaking.schedule.draft import Draft, bits


def construct(draft: Draft) -> None:
    """Places what it can. A person's first wishes are worth more, so the order changes while the schedule grows."""
    queue = [(-draft.gain(each), each) for each in range(len(draft.slot_of)) if draft.slot_of[each] < 0]
    heapq.heapify(queue)
    while queue:
        promised, candidate = heapq.heappop(queue)
        gain = draft.gain(candidate)
        if gain < -promised:
            heapq.heappush(queue, (-gain, candidate))
        elif draft.may_have_more(candidate):
            _place_or_make_room(draft, candidate)


def place_selected(draft: Draft, selected: set[int]) -> None:
    """Gives the selected candidates a time: those whose people have the fewest free slots to spare first."""
    spare = [free.bit_count() for free in draft.free]
    for each in selected:
        for person in draft.people[each]:
            spare[person] -= 1
    for each in sorted(selected, key=lambda each: (min(spare[person] for person in draft.people[each]), each)):
        if draft.may_have_more(each):
            _place_or_make_room(draft, each)


def _place_or_make_room(draft: Draft, candidate: int) -> bool:
    slots = draft.common(candidate)
    if slots:
        draft.place(candidate, best_slot(draft, candidate, slots))
        return True
    return _make_room(draft, candidate)


def best_slot(draft: Draft, candidate: int, slots: int) -> int:
    """The slot in which the people of a candidate have the fewest gaps; the earliest of several."""
    people = draft.people[candidate]

    def cost(slot: int) -> tuple[int, int]:
        return sum(draft.gaps(person, draft.used[person] | 1 << slot) for person in people), slot

    return min(bits(slots), key=cost)


def _make_room(draft: Draft, candidate: int) -> bool:
    """Moves one meeting of one person, so that the candidate has a slot."""
    people = draft.people[candidate]
    size = len(people)
    for mover in people:
        others = draft.with_place(size) & draft.free[mover] & draft.used[mover]
        for person in people:
            if person != mover:
                others &= draft.free[person] & ~draft.used[person]
        if not others:
            continue
        for held in sorted(draft.held[mover]):
            slot = draft.slot_of[held]
            if others >> slot & 1 and (new := draft.common(held)):
                draft.remove(held)
                draft.place(held, best_slot(draft, held, new))
                if draft.common(candidate) >> slot & 1:
                    draft.place(candidate, slot)
                    return True
                draft.remove(held)
                draft.place(held, slot)
    return False
