"""Commands that wait for their transaction, and the further rooms that each of them locks."""

import asyncio
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

import msgspec
from sqlalchemy.ext.asyncio import AsyncConnection

from rooms.core.commands.access import Actor, resolve_many, rooms_with_access
from rooms.core.commands.messages import Command
from rooms.core.commands.registry import BatchSpec, SingleSpec
from rooms.core.errors import Problem
from rooms.core.store.database import SILENT, is_unavailable
from rooms.core.store.journal import room_of


class Outcome(NamedTuple):
    """The result of a command: the JSON of its reply, and the seq of its last event in its room (None: it recorded none)."""

    reply: bytes
    seq: int | None


@dataclass(slots=True, eq=False)
class QueuedCommand:
    """A command that waits for its transaction. `digest` tells whether a key is reused for another command.

    `extra_rooms` None: not known yet, because the command has further rooms and the person had no right to it when they were looked up.
    """

    person: str
    room: str
    command: Command
    spec: SingleSpec | BatchSpec
    key: str
    digest: str
    done: "asyncio.Future[Outcome]"
    extra_rooms: Sequence[str] | None = ()

    @classmethod
    def new(cls, person: str, room: str, command: Command, spec: SingleSpec | BatchSpec, key: str) -> "QueuedCommand":
        digest = hashlib.sha256(msgspec.json.encode([room, command])).hexdigest()
        return cls(person, room, command, spec, key, digest, asyncio.get_running_loop().create_future())

    def give_up(self) -> None:
        if not self.done.done():
            self.done.set_exception(Problem("unavailable", SILENT, retry_after=2))


async def find_extra_rooms(
    connection: AsyncConnection, batch: Sequence[QueuedCommand], now: datetime
) -> dict[QueuedCommand, Exception]:
    """Finds the further rooms of each command, and returns those commands for which that failed.

    Only for those who may give the command: others must not make the server read and lock the rooms of strangers. Nothing is locked yet, so
    rights are checked again later.
    """
    asking = [queued for queued in batch if isinstance(queued.spec, SingleSpec) and queued.spec.locks_more]
    failed: dict[QueuedCommand, Exception] = {}
    if not asking:
        return failed
    found, access = await rooms_with_access(connection, {queued.room for queued in asking})
    actors = await resolve_many(connection, [(each.person, found.get(each.room)) for each in asking], now, access)
    for queued, actor in zip(asking, actors, strict=True):
        queued.extra_rooms = None
        if not isinstance(actor, Actor) or not _may(queued, actor):
            continue
        assert isinstance(queued.spec, SingleSpec)
        try:
            # A savepoint keeps a fault in the statements of one command from ending the transaction of the others.
            async with connection.begin_nested():
                queued.extra_rooms = await _extra_rooms(connection, queued, queued.spec)
        except Exception as fault:
            if is_unavailable(fault) or connection.invalidated or not connection.in_transaction():
                raise
            failed[queued] = fault
    return failed


async def _extra_rooms(connection: AsyncConnection, queued: QueuedCommand, spec: SingleSpec) -> list[str]:
    found: list[str] = []
    if spec.extra_rooms is not None:
        found += await spec.extra_rooms(connection, queued.room, queued.command)
    if spec.own_desk:
        found.append(await room_of(connection, "desk", queued.person))
    return found


def _may(queued: QueuedCommand, actor: Actor) -> bool:
    try:
        queued.spec.check(actor)
    except Problem:
        return False
    return True
