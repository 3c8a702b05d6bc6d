"""Commands of which nothing is kept: they pass the writer by, without table, journal or lock, and are counted for those who look on.

The rights of all who come at the same moment are read by a few queries, so a hall that claps costs little more than one person.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from rooms.core.batching import Gather
from rooms.core.clock import Clock
from rooms.core.commands.access import Visit, resolve_many, rooms_with_doors
from rooms.core.commands.messages import Command, tag_of
from rooms.core.commands.registry import Spec
from rooms.core.delivery.reaction_counts import Tallies
from rooms.core.errors import Problem
from rooms.core.store.database import Database


@dataclass(frozen=True, slots=True)
class Passing:
    person: str
    room: str
    command: Command
    spec: Spec


class Ephemeral:
    def __init__(self, database: Database, clock: Clock, tallies: Tallies) -> None:
        self._database = database
        self._clock = clock
        self._tallies = tallies
        self._passing: Gather[Passing, None] = Gather(self._do)

    async def do(self, passing: Passing) -> None:
        """Raises Problem."""
        await self._passing.ask(passing)

    async def _do(self, batch: Sequence[Passing]) -> list[Exception | None]:
        async with self._database.read() as connection:
            rows, doors = await rooms_with_doors(connection, {each.room for each in batch})
            wanted = [(each.person, rows.get(each.room)) for each in batch]
            visits = await resolve_many(connection, wanted, self._clock(), doors)
            answers: list[Exception | None] = [None] * len(batch)
            admitted: dict[str, list[tuple[int, Visit]]] = {}
            for place, visit in enumerate(visits):
                spec = batch[place].spec
                try:
                    if isinstance(visit, Problem):
                        raise visit
                    spec.check(visit)
                    admitted.setdefault(tag_of(spec.type), []).append((place, visit))
                except Problem as problem:
                    answers[place] = problem
            for alike in admitted.values():
                passing = batch[alike[0][0]].spec.passing
                assert passing is not None
                things = await passing(connection, [(visit, batch[place].command) for place, visit in alike])
                for (place, _), thing in zip(alike, things, strict=True):
                    if isinstance(thing, Problem):
                        answers[place] = thing
                    else:
                        self._tallies.count(batch[place].room, thing, batch[place].person)
        return answers
