"""Plenary itself, run as it is run for people: `python -m server run` in processes of its own, on free ports of 127.0.0.1."""

import contextlib
import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

from rooms.core.engine import Engine
from rooms.people.signins import open_signin
from rooms.people.tickets import issue_ticket
from tests.support.components import free_port
from tests.support.process import Process, temporary_folder
from tests.support.world import SECRET, TestClock, World, make_world

ROOT = Path(__file__).parents[2]


class Server(Process):
    """One process (or, with `workers`, several on one port). Further settings are given without their prefix: name="Forum" is PLENARY_NAME."""

    stop_signal = signal.SIGTERM

    def __init__(self, folder: Path, database: str, *, redis: str = "", workers: int = 1, **settings: str) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.database = database
        given = {
            "url": self.url,
            "host": "127.0.0.1",
            "port": str(self.port),
            "database": database,
            "redis": redis,
            "secret": SECRET.decode(),
            "data": str(folder / "data"),
            **settings,
        }
        self.environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("PLENARY_")},
            "PYTHONPATH": str(ROOT),
            **{f"PLENARY_{name.upper()}": value for name, value in given.items()},
        }
        command = [sys.executable, "-W", "error", "-m", "server", "run", "--workers", str(workers)]
        super().__init__(command, ready=self._answers, folder=folder, environment=self.environment)
        self.log = folder / f"server-{self.port}.log"

    @property
    def socket_url(self) -> str:
        return f"ws://127.0.0.1:{self.port}/live"

    def get(self, path: str, *, method: str = "GET", **headers: str) -> tuple[int, dict[str, str], bytes]:
        """Status, headers (their names in lower case) and body of a request; `_` in a name of `headers` means `-`."""
        connection = HTTPConnection("127.0.0.1", self.port, timeout=10)
        with contextlib.closing(connection):
            connection.request(method, path, headers={name.replace("_", "-"): text for name, text in headers.items()})
            answer = connection.getresponse()
            return answer.status, {name.lower(): text for name, text in answer.getheaders()}, answer.read()

    def _answers(self) -> bool:
        try:
            return self.get("/health/ready")[0] == 200
        except OSError:
            return False


@contextmanager
def running_server(database: str = "", *, redis: str = "", workers: int = 1, **settings: str) -> Iterator[Server]:
    """A server on a database, which it migrates first; on a new SQLite file when none is given."""
    with temporary_folder("server") as folder:
        database = database or f"sqlite+aiosqlite:///{folder / 'plenary.sqlite3'}"
        with Server(folder, database, redis=redis, workers=workers, **settings) as server:
            yield server


@contextmanager
def faultless_server() -> Iterator[Server]:
    """A server on a new SQLite file. Whatever is done to it, its log must not contain an error of its own."""
    with running_server() as running, _faultless([running]):
        yield running


@contextmanager
def faultless_servers(count: int, database: str, redis: str) -> Iterator[list[Server]]:
    """Several processes, held to the same."""
    with running_servers(count, database, redis) as running, _faultless(running):
        yield running


@contextmanager
def _faultless(servers: list[Server]) -> Iterator[None]:
    yield
    said = "".join(server.output() for server in servers)
    assert "Traceback" not in said, said


@contextmanager
def running_servers(count: int, database: str, redis: str, **settings: str) -> Iterator[list[Server]]:
    """Several processes, each with a port of its own, that share a database and a Redis."""
    with contextlib.ExitStack() as stack:
        yield [stack.enter_context(running_server(database, redis=redis, workers=1, **settings)) for _ in range(count)]


async def furnish(server: Server) -> World:
    """The small world of tests/support/world.py in the database of a running server, with the same secret and at the present time."""
    return await make_world(server.database, empty=False, clock=TestClock(datetime.now(UTC)))


async def sign_in(engine: Engine, person: str) -> str:
    """Opens a sign-in as a device would have; returns its id."""
    async with engine.transaction() as tx:
        return await open_signin(tx.connection, person, "a test", tx.now)


async def ticket_for(engine: Engine, person: str | None) -> str:
    """A ticket for the live connection, of a new sign-in (of a visitor when `person` is None)."""
    return issue_ticket(engine, await sign_in(engine, person) if person else None)


def cookie_of(server: Server, engine: Engine, signin: str) -> dict[str, Any]:
    """The cookie by which a browser (Playwright's `add_cookies`) is signed in."""
    from web.cookies import SIGNIN, signed
    from web.site import Site

    site = Site(engine, server.url)
    value = signed(site, SIGNIN, signin)
    return {"name": site.cookie(SIGNIN), "value": value, "url": server.url}
