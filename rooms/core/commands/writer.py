"""Group commit: commands that arrive while a transaction is being written share the next one.

Each command succeeds or fails alone: a refused one leaves no trace in the transaction of the others, and none is acknowledged before the
commit. SQLite has one writer; on PostgreSQL a few lanes write in parallel, and a room always uses the same lane.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Iterator, Sequence
from typing import Any
from zlib import crc32

import msgspec
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from rooms.core.clock import Clock
from rooms.core.commands.access import Actor, resolve_many
from rooms.core.commands.queued import Outcome, QueuedCommand, find_extra_rooms
from rooms.core.commands.registry import BatchSpec, Replied, SingleSpec
from rooms.core.commands.transaction import Nudge, Transaction
from rooms.core.counters import WriterStats
from rooms.core.errors import Problem
from rooms.core.store import journal
from rooms.core.store.database import Database, insert_into, is_unavailable, pad_to_power_of_two
from rooms.core.store.journal import Room
from rooms.core.store.tables import outcomes
from rooms.core.text import N_

MOST_AT_ONCE = 256
MOST_WITH_ROOMS = 16
"""How many commands of a transaction may lock further rooms. Those rooms are looked up for all of them, also for those that get no turn in this one."""
MOST_WAITING = 2000
ENOUGH_SECONDS = 0.2
"""After this time no further command joins a transaction: its rooms are locked, and its callers wait for their answers."""

LANES = 4
ANSWER_SECONDS = 10.0
"""How long a command may wait for its commit. After that it is not started; one that was started may still succeed, and a retry learns so."""
WRITE_SECONDS = 8.0


Result = Outcome | BaseException


class Writer:
    """`publish` is called after each commit, before any caller is answered."""

    def __init__(self, database: Database, clock: Clock, publish: Callable[[list[Nudge]], None]) -> None:
        self._database = database
        self._clock = clock
        self._publish = publish
        self._lanes = [_Lane(self._write) for _ in range(1 if database.is_sqlite else LANES)]
        self.stats = WriterStats()

    @property
    def waiting(self) -> int:
        """How many commands wait for a transaction."""
        return sum(map(len, self._lanes))

    async def do(self, queued: QueuedCommand) -> Outcome:
        """Returns when the command is committed. Raises Problem, "unavailable" when too many wait already."""
        self._lanes[crc32(queued.room.encode()) % len(self._lanes)].put(queued)
        silence = asyncio.get_running_loop().call_later(ANSWER_SECONDS, queued.give_up)
        try:
            return await queued.done
        finally:
            silence.cancel()

    async def _write(self, batch: list[QueuedCommand]) -> list[QueuedCommand]:
        """Answers the commands of a batch, and returns those for which the transaction had no time left."""
        results: dict[QueuedCommand, Result] = {}
        try:
            await self._commit(batch, results)
        except BaseException as fault:
            results = dict.fromkeys(batch, fault)
            self.stats.failures += 1
        else:
            self.stats.commits += 1
            self.stats.groups.note(len(results))
        for queued, result in results.items():
            if queued.done.done():
                continue
            if isinstance(result, BaseException):
                queued.done.set_exception(result)
            else:
                queued.done.set_result(result)
        return [queued for queued in batch if queued not in results]

    async def _commit(self, batch: list[QueuedCommand], results: dict[QueuedCommand, Result]) -> None:
        loop = asyncio.get_running_loop()
        enough = loop.time() + ENOUGH_SECONDS
        async with self._database.write(WRITE_SECONDS, inline=True) as connection:
            results.update(await find_extra_rooms(connection, batch, self._clock()))
            batch = [queued for queued in batch if queued not in results]
            locked = await journal.lock_rooms(
                connection, {room for queued in batch for room in (queued.room, *(queued.extra_rooms or ()))}
            )
            tx = Transaction(connection, locked, self._clock())
            earlier = await _earlier(connection, batch)
            before = set(earlier)
            alone = len(batch) == 1
            waiting = deque(batch)
            while waiting and not (results and loop.time() > enough):
                # Read again whenever a command may have changed the rights of someone.
                actors = await _actors(connection, waiting, locked, tx)
                for run in _runs(waiting):
                    known = tx.rights_changed
                    await self._do_run(tx, run, actors, earlier, results, alone=alone)
                    for _ in run:
                        waiting.popleft()
                    if tx.rights_changed != known or loop.time() > enough:
                        break
            nudges = await tx.finish()
            await _remember(connection, tx, earlier, before)
        self._publish(nudges)

    async def _do_run(
        self,
        tx: Transaction,
        run: list[QueuedCommand],
        actors: dict[QueuedCommand, Actor | Problem],
        earlier: "Earlier",
        results: dict[QueuedCommand, Result],
        *,
        alone: bool,
    ) -> None:
        """Runs commands of one type in one room: together if they are batch commands, else one after the other."""
        fresh: list[tuple[QueuedCommand, Actor]] = []
        for queued in run:
            checked = _check(queued, actors[queued], earlier)
            if isinstance(checked, Actor):
                # A person who got the right only just now has to wait for a transaction that locks the further rooms.
                if queued.extra_rooms is not None:
                    fresh.append((queued, checked))
            else:
                results[queued] = checked
        tx.room = run[0].room
        spec = run[0].spec
        if isinstance(spec, BatchSpec) and fresh:
            asked = [(actor, queued.command) for queued, actor in fresh]
            replies = await _guarded(tx, lambda: spec.handler(tx, asked), alone=alone)
            for place, (queued, _) in enumerate(fresh):
                results[queued] = replies if isinstance(replies, BaseException) else _result(replies[place])
        else:
            for queued, actor in fresh:
                results[queued] = await _do_one(tx, queued, actor, alone=alone)
        for queued, _ in fresh:
            result = results[queued]
            if isinstance(result, Outcome):
                earlier[queued.person, queued.key] = (queued.digest, result)


class _Lane:
    """A queue of commands and the task that writes them, one transaction at a time."""

    def __init__(self, write: Callable[[list[QueuedCommand]], Awaitable[list[QueuedCommand]]]) -> None:
        self._write = write
        self._waiting: deque[QueuedCommand] = deque()
        self._task: asyncio.Task[None] | None = None

    def put(self, queued: QueuedCommand) -> None:
        if len(self._waiting) >= MOST_WAITING:
            raise Problem("unavailable", N_("The server is busy. Try again in a moment."), retry_after=1)
        self._waiting.append(queued)
        if self._task is None:
            self._task = asyncio.create_task(self._run())

    def __len__(self) -> int:
        return len(self._waiting)

    async def _run(self) -> None:
        try:
            while self._waiting:
                batch = _next_batch(self._waiting)
                if batch := [queued for queued in batch if not queued.done.done()]:
                    self._waiting.extendleft(reversed(await self._write(batch)))
        finally:
            self._task = None


def _next_batch(waiting: deque[QueuedCommand]) -> list[QueuedCommand]:
    """Takes the commands of one transaction from the head of the queue."""
    batch: list[QueuedCommand] = []
    with_rooms = 0
    while waiting and len(batch) < MOST_AT_ONCE and with_rooms < MOST_WITH_ROOMS:
        spec = waiting[0].spec
        with_rooms += isinstance(spec, SingleSpec) and spec.locks_more
        batch.append(waiting.popleft())
    return batch


Earlier = dict[tuple[str, str], tuple[str, Outcome]]
"""(person, key) → the digest of its command, and its outcome."""


_o = outcomes.c
_EARLIER = sa.select(_o.person, _o.key, _o.digest, _o.reply, _o.seq).where(
    sa.tuple_(_o.person, _o.key).in_(sa.bindparam("pairs", expanding=True))
)


async def _earlier(connection: AsyncConnection, batch: Sequence[QueuedCommand]) -> Earlier:
    rows = await connection.execute(
        _EARLIER, {"pairs": pad_to_power_of_two((queued.person, queued.key) for queued in batch)}
    )
    return {(row.person, row.key): (row.digest, Outcome(bytes(row.reply), row.seq)) for row in rows}


async def _actors(
    connection: AsyncConnection, waiting: Sequence[QueuedCommand], locked: dict[str, Room], tx: Transaction
) -> dict[QueuedCommand, Actor | Problem]:
    found = await resolve_many(connection, [(queued.person, locked.get(queued.room)) for queued in waiting], tx.now)
    return dict(zip(waiting, found, strict=True))


def _runs(waiting: Sequence[QueuedCommand]) -> Iterator[list[QueuedCommand]]:
    """Consecutive commands that can run together, in one room; a repeated key starts a new run, to be answered from the first."""
    run: list[QueuedCommand] = []
    keys: set[tuple[str, str]] = set()
    for queued in list(waiting):
        key = (queued.person, queued.key)
        alike = run and queued.spec is run[0].spec and queued.room == run[0].room and isinstance(queued.spec, BatchSpec)
        if run and (not alike or key in keys):
            yield run
            run, keys = [], set()
        run.append(queued)
        keys.add(key)
    if run:
        yield run


def _check(queued: QueuedCommand, actor: Actor | Problem, earlier: Earlier) -> Actor | Result:
    """The actor if the command is to run; else its earlier outcome, or why it is refused."""
    if isinstance(actor, Problem):
        return actor
    try:
        queued.spec.check_room(actor)
    except Problem as problem:
        return problem
    # Idempotency first: a retry of a completed command succeeds even if the person has lost the right since.
    before = earlier.get((queued.person, queued.key))
    if before is not None:
        if before[0] != queued.digest:
            return Problem("key_reused", N_("This key was used for another command."), field="key")
        return before[1]
    try:
        queued.spec.allowed(actor)
    except Problem as problem:
        return problem
    return actor


async def _do_one(tx: Transaction, queued: QueuedCommand, actor: Actor, *, alone: bool) -> Result:
    start = tx.next_seq()
    spec = queued.spec
    assert isinstance(spec, SingleSpec)

    async def act() -> Outcome:
        reply = await spec.handler(tx, actor, queued.command)
        last = tx.next_seq() - 1
        return Outcome(msgspec.json.encode(reply), last if last >= start else None)

    return await _guarded(tx, act, alone=alone)


async def _guarded(tx: Transaction, act: Callable[[], Any], *, alone: bool) -> Any:
    """The result of the act, or its exception after everything it did was undone. Alone in its transaction it needs no savepoint."""
    if alone:
        return await act()
    mark = tx.mark()
    try:
        async with tx.connection.begin_nested():
            return await act()
    except Exception as fault:
        # An unavailable database may have rolled back more than this act: what followed would run outside of any transaction.
        if is_unavailable(fault) or tx.connection.invalidated or not tx.connection.in_transaction():
            raise
        tx.rewind(mark)
        return fault


def _result(replied: Replied) -> Result:
    return replied if isinstance(replied, Problem) else Outcome(msgspec.json.encode(replied[0]), replied[1])


async def _remember(connection: AsyncConnection, tx: Transaction, done: Earlier, before: set[tuple[str, str]]) -> None:
    rows = [
        {"person": person, "key": key, "digest": digest, "reply": outcome.reply, "seq": outcome.seq, "at": tx.now}
        for (person, key), (digest, outcome) in done.items()
        if (person, key) not in before
    ]
    if rows:
        # Someone who uses one key in two rooms at the same time must not break the commands of others: the first one keeps it. Sorted, so that
        # two transactions never deadlock on keys.
        rows.sort(key=lambda row: (row["person"], row["key"]))
        await connection.execute(insert_into(connection, outcomes).on_conflict_do_nothing(), rows)
