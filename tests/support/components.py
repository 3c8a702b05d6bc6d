"""Real components (Redis, PostgreSQL, Chromium, coturn): found, or reported as absent.

A test that needs a component which this machine lacks is skipped with a sentence that names the component and its remedy;
where CI is set, it fails, because there nobody reads a list of skipped tests.
"""

import os
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


def free_port(kind: socket.SocketKind = socket.SOCK_STREAM) -> int:
    """A port of 127.0.0.1 that was free a moment ago."""
    with socket.socket(socket.AF_INET, kind) as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
