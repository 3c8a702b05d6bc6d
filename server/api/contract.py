"""The registry of the API's operations."""

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import msgspec

from rooms.core.engine import Engine
from web.site import Site

PREFIX = "/api/v1"
VERSION = "1.0.0"

PATH_PARTS = {
    "conference": "The name of the conference in addresses, such as cciep2026.",
    "session": "The id of the session.",
    "room": "The id of the room, as the programme, the sessions and “room” give it.",
    "kind": "`session`, `booth`, `hall` (of the exhibition) or `meeting`.",
    "subject": "The id of the session, booth, hall or meeting.",
}


@dataclass(frozen=True, slots=True)
class Call:
    """A request after its checks: the caller (None: not signed in), the parts of its path, and its validated query and body."""

    site: Site
    person: str | None
    signin: str | None
    path: dict[str, str]
    query: Any
    body: bytes

    @property
    def engine(self) -> Engine:
        return self.site.engine


Handler = Callable[[Call], Awaitable[Any]]


@dataclass(frozen=True, slots=True)
class Operation:
    """`answer` is the type of the response, `query` a struct of the query's parameters, `takes` the kind of body ("command" or none).

    `codes` are the problem codes of this operation, beside those that every operation has.
    """

    name: str
    method: str
    path: str
    summary: str
    details: str
    answer: type[msgspec.Struct]
    query: type[msgspec.Struct] | None
    takes: str
    signed_in: bool
    codes: tuple[str, ...]
    handler: Handler

    @property
    def parts(self) -> list[str]:
        """The parameters of the path."""
        return re.findall(r"{(\w+)}", self.path)


COMMON_CODES = ("malformed", "not_signed_in", "rate_limited", "internal", "unavailable")

OPERATIONS: dict[str, Operation] = {}


def operations() -> list[Operation]:
    """All operations, those that read first."""
    return sorted(OPERATIONS.values(), key=lambda each: each.method)


def operation(
    method: str,
    path: str,
    *,
    answer: type[msgspec.Struct],
    query: type[msgspec.Struct] | None = None,
    takes: str = "",
    signed_in: bool = False,
    codes: tuple[str, ...] = (),
) -> Callable[[Handler], Handler]:
    """Registers a handler; the first paragraph of its docstring is the summary."""

    def register(handler: Handler) -> Handler:
        name = getattr(handler, "__name__")  # noqa: B009 - a Callable need not have one
        summary, _, details = (handler.__doc__ or "").strip().partition("\n\n")
        OPERATIONS[name] = Operation(
            name,
            method,
            PREFIX + path,
            " ".join(summary.split()),
            " ".join(details.split()),
            answer,
            query,
            takes,
            signed_in,
            codes,
            handler,
        )
        return handler

    return register
