"""Group commit: commands that come while a transaction is being written share the next one.

Each command still stands or falls alone: one that is refused leaves no trace in the transaction of the others, and none is acknowledged
before the commit. SQLite has one writer; on PostgreSQL a few lanes write side by side, and a room always keeps to its lane.
"""

import asyncio
import hashlib
from collections import deque
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple
from zlib import crc32

import msgspec
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from rooms.core.clock import Clock
from rooms.core.commands.access import Visit, resolve_many
from rooms.core.commands.messages import Command
from rooms.core.commands.registry import Replied, Spec
from rooms.core.commands.transaction import Nudge, Transaction
from rooms.core.counters import Written
from rooms.core.errors import Problem
from rooms.core.store import journal
from rooms.core.store.database import SILENT, Database, insert_into, is_unavailable, padded
from rooms.core.store.journal import Room
from rooms.core.store.tables import outcomes
from rooms.core.text import N_

MOST_AT_ONCE = 256
MOST_WAITING = 2000
ENOUGH_SECONDS = 0.2
"""After so long no further command joins a transaction: its rooms are locked, and those who are in it wait for their answers."""

LANES = 4
ANSWER_SECONDS = 10.0
"""How long a command may wait for its commit. Afterwards it is not begun any more; one that was begun may still succeed, and a retry is told so."""
WRITE_SECONDS = 8.0


class Outcome(NamedTuple):
    """What became of a command: the JSON of its reply, and the seq of its last event in its room (None: it recorded none)."""

    reply: bytes
    seq: int | None


@dataclass(slots=True, eq=False)
class Given:
    """A command on its way. `digest` tells whether a key is used again for another command."""

    person: str
    room: str
    command: Command
    spec: Spec
    key: str
    digest: str
    done: "asyncio.Future[Outcome]"
    also: Sequence[str] = ()

    @classmethod
    def new(cls, person: str, room: str, command: Command, spec: Spec, key: str) -> "Given":
        digest = hashlib.sha256(msgspec.json.encode([room, command])).hexdigest()
        return cls(person, room, command, spec, key, digest, asyncio.get_running_loop().create_future())

    def give_up(self) -> None:
        if not self.done.done():
            self.done.set_exception(Problem("unavailable", SILENT, retry_after=2))


Result = Outcome | BaseException


class Writer:
    """`publish` is called after each commit with what it has done, before anyone is answered."""

    def __init__(self, database: Database, clock: Clock, publish: Callable[[list[Nudge]], None]) -> None:
        self._database = database
        self._clock = clock
        self._publish = publish
        self._lanes = [_Lane(self._write) for _ in range(1 if database.is_sqlite else LANES)]
        self.written = Written()

    @property
    def waiting(self) -> int:
        """How many commands wait for a transaction."""
        return sum(map(len, self._lanes))

    async def do(self, given: Given) -> Outcome:
        """Returns when the command is committed. Raises Problem, "unavailable" when too many wait already."""
        self._lanes[crc32(given.room.encode()) % len(self._lanes)].put(given)
        silence = asyncio.get_running_loop().call_later(ANSWER_SECONDS, given.give_up)
        try:
            return await given.done
        finally:
            silence.cancel()

    async def _write(self, batch: list[Given]) -> list[Given]:
        """Answers the commands of a batch, and returns those for which the transaction had no time left."""
        results: dict[Given, Result] = {}
        try:
            await self._commit(batch, results)
        except BaseException as fault:
            results = dict.fromkeys(batch, fault)
            self.written.failures += 1
        else:
            self.written.commits += 1
            self.written.groups.note(len(results))
        for given, result in results.items():
            if given.done.done():
                continue
            if isinstance(result, BaseException):
                given.done.set_exception(result)
            else:
                given.done.set_result(result)
        return [given for given in batch if given not in results]

    async def _commit(self, batch: list[Given], results: dict[Given, Result]) -> None:
        loop = asyncio.get_running_loop()
        enough = loop.time() + ENOUGH_SECONDS
        async with self._database.write(WRITE_SECONDS) as connection:
            for given in batch:
                if given.spec.also is not None:
                    given.also = list(await given.spec.also(connection, given.room, given.command))
            locked = await journal.lock_rooms(
                connection, {room for given in batch for room in (given.room, *given.also)}
            )
            tx = Transaction(connection, locked, self._clock())
            earlier = await _earlier(connection, batch)
            before = set(earlier)
            alone = len(batch) == 1
            waiting = deque(batch)
            while waiting and not (results and loop.time() > enough):
                # Resolved again whenever a command may have changed somebody's rights.
                visits = await _visits(connection, waiting, locked, tx)
                for run in _runs(waiting):
                    known = tx.rights_changed
                    await self._do_run(tx, run, visits, earlier, results, alone=alone)
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
        run: list[Given],
        visits: dict[Given, Visit | Problem],
        earlier: "Earlier",
        results: dict[Given, Result],
        *,
        alone: bool,
    ) -> None:
        """Does commands of one kind in one room: together where their action can, else one after the other."""
        fresh: list[tuple[Given, Visit]] = []
        for given in run:
            checked = _check(given, visits[given], earlier)
            if isinstance(checked, Visit):
                fresh.append((given, checked))
            else:
                results[given] = checked
        tx.room = run[0].room
        together = run[0].spec.together
        if together is not None and fresh:
            asked = [(visit, given.command) for given, visit in fresh]
            replies = await _guarded(tx, lambda: together(tx, asked), alone=alone)
            for place, (given, _) in enumerate(fresh):
                results[given] = replies if isinstance(replies, BaseException) else _result(replies[place])
        else:
            for given, visit in fresh:
                results[given] = await _do_one(tx, given, visit, alone=alone)
        for given, _ in fresh:
            result = results[given]
            if isinstance(result, Outcome):
                earlier[given.person, given.key] = (given.digest, result)


