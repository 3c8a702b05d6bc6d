"""The bus over one Redis or Valkey."""

from collections.abc import Sequence
from typing import Any

from rooms.core.delivery.bus.pubsub import Claim, PubSubBus, connect, set_once


class RedisBus(PubSubBus):
    """`redis`: the address of a server, or a client for it whose retries are off."""

    def __init__(self, redis: Any, prefix: str = "plenary") -> None:
        super().__init__(prefix)
        self._redis = connect(redis) if isinstance(redis, str) else redis

    async def _open(self) -> None:
        line = self._redis.pubsub()
        self._lines = [line]
        await line.subscribe(self._name("alive"))

    async def _close(self) -> None:
        await self._redis.aclose()

    async def _subscribe(self, names: Sequence[str]) -> None:
        await self._lines[0].subscribe(*names)

    async def _unsubscribe(self, name: str) -> None:
        await self._lines[0].unsubscribe(name)

    async def _publish(self, batch: Sequence[tuple[str, bytes]]) -> None:
        pipeline = self._redis.pipeline(transaction=False)
        for name, data in batch:
            pipeline.publish(name, data)
        await pipeline.execute()

    async def _set_once(self, claims: Sequence[Claim]) -> Sequence[bool]:
        return await set_once(self._redis, claims)
