"""A real TURN server (coturn) on a free port of 127.0.0.1, with credentials that expire (the TURN REST scheme)."""

import base64
import hashlib
import hmac
import secrets
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.support.components import absent, find_program, free_port
from tests.support.process import Process, temporary_folder

REALM = "plenary.test"


class TurnServer(Process):
    """Relays between addresses of this machine, which a TURN server for the public must never do."""

    def __init__(self, program: Path, folder: Path) -> None:
        self.port = free_port()
        self.secret = secrets.token_hex(16)
        self.url = f"turn:127.0.0.1:{self.port}"
        settings = folder / "turnserver.conf"
        settings.write_text(
            f"listening-ip=127.0.0.1\nrelay-ip=127.0.0.1\nlistening-port={self.port}\nrealm={REALM}\n"
            f"use-auth-secret\nstatic-auth-secret={self.secret}\nallow-loopback-peers\n"
            f"no-tls\nno-dtls\nno-cli\nfingerprint\nlog-file=stdout\nsimple-log\n"
            f"userdb={folder / 'turndb'}\npidfile={folder / 'turnserver.pid'}\n"
        )
        super().__init__([program, "-c", settings], ready=self._listens, folder=folder)

    def credentials(self, person: str, *, seconds: int = 600) -> tuple[str, str]:
        """User name and password, valid for `seconds` (none when negative)."""
        username = f"{int(time.time()) + seconds}:{person}"
        digest = hmac.new(self.secret.encode(), username.encode(), hashlib.sha1).digest()
        return username, base64.b64encode(digest).decode()

    def _listens(self) -> bool:
        try:
            socket.create_connection(("127.0.0.1", self.port), timeout=5).close()
        except OSError:
            return False
        return True


@contextmanager
def running_coturn() -> Iterator[TurnServer]:
    program = find_program("turnserver")
    if program is None:
        absent("coturn", "install the Debian package coturn")
    with temporary_folder("coturn") as folder, TurnServer(program, folder) as server:
        yield server
