"""Serves in one process, and shuts it down in order: it accepts nobody new, and closes its live connections a few at a time."""

import asyncio
import contextlib
import logging
import os
import random
import resource
import signal
import socket
from collections.abc import Callable, Iterator
from types import FrameType

import uvicorn

from server.app import make_app
from server.health import Readiness
from server.live.keepalive import PING_SECONDS
from server.live.request_protocol import RequestProtocol
from server.live.uvicorn_internals import SEND_BUFFER, LiveProtocol
from server.live.wire import MAX_FRAME
from server.settings import Settings

log = logging.getLogger("plenary.server")

BACKLOG = 4096  # connections that may wait in the kernel
ACCEPTED = 32  # connections accepted in one iteration of the loop, during which nobody else is served
DRAIN_RATE = 100.0  # connections closed per second, so that their reconnections do not overload the other processes
BATCH_SECONDS = 0.1
FAREWELL_SECONDS = 3.0  # how long a client may take to answer a close frame
ENDINGS = (signal.SIGTERM, signal.SIGINT)


def listening_socket(host: str, port: int, *, shared: bool) -> socket.socket:
    """A bound socket. IPPROTO_TCP is given because asyncio sets TCP_NODELAY only on sockets made with it (server/live/uvicorn_internals.py on SEND_BUFFER)."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    if shared:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER)
    try:
        listening.bind((host, port))
    except OSError:
        listening.close()
        raise
    return listening


def raise_file_limit() -> None:
    """Raises the limit of open files to what the system permits: each connection needs one."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


class Server(uvicorn.Server):
    """Reports when it is ready. The first SIGTERM or SIGINT drains it, with exit code 0; a second one ends it at once."""

    def __init__(
        self, config: uvicorn.Config, readiness: Readiness, drain_seconds: float, ready: Callable[[], None]
    ) -> None:
        super().__init__(config)
        self._readiness = readiness
        self._drain_seconds = drain_seconds
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        for each in sockets or []:
            each.listen(BACKLOG)  # asyncio sets the kernel's limit to the number that it accepts at once
        if self.started:
            self._ready()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        # uvicorn raises the signal again at the end; an orderly end must have exit code 0.
        before = {number: signal.signal(number, self.handle_exit) for number in ENDINGS}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        if self.should_exit:
            signal.signal(sig, signal.SIG_DFL)
            os.kill(os.getpid(), sig)
        self.should_exit = True
        self._readiness.draining = True

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._readiness.draining = True
        for server in self.servers:
            server.close()
        for each in sockets or []:
            each.close()
        await self._drain()
        await super().shutdown(sockets)

    async def _drain(self) -> None:
        """Closes the live connections in random order, some every tenth of a second. The others are served until then."""
        leaving = [each for each in self.server_state.connections if isinstance(each, LiveProtocol)]
        random.shuffle(leaving)
        span = min(self._drain_seconds, len(leaving) / DRAIN_RATE)
        batch = max(1, round(len(leaving) * BATCH_SECONDS / span)) if span else len(leaving)
        log.info("draining %d connections over %.1f seconds", len(leaving), span)
        for start in range(0, len(leaving), batch or 1):
            for protocol in leaving[start : start + batch]:
                if protocol in self.server_state.connections:
                    protocol.close_timeout = FAREWELL_SECONDS
                    protocol.shutdown()
            if start + batch < len(leaving):
                await asyncio.sleep(BATCH_SECONDS * random.uniform(0.5, 1.5))


def serve(
    settings: Settings, *, shared: bool = False, extra_port: int = 0, ready: Callable[[], None] = lambda: None
) -> None:
    """Serves until SIGTERM or SIGINT. `shared`: other processes serve the same port; `extra_port`: a port of this process alone, on the loopback.
    Raises OSError when a port is taken."""
    raise_file_limit()
    sockets = [listening_socket(settings.host, settings.port, shared=shared)]
    if extra_port:
        # Shared, because the next process opens it before this one has ended.
        sockets.append(listening_socket("127.0.0.1", extra_port, shared=True))
    readiness = Readiness()
    config = uvicorn.Config(
        make_app(settings, readiness),
        http=RequestProtocol,
        ws=LiveProtocol,
        ws_max_size=MAX_FRAME,
        ws_ping_interval=PING_SECONDS,
        ws_per_message_deflate=False,  # it makes a delivery seven times as expensive
        backlog=ACCEPTED,
        log_config=None,
        log_level="warning",
        access_log=False,
        server_header=False,
        proxy_headers=False,  # web.address trusts only the proxies of the settings
        timeout_graceful_shutdown=10,
    )
    asyncio.run(Server(config, readiness, settings.drain_seconds, ready).serve(sockets=sockets))
