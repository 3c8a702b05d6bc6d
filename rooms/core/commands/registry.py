"""The registry of commands: which rooms know them, who may send them, how often, and their handlers."""

import re
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import msgspec
from sqlalchemy.ext.asyncio import AsyncConnection

from rooms.core.commands.access import Actor
from rooms.core.commands.messages import Command, View, tag_of
from rooms.core.commands.people import Role
from rooms.core.commands.transaction import Transaction
from rooms.core.errors import Problem
from rooms.core.rate_limits import Rate
from rooms.core.text import N_

Rule = Callable[[Actor], None]
"""Raises the Problem when the actor may not; returns nothing when they may."""

C = TypeVar("C", bound=Command)
Handler = Callable[[Transaction, Actor, C], Awaitable[View | None]]
Replied = tuple[View | None, int | None] | Problem
"""The result of one command of a batch: its reply and the seq of its last event in its room, or why it was refused."""
BatchHandler = Callable[[Transaction, Sequence[tuple[Actor, C]]], Awaitable[Sequence[Replied]]]
CounterKey = tuple[str, str]
"""What is counted: the name of a latest value, and a key in it."""
EphemeralHandler = Callable[[AsyncConnection, Sequence[tuple[Actor, C]]], Awaitable[Sequence[CounterKey | Problem]]]
"""For each command what it counts as, or why it is refused. Runs in a read-only transaction."""
ExtraRooms = Callable[[AsyncConnection, str, C], Awaitable[Iterable[str]]]
"""The further rooms that a command in a room will write to, so that all are locked in one order."""


@dataclass(frozen=True, slots=True)
class CommandSpec:
    """What every command declares. `rate` None: only the general limit of a person."""

    type: type[Command]
    kinds: frozenset[str]
    allowed: Rule
    rate: Rate | None

    def check_room(self, actor: Actor) -> None:
        """Raises Problem "not_found" where the room does not know the command."""
        if actor.room.kind not in self.kinds:
            raise Problem("not_found", N_("This room does not know this command."), field="op")

    def check(self, actor: Actor) -> None:
        """Raises Problem where the room does not know the command, or the actor may not send it."""
        self.check_room(actor)
        self.allowed(actor)


@dataclass(frozen=True, slots=True)
class SingleSpec(CommandSpec):
    """A command that is handled alone, in a savepoint of its own. `own_desk`: it also locks the desk of the person who sends it."""

    handler: Handler[Any]
    extra_rooms: ExtraRooms[Any] | None
    own_desk: bool = False

    @property
    def locks_more(self) -> bool:
        """Whether it locks further rooms."""
        return self.extra_rooms is not None or self.own_desk


@dataclass(frozen=True, slots=True)
class BatchSpec(CommandSpec):
    """A command that crowds send: many of them in one room are handled together, by a few statements."""

    handler: BatchHandler[Any]


@dataclass(frozen=True, slots=True)
class EphemeralSpec(CommandSpec):
    """A command that leaves no record, not even an idempotency key."""

    handler: EphemeralHandler[Any]


Spec = SingleSpec | BatchSpec | EphemeralSpec

SPECS: dict[str, Spec] = {}
_NAMED = re.compile(r"(?:required|unknown) field `(\w{1,40})`")


def command(
    type: type[C],
    *,
    kinds: Iterable[str],
    allowed: Rule,
    extra_rooms: ExtraRooms[C] | None = None,
    own_desk: bool = False,
    rate: Rate | None = None,
) -> Callable[[Handler[C]], Handler[C]]:
    """Registers a handler: `@command(ApproveQuestion, kinds={"session"}, allowed=rules.moderates)`."""

    def register(handler: Handler[C]) -> Handler[C]:
        _add(SingleSpec(type, frozenset(kinds), allowed, rate, handler, extra_rooms, own_desk))
        return handler

    return register


def batch_command(
    type: type[C], *, kinds: Iterable[str], allowed: Rule, rate: Rate | None = None
) -> Callable[[BatchHandler[C]], BatchHandler[C]]:
    """Registers a handler of many commands of one type in one room."""

    def register(handler: BatchHandler[C]) -> BatchHandler[C]:
        _add(BatchSpec(type, frozenset(kinds), allowed, rate, handler))
        return handler

    return register


def ephemeral_command(
    type: type[C], *, kinds: Iterable[str], allowed: Rule, rate: Rate
) -> Callable[[EphemeralHandler[C]], EphemeralHandler[C]]:
    """Registers a command of which only a count is broadcast (ephemeral.py). Only its own rate applies, not the general limit of a person."""

    def register(handler: EphemeralHandler[C]) -> EphemeralHandler[C]:
        _add(EphemeralSpec(type, frozenset(kinds), allowed, rate, handler))
        return handler

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
        raise Problem(
            "unknown_op", N_("The command “%(op)s” does not exist."), field="op", values={"op": op[:40]}
        ) from None


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
            "invalid", N_("This value is not valid: %(fault)s."), field=field, values={"fault": message[:200]}
        ) from error


def permitted(actor: Actor) -> list[str]:
    """The ops that this actor may use in this room."""
    # Rules depend on the roles in a room, never on which room or person it is, so a thousand attendees need one computation.
    verified = actor.person is not None and actor.person.verified
    key = (actor.room.kind, actor.person is not None, verified, actor.roles, actor.silenced)
    if key not in _PERMITTED:
        here = (op for op, spec in SPECS.items() if actor.room.kind in spec.kinds and _passes(spec.allowed, actor))
        _PERMITTED[key] = sorted(here)
    return _PERMITTED[key]


_PERMITTED: dict[tuple[str, bool, bool, frozenset[Role], bool], list[str]] = {}


def _passes(rule: Rule, actor: Actor) -> bool:
    try:
        rule(actor)
    except Problem:
        return False
    return True
