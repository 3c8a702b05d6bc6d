"""Small ASGI applications that hold one live connection."""

import asyncio
import asyncio.selector_events
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any

from rooms.core.delivery.sink import EncodedMessage
from server.live.uvicorn_internals import EXTENSION
from tests.support.serving import serving
from tests.support.wire import Wire, wire


class App:
    """Accepts one socket and waits for its end; `protocol` is what the extension gives."""

    def __init__(self) -> None:
        self.protocol: Any = None
        self.messages: list[dict[str, Any]] = []
        self.accepted = asyncio.Event()
        self.ended = asyncio.Event()

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "websocket":
            await send({"type": "http.response.start", "status": 404, "headers": []})
            await send({"type": "http.response.body", "body": b""})
            return
        self.protocol = scope["extensions"].get(EXTENSION)
        await receive()
        await send({"type": "websocket.accept", "subprotocol": "plenary.v1.json"})
        self.accepted.set()
        while True:
            message = await receive()
            self.messages.append(message)
            if message["type"] == "websocket.disconnect":
                self.ended.set()
                return
            if message.get("text") == "answer":
                await send({"type": "websocket.send", "text": '{"from": "asgi"}'})


class HandingOver(App):
    """Hands its connection over as soon as it is open, and answers by frames."""

    def __init__(self) -> None:
        super().__init__()
        self.returned = asyncio.Event()

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        self.protocol = scope["extensions"].get(EXTENSION)
        await receive()
        await send({"type": "websocket.accept", "subprotocol": "plenary.v1.json"})
        self.accepted.set()
        await asyncio.sleep(0.05)  # a client that speaks at once is not overheard
        self.protocol.hand_over(self)
        self.returned.set()

    def put_nowait(self, message: dict[str, Any]) -> None:
        if self.ended.is_set():
            return
        self.messages.append(message)
        if message["type"] == "websocket.disconnect":
            self.ended.set()
        elif message.get("text") == "answer":
            self.protocol.write_frame(EncodedMessage(b'{"from": "inbox"}').frame)


@asynccontextmanager
async def opened() -> AsyncGenerator[tuple[App, Wire]]:
    app = App()
    async with serving(app) as port, wire(f"ws://127.0.0.1:{port}/live") as client:
        await asyncio.wait_for(app.accepted.wait(), 5)
        yield app, client
