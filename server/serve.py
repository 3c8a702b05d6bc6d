"""Serving: one process, or several that share a port."""

import asyncio
import os
import resource
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable

import uvicorn

from server.app import make_app
from server.live.protocols import SEND_BUFFER, LiveProtocol, RequestProtocol
from server.live.wire import MAX_FRAME
from server.settings import Settings

BACKLOG = 4096


def listening_socket(host: str, port: int, *, shared: bool) -> socket.socket:
    """A bound socket. IPPROTO_TCP is named because asyncio sets TCP_NODELAY only on sockets made with it (server/live/protocols.py on SEND_BUFFER)."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    if shared:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER)
    listening.bind((host, port))
    return listening


def raise_file_limit() -> None:
    """Every member is an open file: as many as the system permits."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


class Server(uvicorn.Server):
    """Says when it is ready."""

    def __init__(self, config: uvicorn.Config, ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            self._ready()


def serve(settings: Settings, *, shared: bool = False, ready: Callable[[], None] = lambda: None) -> None:
    """Serves until SIGTERM or SIGINT. `shared`: other processes serve the same port. Raises OSError when the port is taken."""
    raise_file_limit()
    listening = listening_socket(settings.host, settings.port, shared=shared)
    config = uvicorn.Config(
        make_app(settings),
        http=RequestProtocol,
        ws=LiveProtocol,
        ws_max_size=MAX_FRAME,
        ws_per_message_deflate=False,  # seven times the cost of a delivery
        backlog=BACKLOG,
        log_level="warning",
        access_log=False,
        server_header=False,
        proxy_headers=False,  # web.address believes only the proxies of the settings
        timeout_graceful_shutdown=10,
    )
    asyncio.run(Server(config, ready).serve(sockets=[listening]))


def serve_in(workers: int, arguments: list[str]) -> int:
    """Runs several `python -m server run` on one port until SIGTERM or SIGINT; one that dies is replaced. Returns the exit code."""
    children: list[subprocess.Popen[bytes]] = []
    stopping = False

    def start() -> subprocess.Popen[bytes]:
        return subprocess.Popen([sys.executable, "-m", "server", "run", "--shared", *arguments])

    def stop(_signal: int, _frame: object) -> None:
        nonlocal stopping
        stopping = True
        for child in children:
            child.terminate()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    children.extend(start() for _ in range(workers))
    while not stopping:
        time.sleep(0.5)
        for place, child in enumerate(children):
            if child.poll() is not None and not stopping:
                print(f"process {child.pid} has ended with {child.returncode}; starting another", file=sys.stderr)
                time.sleep(1)
                children[place] = start()
    return max((child.wait() for child in children), default=os.EX_OK)
