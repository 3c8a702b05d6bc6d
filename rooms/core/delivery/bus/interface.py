"""The bus between processes. It is only an optimisation: what it loses is found in the journal."""

from collections.abc import Callable
from typing import Protocol

Receive = Callable[[str, bytes], None]
"""Called with a channel and the bytes that another process has published there."""


class Bus(Protocol):
    """Siblings: memory.py for one process, redis.py for several."""

    @property
    def is_up(self) -> bool:
        """Whether messages published now reach the other processes."""
        ...

    async def start(self, receive: Receive, restored: Callable[[], object]) -> None:
        """`restored` is called whenever the bus is back after it may have lost messages."""
        ...

    def publish(self, channel: str, data: bytes) -> None:
        """Sends to all *other* processes that have subscribed. Never waits; drops when the bus is down."""
        ...

    async def subscribe(self, channel: str) -> None:
        """Returns when messages that others publish from now on arrive here, or when the bus is down (`restored` will follow)."""
        ...

    async def unsubscribe(self, channel: str) -> None: ...

    async def claim(self, name: str, seconds: float) -> bool:
        """True for the first of all processes to claim this name within so many seconds. Raises Problem "unavailable" when the bus is down."""
        ...

    async def stop(self) -> None: ...
