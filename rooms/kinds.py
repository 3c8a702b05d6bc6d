"""What the kinds of rooms have in common: each says how its snapshot is read. Who may read is the visit's matter."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from rooms.audience import Audience
from rooms.journal import Room
from rooms.messages import View
from rooms.visit import Visit

LatestValues = dict[str, dict[str, Any]]
"""{name: {key: value}}"""


@dataclass(frozen=True, slots=True)
class RoomKind:
    """`snapshot` depends on the audience alone, so that it is encoded once for all of it; what is one person's is in `own`,
    read for many visits at once."""

    name: str
    snapshot: Callable[[AsyncConnection, Room, Audience], Awaitable[View]]
    own: Callable[[AsyncConnection, list[Visit]], Awaitable[list[View]]]
    latest: Callable[[AsyncConnection, Room, Audience], Awaitable[LatestValues]]


KINDS: dict[str, RoomKind] = {}


def register(kind: RoomKind) -> None:
    KINDS[kind.name] = kind
