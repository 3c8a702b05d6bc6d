"""Keep-alive pings. Rounds go over all connections: one that has been silent for two rounds is pinged, and closed if it stays silent for another.

A client that sends heartbeats of its own, as ours do, is never pinged. Timers and frames per connection, as uvicorn has them, would cost about 200 µs
for each ping.
"""

import asyncio
from time import perf_counter
from typing import Any, Protocol

from rooms.core.delivery.fanout import TURN_SECONDS

PING = b"\x89\x00"
"""A ping without payload (RFC 6455 §5.5.2): any answer, and any message, shows that the client is there."""

PING_SECONDS = 28.0
"""The longest silence before a ping; after half as much again the connection is closed. Proxies drop connections that are silent for 60 s."""
PINGED_AFTER = 2  # rounds


class Pinged(Protocol):
    """A connection. `silent_rounds`: how many rounds have begun since anything arrived from it."""

    silent_rounds: int

    def write_frame(self, frame: bytes) -> bool: ...

    def keepalive_timeout(self) -> None: ...


class KeepAlive:
    """The connections of one server. Rounds begin with the first connection and end with the last one."""

    def __init__(self, interval: float) -> None:
        self._seconds = interval / PINGED_AFTER
        self._connections: set[Pinged] = set()
        self._timer: asyncio.TimerHandle | None = None

    def add(self, connection: Pinged) -> None:
        self._connections.add(connection)
        if self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(self._seconds, self._round)

    def discard(self, connection: Pinged) -> None:
        self._connections.discard(connection)
        if not self._connections and self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _round(self) -> None:
        self._timer = asyncio.get_running_loop().call_later(self._seconds, self._round)
        self._go_over(list(self._connections))

    def _go_over(self, connections: list[Pinged]) -> None:
        until = perf_counter() + TURN_SECONDS
        while connections:
            connection = connections.pop()
            connection.silent_rounds += 1
            if connection.silent_rounds == PINGED_AFTER:
                connection.write_frame(PING)
            elif connection.silent_rounds > PINGED_AFTER:
                connection.keepalive_timeout()
            if perf_counter() >= until:
                asyncio.get_running_loop().call_later(0, self._go_over, connections)
                return


def keep_alive_of(server_state: Any, interval: float) -> KeepAlive:
    """The one of a server, kept beside its set of connections."""
    found = getattr(server_state, "keep_alive", None)
    if found is None:
        found = server_state.keep_alive = KeepAlive(interval)
    return found
