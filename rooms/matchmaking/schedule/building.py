"""Makes the solver's task from wishes, calendars and places, and explains afterwards which wishes are not met, and why."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from rooms.matchmaking import queries
from rooms.matchmaking.free_time import free_in, slots_to_come
from rooms.matchmaking.messages import WishKind
from rooms.matchmaking.schedule.draft import Draft
from rooms.matchmaking.schedule.messages import Unplaced
from rooms.matchmaking.schedule.task import MEET, MUST, Place, PlannedPerson, PossibleMeeting, Solution, Task
from rooms.matchmaking.tables import match_runs, planned_meetings, wishes
from rooms.meetings.bookings.messages import BookingState, SeatState, SpotKind
from rooms.meetings.bookings.slots import TimeSlot, spots_of
from rooms.meetings.bookings.tables import booking_people, bookings
from rooms.organisations.tables import organisation_members, organisations
from rooms.people import blocks

TOGETHER = 3
"""Colleagues who share a meeting with somebody."""
w, m = wishes.c, queries.m
b, bp = bookings.c, booking_people.c

Pair = frozenset[str]


class Wish(NamedTuple):
    person: str
    other: str
    kind: str


@dataclass(slots=True)
class Plan:
    """A task, and what its numbers mean. `impossible`: wishes that no schedule can meet."""

    task: Task
    people: list[str]
    slots: list[TimeSlot]
    spots: list[str]
    wishes: dict[Wish, int]  # the candidate that would meet it
    impossible: dict[Wish, Unplaced] = field(default_factory=dict[Wish, Unplaced])


async def plan_of(connection: AsyncConnection, conference: str, place: SpotKind, again: bool, now: datetime) -> Plan:
    """The task of a conference at this moment. The same data give the same task."""
    settings = await queries.settings_of(connection, conference)
    profiles = await _profiles(connection, conference, now)
    asked, refused = await _wishes(connection, conference, profiles)
    people = sorted({person for wish in asked for person in (wish.person, wish.other) if person in profiles})
    met, had = await _booked(connection, conference, people)
    refused |= await blocks.between(connection, people)
    overruled = await _again(connection, conference)
    possible: list[Wish] = []
    impossible: dict[Wish, Unplaced] = {}
    for wish in sorted(asked):
        pair = frozenset(wish[:2])
        if pair in met and not again and wish[:2] not in overruled:
            impossible[wish] = Unplaced.MET
        elif pair in refused or wish.other not in profiles:
            impossible[wish] = Unplaced.OTHER
        else:
            possible.append(wish)
    slots = await slots_to_come(connection, conference, now)
    free = await free_in(connection, conference, people, slots)
    number = {person: at for at, person in enumerate(people)}
    most = {person: min(profiles[person].most or settings.most, settings.most) - had[person] for person in people}
    groups = await _together(connection, conference, possible, profiles, refused) if settings.together else {}
    candidates, placed_by = _candidates(possible, groups, number)
    spots = await spots_of(connection, conference)
    places = [spot for spot in spots if spot.kind is place]
    task = Task(
        _blocks(slots),
        [PlannedPerson(sorted(free[person]), max(most[person], 0)) for person in people],
        candidates,
        None if place is SpotKind.VIRTUAL and not places else await _places(connection, conference, places, slots),
    )
    return Plan(task, people, slots, [spot.id for spot in places], placed_by, impossible)


def unplaced(plan: Plan, solution: Solution) -> dict[Wish, Unplaced]:
    """Why each wish that is not met is not met. What a person learns about the other side is the same for all reasons there: a "no" looks like
    a full calendar."""
    draft = Draft(plan.task)
    for each in solution.placed:
        draft.place(each.candidate, each.slot)
    number = {person: at for at, person in enumerate(plan.people)}

    def own(wish: Wish) -> Unplaced | None:
        person = number[wish.person]
        if len(draft.held[person]) >= draft.most[person]:
            return Unplaced.MOST
        return None if draft.free[person] & ~draft.used[person] else Unplaced.TIME

    found = {
        wish: reason if reason is Unplaced.MET else own(wish) or reason for wish, reason in plan.impossible.items()
    }
    for wish, candidate in plan.wishes.items():
        if draft.slot_of[candidate] < 0:
            found[wish] = own(wish) or (Unplaced.PLACE if _lacks_place(draft, candidate) else Unplaced.OTHER)
    return found


def _lacks_place(draft: Draft, candidate: int) -> bool:
    slots = (1 << draft.slots) - 1
    for person in draft.people[candidate]:
        slots &= draft.free[person] & ~draft.used[person]
    return bool(slots) and draft.may_have_more(candidate)


async def _profiles(connection: AsyncConnection, conference: str, now: datetime) -> dict[str, Any]:
    select = sa.select(m.person, m.most, m.alone).select_from(queries.PEOPLE)
    rows = await connection.execute(select.where(queries.takes_part(conference, now)))
    return {row.person: row for row in rows}


async def _wishes(
    connection: AsyncConnection, conference: str, profiles: Mapping[str, Any]
) -> tuple[list[Wish], set[Pair]]:
    """What people who take part wish, and the pairs of which one person said no."""
    asked: list[Wish] = []
    refused: set[Pair] = set()
    rows = await connection.execute(sa.select(w.person, w.other, w.wish).where(w.conference == conference))
    for person, other, wish in rows:
        if wish == WishKind.NO.value:
            refused.add(frozenset((person, other)))
        elif wish != WishKind.LATER.value and person in profiles:
            asked.append(Wish(person, other, wish))
    return asked, refused


async def _again(connection: AsyncConnection, conference: str) -> set[tuple[str, str]]:
    rows = await connection.execute(sa.select(w.person, w.other).where(w.conference == conference, w.again))
    return {(row.person, row.other) for row in rows}


async def _booked(
    connection: AsyncConnection, conference: str, people: Collection[str]
) -> tuple[set[Pair], "Counter[str]"]:
    """The pairs that have met or have a meeting in this conference, and how many meetings of published schedules each person has."""
    seats = sa.select(bp.booking, bp.person).join(bookings, b.id == bp.booking)
    kept = sa.and_(b.conference == conference, b.state == BookingState.BOOKED.value, bp.state == SeatState.BOOKED.value)
    pair_kinds = b.kind.in_(["meeting", "interview", "demo"])
    together: dict[str, list[str]] = {}
    for booking, person in await connection.execute(seats.where(kept, pair_kinds)):
        together.setdefault(booking, []).append(person)
    met = {frozenset((one, two)) for seated in together.values() for one in seated for two in seated if one < two}
    pm = planned_meetings.c
    planned = sa.select(bp.person).join(bookings, b.id == bp.booking).join(planned_meetings, pm.booking == b.id)
    rows = await connection.execute(planned.join(match_runs, match_runs.c.id == pm.run).where(kept))
    return met, Counter(rows.scalars())


async def _together(
    connection: AsyncConnection, conference: str, asked: list[Wish], profiles: Mapping[str, Any], refused: set[Pair]
) -> dict[Wish, str]:
    """Wishes of colleagues for the same person, by the organisation in whose name they meet them together."""
    om, o = organisation_members.c, organisations.c
    select = sa.select(om.person, om.organisation).join(organisations, o.id == om.organisation)
    rows = (await connection.execute(select.where(o.conference == conference))).all()
    works_for: dict[str, list[str]] = {}
    for person, organisation in sorted(tuple(row) for row in rows):
        works_for.setdefault(person, []).append(organisation)
    shared: dict[tuple[str, str], list[Wish]] = {}
    for wish in asked:
        theirs = works_for.get(wish.other, ())
        own = [each for each in works_for.get(wish.person, ()) if each not in theirs]
        if own and not profiles[wish.person].alone:
            shared.setdefault((own[0], wish.other), []).append(wish)
    return {
        wish: organisation for (organisation, _), group in shared.items() if len(group) > 1 for wish in group[:TOGETHER]
    }


def _candidates(
    asked: list[Wish], groups: Mapping[Wish, str], number: Mapping[str, int]
) -> tuple[list[PossibleMeeting], dict[Wish, int]]:
    """A candidate for each pair, or for a person with several colleagues of one organisation."""
    keyed: dict[tuple[str, ...], list[Wish]] = {}
    # By the wishes of the person whom colleagues meet together.
    in_group = {(wish.other, wish.person): (wish.other, organisation) for wish, organisation in groups.items()}
    for wish in asked:
        pair = tuple(sorted(wish[:2]))
        key = (wish.other, groups[wish]) if wish in groups else in_group.get((wish.person, wish.other), pair)
        keyed.setdefault(key, []).append(wish)
    found: list[PossibleMeeting] = []
    placed_by: dict[Wish, int] = {}
    for wished in keyed.values():
        people = sorted({number[person] for wish in wished for person in (wish.person, wish.other)})
        weights = [(number[wish.person], MUST if wish.kind == WishKind.MUST.value else MEET) for wish in wished]
        placed_by |= dict.fromkeys(wished, len(found))
        found.append(PossibleMeeting(people, weights))
    return found, placed_by


def _blocks(slots: list[TimeSlot]) -> list[int]:
    """The number of the stretch to which each slot belongs; a break longer than a slot begins a new one."""
    found: list[int] = []
    for number, slot in enumerate(slots):
        before = slots[number - 1] if number else None
        new = before is not None and slot.starts_at - before.ends_at >= slot.ends_at - slot.starts_at
        found.append(found[-1] + new if found else 0)
    return found


async def _places(
    connection: AsyncConnection, conference: str, places: Iterable[Any], slots: list[TimeSlot]
) -> list[Place]:
    taken: dict[str, list[Any]] = {}
    here = sa.and_(b.conference == conference, b.spot.is_not(None), b.state == BookingState.BOOKED.value)
    for row in await connection.execute(sa.select(b.spot, b.starts_at, b.ends_at).where(here)):
        taken.setdefault(row.spot, []).append(row)
    return [
        Place(
            spot.seats,
            [max(spot.meetings - sum(_overlap(row, slot) for row in taken.get(spot.id, ())), 0) for slot in slots],
        )
        for spot in places
    ]


def _overlap(row: Any, slot: TimeSlot) -> bool:
    return row.starts_at < slot.ends_at and row.ends_at > slot.starts_at
