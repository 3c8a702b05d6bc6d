"""Extends uvicorn's WebSockets: they write encoded frames, resist floods, and are small while they are idle.

This module and request_protocol.py are the only ones that use private attributes of uvicorn and websockets. tests/server/test_uvicorn_internals.py finds
each of them in the source and tests that the libraries still have it.
"""

import asyncio
from collections.abc import Coroutine
from typing import Any, Protocol, cast

from uvicorn.protocols.utils import ClientDisconnected
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.frames import Frame
from websockets.protocol import Protocol as WebSocketProtocol
from websockets.server import ServerProtocol
from websockets.streams import StreamReader

from rooms.core.delivery.sink import Listener
from server.live.keepalive import keep_alive_of
from server.live.slim_asyncio import SlimEvent, SlimQueue

MOST_FRAGMENTS = 64  # of one message
CONTROLS, CONTROL_SECONDS = 60, 10.0  # pings and pongs of a client: so many at once, and again in every so many seconds
BUFFER_LIMIT = 256 * 1024  # bytes that may wait in our own memory for a slow client
SEND_BUFFER = 128 * 1024  # bytes in the kernel, which would otherwise take some 2.7 MB for each stalled reader
EXTENSION = "websocket.fanout"

EMPTY_PONG, PONG_SIZE = b"\x8a\x80", 6
"""A pong without payload, and its size with the client's mask (RFC 6455 §5.2)."""

UVICORN_STATE = (
    *("config", "app", "loop", "logger", "root_path", "asgi_version", "app_state"),
    *("connections", "tasks", "default_headers", "transport", "server", "client", "scheme", "queue"),
    *("handshake_initiated", "handshake_complete", "close_sent", "disconnected", "close_timer", "close_timeout"),
    *("initial_response", "conn", "read_paused", "writable", "ping_interval", "ping_timeout", "ping_timer"),
    *("pong_timer", "pending_ping_payload", "ping_sent_at", "last_ping_rtt", "frames", "curr_msg_data_type"),
    *("request", "response", "scope"),
)
"""What uvicorn keeps of a connection. It has more attributes than Python's compact dicts hold, so slots save 1.3 KB for each connection."""

PARSERS = {ServerProtocol.parse.__code__, WebSocketProtocol.parse.__code__}
"""The parser of websockets: the first one parses the request, and then frames by the second one."""


class Inbox(Protocol):
    """Takes the ASGI messages of a connection."""

    def put_nowait(self, message: Any, /) -> None: ...


