"""The bus over Redis or Valkey pub/sub: one subscription per room and process, publishes pipelined.

redis-py would reconnect by itself and say nothing; here a lost connection must be noticed, because whatever was published meanwhile has to be
looked for in the journal. So its retries are off and one task owns the subscription.
"""

import asyncio
import contextlib
import logging
import os
import random
from collections.abc import Awaitable, Callable
from typing import Any, cast

from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import RedisError

from rooms.bus.interface import Receive
from rooms.errors import Problem
from rooms.text import N_

log = logging.getLogger("plenary.bus")

PING_SECONDS = 3.0
DEAD_SECONDS = 9.0  # a half-open connection is given up after this much silence
FAREWELL_SECONDS = 1.0  # for what waits to be sent when the process stops
QUEUE_LIMIT = 20_000
ORIGIN = 8  # bytes before each message that tell a process its own, which Redis sends back to it
_FAULTS = (RedisError, OSError, asyncio.TimeoutError)


class RedisBus:
    """`prefix` separates installations that share one Redis."""

    def __init__(self, url: str, prefix: str = "plenary") -> None:
        self._redis: Any = cast(Any, Redis).from_url(
            url, retry=Retry(NoBackoff(), 0), socket_connect_timeout=3, socket_timeout=DEAD_SECONDS
        )
        self._prefix = prefix
        self._origin = os.urandom(ORIGIN)
        self._up = False
        self._receive: Receive | None = None
        self._restored: Callable[[], None] = lambda: None
        self._wanted: set[str] = set()
        self._confirmed: dict[str, asyncio.Event] = {}
        self._subscription: Any = None
        self._sending = asyncio.Lock()
        self._outgoing: list[tuple[str, bytes]] = []
        self._wake = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []

    @property
    def is_up(self) -> bool:
        return self._up

    async def start(self, receive: Receive, restored: Callable[[], None]) -> None:
        self._receive, self._restored = receive, restored
        listening = asyncio.Event()
        self._tasks = [asyncio.create_task(self._listen(listening)), asyncio.create_task(self._send())]
        with contextlib.suppress(asyncio.TimeoutError):
            await asyncio.wait_for(listening.wait(), 3)

    def publish(self, channel: str, data: bytes) -> None:
        if self._up and len(self._outgoing) < QUEUE_LIMIT:
            self._outgoing.append((channel, data))
            self._wake.set()

    async def subscribe(self, channel: str) -> None:
        self._wanted.add(channel)
        confirmed = self._confirmed.setdefault(channel, asyncio.Event())
        if self._subscription is None or not self._up:
            return
        with contextlib.suppress(*_FAULTS):
            await self._subscription.subscribe(self._name(channel))
            await asyncio.wait_for(confirmed.wait(), PING_SECONDS)

    async def unsubscribe(self, channel: str) -> None:
        self._wanted.discard(channel)
        self._confirmed.pop(channel, None)
        if self._subscription is not None and self._up:
            with contextlib.suppress(*_FAULTS):
                await self._subscription.unsubscribe(self._name(channel))

    async def claim(self, name: str, seconds: float) -> bool:
        try:
            key, milliseconds = f"{self._prefix}:claim:{name}", max(1, int(seconds * 1000))
            return bool(await _twice(lambda: self._redis.set(key, b"1", nx=True, px=milliseconds)))
        except _FAULTS as error:
            raise Problem(
                "unavailable",
                N_("The server is reconnecting to its message bus. Try again in a moment."),
                retry_after=2,
            ) from error

    async def stop(self) -> None:
        with contextlib.suppress(asyncio.TimeoutError):
            await asyncio.wait_for(self._send_waiting(), FAREWELL_SECONDS)
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._drop()
        await self._redis.aclose()

    def _name(self, channel: str) -> str:
        return f"{self._prefix}:{channel}"

    async def _listen(self, listening: asyncio.Event) -> None:
        failures = 0
        while True:
            try:
                subscription = self._subscription = self._redis.pubsub()
                await self._subscribe_all(subscription)
                self._up, failures = True, 0
                listening.set()
                self._restored()
                await self._read(subscription)
            except _FAULTS as error:
                if self._up:
                    log.warning("the bus is down: %s", error)
                self._up = False
                self._outgoing.clear()
                for confirmed in self._confirmed.values():
                    confirmed.clear()
                await self._drop()
                failures += 1
                await asyncio.sleep(random.uniform(0.05, min(2.0, 0.1 * 2**failures)))

    async def _subscribe_all(self, subscription: Any) -> None:
        # A channel of this process alone keeps the connection subscribed, so that pings are answered on it.
        done: set[str] = set()
        while missing := {"alive", *self._wanted} - done:  # more may be wanted while these are subscribed
            await subscription.subscribe(*map(self._name, missing))
            done |= missing

    async def _read(self, subscription: Any) -> None:
        loop = asyncio.get_running_loop()
        heard = loop.time()
        while True:
            message: dict[str, Any] | None = await subscription.get_message(timeout=PING_SECONDS)
            now = loop.time()
            if message is None:
                if now - heard > DEAD_SECONDS:
                    raise TimeoutError("no answer to pings")
                await subscription.ping()
                continue
            heard = now
            if message["type"] == "pong":
                continue
            channel = message["channel"].decode().removeprefix(self._prefix + ":")
            if message["type"] == "message":
                data: bytes = message["data"]
                if self._receive is not None and data[:ORIGIN] != self._origin:
                    self._hand_on(channel, data[ORIGIN:])
            elif message["type"] == "subscribe" and channel in self._confirmed:
                self._confirmed[channel].set()

    def _hand_on(self, channel: str, data: bytes) -> None:
        try:
            if self._receive is not None:
                self._receive(channel, data)
        except Exception:
            # A fault of ours over one message must not end the listening for good; what it said is found in the journal.
            log.exception("a message on %s could not be dealt with", channel)

    async def _send(self) -> None:
        while True:
            await self._wake.wait()
            self._wake.clear()
            try:
                await self._send_waiting()
            except Exception:
                log.exception("some nudges were not sent")

    async def _send_waiting(self) -> None:
        async with self._sending:
            batch, self._outgoing = self._outgoing, []
            if not batch:
                return
            try:
                await _twice(lambda: self._publish(batch))
            except _FAULTS as error:
                # What is lost here the others find in the journal; the listening task notices that Redis is gone.
                log.warning("%d nudges were not sent: %s", len(batch), error)

    async def _publish(self, batch: list[tuple[str, bytes]]) -> None:
        pipeline = self._redis.pipeline(transaction=False)
        for channel, data in batch:
            pipeline.publish(self._name(channel), self._origin + data)
        await pipeline.execute()

    async def _drop(self) -> None:
        subscription, self._subscription = self._subscription, None
        if subscription is not None:
            with contextlib.suppress(*_FAULTS):
                await subscription.aclose()


async def _twice(ask: Callable[[], Awaitable[Any]]) -> Any:
    """Asks again when a pooled connection turns out to have been closed while it was idle. What comes twice does no harm."""
    try:
        return await ask()
    except RedisConnectionError:
        return await ask()
