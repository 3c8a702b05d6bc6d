"""Clients that act, are cut off, come back and go on: each says each thing until it is answered for good, always under the same key."""

import asyncio
import contextlib
import itertools
import random
import time
import uuid
from collections import Counter
from collections.abc import Callable
from functools import lru_cache
from typing import Any, NamedTuple

import msgspec

from tests.faults.ground import Ground
from tests.faults.line import Line, open_line
from tests.faults.oracle import Ack, Witness

ANSWER_SECONDS = 30.0
BACK_OFF = (0.05, 1.0)
AGAIN = {"unavailable", "rate_limited", "internal", "draining"}


class LiveAddress(NamedTuple):
    """Where a client connects, and the name under which the server wants to be spoken to."""

    port: int
    authority: str


class Gone(Exception):
    """The connection ended before the answer."""


class Refused(Exception):
    def __init__(self, problem: dict[str, Any]) -> None:
        super().__init__(problem["code"], problem["message"])
        self.code: str = problem["code"]
        self.retry_after: float | None = problem.get("retry_after")


class _Frame(msgspec.Struct, frozen=True):
    op: str | None = None
    id: int | None = None
    ok: msgspec.Raw = msgspec.Raw()
    error: dict[str, Any] | None = None
    room: str | None = None
    events: list[msgspec.Raw] = []
    snapshot: msgspec.Raw = msgspec.Raw()
    epoch: str = ""
    seq: int | None = None
    audience: str = ""
    left: dict[str, Any] | None = None
    latest: dict[str, Any] = {}


@lru_cache(1000)
def _decode(payload: bytes) -> _Frame:
    """Decoded once for all members who receive the same bytes."""
    return msgspec.json.decode(payload, type=_Frame)


class _Joined(msgspec.Struct):
    epoch: str
    seq: int
    audience: str
    resumed: bool = False
    events: list[msgspec.Raw] = []
    latest: dict[str, Any] = {}


