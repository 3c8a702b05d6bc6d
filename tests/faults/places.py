"""Servers for the faults: the real one, the shaken one, and what they say of themselves."""

import contextlib
import json
import os
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.faults.client import LiveAddress
from tests.support.process import temporary_folder
from tests.support.server import Server

LONG = os.environ.get("PLENARY_SOAK") == "1"


def scaled(quick: Any, long: Any) -> Any:
    """How much of something: a little in every run of the tests, a lot under scripts/soak."""
    return long if LONG else quick


def tell(path: Path, words: str) -> None:
    """Writes a file atomically: another process reads either the old or the new content, never half of it."""
    draft = path.with_suffix(".draft")
    draft.write_text(words)
    draft.replace(path)


class Shaken(Server):
    """See tests/faults/shaken.py for what `faults` may hold. `calm()` starts it without them the next time."""

    def __init__(
        self, folder: Path, database: str, *, redis: str = "", faults: dict[str, Any], **settings: str
    ) -> None:
        super().__init__(folder, database, redis=redis, **settings)
        self.shake(faults)

    def shake(self, faults: dict[str, Any]) -> None:
        self.command = [sys.executable, "-W", "error", "-m", "tests.faults.shaken", json.dumps(faults), "run"]

    @property
    def door(self) -> LiveAddress:
        return door_of(self)

    def figure(self, name: str, **labels: str) -> float:
        return figure(self, name, **labels)


def door_of(server: Server, port: int = 0) -> LiveAddress:
    """The door of a server, or of a proxy before it."""
    return LiveAddress(port or server.port, f"127.0.0.1:{server.port}")


@contextmanager
def shaken(
    count: int, database: str, *redis: str, faults: dict[str, Any] | None = None, **settings: str
) -> Iterator[list[Shaken]]:
    """So many processes, each with a port of its own, on one Redis or on one each. Without rate limits; `faults` for all of them."""
    given = {"unlimited": True, **(faults or {})}
    with contextlib.ExitStack() as stack:
        servers: list[Shaken] = []
        for number in range(count):
            folder = stack.enter_context(temporary_folder("fault"))
            bus = redis[number % len(redis)] if redis else ""
            servers.append(Shaken(folder, database, redis=bus, faults=given, drain_seconds="1", **settings))
        # Side by side: most of a start is Python's own, most of an end is waiting.
        together = stack.enter_context(ThreadPoolExecutor(count))
        stack.callback(lambda: list(together.map(Shaken.stop, servers)))
        list(together.map(Shaken.start, servers))
        yield servers


def figure(server: Server, name: str, **labels: str) -> float:
    """The sum of a server's samples of this name that have these labels."""
    status, _, body = server.get("/metrics")
    assert status == 200, body
    wanted = [f'{label}="{value}"' for label, value in labels.items()]
    lines = [line for line in body.decode().splitlines() if line.split("{")[0].split(" ")[0] == name]
    return sum(float(line.rpartition(" ")[2]) for line in lines if all(part in line for part in wanted))


def alternately(*doors: LiveAddress) -> Callable[[], LiveAddress]:
    """A door for each attempt: first spread over all of them, then the next one each time, as a balancer would."""
    calls = -1

    def choose() -> LiveAddress:
        nonlocal calls
        calls += 1
        return doors[calls % len(doors)]

    return choose


def resident(pid: int) -> int:
    """Bytes of memory that a process has."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) * 1024
    raise LookupError(pid)


def descriptors(pid: int) -> int:
    return len(list(Path(f"/proc/{pid}/fd").iterdir()))
