"""Tries a Redis or Valkey as the bus uses it, for `plenary doctor`."""

import asyncio
import time
from typing import Any, NamedTuple, cast

from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisClusterException, RedisError

from rooms.core.delivery.bus.cluster import SCHEMES, Addresses, cluster_at
from rooms.core.delivery.bus.sentinel import SCHEMES as SENTINEL
from rooms.core.delivery.bus.sentinel import SentinelAddress, sentinels_at
from rooms.core.ids import new_id

PATIENCE = 5.0
CHANNEL = "plenary:trial"


class NotReached(Exception):
    """It does not answer, or not as a bus needs."""


class Tried(NamedTuple):
    """`round_trip`: seconds from publishing to hearing it; `skew`: how many seconds its clock is ahead of ours; `nodes`: of a cluster, else 0;
    `replicas`: those that Sentinels know, or None without Sentinels."""

    version: str
    round_trip: float
    skew: float
    nodes: int
    replicas: int | None = None


async def try_redis(url: str) -> Tried:
    """Of a cluster, the node of one channel and whether all slots are served; behind Sentinels, the master. Raises NotReached."""
    if url.startswith(SENTINEL):
        return await _try_master(SentinelAddress(url))
    if not url.startswith(SCHEMES):
        return await _try_server(connect_once(url), nodes=0)
    addresses = Addresses(url)
    cluster = cluster_at(addresses)
    try:
        await cluster.initialize()
        nodes = cluster.get_primaries()
        state = (await cluster.cluster_info(target_nodes=nodes[0]))["cluster_state"]
        node = cluster.get_node_from_key(CHANNEL)
        here = addresses.of(node.host, node.port)
    except (RedisError, RedisClusterException, OSError, TimeoutError) as fault:
        raise NotReached(f"no answer: {fault}") from fault
    finally:
        await cluster.aclose()
    if state != "ok":
        raise NotReached(f"the cluster says of itself: {state}")
    return await _try_server(connect_once(here), nodes=len(nodes))


async def _try_master(address: SentinelAddress) -> Tried:
    sentinels = sentinels_at(address)
    try:
        replicas = await sentinels.discover_slaves(address.name)
        tried = await _try_server(sentinels.master_for(address.name), nodes=0)
    except (RedisError, OSError, TimeoutError) as fault:
        raise NotReached(f"the Sentinels know no master “{address.name}”: {fault}") from fault
    finally:
        for sentinel in sentinels.sentinels:
            await sentinel.aclose()
    return tried._replace(replicas=len(replicas))


def connect_once(url: str) -> Any:
    return cast(Any, Redis).from_url(
        url, retry=Retry(NoBackoff(), 0), socket_connect_timeout=PATIENCE, socket_timeout=PATIENCE
    )


async def _try_server(redis: Any, *, nodes: int) -> Tried:
    """Closes the client at the end."""
    try:
        about: dict[str, Any] = await redis.info("server")
        asked = time.time()
        seconds, micros = await redis.time()
        skew = seconds + micros / 1e6 - (asked + time.time()) / 2
        version = str(about.get("valkey_version") or about.get("redis_version") or "0")
        return Tried(version, await _round_trip(redis, sharded=nodes > 0), skew, nodes)
    except (RedisError, OSError, TimeoutError) as fault:
        raise NotReached(f"no answer: {fault}") from fault
    finally:
        await redis.aclose()


async def _round_trip(redis: Any, *, sharded: bool) -> float:
    """On a cluster by the sharded commands, available since Redis 7."""
    channel = f"{{{CHANNEL}}}:{new_id()}"  # the part in braces decides the node
    sent = 0.0
    async with redis.pubsub() as subscription:
        await (subscription.ssubscribe(channel) if sharded else subscription.subscribe(channel))
        async with asyncio.timeout(PATIENCE):
            while True:
                message = await subscription.get_message(timeout=PATIENCE)
                if message is not None and message["type"] in ("subscribe", "ssubscribe"):
                    sent = time.monotonic()
                    await redis.execute_command("SPUBLISH" if sharded else "PUBLISH", channel, b"?")
                elif message is not None and message["type"] in ("message", "smessage"):
                    return time.monotonic() - sent
