"""A client at the live connection that says exactly what a test tells it to."""

import asyncio
import itertools
import uuid
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any

import msgpack
import msgspec
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed
from websockets.typing import Origin, Subprotocol

from server.live.wire import JSON

PATIENCE = 15.0


class Wire:
    """`heard` keeps every message in order; `news` those that answer no request."""

    def __init__(self, connection: ClientConnection) -> None:
        self.connection = connection
        self.heard: list[dict[str, Any]] = []
        self._numbers = itertools.count(1)

    @property
    def packed(self) -> bool:
        return self.connection.subprotocol != JSON

    @property
    def news(self) -> list[dict[str, Any]]:
        return [message for message in self.heard if "id" not in message and "op" not in message]

    async def send(self, message: dict[str, Any] | str | bytes) -> None:
        if isinstance(message, dict):
            message = msgpack.packb(message) if self.packed else msgspec.json.encode(message).decode()
        await self.connection.send(message)

    async def receive(self) -> dict[str, Any]:
        data = await asyncio.wait_for(self.connection.recv(), PATIENCE)
        message = msgspec.json.decode(data) if isinstance(data, str) else msgpack.unpackb(data)
        self.heard.append(message)
        return message

    async def ask(self, op: str, **fields: Any) -> dict[str, Any]:
        """Sends a request and gives its answer; messages that arrive in the meantime are in `heard`."""
        number = next(self._numbers)
        await self.send({"op": op, "id": number, **fields})
        while True:
            message = await self.receive()
            if message.get("id") == number:
                return message

    async def command(self, op: str, room: str, **fields: Any) -> dict[str, Any]:
        return await self.ask(op, room=room, key=uuid.uuid4().hex, **fields)

    async def join(self, room: str, **fields: Any) -> dict[str, Any]:
        answer = await self.ask("join", room=room, **fields)
        assert "ok" in answer, answer
        return answer["ok"]

    async def until(self, type: str) -> dict[str, Any]:
        """The next event of a type, among what has been heard or still comes."""
        seen = 0
        while True:
            for message in self.heard[seen:]:
                seen += 1
                for event in message.get("events", []):
                    if event.get("type") == type:
                        return event
            await self.receive()

    async def closed(self) -> tuple[int, str]:
        """The code and the reason with which the server closes (1006 without a word); reads until then."""
        try:
            while True:
                await self.receive()
        except ConnectionClosed as closed:
            return (closed.rcvd.code, closed.rcvd.reason) if closed.rcvd else (1006, "")


@asynccontextmanager
async def wire(
    url: str, ticket: str | None = None, *, subprotocol: str | None = JSON, origin: str | None = None, **options: Any
) -> AsyncGenerator[Wire]:
    """Connects to `url`; says hello when there is a ticket, and has then been welcomed."""
    opened = connect(
        url,
        origin=Origin(origin) if origin else None,
        subprotocols=[Subprotocol(subprotocol)] if subprotocol else None,
        compression=None,
        proxy=None,
        close_timeout=1,
        **options,
    )
    async with opened as connection:
        client = Wire(connection)
        if ticket is not None:
            await client.send({"op": "hello", "ticket": ticket, "client": "test/1"})
            welcome = await client.receive()
            assert welcome.get("op") == "welcome", welcome
        yield client
