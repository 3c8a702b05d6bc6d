"""A real Redis (or Valkey) server on a free port of 127.0.0.1."""

import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import NamedTuple, TypeVar

from tests.support.components import absent, find_program, free_port
from tests.support.process import START_SECONDS, Process, temporary_folder

SLOTS = 16384
Server = TypeVar("Server", bound="RedisServer")


class RedisServer(Process):
    """Kept in memory only: after `stop()` or `kill()` and `start()` it is empty."""

    def __init__(self, program: Path, folder: Path, *more: str) -> None:
        self.port = free_port()
        self.url = f"redis://127.0.0.1:{self.port}/0"
        settings = ("--bind", "127.0.0.1", "--port", str(self.port), "--save", "", "--appendonly", "no")
        super().__init__([program, *settings, *more], ready=self._answers, folder=folder)

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


class ClusterServer(RedisServer):
    """A node of a cluster: all of it, or with `share` (index, number of nodes) its share of the slots. After `kill()` and `start()` it knows that still."""

    def __init__(self, program: Path, folder: Path, share: tuple[int, int] = (0, 1)) -> None:
        self._bus_port = free_port()  # the nodes' own; else it would be 10,000 above the other, which may not exist
        index, nodes = share
        self._slots = f"{SLOTS * index // nodes} {SLOTS * (index + 1) // nodes - 1}"
        self._alone = nodes == 1
        settings = ("--cluster-enabled", "yes", "--cluster-port", str(self._bus_port), "--cluster-node-timeout", "2000")
        super().__init__(program, folder, *settings, "--dir", str(folder))
        self.url = f"redis+cluster://127.0.0.1:{self.port}"

    def meet(self, other: "ClusterServer") -> None:
        self._ask(f"CLUSTER MEET 127.0.0.1 {other.port} {other._bus_port}".encode())

    @property
    def whole(self) -> bool:
        """Whether it knows who has each of the slots."""
        return b"cluster_state:ok" in self._ask(b"CLUSTER INFO")

    @property
    def channels(self) -> int:
        """How many sharded channels somebody has subscribed to."""
        return int(self._ask(b"PUBSUB SHARDCHANNELS").partition(b"\r\n")[0].removeprefix(b"*"))

    def _answers(self) -> bool:
        if not super()._answers():
            return False
        if b"cluster_slots_assigned:0" in self._ask(b"CLUSTER INFO"):
            self._ask(f"CLUSTER ADDSLOTSRANGE {self._slots}".encode())
        return self.whole or not self._alone


class SentinelServer(Process):
    """Watches over one master, which it calls "bus"; replaces it by its replica a second after it has died. `url` is the bus's address."""

    def __init__(self, program: Path, folder: Path, master: RedisServer) -> None:
        self.port = free_port()
        self.url = f"redis+sentinel://127.0.0.1:{self.port}/bus/0"
        settings = folder / "sentinel.conf"
        settings.write_text(
            f"bind 127.0.0.1\nport {self.port}\ndir {folder}\n"
            f"sentinel monitor bus 127.0.0.1 {master.port} 1\n"
            "sentinel down-after-milliseconds bus 1000\nsentinel failover-timeout bus 5000\n"
        )
        super().__init__([program, settings, "--sentinel"], ready=self._knows_replica, folder=folder)

    def master(self) -> int:
        """The port of the present master."""
        return int(self._ask("SENTINEL GET-MASTER-ADDR-BY-NAME bus").split(b"\r\n")[4])

    def _knows_replica(self) -> bool:
        try:
            return b"slaves=1" in self._ask("INFO sentinel")
        except OSError:
            return False

    def _ask(self, command: str) -> bytes:
        with socket.create_connection(("127.0.0.1", self.port), timeout=5) as connection:
            connection.sendall(command.encode() + b"\r\n")
            return connection.recv(8192).strip()


class Watched(NamedTuple):
    """`master` and `replica` as they are at the beginning."""

    master: RedisServer
    replica: RedisServer
    sentinel: SentinelServer


@contextmanager
def running_sentinel() -> Iterator[Watched]:
    program = find_program("redis-server", "valkey-server")
    if program is None:
        absent("Redis", "install the Debian package redis-server")
    quick = ("--repl-diskless-sync-delay", "0")
    with ExitStack() as stack:
        folders = [stack.enter_context(temporary_folder(f"redis-{name}")) for name in ("master", "replica", "sentinel")]
        master = stack.enter_context(RedisServer(program, folders[0], *quick))
        follow = ("--replicaof", "127.0.0.1", str(master.port))
        replica = stack.enter_context(RedisServer(program, folders[1], *quick, *follow))
        yield Watched(master, replica, stack.enter_context(SentinelServer(program, folders[2], master)))


@contextmanager
def running_redis(kind: type[Server] = RedisServer) -> Iterator[Server]:
    program = find_program("redis-server", "valkey-server")
    if program is None:
        absent("Redis", "install the Debian package redis-server")
    with temporary_folder("redis") as folder, kind(program, folder) as server:
        yield server


@contextmanager
def running_nodes(number: int) -> Iterator[list[ClusterServer]]:
    """A cluster of several nodes, which share the slots."""
    program = find_program("redis-server", "valkey-server")
    if program is None:
        absent("Redis", "install the Debian package redis-server")
    with ExitStack() as stack:
        folders = [stack.enter_context(temporary_folder(f"redis-{index}")) for index in range(number)]
        nodes = [
            stack.enter_context(ClusterServer(program, folder, (index, number))) for index, folder in enumerate(folders)
        ]
        for node in nodes[1:]:
            nodes[0].meet(node)
        deadline = time.monotonic() + START_SECONDS
        while not all(node.whole for node in nodes):
            assert time.monotonic() < deadline, "the nodes have not found each other"
            time.sleep(0.05)
        yield nodes
