"""Refuses malformed addresses before anything reads them, because a value from an address may reach the database or the disk."""

import re
from urllib.parse import unquote_plus

from starlette.types import Scope

from rooms.core.errors import Problem
from rooms.core.text import N_

LONGEST_PATH = 1_000  # characters
LONGEST_QUERY = 8_000  # bytes, as sent
LONGEST_NUMBER = 15  # digits: every such number fits the databases' integers, even multiplied by the size of a page

# PostgreSQL refuses NUL in any text. Line breaks and the like are legal there, but belong in no path.
_CONTROL = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]")


def hostile(scope: Scope) -> Problem | None:
    """The reason for refusing this address, or None. A hostile path is answered like an unknown one."""
    path: str = scope["path"]
    if len(path) > LONGEST_PATH or _CONTROL.search(path):
        return Problem("not_found", N_("This page does not exist, or you do not have access to it."))
    query: bytes = scope["query_string"]
    if len(query) > LONGEST_QUERY or "\0" in unquote_plus(query.decode("latin-1"), "latin-1"):
        return Problem("malformed", N_("This cannot be read."))
    return None
