"""Chooses the bus for an address."""

from rooms.core.delivery.bus.cluster import SCHEMES as CLUSTER
from rooms.core.delivery.bus.cluster import ClusterBus
from rooms.core.delivery.bus.interface import Bus
from rooms.core.delivery.bus.memory import MemoryBus
from rooms.core.delivery.bus.redis import RedisBus
from rooms.core.delivery.bus.sentinel import SCHEMES as SENTINEL
from rooms.core.delivery.bus.sentinel import SentinelBus


def bus_at(url: str) -> Bus:
    """An empty address means one process alone."""
    if not url:
        return MemoryBus()
    if url.startswith(CLUSTER):
        return ClusterBus(url)
    return SentinelBus(url) if url.startswith(SENTINEL) else RedisBus(url)
