"""The kinds of rooms. Each registers how its snapshot is read; read access is checked in access.py, with the gate of the kind."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from rooms.core.commands.access import GATES, Actor, ReadGate
from rooms.core.commands.audience import Audience
from rooms.core.commands.messages import View
from rooms.core.store.journal import Room

LatestValues = dict[str, dict[str, Any]]
"""{name: {key: value}}"""


@dataclass(frozen=True, slots=True)
class RoomKind:
    """`snapshot` depends only on the audience, so it is encoded once for everyone in it; `own` is what belongs to one person, read for
    many visits at once. `gate`: who may enter, where being in the conference is not enough."""

    name: str
    snapshot: Callable[[AsyncConnection, Room, Audience], Awaitable[View]]
    own: Callable[[AsyncConnection, list[Actor]], Awaitable[list[View]]]
    latest: Callable[[AsyncConnection, Room, Audience], Awaitable[LatestValues]]
    gate: ReadGate | None = None


KINDS: dict[str, RoomKind] = {}


def register(kind: RoomKind) -> None:
    KINDS[kind.name] = kind
    if kind.gate is not None:
        GATES[kind.name] = kind.gate
