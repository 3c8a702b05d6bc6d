"""The cookie that proves that a browser has signed in to an account before (see rooms/people/attempts.py)."""

import re

from starlette.requests import HTTPConnection
from starlette.responses import Response

from rooms.people.attempts import MOST_KNOWN, mark_of
from web.site import site_of
from web.viewer import LONG, browser_of, set_cookie

KNOWN = "known"
_MARKS = re.compile(r"[0-9a-f]{32}(\.[0-9a-f]{32})*")


def marks_of(connection: HTTPConnection) -> tuple[str, ...]:
    """The marks are checked where they are used."""
    value = connection.cookies.get(site_of(connection).cookie(KNOWN), "")
    return tuple(value.split(".")[:MOST_KNOWN]) if _MARKS.fullmatch(value) else ()


def remember(connection: HTTPConnection, response: Response, email: str | None) -> None:
    """Records in a response that this browser has signed in to an account. Guests (None) have no account to lock."""
    if email is None:
        return
    site = site_of(connection)
    mark = mark_of(site.engine, browser_of(connection), email)
    marks = [mark, *(each for each in marks_of(connection) if each != mark)]
    set_cookie(site, response, KNOWN, ".".join(marks[:MOST_KNOWN]), LONG)