class _Lane:
    """Commands that wait, and the task that writes them: one transaction at a time."""

    def __init__(self, write: Callable[[list[Given]], Awaitable[list[Given]]]) -> None:
        self._write = write
        self._waiting: deque[Given] = deque()
        self._task: asyncio.Task[None] | None = None

    def put(self, given: Given) -> None:
        if len(self._waiting) >= MOST_WAITING:
            raise Problem(
                "unavailable", N_("Very many people act at once just now. Try again in a moment."), retry_after=1
            )
        self._waiting.append(given)
        if self._task is None:
            self._task = asyncio.create_task(self._run())

    def __len__(self) -> int:
        return len(self._waiting)

    async def _run(self) -> None:
        try:
            while self._waiting:
                batch = [self._waiting.popleft() for _ in range(min(MOST_AT_ONCE, len(self._waiting)))]
                if batch := [given for given in batch if not given.done.done()]:
                    self._waiting.extendleft(reversed(await self._write(batch)))
        finally:
            self._task = None


Earlier = dict[tuple[str, str], tuple[str, Outcome]]
"""(person, key) → the digest of the command that it stood for, and its outcome."""


_o = outcomes.c
_EARLIER = sa.select(_o.person, _o.key, _o.digest, _o.reply, _o.seq).where(
    sa.tuple_(_o.person, _o.key).in_(sa.bindparam("pairs", expanding=True))
)


async def _earlier(connection: AsyncConnection, batch: Sequence[Given]) -> Earlier:
    rows = await connection.execute(_EARLIER, {"pairs": padded((given.person, given.key) for given in batch)})
    return {(row.person, row.key): (row.digest, Outcome(bytes(row.reply), row.seq)) for row in rows}


async def _visits(
    connection: AsyncConnection, waiting: Sequence[Given], locked: dict[str, Room], tx: Transaction
) -> dict[Given, Visit | Problem]:
    found = await resolve_many(connection, [(given.person, locked.get(given.room)) for given in waiting], tx.now)
    return dict(zip(waiting, found, strict=True))


def _runs(waiting: Sequence[Given]) -> Iterator[list[Given]]:
    """Neighbours that can be done together, in one room; a key that comes again begins a new run, to be answered from the first."""
    run: list[Given] = []
    keys: set[tuple[str, str]] = set()
    for given in list(waiting):
        key = (given.person, given.key)
        alike = run and given.spec is run[0].spec and given.room == run[0].room and given.spec.together is not None
        if run and (not alike or key in keys):
            yield run
            run, keys = [], set()
        run.append(given)
        keys.add(key)
    if run:
        yield run


def _check(given: Given, visit: Visit | Problem, earlier: Earlier) -> Visit | Result:
    """The visit when the command is to be done; else its outcome from before, or why it is refused."""
    if isinstance(visit, Problem):
        return visit
    if visit.room.kind not in given.spec.kinds:
        return Problem("not_found", N_("There is no such command in this room."), field="op")
    # Looked up before the rule: what was done while he might is answered as done, though he may no more.
    before = earlier.get((given.person, given.key))
    if before is not None:
        if before[0] != given.digest:
            return Problem("key_reused", N_("This key was used for another command."), field="key")
        return before[1]
    try:
        given.spec.allowed(visit)
    except Problem as problem:
        return problem
    return visit


async def _do_one(tx: Transaction, given: Given, visit: Visit, *, alone: bool) -> Result:
    start = tx.next_seq()
    action = given.spec.action
    assert action is not None

    async def act() -> Outcome:
        reply = await action(tx, visit, given.command)
        last = tx.next_seq() - 1
        return Outcome(msgspec.json.encode(reply), last if last >= start else None)

    return await _guarded(tx, act, alone=alone)


async def _guarded(tx: Transaction, act: Callable[[], Any], *, alone: bool) -> Any:
    """What the act gives, or the fault that it raised after undoing all that it did. Alone in its transaction it needs no savepoint."""
    if alone:
        return await act()
    mark = tx.mark()
    try:
        async with tx.connection.begin_nested():
            return await act()
    except Exception as fault:
        # When the database cannot, it may have undone more than this one act: what followed would stand outside of any transaction.
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
        # One who gives the same key to two rooms at the same time must not spoil the commands of others: the first one keeps it. Sorted, so that
        # two transactions never wait for each other's keys in a ring.
        rows.sort(key=lambda row: (row["person"], row["key"]))
        await connection.execute(insert_into(connection, outcomes).on_conflict_do_nothing(), rows)
