"""The bus over a Redis that Sentinels watch: they say which server is the master, also after a failover.

While a failover lasts, the bus counts as down; afterwards it is restored as after any loss, and what was missed is read from the journal.
"""

from typing import Any, cast
from urllib.parse import unquote

from redis.asyncio.retry import Retry
from redis.asyncio.sentinel import Sentinel
from redis.backoff import NoBackoff

from rooms.core.delivery.bus.addresses import split_addresses
from rooms.core.delivery.bus.pubsub import DEAD_SECONDS
from rooms.core.delivery.bus.redis import RedisBus

SCHEMES = ("redis+sentinel", "rediss+sentinel")
PORT = 26379
CONNECT_SECONDS = 3.0


class SentinelAddress:
    """`redis+sentinel://user:password@host:port,host:port/name/0`: the Sentinels, the name under which they know the master, and the number of its
    database. User and password are those of Redis; `?sentinel_username=` and `?sentinel_password=` are those of the Sentinels. Raises ValueError."""

    def __init__(self, url: str) -> None:
        given = split_addresses(url, PORT)
        self.sentinels = given.hosts
        self.name, _, number = given.path.strip("/").partition("/")
        if not self.name:
            raise ValueError("a Sentinel address needs hosts and the name of the master")
        self.for_sentinels = {
            name: given.query[f"sentinel_{name}"]
            for name in ("username", "password")
            if f"sentinel_{name}" in given.query
        }
        self.for_redis: dict[str, Any] = {"db": int(number or "0")}
        if given.user:
            self.for_redis["username"] = unquote(given.user)
        if given.password:
            self.for_redis["password"] = unquote(given.password)
        if given.scheme.startswith("rediss"):
            self.for_redis["ssl"] = True


def sentinels_at(address: SentinelAddress) -> Any:
    """redis-py's client of the Sentinels. Its retries are off, as everywhere on the bus."""
    times = {"socket_connect_timeout": CONNECT_SECONDS, "retry": Retry(NoBackoff(), 0)}
    return cast(Any, Sentinel)(
        address.sentinels,
        sentinel_kwargs={**times, "socket_timeout": CONNECT_SECONDS, **address.for_sentinels},
        **times,
        socket_timeout=DEAD_SECONDS,
        **address.for_redis,
    )


class SentinelBus(RedisBus):
    def __init__(self, url: str, prefix: str = "plenary") -> None:
        address = SentinelAddress(url)
        self._sentinels = sentinels_at(address)
        super().__init__(self._sentinels.master_for(address.name), prefix)

    async def _close(self) -> None:
        await super()._close()
        for sentinel in self._sentinels.sentinels:
            await sentinel.aclose()
