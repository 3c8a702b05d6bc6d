"""Clients that act, are cut off, come back and go on: each says each thing until it is answered for good, always under the same key."""

import asyncio
import contextlib
import itertools
import random
import time
import uuid
from collections import Counter
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from functools import lru_cache
from typing import Any, NamedTuple

import msgspec

from tests.faults.ground import Ground
from tests.faults.line import Line, open_line
from tests.faults.oracle import Ack, Witness
from tests.support.waiting import until

ANSWER_SECONDS = 30.0
BACK_OFF = (0.05, 1.0)
IN_FLIGHT = (
    500  # handshakes and joins at the same time: more, and this one program is too slow to say hello within 5 seconds
)
ARRIVING = 250  # at once, at the beginning; when a connection is lost they come back as they like
AGAIN = {"unavailable", "rate_limited", "internal", "draining"}


class Door(NamedTuple):
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
        doors: Callable[[], Door],
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


class Crowd(list[Client]):
    @property
    def witnesses(self) -> list[Witness]:
        return [client.witness for client in self]

    @property
    def delays(self) -> list[float]:
        return sorted(delay for client in self for delay in client.delays)

    @property
    def closes(self) -> Counter[int]:
        return sum((client.closes for client in self), Counter())

    @property
    def refusals(self) -> Counter[str]:
        return sum((client.refusals for client in self), Counter())

    async def all_in(self, seconds: float = 30) -> None:
        await until(lambda: all(client.joined.is_set() for client in self), seconds)

    async def act(self, commands: int, pause: float = 0.0) -> None:
        """Everybody says so many things, one after the other."""

        async def one(client: Client) -> None:
            for _ in range(commands):
                await client.chat()
                if pause:
                    await asyncio.sleep(random.uniform(0, 2 * pause))

        async with asyncio.TaskGroup() as group:
            for client in self:
                group.create_task(one(client))

    async def agree(self, seconds: float = 15) -> None:
        """Returns when all have joined and reached the same seq, at least the highest acknowledged one."""
        top = max((ack.seq or 0 for client in self for ack in client.witness.acks), default=0)

        def agreed() -> bool:
            positions = {client.witness.position for client in self}
            return len(positions) == 1 and max(positions) >= top and all(client.joined.is_set() for client in self)

        await until(agreed, seconds)


@asynccontextmanager
async def crowd(
    ground: Ground, doors: Callable[[], Door], *, first: int = 0, count: int | None = None, wait: float = 30
) -> AsyncGenerator[Crowd]:
    """The ground's people from number `first` on, all in the session's room. Whatever happens, they leave."""
    numbers = range(first, len(ground.people) if count is None else first + count)
    people = Crowd(Client(ground, number, doors) for number in numbers)
    gate = asyncio.Semaphore(IN_FLIGHT)
    for client in people:
        client.gate = gate
    try:
        for start in range(0, len(people), ARRIVING):
            arriving = Crowd(client.start() for client in people[start : start + ARRIVING])
            await arriving.all_in(wait)
        yield people
    finally:
        await asyncio.gather(*(client.stop() for client in people))
        await asyncio.sleep(0.05)  # for the sockets to close


def p99(values: list[float]) -> float:
    """The value that one in a hundred exceeds."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * 0.99))]
