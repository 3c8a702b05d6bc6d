"""The register of commands: which rooms know them, who may give them, how often, and what they do."""

import re
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import msgspec
from sqlalchemy.ext.asyncio import AsyncConnection

from rooms.core.commands.access import Visit
from rooms.core.commands.messages import Command, View, tag_of
from rooms.core.commands.people import Role
from rooms.core.commands.transaction import Transaction
from rooms.core.errors import Problem
from rooms.core.rate_limits import Rate
from rooms.core.text import N_

Rule = Callable[[Visit], None]
"""Raises the Problem for which this visitor may not; gives nothing when he may."""

C = TypeVar("C", bound=Command)
Action = Callable[[Transaction, Visit, C], Awaitable[View | None]]
Replied = tuple[View | None, int | None] | Problem
"""What one of many commands done together came to: its reply and the seq of its last event in its room, or why it was refused."""
Together = Callable[[Transaction, Sequence[tuple[Visit, C]]], Awaitable[Sequence[Replied]]]
Thing = tuple[str, str]
"""What is counted: the name of a latest value, and a kind in it."""
Passing = Callable[[AsyncConnection, Sequence[tuple[Visit, C]]], Awaitable[Sequence[Thing | Problem]]]
"""For each command what it is counted as, or why it is refused. It may read, in a transaction in which nothing can be written."""
Also = Callable[[AsyncConnection, str, C], Awaitable[Iterable[str]]]
"""Names the further rooms that a command (in a room) will write to, so that all are locked in one order."""


@dataclass(frozen=True, slots=True)
class Spec:
    """All there is to know of a command: it has one of `action`, `together` and `passing`. `rate` None: only the general limit of a person."""

    type: type[Command]
    kinds: frozenset[str]
    allowed: Rule
    action: Action[Any] | None
    together: Together[Any] | None
    passing: Passing[Any] | None
    also: Also[Any] | None
    rate: Rate | None

    @property
    def is_ephemeral(self) -> bool:
        """Whether nothing is kept of it, not even that it was given."""
        return self.passing is not None

    def check(self, visit: Visit) -> None:
        """Raises Problem where the room does not know the command, or the visitor may not give it."""
        if visit.room.kind not in self.kinds:
            raise Problem("not_found", N_("There is no such command in this room."), field="op")
        self.allowed(visit)


SPECS: dict[str, Spec] = {}
_NAMED = re.compile(r"(?:required|unknown) field `(\w{1,40})`")


def command(
    type: type[C], *, kinds: Iterable[str], allowed: Rule, also: Also[C] | None = None, rate: Rate | None = None
) -> Callable[[Action[C]], Action[C]]:
    """Registers an action: `@command(ApproveQuestion, kinds={"session"}, allowed=rules.moderates)`."""

    def register(action: Action[C]) -> Action[C]:
        _add(Spec(type, frozenset(kinds), allowed, action, None, None, also, rate))
        return action

    return register


def commands_together(
    type: type[C], *, kinds: Iterable[str], allowed: Rule, rate: Rate | None = None
) -> Callable[[Together[C]], Together[C]]:
    """Registers an action for the commands that crowds give: it does many of them, in one room, by a few statements."""

    def register(together: Together[C]) -> Together[C]:
        _add(Spec(type, frozenset(kinds), allowed, None, together, None, None, rate))
        return together

    return register


def ephemeral(type: type[C], *, kinds: Iterable[str], allowed: Rule, rate: Rate) -> Callable[[Passing[C]], Passing[C]]:
    """Registers a command of which only a count is told (ephemeral.py). Only its own rate applies, not the general limit of a person."""

    def register(passing: Passing[C]) -> Passing[C]:
        _add(Spec(type, frozenset(kinds), allowed, None, None, passing, None, rate))
        return passing

    return register


def _add(spec: Spec) -> None:
    op = tag_of(spec.type)
    if op in SPECS:
        raise LookupError(f"two actions for {op}")
    SPECS[op] = spec


def spec_of(op: str) -> Spec:
    """Raises Problem "unknown_op"."""
    try:
        return SPECS[op]
    except KeyError:
        raise Problem("unknown_op", N_("There is no command “%(op)s”."), field="op", values={"op": op[:40]}) from None


def read(op: str, fields: dict[str, Any], *, strict: bool = True) -> Command:
    """A command from its op and fields; `strict` false reads a form's texts. Raises Problem "unknown_op" or "invalid" naming the field."""
    spec = spec_of(op)
    try:
        return msgspec.convert({"op": op, **fields}, spec.type, strict=strict)
    except (msgspec.ValidationError, RecursionError) as error:
        message, _, path = str(error).partition(" - at `$")
        named = _NAMED.search(message)
        field = path.strip("`.").split(".")[0].split("[")[0] or (named and named[1]) or None
        raise Problem(
            "invalid", N_("This does not fit: %(fault)s."), field=field, values={"fault": message[:200]}
        ) from error


def permitted(visit: Visit) -> list[str]:
    """The ops that this visitor may use in this room."""
    # Rules look at who someone is in a room, never at which room or person it is; so a thousand attendees are worked out once.
    verified = visit.person is not None and visit.person.verified
    key = (visit.room.kind, visit.person is not None, verified, visit.roles, visit.silenced)
    if key not in _PERMITTED:
        here = (op for op, spec in SPECS.items() if visit.room.kind in spec.kinds and _passes(spec.allowed, visit))
        _PERMITTED[key] = sorted(here)
    return _PERMITTED[key]


_PERMITTED: dict[tuple[str, bool, bool, frozenset[Role], bool], list[str]] = {}


def _passes(rule: Rule, visit: Visit) -> bool:
    try:
        rule(visit)
    except Problem:
        return False
    return True
