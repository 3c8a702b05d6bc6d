"""Entry point of the core: runs commands (`perform`), opens transactions, publishes to the hub."""

import re
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, NamedTuple, TypeVar

from sqlalchemy.ext.asyncio import AsyncConnection

from rooms.core.batching import Batcher
from rooms.core.clock import Clock, system_clock
from rooms.core.commands.access import ABSENT, Actor, actor_in
from rooms.core.commands.audience import Audience
from rooms.core.commands.ephemeral import EphemeralCommands
from rooms.core.commands.messages import Command, View, tag_of
from rooms.core.commands.queued import Outcome, QueuedCommand
from rooms.core.commands.registry import EphemeralSpec, spec_of
from rooms.core.commands.room_kinds import KINDS
from rooms.core.commands.transaction import Transaction
from rooms.core.commands.writer import Writer
from rooms.core.counters import WriterStats
from rooms.core.delivery.bus.interface import Bus
from rooms.core.delivery.hub import Hub
from rooms.core.errors import Problem
from rooms.core.ids import is_id
from rooms.core.rate_limits import Rate, RateLimits
from rooms.core.store import journal
from rooms.core.store.database import PATIENCE_SECONDS, Database
from rooms.core.store.tables import outcomes
from rooms.core.text import N_

PERSON_RATE = Rate(60, 10)  # commands of one person, all kinds together
LONG = 300.0  # seconds that a maintenance transaction may take
OUTCOMES_KEPT = timedelta(days=2)
NOTHING = Outcome(b"null", None)  # an ephemeral command's
_KEY = re.compile(r"[!-~]{1,64}")


K = TypeVar("K")
V = TypeVar("V")
BatchRead = Callable[[AsyncConnection, Sequence[K], datetime], Awaitable[Sequence[V | Exception]]]
"""Answers many requests in one read, in order; an answer that is an exception is raised to the one who asked."""


class RoomView(NamedTuple):
    """A room as a page shows it."""

    actor: Actor
    snapshot: View
    own: View
    latest: dict[str, dict[str, Any]]
    audience: Audience


@dataclass(frozen=True, slots=True)
class Engine:
    database: Database
    bus: Bus
    hub: Hub
    secret: bytes
    clock: Clock = system_clock
    limits: RateLimits = field(default_factory=RateLimits)
    _writer: Writer = field(init=False)
    _ephemeral: EphemeralCommands = field(init=False)
    _batchers: dict[Any, Batcher[Any, Any]] = field(init=False, default_factory=dict[Any, Batcher[Any, Any]])

    def __post_init__(self) -> None:
        object.__setattr__(self, "_writer", Writer(self.database, self.clock, self.hub.publish))
        object.__setattr__(self, "_ephemeral", EphemeralCommands(self.database, self.clock, self.hub.reaction_counts))

    async def perform(self, person: str | None, room: str, command: Command, key: str) -> Outcome:
        """Performs a command in a room, exactly once for each (person, key). When it returns, the command is committed. An ephemeral command
        leaves no record, so a repetition counts again. Raises Problem."""
        code = "internal"
        try:
            outcome = await self._perform(person, room, command, key)
            code = "ok"
            return outcome
        except Problem as problem:
            code = problem.code
            raise
        finally:
            self.stats.outcomes[tag_of(command), code] += 1

    @property
    def stats(self) -> WriterStats:
        return self._writer.stats

    @property
    def commands_waiting(self) -> int:
        return self._writer.waiting

    async def _perform(self, person: str | None, room: str, command: Command, key: str) -> Outcome:
        spec = spec_of(tag_of(command))
        if not _KEY.fullmatch(key):
            raise Problem(
                "invalid", N_("A command needs a key of 1 to 64 letters, digits or punctuation marks."), field="key"
            )
        if person is None:
            raise Problem("not_signed_in", N_("Sign in to take part."))
        if not is_id(room):
            raise Problem("not_found", ABSENT)
        if spec.rate is not None:
            self.limits.take(tag_of(command), person, spec.rate)
        if isinstance(spec, EphemeralSpec):
            await self._ephemeral.perform(person, room, command, spec)
            return NOTHING
        self.limits.take("command", person, PERSON_RATE)
        return await self._writer.do(QueuedCommand.new(person, room, command, spec, key))

    @asynccontextmanager
    async def transaction(
        self, rooms: Iterable[str] = (), *, patience: float = PATIENCE_SECONDS
    ) -> AsyncGenerator[Transaction]:
        """For writes that are not commands (a sign-in, an import): locks rooms, commits at the end, then publishes. Raises Problem, "unavailable"
        when it takes longer than `patience` seconds."""
        async with self.database.write(patience) as connection:
            locked = await journal.lock_rooms(connection, rooms)
            tx = Transaction(connection, locked, self.clock())
            yield tx
            nudges = await tx.finish()
        self.hub.publish(nudges)

    async def batched(self, read: BatchRead[K, V], request: K) -> V:
        """Batches concurrent requests to the same `read`. Raises the exception that it answers for this request."""
        batcher = self._batchers.get(read)
        if batcher is None:

            async def answer(requests: Sequence[K]) -> Sequence[V | Exception]:
                async with self.database.read() as connection:
                    return await read(connection, requests, self.clock())

            batcher = self._batchers[read] = Batcher(answer)
        return await batcher.ask(request)

    async def actor(self, person: str | None, room: str) -> Actor:
        """Raises Problem "not_found" or "forbidden"."""
        async with self.database.read() as connection:
            return await actor_in(connection, person, room, self.clock())

    async def view(self, person: str | None, room: str, *, public: bool = False) -> RoomView:
        """A room as this person may see it, from one consistent read. `public`: as everyone sees it. Raises Problem."""
        async with self.database.read() as connection:
            actor = await actor_in(connection, person, room, self.clock())
            row = actor.room
            kind = KINDS[row.kind]
            reading = actor.as_anybody if public else actor
            return RoomView(
                actor,
                await kind.snapshot(connection, row, reading.audience),
                (await kind.own(connection, [reading]))[0],
                await kind.latest(connection, row, reading.audience),
                reading.audience,
            )

    async def prune(self, kept: timedelta) -> int:
        """Forgets events older than `kept`, and outcomes that nobody will ask for again; returns how many events were forgotten."""
        now: datetime = self.clock()
        async with self.database.write(LONG) as connection:
            await connection.execute(outcomes.delete().where(outcomes.c.at < now - OUTCOMES_KEPT))
            return await journal.prune(connection, now - kept)
