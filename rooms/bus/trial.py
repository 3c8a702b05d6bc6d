"""Tries a Redis or Valkey as the bus uses it, for `python -m server doctor`."""

import asyncio
import time
from typing import Any, NamedTuple

from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from rooms.ids import new_id

PATIENCE = 5.0


class NotReached(Exception):
    """It does not answer, or not as a bus must."""


class Tried(NamedTuple):
    """`round_trip`: seconds from publishing to hearing it; `skew`: how many seconds its clock is ahead of ours."""

    version: str
    round_trip: float
    skew: float


async def try_redis(url: str) -> Tried:
    """Raises NotReached."""
    redis: Any = Redis.from_url(  # pyright: ignore[reportUnknownMemberType]
        url, retry=Retry(NoBackoff(), 0), socket_connect_timeout=PATIENCE, socket_timeout=PATIENCE
    )
    try:
        about: dict[str, Any] = await redis.info("server")
        asked = time.time()
        seconds, micros = await redis.time()
        skew = seconds + micros / 1e6 - (asked + time.time()) / 2
        version = str(about.get("valkey_version") or about.get("redis_version") or "0")
        return Tried(version, await _round_trip(redis), skew)
    except (RedisError, OSError, TimeoutError) as fault:
        raise NotReached(f"no answer: {fault}") from fault
    finally:
        await redis.aclose()


async def _round_trip(redis: Any) -> float:
    channel = f"plenary:trial:{new_id()}"
    sent = 0.0
    async with redis.pubsub() as subscription:
        await subscription.subscribe(channel)
        async with asyncio.timeout(PATIENCE):
            while True:
                message = await subscription.get_message(timeout=PATIENCE)
                if message is not None and message["type"] == "subscribe":
                    sent = time.monotonic()
                    await redis.publish(channel, b"?")
                elif message is not None and message["type"] == "message":
                    return time.monotonic() - sent
