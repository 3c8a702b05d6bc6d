"""Extends uvicorn's protocols: WebSockets that write encoded frames and resist floods, and requests that must arrive within limits of time and size.

This is the only module that uses private attributes of uvicorn and websockets. tests/server/test_uvicorn_internals.py finds each of them in this source
and tests that the libraries still have it.
"""

import asyncio
from typing import Any, cast

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.frames import Frame
from websockets.protocol import Protocol as WebSocketProtocol
from websockets.streams import StreamReader

from rooms.core.delivery.fanout import Slot
from rooms.core.delivery.sink import EncodedMessage, Listener
from server.live.keepalive import keep_alive_of
from server.live.slim_asyncio import SlimEvent, SlimQueue

REQUEST_SECONDS = 10.0
BODY_SECONDS = 30.0  # between two pieces of a body
HEAD_LIMIT = 32 * 1024  # bytes of a request's address and headers
MOST_FRAGMENTS = 64  # of one message
CONTROLS, CONTROL_SECONDS = 60, 10.0  # pings and pongs of a client: so many at once, and again in every so many seconds
BUFFER_LIMIT = 256 * 1024  # bytes that may wait in our own memory for a slow client
SEND_BUFFER = 128 * 1024  # bytes in the kernel, which would otherwise take some 2.7 MB for each stalled reader
EXTENSION = "websocket.fanout"


EMPTY_PONG, PONG_SIZE = b"\x8a\x80", 6
"""A pong without payload, and its size with the client's mask (RFC 6455 §5.2)."""


