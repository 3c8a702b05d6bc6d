"""Chooses the bus for an address."""

from rooms.core.delivery.bus.cluster import SCHEMES, ClusterBus
from rooms.core.delivery.bus.interface import Bus
from rooms.core.delivery.bus.memory import MemoryBus
from rooms.core.delivery.bus.redis import RedisBus


def bus_at(url: str) -> Bus:
    """Without an address: the bus of a single process."""
    if not url:
        return MemoryBus()
    return ClusterBus(url) if url.startswith(SCHEMES) else RedisBus(url)
