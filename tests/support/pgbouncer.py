"""A real PgBouncer in transaction mode before a PostgreSQL server."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy.engine import make_url

from tests.support.components import absent, find_program, free_port, listens
from tests.support.postgres import unprivileged
from tests.support.process import Process, temporary_folder

POOL_SIZE = 4  # connections to the server, far fewer than the processes would open


class Pooler(Process):
    """`url` is the address of `database` through it, without the option that Plenary needs."""

    def __init__(self, program: Path, folder: Path, database: str, user: int | None, group: int | None) -> None:
        server = make_url(database)
        self.port = free_port()
        self.url = server.set(port=self.port).render_as_string(hide_password=False)
        users, settings = folder / "users.txt", folder / "pgbouncer.ini"
        users.write_text(f'"{server.username}" "{server.password}"\n')
        settings.write_text(
            f"[databases]\n{server.database} = host={server.host} port={server.port}\n"
            f"[pgbouncer]\nlisten_addr = 127.0.0.1\nlisten_port = {self.port}\nunix_socket_dir =\n"
            f"auth_type = plain\nauth_file = {users}\npool_mode = transaction\n"
            f"default_pool_size = {POOL_SIZE}\nmax_client_conn = 200\n"
        )
        for file in (users, settings):
            file.chmod(0o600)
            if user is not None and group is not None:
                os.chown(file, user, group)
        super().__init__([program, settings], ready=lambda: listens(self.port), folder=folder, user=user, group=group)


@contextmanager
def running_pooler(database: str) -> Iterator[Pooler]:
    program = find_program("pgbouncer", folders=[Path("/usr/sbin")])
    if program is None:
        absent("PgBouncer", "install the Debian package pgbouncer")
    user, group = unprivileged()
    with (
        temporary_folder("pgbouncer", user=user, group=group) as folder,
        Pooler(program, folder, database, user, group) as pooler,
    ):
        yield pooler
