"""A real PostgreSQL server on a free port of 127.0.0.1, with databases that last for one test."""

import os
import pwd
import secrets
import signal
import subprocess
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import asyncpg

from tests.support.components import absent, find_program, free_port
from tests.support.process import Process, temporary_folder

T = TypeVar("T")

OWNER = "plenary"
QUICK = {
    "fsync": "off",
    "full_page_writes": "off",
}  # what is committed outlives a kill of the server, not of the machine
QUICKEST = {**QUICK, "synchronous_commit": "off"}  # data that nobody will miss
SETTINGS = {"listen_addresses": "127.0.0.1", "unix_socket_directories": "", "max_connections": "200"}


class PostgresServer(Process):
    """Keeps its data over `stop()` and `start()`. Names of databases are ours, so they go into statements as they are."""

    stop_signal = signal.SIGINT  # "fast": does not wait for clients to leave

    def __init__(
        self, program: Path, folder: Path, password: str, user: int | None, group: int | None, settings: dict[str, str]
    ) -> None:
        self.port = free_port()
        self._password = password
        self._prepared: dict[str, Any] = {}
        options = [f"--{name}={value}" for name, value in (SETTINGS | settings).items()]
        command = [program, "-D", folder / "data", "-p", str(self.port), *options]
        super().__init__(command, ready=self._accepts, folder=folder, user=user, group=group)

    def url(self, database: str) -> str:
        """The address of `database` for SQLAlchemy."""
        return f"postgresql+asyncpg://{OWNER}:{self._password}@127.0.0.1:{self.port}/{database}"

    async def create_database(self, template: str = "template1") -> str:
        """A new database, empty or a copy of `template`; gives its name."""
        name = f"test_{secrets.token_hex(6)}"
        await self._execute(f"CREATE DATABASE {name} TEMPLATE {template}")
        return name

    async def drop_database(self, name: str) -> None:
        """Drops it even when somebody is still connected."""
        await self._execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")

    async def prepare_template(self, name: str, fill: Callable[[str], Awaitable[T]]) -> tuple[str, T]:
        """Makes the template `name` once: `fill(url)` creates what is in it and leaves no connection open. Gives its name and what `fill` gave."""
        if name not in self._prepared:
            await self._execute(f"CREATE DATABASE {name}")
            self._prepared[name] = await fill(self.url(name))
        return name, self._prepared[name]

    async def _execute(self, statement: str) -> None:
        connection = await asyncpg.connect(
            host="127.0.0.1", port=self.port, user=OWNER, password=self._password, database="postgres"
        )
        try:
            await connection.execute(statement)
        finally:
            await connection.close()

    def _accepts(self) -> bool:
        return "ready to accept connections" in self.output()  # its port is open before it lets anybody in


@contextmanager
def running_postgres(settings: dict[str, str] | None = None) -> Iterator[PostgresServer]:
    """`settings`: QUICK, QUICKEST, or by default those of production."""
    # Debian keeps the servers of all its versions out of PATH; the newest is good enough.
    folders = sorted(
        Path("/usr/lib/postgresql").glob("*/bin"), key=lambda folder: int(folder.parent.name), reverse=True
    )
    program = find_program("postgres", folders=folders)
    if program is None:
        absent("PostgreSQL", "install the Debian package postgresql")
    user, group = unprivileged()
    password = secrets.token_hex(16)
    with temporary_folder("postgres", user=user, group=group) as folder:
        _create_cluster(program.resolve().with_name("initdb"), folder, password, user, group)
        with PostgresServer(program.resolve(), folder, password, user, group, settings or {}) as server:
            yield server


def _create_cluster(initdb: Path, folder: Path, password: str, user: int | None, group: int | None) -> None:
    password_file = folder / "password"
    password_file.write_text(password)
    password_file.chmod(0o600)
    if user is not None and group is not None:
        os.chown(password_file, user, group)
    # Passwords in the clear: the way is loopback, and a salted hash would cost every connection some milliseconds.
    command = [initdb, "-D", folder / "data", "-U", OWNER, "--auth=password", f"--pwfile={password_file}"]
    command += ["--encoding=UTF8", "--locale=C", "--no-sync"]
    extra_groups = None if user is None else []
    made = subprocess.run(
        command, cwd=folder, capture_output=True, text=True, user=user, group=group, extra_groups=extra_groups
    )
    if made.returncode != 0:
        raise RuntimeError(f"initdb failed:\n{made.stdout}{made.stderr}")


def unprivileged() -> tuple[int, int] | tuple[None, None]:
    """Whom to run it as: PostgreSQL refuses to serve as root."""
    if os.geteuid() != 0:
        return None, None
    for name in ("postgres", "nobody"):
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return entry.pw_uid, entry.pw_gid
    absent("PostgreSQL", "it refuses to serve as root, and there is no user postgres or nobody")
