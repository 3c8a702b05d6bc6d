"""Extends uvicorn's HTTP protocol: requests must arrive within limits of time and size."""

import asyncio
from typing import Any, cast

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

REQUEST_SECONDS = 10.0
BODY_SECONDS = 30.0  # between two pieces of a body
HEAD_LIMIT = 32 * 1024  # bytes of a request's address and headers


class RequestProtocol(HttpToolsProtocol):
    """Closes a connection whose request does not arrive: the head within 10 seconds and 32 KB, then a piece of the body every 30 seconds."""

    _patience: asyncio.TimerHandle | None = None
    _in_body = False
    _incomplete = True
    _read = 0  # bytes since the last whole request

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._wait(REQUEST_SECONDS)

    def data_received(self, data: bytes) -> None:
        self._read += len(data)
        self._incomplete = True
        super().data_received(data)
        if self.parser is None or self.transport.is_closing() or not self._incomplete:
            return
        if self._in_body:
            self._wait(BODY_SECONDS)
        elif self._read > HEAD_LIMIT:
            self.send_400_response("The head of the request is too large.")
        elif self._patience is None:
            self._wait(REQUEST_SECONDS)

    def on_headers_complete(self) -> None:
        self._calm()
        if self.parser.get_http_version() not in {"1.1", "1.0"}:
            raise ValueError("this is not HTTP/1")  # the parser makes a 400 of it
        if len(self.url) + sum(len(name) + len(value) for name, value in self.headers) > HEAD_LIMIT:
            raise ValueError("the head of the request is too large")
        self._in_body = True
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        self._calm()
        self._in_body = self._incomplete = False
        self._read = 0
        super().on_message_complete()

    def connection_lost(self, exc: Exception | None) -> None:
        self._calm()
        super().connection_lost(exc)

    def handle_websocket_upgrade(self) -> None:
        super().handle_websocket_upgrade()
        # Break a reference cycle between parser and protocol, which the collector would find late.
        self.parser = self.scope = cast(Any, None)

    def _wait(self, seconds: float) -> None:
        self._calm()
        self._patience = self.loop.call_later(seconds, self._give_up)

    def _give_up(self) -> None:
        self._patience = None
        if self.flow.read_paused:  # the server does not read at the moment
            self._wait(BODY_SECONDS)
        else:
            self.transport.abort()

    def _calm(self) -> None:
        if self._patience is not None:
            self._patience.cancel()
            self._patience = None
