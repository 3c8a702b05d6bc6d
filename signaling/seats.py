"""The connections of this process that are in calls, and the seats they hold."""

from collections.abc import Callable
from dataclasses import dataclass, field

from rooms.core.delivery.sink import Sink


@dataclass(slots=True, eq=False)
class CallConnection:
    """One WebSocket connection's part in calls. `follows`: whether it has joined a room; `seats`: by room."""

    sink: Sink
    follows: Callable[[str], bool]
    seats: dict[str, "HeldSeat"] = field(default_factory=dict[str, "HeldSeat"])


@dataclass(slots=True, eq=False)
class HeldSeat:
    """A peer of a call whose connection is in this process.

    `candidates`: for each other peer, the newest generation of the link and how many candidates of it were forwarded.
    """

    room: str
    meeting: str
    peer: str
    link: str
    relay_only: bool
    connection: CallConnection
    candidates: dict[str, tuple[int, int]] = field(default_factory=dict[str, tuple[int, int]])
