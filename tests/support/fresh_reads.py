"""What a join would give now, read from the tables for many readers at once; and how a state differs from it."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, NamedTuple

import msgspec
from sqlalchemy.ext.asyncio import AsyncConnection

from rooms.core.commands.access import Actor, resolve_many, rooms_with_access
from rooms.core.commands.audience import Audience
from rooms.core.commands.room_kinds import KINDS
from rooms.core.errors import Problem
from rooms.core.store.journal import Room
from tests.support.client import seen
from tests.support.reducers import State

UNRECORDED = {"read", "listed"}
"""What commands without an event change, for one person alone (`acknowledge` in reducers.py)."""


class Reader(NamedTuple):
    room: str
    person: str | None
    public: bool


class Fresh(NamedTuple):
    """What a join would give now."""

    row: Room
    audience: Audience
    state: State


class Refused(NamedTuple):
    """They would not be admitted now. `epoch` is the room's: a new one makes every member enter again."""

    epoch: str


async def read_fresh(connection: AsyncConnection, readers: Sequence[Reader], now: datetime) -> list[Fresh | Refused]:
    """What each of these readers would be given by a join, from one consistent view."""
    rows, access = await rooms_with_access(connection, {each.room for each in readers})
    actors = await resolve_many(connection, [(each.person, rows.get(each.room)) for each in readers], now, access)
    read: dict[tuple[str, Audience], tuple[Any, Any]] = {}
    fresh: dict[int, Fresh] = {}
    for kind, indexes in _by_kind(actors).items():
        reading = [_reading(readers[index], actors[index]) for index in indexes]
        owns = await KINDS[kind].own(connection, reading)
        for index, actor, own in zip(indexes, reading, owns, strict=True):
            seen_by = (actor.room.id, actor.audience)
            if seen_by not in read:
                snapshot = await KINDS[kind].snapshot(connection, actor.room, actor.audience)
                read[seen_by] = (snapshot, await KINDS[kind].latest(connection, actor.room, actor.audience))
            state = {"snapshot": read[seen_by][0], "own": own, "latest": read[seen_by][1]}
            state = msgspec.json.decode(msgspec.json.encode(state))
            fresh[index] = Fresh(actor.room, actor.audience, state)
    return [fresh.get(index) or Refused(rows[each.room].epoch) for index, each in enumerate(readers)]


def _by_kind(actors: Sequence[Actor | Problem]) -> dict[str, list[int]]:
    found: dict[str, list[int]] = defaultdict(list)
    for index, actor in enumerate(actors):
        if isinstance(actor, Actor):
            found[actor.room.kind].append(index)
    return found


def _reading(reader: Reader, actor: Actor | Problem) -> Actor:
    assert isinstance(actor, Actor)
    return actor.as_anybody if reader.public else actor


def shown(state: State, now: Fresh) -> State:
    """Without the votes of questions that are hidden now: one message holds the events of a tick before its values, so that a number may come after
    the event that hid its question. No page shows it."""
    votes = now.state["latest"].get("votes", {})
    kept = {question: count for question, count in state["latest"].get("votes", {}).items() if question in votes}
    return state | {"latest": state["latest"] | {"votes": kept}}


def differences(received: str, believed: State, true: State) -> list[str]:
    found = list(_paths("", _compared(believed), _compared(true)))
    return [f"{received}: " + "; ".join(found[:6])] if found else []


def _compared(state: State) -> State:
    own = {name: value for name, value in state["own"].items() if name not in UNRECORDED}
    return seen(state) | {"own": own}


def _paths(path: str, believed: Any, true: Any) -> Iterator[str]:
    if isinstance(believed, dict) and isinstance(true, dict):
        for name in believed.keys() | true.keys():
            yield from _paths(f"{path}.{name}".lstrip("."), believed.get(name), true.get(name))
    elif isinstance(believed, list) and isinstance(true, list) and len(believed) == len(true):
        for index, (one, other) in enumerate(zip(believed, true, strict=True)):
            yield from _paths(f"{path}.{index}", one, other)
    elif believed != true:
        yield f"{path} is {believed!r} instead of {true!r}"
