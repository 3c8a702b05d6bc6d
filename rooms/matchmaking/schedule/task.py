"""What the solver receives and returns, as JSON between two processes. People and meetings are numbers, their places in the lists."""

import msgspec

MUST, MEET = 3, 1
"""The weights of wishes."""


class PlannedPerson(msgspec.Struct, frozen=True):
    """`free`: the slots in which they have nothing. `most`: how many meetings they can still have."""

    free: list[int]
    most: int


class PossibleMeeting(msgspec.Struct, frozen=True):
    """A meeting that somebody wishes for. `wishes`: (person, weight) of each wish that it would meet."""

    people: list[int]
    wishes: list[tuple[int, int]]


class Place(msgspec.Struct, frozen=True):
    """A table or a group of tables. `free`: how many meetings it still has room for, slot by slot."""

    seats: int
    free: list[int]


class Task(msgspec.Struct, frozen=True):
    """`blocks`: for each slot the number of its window; a pause between two windows is no gap. `places` None: as many meetings at once as needed."""

    blocks: list[int]
    people: list[PlannedPerson]
    candidates: list[PossibleMeeting]
    places: list[Place] | None = None


class Placed(msgspec.Struct, frozen=True):
    """`place`: the number of a place, -1 where none is needed."""

    candidate: int
    slot: int
    place: int


class ScheduleFigures(msgspec.Struct, frozen=True):
    """`weight`: of all wishes that are met, of `wished` in total. `wishes` met of `asked`. `gaps`: free slots between the first and the last meeting of
    a person in a window, added up. The share of a person is the weight of their wishes that are met, as part of the most that their own number of
    meetings allows. `fairness`: Jain's index of the shares: 1 when all are equal, 1/n when one person has everything. `lowest`: the mean share of the
    tenth of the people with the lowest shares. `empty`: people with wishes of which none is met."""

    meetings: int
    wishes: int
    asked: int
    weight: int
    wished: int
    gaps: int
    fairness: float
    lowest: float
    empty: int


class Solution(msgspec.Struct, frozen=True):
    placed: list[Placed]
    figures: ScheduleFigures


class Progress(msgspec.Struct, frozen=True):
    """`done` of 100. A line of the solver has one of the three."""

    done: int = 0
    solution: Solution | None = None
    failure: str = ""