class LiveProtocol(WebSocketsSansIOProtocol):
    """Puts itself into the ASGI scope as the extension "websocket.fanout".

    `descriptor` is the socket's as long as nothing waits in the transport before it, so that frames may be sent to it directly; else -1.
    It is a sink of its own for keep-alive pings; `heard`: whether anything has arrived since the last one.
    """

    binary = False
    descriptor = -1
    heard = True
    _socket = -1
    _ping_slot: Slot | None = None
    _listeners: tuple[Listener, ...] = ()  # one for each room, and one for pings
    _controls_full_at = 0.0

    def __init__(
        self, config: Any, server_state: Any, app_state: dict[str, Any], _loop: asyncio.AbstractEventLoop | None = None
    ) -> None:
        super().__init__(config, server_state, app_state, _loop)
        self._keep_alive = keep_alive_of(server_state, config.ws_ping_interval or 0)
        self.queue = cast(Any, SlimQueue())
        self.writable = cast(Any, SlimEvent())

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        if transport.get_extra_info("sslcontext") is None:
            self._socket = transport.get_extra_info("socket").fileno()
        # With a limit of 0, pause_writing is called as soon as anything has to wait, and resume_writing when nothing waits any more.
        self.transport.set_write_buffer_limits(high=0)
        self._set_descriptor(self._socket)

    def connection_lost(self, exc: Exception | None) -> None:
        # Before the descriptor is closed, because another connection may get the same number.
        self._forget_socket()
        super().connection_lost(exc)
        # Break reference cycles: sink and protocol, websockets' protocol and its parser, asyncio's transport and its own method. The collector runs
        # seldom, and until then each closed connection would hold some 17 KB.
        self._listeners = ()
        self.conn.parser = cast(Any, None)
        getattr(self.transport, "__dict__", {}).pop("_read_ready_cb", None)

    def data_received(self, data: bytes) -> None:
        self.heard = True
        if len(data) == PONG_SIZE and data.startswith(EMPTY_PONG) and self._is_between_frames():
            self._is_flooded()  # the answer to our ping says nothing else: parsing it would cost more than all else of a round
        else:
            super().data_received(data)

    def _is_between_frames(self) -> bool:
        """Whether the parser waits for the first byte of a frame."""
        waiting = cast(Any, self.conn.parser).gi_yieldfrom
        return waiting is not None and waiting.gi_code is StreamReader.at_eof.__code__

    # Keep-alive: by rounds for all connections (server/live/keepalive.py), not by timers of each

    def start_keepalive(self) -> None:
        if self.ping_interval:
            self._ping_slot = self._keep_alive.add(self)

    def stop_keepalive(self) -> None:
        if self._ping_slot is not None:
            self._keep_alive.discard(self._ping_slot)
            self._ping_slot = None

    def keepalive_timeout(self) -> None:
        """The client has sent nothing since the last ping: asks it to resume, in case it still listens, and drops it soon."""
        self.close_now(4509, "no answer to a ping")

    def placed(self, listener: Listener) -> None:
        self._listeners += (listener,)

    def displaced(self, listener: Listener) -> None:
        self._listeners = tuple(each for each in self._listeners if each is not listener)

    def write(self, message: EncodedMessage) -> None:
        self.write_frame(message.frame)

    def close(self, code: int, reason: str) -> None:
        self.close_now(code, reason)

    def pause_writing(self) -> None:
        super().pause_writing()
        self._set_descriptor(-1)

    def resume_writing(self) -> None:
        super().resume_writing()
        self._set_descriptor(self._socket)

    def handle_close(self, event: Frame) -> None:
        self._forget_socket()  # nothing may follow the close frame that is sent as the answer
        super().handle_close(event)

    # Floods: size and rate of whole messages are limited elsewhere, control frames and fragments here

    def handle_ping(self) -> None:
        if not self._is_flooded():
            super().handle_ping()

    def handle_pong(self, event: Frame) -> None:
        if not self._is_flooded():
            super().handle_pong(event)

    def _is_flooded(self) -> bool:
        """Counts a control frame; ends the connection when there are too many."""
        now = self.loop.time()
        self._controls_full_at = max(now, self._controls_full_at) + CONTROL_SECONDS / CONTROLS
        if self._controls_full_at <= now + CONTROL_SECONDS:
            return False
        self.close_now(4529, "retry_after=5")
        return True

    def handle_cont(self, event: Frame) -> None:
        if self.close_sent:
            return
        if len(self.frames) < MOST_FRAGMENTS:
            super().handle_cont(event)
        else:
            self.frames = []
            self.close_now(1009, "too many fragments")

    def send_receive_event_to_app(self) -> None:
        if self.curr_msg_data_type == "text":
            self.frames = [b"".join(self.frames)]
            try:
                self.frames[0].decode()
            except UnicodeDecodeError:  # uvicorn would log it with a traceback, as if it were our fault
                self.frames = []
                self.close_now(1007, "")
                return
        super().send_receive_event_to_app()

    def forget_handshake(self) -> None:
        """Releases what an open connection does not need: some 6 KB of scope and headers, which it would otherwise hold for hours."""
        self.request = self.response = self.server = self.client = cast(Any, None)
        cast(dict[str, Any], self.scope).clear()
        waiting = cast(Any, self.conn.parser).gi_yieldfrom
        if waiting is not None and getattr(waiting.gi_yieldfrom, "gi_code", None) is StreamReader.at_eof.__code__:
            # The parser still holds the request. It waits for the first byte of a frame, so a new one can continue in its place.
            self.conn.parser = WebSocketProtocol.parse(self.conn)
            next(self.conn.parser)

    def _set_descriptor(self, descriptor: int) -> None:
        if descriptor != self.descriptor:
            self.descriptor = descriptor
            for listener in self._listeners:
                listener.refresh()

    def _forget_socket(self) -> None:
        self._socket = -1
        self._set_descriptor(-1)

    async def run_asgi(self) -> None:
        cast(dict[str, Any], self.scope)["extensions"][EXTENSION] = self
        await super().run_asgi()

    def write_frame(self, frame: bytes) -> bool:
        """Writes a whole frame after the earlier ones. Returns False when the reader is too slow and must be closed."""
        transport = self.transport
        if self.close_sent or transport.is_closing():
            return True
        if transport.get_write_buffer_size() > BUFFER_LIMIT:
            return False
        transport.write(frame)
        return True

    def write_rest(self, frame: bytes, sent: int) -> None:
        """Queues what the socket did not take of a frame."""
        if not self.transport.is_closing():
            self.transport.write(memoryview(frame)[sent:])

    def close_now(self, code: int, reason: str) -> None:
        """Sends a close frame and lets the application know; does nothing when the connection is closing already."""
        if self.close_sent or self.transport.is_closing():
            return
        self._forget_socket()
        if not self.handshake_complete:
            self.transport.abort()
            return
        self.queue.put_nowait({"type": "websocket.disconnect", "code": code, "reason": reason})
        self.conn.send_close(code, _fitting(reason))
        self.transport.write(b"".join(self.conn.data_to_send()))
        self.close_sent = True
        if self.read_paused:
            self.read_paused = False
            self.transport.resume_reading()
        # A client that does not read would hold its buffers without end, so they are dropped after a while.
        self.close_timer = self.loop.call_later(self.close_timeout, self.transport.abort)

    def shutdown(self) -> None:
        """The server is going down: asks the client to resume elsewhere."""
        if self.handshake_complete and not self.close_sent:
            self.stop_keepalive()
            self.close_now(4501, "draining")
        else:
            super().shutdown()


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


def _fitting(reason: str) -> str:
    """At most the 123 bytes that a close frame holds (RFC 6455 §5.5)."""
    return reason.encode()[:123].decode(errors="ignore")