class Client:
    """One person with one connection at a time. `doors` gives the door for each attempt; `closes` counts how connections ended; `refusals` what
    commands were answered with before they were done. `resumed_at` is when they last joined."""

    def __init__(
        self,
        ground: Ground,
        number: int,
        doors: Callable[[], LiveAddress],
        room: str = "",
        *,
        receive_buffer: int | None = None,
    ) -> None:
        self.number = number
        self.witness = Witness(f"client {number}", ground.people[number], room or ground.room)
        self.closes: Counter[int] = Counter()
        self.refusals: Counter[str] = Counter()
        self.latest: dict[str, dict[str, Any]] = {}
        self.line: Line | None = None
        self.joined = asyncio.Event()
        self.joined_at = 0.0
        self.left: dict[str, Any] | None = None
        self.delays: list[float] = []
        self.heartbeats: list[float] = []
        self.gate: contextlib.AbstractAsyncContextManager[object] = contextlib.nullcontext()
        self._ground = ground
        self._doors = doors
        self._receive_buffer = receive_buffer
        self._ended = asyncio.Event()
        self._numbers = itertools.count(1)
        self._waiting: dict[int, asyncio.Future[_Frame]] = {}
        self._joining = 0
        self._task: asyncio.Task[None] | None = None

    # Coming and going

    def start(self) -> "Client":
        self._task = asyncio.create_task(self._stay())
        return self

    async def stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task
        if self.line is not None:
            self.line.close()
            self.line = None

    async def _stay(self) -> None:
        failures = 0
        while True:
            try:
                async with self.gate:
                    await self._connect()
                failures = 0
                await self._ended.wait()
            except (OSError, TimeoutError, Gone, Refused) as fault:
                if isinstance(fault, Refused):
                    self.refusals[fault.code] += 1
                failures += 1
            self.joined.clear()
            if self.line is not None:
                self.line.cut()
                self.line = None
            low, high = BACK_OFF
            await asyncio.sleep(random.uniform(low / 2, min(high, low * 2**failures)))

    async def _connect(self) -> None:
        self._ended = ended = asyncio.Event()
        door = self._doors()

        def end(code: int) -> None:
            self.closes[code] += 1
            self.joined.clear()
            ended.set()
            for future in self._waiting.values():
                if not future.done():
                    future.set_exception(Gone())
                    future.exception()

        self.line = await open_line(door.port, door.authority, self._hear, end, receive_buffer=self._receive_buffer)
        self._send({"op": "hello", "ticket": self._ground.ticket(self.number)})
        witness = self.witness
        join: dict[str, Any] = {"op": "join", "room": witness.room}
        if witness.epoch:
            join["after"] = {"epoch": witness.epoch, "seq": witness.position}
        self._joining = number = next(self._numbers)
        await self._ask(number, join)
        self.joined_at = time.monotonic()
        self.joined.set()

    # What is said

    async def say(self, op: str, **fields: Any) -> _Frame:
        """Gives a command until it is answered for good. Raises Refused when trying again would not help."""
        key = uuid.uuid4().hex
        began = time.monotonic()
        while True:
            await self.joined.wait()
            try:
                answer = await self._ask(
                    next(self._numbers), {"op": op, "room": self.witness.room, "key": key, **fields}
                )
            except (Gone, TimeoutError):
                continue
            except Refused as refused:
                if refused.code not in AGAIN:
                    raise
                self.refusals[refused.code] += 1
                await asyncio.sleep(refused.retry_after or 0.2)
                continue
            self.witness.acks.append(Ack(key, op, self.witness.room, answer.seq))
            self.delays.append(time.monotonic() - began)
            return answer

    async def chat(self) -> _Frame:
        """A message whose text nobody else will ever say."""
        return await self.say("chat.post", text=f"{self.witness.name} {uuid.uuid4().hex}")

    async def beat(self) -> float:
        """Seconds until a heartbeat was answered. Raises Gone."""
        began = time.monotonic()
        await self._ask(next(self._numbers), {"op": "heartbeat"})
        self.heartbeats.append(time.monotonic() - began)
        return self.heartbeats[-1]

    async def _ask(self, number: int, message: dict[str, Any]) -> _Frame:
        future: asyncio.Future[_Frame] = asyncio.get_running_loop().create_future()
        self._waiting[number] = future
        try:
            self._send({**message, "id": number})
            async with asyncio.timeout(ANSWER_SECONDS):
                answer = await future
        finally:
            del self._waiting[number]
        if answer.error is not None:
            raise Refused(answer.error)
        return answer

    def _send(self, message: dict[str, Any]) -> None:
        if self.line is None or self._ended.is_set():
            raise Gone
        self.line.send(msgspec.json.encode(message))

    # What is heard

    def _hear(self, payload: bytes) -> None:
        frame = _decode(payload)
        if frame.id is not None:
            # Handled here, not where the answer is awaited, because the same packet may contain more.
            if frame.id == self._joining and bytes(frame.ok):
                self._enter(msgspec.json.decode(frame.ok, type=_Joined))
            future = self._waiting.get(frame.id)
            if future is not None and not future.done():
                future.set_result(frame)
        elif frame.room is None:
            return
        elif frame.room != self.witness.room:
            self.witness.foreign += 1
        elif frame.left is not None:
            self.left = frame.left
        elif bytes(frame.snapshot):
            self.witness.begin(frame.epoch, frame.seq or 0, frame.audience)
            self.latest = {}
            self._take(frame.latest)
        else:
            self.witness.advance(frame.events)
            self._take(frame.latest)

    def _enter(self, joined: _Joined) -> None:
        if joined.resumed:
            self.witness.resumes += 1
            self.witness.advance(joined.events)
            if self.witness.position != joined.seq:
                self.witness.faults.append(f"{self.witness.name} resumed up to {self.witness.position} of {joined.seq}")
        else:
            self.witness.begin(joined.epoch, joined.seq, joined.audience)
        self.latest = {}
        self._take(joined.latest)

    def _take(self, latest: dict[str, Any]) -> None:
        for name, values in latest.items():
            self.latest.setdefault(name, {}).update(values)
