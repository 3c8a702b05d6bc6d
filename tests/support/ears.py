"""A started bus and what it has heard."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from rooms.core.delivery.bus.cluster import ClusterBus
from rooms.core.delivery.bus.interface import Bus
from rooms.core.delivery.bus.pubsub import PubSubBus
from rooms.core.delivery.bus.redis import RedisBus
from tests.support.redis import ClusterServer, RedisServer


class Ear:
    """A started bus and what it has heard. `restored` counts how often it came back."""

    def __init__(self, bus: Bus) -> None:
        self.bus = bus
        self.heard: list[tuple[str, bytes]] = []
        self.restored = 0

    def receive(self, channel: str, data: bytes) -> None:
        self.heard.append((channel, data))

    def back(self) -> None:
        self.restored += 1

    @property
    def said(self) -> list[bytes]:
        return [data for _, data in self.heard]


@asynccontextmanager
async def started(bus: Bus) -> AsyncIterator[Ear]:
    ear = Ear(bus)
    await bus.start(ear.receive, ear.back)
    try:
        yield ear
    finally:
        await bus.stop()


def bus_on(server: RedisServer, prefix: str = "plenary") -> PubSubBus:
    kind = ClusterBus if isinstance(server, ClusterServer) else RedisBus
    return kind(server.url, prefix)
