"""The nudge between processes. It is only an optimisation: what it loses is found in the journal."""

from collections.abc import Callable
from typing import Protocol

Receive = Callable[[str, bytes], None]
"""Called with a channel and the bytes that another process has published there."""


class Bus(Protocol):
    """Siblings: memory.py for one process, redis.py for several."""

    @property
    def is_up(self) -> bool:
        """Whether what is published now reaches the others."""
        ...

    async def start(self, receive: Receive, restored: Callable[[], None]) -> None:
        """`restored` is called whenever the bus has come back after it may have lost something."""
        ...

    def publish(self, channel: str, data: bytes) -> None:
        """Sends to all *other* processes that have subscribed. Never waits; drops when the bus is down."""
        ...

    async def subscribe(self, channel: str) -> None:
        """Returns when what others publish from now on arrives here, or when the bus is down (`restored` will follow)."""
        ...

    async def unsubscribe(self, channel: str) -> None: ...

    async def claim(self, name: str, seconds: float) -> bool:
        """True for the first of all processes to ask for this name within so many seconds. Raises Problem "unavailable" when nobody can tell."""
        ...

    async def stop(self) -> None: ...
