"""What a bus over Redis has in common for one server and a cluster: one subscription per room and process, pipelined publishes.

redis-py would reconnect silently; here a lost connection must be noticed, because what was published in between has to be read from the journal.
So its retries are off and one task owns the subscriptions.
"""

import asyncio
import contextlib
import logging
import os
import random
from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from typing import Any, TypeVar, cast

from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import RedisClusterException, RedisError

from rooms.core.batching import Batcher
from rooms.core.delivery.bus.interface import Receive
from rooms.core.errors import Problem
from rooms.core.text import N_

log = logging.getLogger("plenary.bus")

PING_SECONDS = 3.0
DEAD_SECONDS = 9.0  # a half-open connection is given up after this much silence
CLAIM_SECONDS = 2.0  # people wait for a claim when they connect; a Redis that hangs must not hold them up longer
FAREWELL_SECONDS = 1.0  # to send what is queued when the process stops
QUEUE_LIMIT = 20_000
ORIGIN = 8  # bytes before each message by which a process recognises its own, which Redis echoes
FAULTS = (RedisError, RedisClusterException, OSError, asyncio.TimeoutError)

T = TypeVar("T")

Claim = tuple[str, int]
"""A key, and how many milliseconds it is kept."""

ListeningConnection = Any
"""A connection that listens: redis-py's PubSub."""


def connect(url: str) -> Any:
    """A client whose retries are off."""
    return cast(Any, Redis).from_url(
        url, retry=Retry(NoBackoff(), 0), socket_connect_timeout=3, socket_timeout=DEAD_SECONDS
    )


