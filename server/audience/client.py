"""One live connection that follows a room, and checks that no event is missing and none comes twice."""

import asyncio
import itertools
import ssl
import uuid
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, NamedTuple

import msgpack
import msgspec
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake
from websockets.typing import Origin, Subprotocol

from server.audience.tally import Tally
from server.live.wire import JSON, MSGPACK

ANSWER_SECONDS = 20.0
HEARTBEAT_SECONDS = 20.0
CATCH_UP_SECONDS = 8.0
MOST_BYTES = 16 * 1024 * 1024


class LiveAddress(NamedTuple):
    """Where the live connection is: its address, the origin to come from, and host and port if they differ from the address."""

    url: str
    origin: str
    target: tuple[str, int] | None


class CommandRefused(Exception):
    """A command was answered with a problem."""

    def __init__(self, problem: dict[str, Any]) -> None:
        super().__init__(problem["code"], problem["message"])
        self.code: str = problem["code"]
        self.retry_after: float = problem.get("retry_after") or 0.0


class NotTrusted(Exception):
    """The server's certificate is not trusted here, so nobody can connect."""


class Gone(Exception):
    """The connection has ended with a close code (1006: without one)."""

    def __init__(self, code: int, reason: str = "") -> None:
        super().__init__(code, reason)
        self.code = code