class LiveProtocol(WebSocketsSansIOProtocol):
    """Puts itself into the ASGI scope as the extension "websocket.fanout".

    `descriptor` is the socket's as long as nothing waits in the transport before it, so that frames may be sent to it directly; else -1.
    `silent_rounds`: how many rounds of keep-alive have begun since anything arrived.
    """

    __slots__ = (
        *UVICORN_STATE,
        *("_controls_full_at", "_is_handed_over", "_keep_alive", "_listeners", "_socket"),
        *("descriptor", "silent_rounds"),
    )

    def __init__(
        self, config: Any, server_state: Any, app_state: dict[str, Any], _loop: asyncio.AbstractEventLoop | None = None
    ) -> None:
        super().__init__(config, server_state, app_state, _loop)
        self.queue = cast(Any, SlimQueue())
        self.writable = cast(Any, SlimEvent())
        self.descriptor = self._socket = -1
        self.silent_rounds = 0
        self._is_handed_over = False
        self._keep_alive = keep_alive_of(server_state, config.ws_ping_interval or 0)
        self._listeners: tuple[Listener, ...] = ()  # one for each room
        self._controls_full_at = 0.0

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
        # Break reference cycles: sink, protocol and inbox, websockets' protocol and its parser, asyncio's transport and its own method. The collector runs
        # seldom, and until then each closed connection would hold some 17 KB.
        self._listeners = ()
        self.conn.parser = cast(Any, None)
        if self._is_handed_over:
            self.queue = cast(Any, SlimQueue())
        getattr(self.transport, "__dict__", {}).pop("_read_ready_cb", None)

    def data_received(self, data: bytes) -> None:
        self.silent_rounds = 0
        if len(data) == PONG_SIZE and data.startswith(EMPTY_PONG) and self._is_between_frames():
            self._is_flooded()  # the answer to our ping says nothing else: parsing it would cost more than all else of a round
            return
        if self.conn.parser is None:
            self.conn.parser = WebSocketProtocol.parse(self.conn)
            next(self.conn.parser)
        super().data_received(data)
        if self._is_handed_over:
            self._forget_parser()

    def _is_between_frames(self) -> bool:
        """Whether the parser waits for the first byte of a frame."""
        waiting: Any = self.conn.parser
        while waiting is not None and waiting.gi_code in PARSERS:
            waiting = waiting.gi_yieldfrom
        return self.conn.parser is None or (waiting is not None and waiting.gi_code is StreamReader.at_eof.__code__)

    def _forget_parser(self) -> None:
        """Between frames a parser knows nothing, but keeps its last frame, and the first one the request: together 0.6 KB. The next frame gets
        a new one."""
        if self._is_between_frames():
            self.conn.parser = cast(Any, None)

    # Keep-alive: by rounds for all connections (server/live/keepalive.py), not by timers of each

    def start_keepalive(self) -> None:
        if self.ping_interval:
            self._keep_alive.add(self)

    def stop_keepalive(self) -> None:
        self._keep_alive.discard(self)

    def keepalive_timeout(self) -> None:
        """The client has not answered a ping: asks it to resume, in case it still listens, and drops it soon."""
        self.close_now(4509, "no answer to a ping")

    def placed(self, listener: Listener) -> None:
        self._listeners += (listener,)

    def displaced(self, listener: Listener) -> None:
        self._listeners = tuple(each for each in self._listeners if each is not listener)

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

    # Without a task: the ASGI call ends when the connection is open

    async def run_asgi(self) -> None:
        cast(dict[str, Any], self.scope)["extensions"][EXTENSION] = self
        try:
            await self.app(self.scope, self.receive, self.send)
        except ClientDisconnected:
            pass
        except BaseException:
            self.logger.exception("the application failed on a WebSocket")
        if not self.handshake_complete:
            self.send_500_response()
        if not self._is_handed_over and self.close_timer is None:
            self.transport.close()

    def hand_over(self, inbox: Inbox) -> None:
        """To be called by the application when the connection is open: puts all messages into `inbox` from now on, and the ASGI call may return. What
        follows the first "disconnect" means nothing. Releases what only the handshake needs."""
        waiting, self.queue = cast(SlimQueue, self.queue), cast(Any, inbox)
        self._is_handed_over = True
        if self.read_paused:
            self.transport.resume_reading()
        # uvicorn pauses after every message, until the application has asked for it. The inbox itself decides when to pause (`hold_back`).
        self.read_paused = True
        while not waiting.empty():
            inbox.put_nowait(waiting.get_nowait())
        self.request = self.response = self.server = self.client = cast(Any, None)
        cast(dict[str, Any], self.scope).clear()
        self._forget_parser()

    def hold_back(self) -> None:
        self.transport.pause_reading()

    def go_on(self) -> None:
        self.transport.resume_reading()

    def spawn(self, work: Coroutine[Any, Any, None]) -> None:
        """Runs work in a task that the server waits for when it stops."""
        task = self.loop.create_task(work)
        task.add_done_callback(self.on_task_complete)
        self.tasks.add(task)

    def _set_descriptor(self, descriptor: int) -> None:
        if descriptor != self.descriptor:
            self.descriptor = descriptor
            for listener in self._listeners:
                listener.refresh()

    def _forget_socket(self) -> None:
        self._socket = -1
        self._set_descriptor(-1)

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


def _fitting(reason: str) -> str:
    """At most the 123 bytes that a close frame holds (RFC 6455 §5.5)."""
    return reason.encode()[:123].decode(errors="ignore")
