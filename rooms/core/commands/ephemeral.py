"""Commands that leave no record: they bypass the writer, without table, journal or lock, and only their counts are broadcast.

The rights of all who send at the same moment are read by a few queries, so a clapping hall costs little more than one person.
"""

from collections.abc import Sequence
from typing import NamedTuple

from rooms.core.batching import Batcher
from rooms.core.clock import Clock
from rooms.core.commands.access import Actor, resolve_many, rooms_with_access
from rooms.core.commands.messages import Command
from rooms.core.commands.registry import EphemeralSpec
from rooms.core.delivery.reaction_counts import ReactionCounts
from rooms.core.errors import Problem
from rooms.core.store.database import Database


class _Request(NamedTuple):
    person: str
    room: str
    command: Command
    spec: EphemeralSpec


class EphemeralCommands:
    def __init__(self, database: Database, clock: Clock, reaction_counts: ReactionCounts) -> None:
        self._database = database
        self._clock = clock
        self._reaction_counts = reaction_counts
        self._requests: Batcher[_Request, None] = Batcher(self._perform_many)

    async def perform(self, person: str, room: str, command: Command, spec: EphemeralSpec) -> None:
        """Raises Problem."""
        await self._requests.ask(_Request(person, room, command, spec))

    async def _perform_many(self, batch: Sequence[_Request]) -> list[Exception | None]:
        async with self._database.read() as connection:
            rows, access = await rooms_with_access(connection, {each.room for each in batch})
            wanted = [(each.person, rows.get(each.room)) for each in batch]
            actors = await resolve_many(connection, wanted, self._clock(), access)
            answers: list[Exception | None] = [None] * len(batch)
            admitted: dict[EphemeralSpec, list[tuple[int, Actor]]] = {}
            for index, actor in enumerate(actors):
                spec = batch[index].spec
                try:
                    if isinstance(actor, Problem):
                        raise actor
                    spec.check(actor)
                    admitted.setdefault(spec, []).append((index, actor))
                except Problem as problem:
                    answers[index] = problem
            for spec, alike in admitted.items():
                keys = await spec.handler(connection, [(actor, batch[index].command) for index, actor in alike])
                for (index, _), key in zip(alike, keys, strict=True):
                    if isinstance(key, Problem):
                        answers[index] = key
                    else:
                        self._reaction_counts.count(batch[index].room, key, batch[index].person)
        return answers
