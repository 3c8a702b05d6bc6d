"""Keep-alive pings: one prepared frame is broadcast to all connections each round, and a connection that has sent nothing since the last round is closed.

A round costs a `send(2)` per connection. Timers and frames per connection, as uvicorn has them, cost about 200 µs for each ping.
"""

import asyncio
from typing import Any

from rooms.core.delivery.fanout import Broadcast, Group, Slot
from rooms.core.delivery.sink import EncodedMessage, Sink

PING = b"\x89\x00"
"""A ping without payload (RFC 6455 §5.5.2): any answer, and any message, shows that the client is there."""


class _Ping(EncodedMessage):
    frame = msgpack_frame = PING  # pyright: ignore[reportAssignmentType]


class KeepAlive:
    """The connections of one server. Rounds begin with the first connection and end with the last one."""

    def __init__(self, interval: float) -> None:
        self._interval = interval
        self._group = Group()
        self._timer: asyncio.TimerHandle | None = None

    def add(self, connection: "Sink") -> Slot:
        if self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(self._interval, self._round)
        return self._group.add(connection)

    def discard(self, slot: Slot) -> None:
        self._group.discard(slot)
        if not len(self._group) and self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _round(self) -> None:
        self._timer = asyncio.get_running_loop().call_later(self._interval, self._round)
        for slot in tuple(self._group.slots):
            if slot is not None:
                connection: Any = slot.sink
                if connection.heard:
                    connection.heard = False
                else:
                    connection.keepalive_timeout()
        self._step(Broadcast(self._group, _Ping(b""), set()))

    def _step(self, broadcast: Broadcast) -> None:
        if broadcast.step():
            asyncio.get_running_loop().call_later(0, self._step, broadcast)


def keep_alive_of(server_state: Any, interval: float) -> KeepAlive:
    """The one of a server, kept beside its set of connections."""
    found = getattr(server_state, "keep_alive", None)
    if found is None:
        found = server_state.keep_alive = KeepAlive(interval)
    return found