class PubSubBus(ABC):
    """Siblings: redis.py for one server, cluster.py for a cluster. `prefix` separates installations that share one Redis."""

    def __init__(self, prefix: str) -> None:
        self._prefix = prefix
        self._origin = os.urandom(ORIGIN)
        self._up = False
        self._receive: Receive | None = None
        self._restored: Callable[[], object] = lambda: None
        self._wanted: set[str] = set()
        self._confirmed: dict[str, asyncio.Event] = {}
        self._leaving: Counter[str] = Counter()  # unsubscribed, and not yet confirmed
        self._lines: list[ListeningConnection] = []
        self._sending = asyncio.Lock()
        self._outgoing: list[tuple[str, bytes]] = []
        self._wake = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []
        self._claims: Batcher[Claim, bool] = Batcher(self._claim_together)

    @property
    def is_up(self) -> bool:
        return self._up

    async def start(self, receive: Receive, restored: Callable[[], object]) -> None:
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
        if not self._up:
            return
        confirmed = self._confirmed.setdefault(channel, asyncio.Event())
        try:
            with contextlib.suppress(*FAULTS):
                await self._subscribe([self._name(channel)])
                await asyncio.wait_for(confirmed.wait(), PING_SECONDS)
        finally:
            self._confirmed.pop(channel, None)

    async def unsubscribe(self, channel: str) -> None:
        self._wanted.discard(channel)
        if self._up:
            self._leaving[channel] += 1
            with contextlib.suppress(*FAULTS):
                await self._unsubscribe(self._name(channel))

    async def claim(self, name: str, seconds: float) -> bool:
        try:
            key, milliseconds = f"{self._prefix}:claim:{name}", max(1, int(seconds * 1000))
            async with asyncio.timeout(CLAIM_SECONDS):
                return await self._claims.ask((key, milliseconds))
        except FAULTS as error:
            raise Problem(
                "unavailable",
                N_("The server is reconnecting to its message bus. Try again in a moment."),
                retry_after=2,
            ) from error

    async def _claim_together(self, claims: Sequence[Claim]) -> Sequence[bool]:
        """Concurrent claims share a round trip: when thousands reconnect at once, each could not have a connection to Redis."""
        return await twice(lambda: self._set_once(claims))

    async def stop(self) -> None:
        await self._claims.end()
        with contextlib.suppress(asyncio.TimeoutError):
            await asyncio.wait_for(self._send_waiting(), FAREWELL_SECONDS)
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._drop()
        await self._close()

    def _name(self, channel: str) -> str:
        return f"{self._prefix}:{channel}"

    # Listening

    async def _listen(self, listening: asyncio.Event) -> None:
        failures = 0
        while True:
            try:
                await self._open()
                await self._subscribe_all()
                self._up, failures = True, 0
                listening.set()
                self._restored()
                await self._read_all()
            except Exception as error:
                if not isinstance(error, FAULTS):
                    # A fault of ours. Without this task the process would hear no other one until it is restarted.
                    log.exception("listening to the bus has failed, and starts again")
                elif self._up:
                    log.warning("the bus is down: %s", error)
                self._up = False
                self._outgoing.clear()
                await self._drop()
                failures += 1
                await asyncio.sleep(random.uniform(0.05, min(2.0, 0.1 * 2**failures)))

    async def _subscribe_all(self) -> None:
        done: set[str] = set()
        while missing := self._wanted - done:  # more may be requested while these are subscribed
            await self._subscribe([*map(self._name, missing)])
            done |= missing

    async def _read_all(self) -> None:
        """Reads all listening connections until one of them fails, which ends the others: what was missed on one is checked in all rooms."""
        readers = [asyncio.create_task(reader) for reader in self._readers()]
        try:
            done, _ = await asyncio.wait(readers, return_when=asyncio.FIRST_COMPLETED)
            for reader in done:
                reader.result()
        finally:
            for reader in readers:
                reader.cancel()
            await asyncio.gather(*readers, return_exceptions=True)

    async def _read(self, line: ListeningConnection) -> None:
        loop = asyncio.get_running_loop()
        heard = loop.time()
        while True:
            message: dict[str, Any] | None = await line.get_message(timeout=PING_SECONDS)
            now = loop.time()
            if message is None:
                if now - heard > DEAD_SECONDS:
                    raise TimeoutError("no answer to pings")
                await line.ping()
                continue
            heard = now
            if message["type"] == "pong":
                continue
            channel = message["channel"].decode().removeprefix(self._prefix + ":")
            if message["type"] in ("message", "smessage"):
                data: bytes = message["data"]
                if self._receive is not None and data[:ORIGIN] != self._origin:
                    self._hand_on(channel, data[ORIGIN:])
            elif message["type"] in ("subscribe", "ssubscribe") and channel in self._confirmed:
                self._confirmed[channel].set()
            elif message["type"] in ("unsubscribe", "sunsubscribe"):
                if self._leaving[channel] == 0 and channel in self._wanted:
                    raise RedisError(f"{channel} has moved to another node")
                self._leaving[channel] -= 1
                self._leaving += Counter()  # keeps only positive counts

    def _hand_on(self, channel: str, data: bytes) -> None:
        try:
            if self._receive is not None:
                self._receive(channel, data)
        except Exception:
            # A fault of ours over one message must not end the listening for good; what it said is found in the journal.
            log.exception("a message on %s could not be dealt with", channel)

    async def _drop(self) -> None:
        self._leaving.clear()
        lines, self._lines = self._lines, []
        for line in lines:
            with contextlib.suppress(*FAULTS):
                await line.aclose()

    # Sending

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
            named = [(self._name(channel), self._origin + data) for channel, data in batch]
            try:
                await twice(lambda: self._publish(named))
            except FAULTS as error:
                # The others find what is lost here in the journal; the listening task notices that Redis is gone.
                log.warning("%d nudges were not sent: %s", len(batch), error)

    # What differs between one server and a cluster

    @abstractmethod
    async def _open(self) -> None:
        """Opens the listening connections. A channel to which nobody publishes keeps each of them subscribed, so that pings are answered."""

    @abstractmethod
    async def _close(self) -> None: ...

    @abstractmethod
    async def _subscribe(self, names: Sequence[str]) -> None: ...

    @abstractmethod
    async def _unsubscribe(self, name: str) -> None: ...

    @abstractmethod
    async def _publish(self, batch: Sequence[tuple[str, bytes]]) -> None: ...

    @abstractmethod
    async def _set_once(self, claims: Sequence[Claim]) -> Sequence[bool]:
        """For each claim, in order, whether its key was not set before."""

    def _readers(self) -> list[Coroutine[Any, Any, None]]:
        """The readers of the listening connections; each ends only by a fault."""
        return [self._read(line) for line in self._lines]


async def twice(ask: Callable[[], Awaitable[T]]) -> T:
    """Retries when a pooled connection was closed while idle. A repetition does no harm."""
    try:
        return await ask()
    except RedisConnectionError:
        return await ask()


async def set_once(client: Any, claims: Sequence[Claim]) -> list[bool]:
    """For each claim, whether its key was not set before on this server."""
    pipeline = client.pipeline(transaction=False)
    for key, milliseconds in claims:
        pipeline.set(key, b"1", nx=True, px=milliseconds)
    return [bool(answer) for answer in await pipeline.execute()]