class Client:
    """Callbacks, in the order of the wire: `on_event` gets each visible event (and whether it comes late, after a resume), `entered` each reply with a
    snapshot, `values` latest values."""

    def __init__(
        self,
        door: LiveAddress,
        room: str,
        ticket: Callable[[], Awaitable[str]],
        tally: Tally,
        *,
        packed: bool,
        on_event: Callable[[dict[str, Any], bool], None],
        entered: Callable[[dict[str, Any]], None],
        values: Callable[[dict[str, Any]], None],
    ) -> None:
        self._door = door
        self._room = room
        self._ticket = ticket
        self._tally = tally
        self._packed = packed
        self._on_event, self._entered, self._values = on_event, entered, values
        self._connection: ClientConnection | None = None
        self._waiting: dict[int, asyncio.Future[dict[str, Any]]] = {}
        self._numbers = itertools.count(1)
        self._epoch = ""
        self._seq = -1
        self._acknowledged = 0
        self._left: dict[str, Any] | None = None

    async def follow(self, while_in: Callable[[], Coroutine[Any, Any, None]]) -> None:
        """Connects, joins (resuming at its position) and runs `while_in` until that ends. Raises Gone, Refused when the room is not open, or NotTrusted."""
        try:
            async with self._connect() as connection:
                self._connection = connection
                try:
                    await first_of(self._read(connection), self._take_part(while_in))
                finally:
                    await connection.close()
        except ConnectionClosed as closed:
            raise _gone(closed) from closed
        except ssl.SSLCertVerificationError as fault:
            raise NotTrusted(fault.verify_message) from fault
        except (OSError, TimeoutError, InvalidHandshake, EOFError) as fault:
            raise Gone(1006, str(fault)) from fault
        finally:
            self._connection = None
            for future in self._waiting.values():
                future.cancel()
            self._waiting.clear()

    def _connect(self) -> connect:
        host, port = self._door.target or (None, None)
        return connect(
            self._door.url,
            origin=Origin(self._door.origin),
            subprotocols=[Subprotocol(MSGPACK if self._packed else JSON)],
            compression=None,
            proxy=None,
            max_size=MOST_BYTES,
            open_timeout=ANSWER_SECONDS,
            close_timeout=2,
            **({"host": host, "port": port} if host else {}),
        )

    def drop(self) -> None:
        """Ends the connection without a word, as a lost network does."""
        if self._connection is not None:
            self._connection.transport.abort()

    async def command(self, op: str, **fields: Any) -> dict[str, Any]:
        """Returns the answer {"ok": …, "seq": …}. Raises Refused or Gone."""
        answer = await self._ask({"op": op, "room": self._room, "key": uuid.uuid4().hex, **fields})
        self._acknowledged = max(self._acknowledged, answer.get("seq", 0))
        return answer

    async def _take_part(self, while_in: Callable[[], Coroutine[Any, Any, None]]) -> None:
        await self._send({"op": "hello", "ticket": await self._ticket(), "client": "audience/1"})
        join: dict[str, Any] = {"op": "join", "room": self._room}
        if self._epoch:
            join["after"] = {"epoch": self._epoch, "seq": self._seq}
        await self._ask(join)
        await first_of(self._beat(), while_in())

    async def _beat(self) -> None:
        """The answer to a heartbeat names the last event of the room. A client without it soon after has lost something."""
        while True:
            await asyncio.sleep(HEARTBEAT_SECONDS)
            answer = await self._ask({"op": "heartbeat"})
            top, epoch = max(answer["ok"]["seqs"].get(self._room, 0), self._acknowledged), self._epoch
            await asyncio.sleep(CATCH_UP_SECONDS if top > self._seq else 0)
            if self._epoch == epoch and top > self._seq:
                self._tally.lost += 1
                self._tally.fault(f"seq {top} was announced and {self._seq} is the last that came")

    async def _ask(self, message: dict[str, Any]) -> dict[str, Any]:
        number = next(self._numbers)
        future = asyncio.get_running_loop().create_future()
        self._waiting[number] = future
        try:
            await self._send({**message, "id": number})
            answer: dict[str, Any] = await asyncio.wait_for(future, ANSWER_SECONDS)
        except TimeoutError:
            self._tally.fault(f"{message['op']} was not answered within {ANSWER_SECONDS:g} seconds")
            raise Gone(1006) from None
        finally:
            self._waiting.pop(number, None)
        if "error" in answer:
            raise CommandRefused(answer["error"])
        return answer

    async def _send(self, message: dict[str, Any]) -> None:
        assert self._connection is not None
        data = msgpack.packb(message) if self._packed else msgspec.json.encode(message).decode()
        try:
            await self._connection.send(data)
        except ConnectionClosed as closed:
            raise _gone(closed) from closed

    async def _read(self, connection: ClientConnection) -> None:
        """Reads until the connection ends or the server removes this client from the room."""
        while True:
            data = await connection.recv()
            self._receive(msgspec.json.decode(data) if isinstance(data, str) else msgpack.unpackb(data))
            if self._left is not None:
                raise CommandRefused(self._left)

    def _receive(self, message: dict[str, Any]) -> None:
        if "id" in message:
            future = self._waiting.get(message["id"]) if message["id"] is not None else None
            ok = message.get("ok")
            # The rest of a room's news may follow at once, so its position is taken here and not where the answer is waited for.
            if isinstance(ok, dict) and "epoch" in ok:
                self._enter(ok)
            if future is not None and not future.done():
                future.set_result(message)
            elif "error" in message and message["id"] is None:
                self._tally.fault(f"the server could not read us: {message['error']}")
        elif message.get("op") == "welcome":
            pass
        elif message.get("room") == self._room:
            if "left" in message:
                self._left = message["left"]
            elif "epoch" in message:
                self._enter(message)
            else:
                self._advance(message.get("events", []))
                self._values(message.get("latest", {}))

    def _enter(self, joined: dict[str, Any]) -> None:
        if joined.get("resumed"):
            self._tally.resumed += 1
            self._advance(joined["events"], late=True)
            if self._seq != joined["seq"]:
                self._tally.holes += 1
                self._tally.fault(f"resumed up to {self._seq}, but the room is at {joined['seq']}")
        else:
            self._tally.snapshots += 1
            self._epoch, self._seq, self._acknowledged = joined["epoch"], joined["seq"], 0
            self._entered(joined)
        self._values({**joined["latest"], "own_votes": dict.fromkeys(joined["own"].get("votes", []), True)})

    def _advance(self, events: list[dict[str, Any]], *, late: bool = False) -> None:
        for event in events:
            seq = event["seq"]
            if seq <= self._seq:
                self._tally.doubles += 1
                self._tally.fault(f"seq {seq} came again after {self._seq}")
                continue
            if seq > self._seq + 1:
                self._tally.holes += 1
                self._tally.fault(f"seq {seq} came after {self._seq}")
            self._seq = seq
            self._tally.events += 1
            if "type" in event:
                self._on_event(event, late)


def _gone(closed: ConnectionClosed) -> Gone:
    return Gone(closed.rcvd.code, closed.rcvd.reason) if closed.rcvd else Gone(1006)


async def first_of(*works: Coroutine[Any, Any, None]) -> None:
    """Runs several coroutines until the first one ends or fails, then cancels the others."""
    tasks = [asyncio.ensure_future(work) for work in works]
    try:
        ended, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    for task in tasks:
        if task in ended:
            task.result()
