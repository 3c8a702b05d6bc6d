"""A real Redis (or Valkey) server on a free port of 127.0.0.1."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.support.components import absent, find_program, free_port
from tests.support.process import Process, temporary_folder


class RedisServer(Process):
    """Kept in memory only: after `stop()` or `kill()` and `start()` it is empty."""

    def __init__(self, program: Path, folder: Path) -> None:
        self.port = free_port()
        self.url = f"redis://127.0.0.1:{self.port}/0"
        settings = ("--bind", "127.0.0.1", "--port", str(self.port), "--save", "", "--appendonly", "no")
        super().__init__([program, *settings], ready=self._answers, folder=folder)

    def flush(self) -> None:
        """Forgets every key, as FLUSHALL does."""
        if (answer := self._ask(b"FLUSHALL")) != b"+OK":
            raise RuntimeError(f"FLUSHALL was answered with {answer!r}")

    def _answers(self) -> bool:
        try:
            return self._ask(b"PING") == b"+PONG"
        except OSError:
            return False

    def _ask(self, command: bytes) -> bytes:
        with socket.create_connection(("127.0.0.1", self.port), timeout=5) as connection:
            connection.sendall(command + b"\r\n")
            return connection.recv(1024).strip()


@contextmanager
def running_redis() -> Iterator[RedisServer]:
    program = find_program("redis-server", "valkey-server")
    if program is None:
        absent("Redis", "install the Debian package redis-server")
    with temporary_folder("redis") as folder, RedisServer(program, folder) as server:
        yield server
