"""Real components (Redis, PostgreSQL, Chromium, coturn): found, or reported as absent.

A test that needs a component which this machine lacks is skipped with a sentence that names the component and its remedy;
where CI is set, it fails, because there nobody reads a list of skipped tests.
"""

import os
import secrets
import shutil
import socket
from collections.abc import Iterable
from pathlib import Path
from typing import NoReturn

import pytest


def in_ci() -> bool:
    return os.environ.get("CI", "").lower() not in {"", "0", "false", "no"}


def absent(component: str, remedy: str) -> NoReturn:
    """Skips the test that asked for `component`, or fails it where CI is set."""
    message = f"{component} is not on this machine: {remedy}"
    if in_ci():
        pytest.fail(f"{message} (CI is set, so this is a failure)", pytrace=False)
    pytest.skip(message)


def find_program(*names: str, folders: Iterable[Path] = ()) -> Path | None:
    """The first of `names` in PATH, then in `folders`."""
    for name in names:
        if found := shutil.which(name):
            return Path(found)
    for folder in folders:
        for name in names:
            if found := shutil.which(name, path=str(folder)):
                return Path(found)
    return None


_given: set[int] = set()


def listens(port: int) -> bool:
    """Whether something accepts connections on this port."""
    try:
        socket.create_connection(("127.0.0.1", port), timeout=5).close()
    except OSError:
        return False
    return True


def free_port(*, and_next: bool = False) -> int:
    """A port of 127.0.0.1 that was free a moment ago, and given to nobody here before; with `and_next`, the one after it as well.

    It lies below those that Linux gives to outgoing connections (ip_local_port_range), one of which could take it before its server does.
    """
    while True:
        port = 20_000 + secrets.randbelow(12_000)
        wanted = {port, port + 1} if and_next else {port}
        if not wanted & _given and all(map(_is_free, wanted)):
            _given.update(wanted)
            return port


def _is_free(port: int) -> bool:
    for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM):
        with socket.socket(socket.AF_INET, kind) as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                return False
    return True
