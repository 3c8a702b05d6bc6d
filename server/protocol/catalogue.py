"""All messages on the wire, collected from the registries of `rooms.core.commands.messages` and in the modules that declare messages."""

import importlib
import sys
import typing
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from typing import Any, TypeVar

import msgspec
import msgspec.inspect as inspect

from rooms.chat.messages import MESSAGE_LENGTH
from rooms.core.commands.messages import Command, Event, Latest, View, declared, tag_of
from rooms.core.commands.registry import SPECS, EphemeralSpec
from rooms.core.errors import ProblemView
from rooms.forum.polls.messages import POLL_TEXT_LENGTH, POLL_TITLE_LENGTH
from rooms.forum.questions.messages import QUESTION_LENGTH
from rooms.forum.questions.moderation_messages import ANSWER_LENGTH
from rooms.people.messages import REPORT_LENGTH
from server.live import wire
from signaling import messages as calls

M = TypeVar("M", bound=type[msgspec.Struct])

LIMITS = {
    "ANSWER_LENGTH": ANSWER_LENGTH,
    "MESSAGE_LENGTH": MESSAGE_LENGTH,
    "POLL_TEXT_LENGTH": POLL_TEXT_LENGTH,
    "POLL_TITLE_LENGTH": POLL_TITLE_LENGTH,
    "QUESTION_LENGTH": QUESTION_LENGTH,
    "REPORT_LENGTH": REPORT_LENGTH,
}
"""The limits that the client checks too. They are named one by one, because slices may use the same name for different limits."""


@dataclass(frozen=True, slots=True)
class Catalogue:
    """`ops` are the messages of the connection itself, `op_parts` their parts. `replies` maps the op of a command to its reply, if that is not null;
    `kinds` to the kinds of rooms that accept it; `ephemeral` are the ops that are not stored. `calls` are the messages of a connection in a call,
    `call_parts` the parts of them and their answers, `direct` the messages to a single connection."""

    ops: list[type[msgspec.Struct]]
    op_parts: list[type[msgspec.Struct]]
    calls: list[type[msgspec.Struct]]
    call_parts: list[type[msgspec.Struct]]
    direct: list[type[msgspec.Struct]]
    problem: type[msgspec.Struct]
    enums: list[type[Enum]]
    views: list[type[View]]
    commands: list[type[Command]]
    events: list[type[Event]]
    latest: list[type[Latest]]
    replies: dict[str, type[View]]
    kinds: dict[str, list[str]]
    ephemeral: set[str]
    limits: dict[str, int]


def collect() -> Catalogue:
    importlib.import_module("rooms.slices")
    views, commands = _in_order(declared(View)), _in_order(declared(Command))
    events, latest = _in_order(declared(Event)), _in_order(declared(Latest))
    enums: dict[str, type[Enum]] = {}
    for struct in (*views, *commands, *events, *latest):
        for field in fields_of(struct):
            enums.update((cls.__name__, cls) for cls in _enums(field.type))
    spoken = [*calls.OPS, *calls.ANSWERS, *calls.PARTS, *calls.DIRECT]
    _refuse_doubles([*enums.values(), *views, *commands, *events, *spoken])
    return Catalogue(
        ops=[wire.Hello, wire.Welcome, wire.Join, wire.Leave, wire.Heartbeat],
        op_parts=[wire.Position, wire.Limits],
        calls=[*calls.OPS],
        call_parts=[*calls.ANSWERS, *calls.PARTS],
        direct=[*calls.DIRECT],
        problem=ProblemView,
        enums=list(enums.values()),
        views=views,
        commands=commands,
        events=events,
        latest=latest,
        replies={tag_of(command): reply for command in commands if (reply := reply_to(tag_of(command)))},
        kinds={tag_of(command): sorted(SPECS[tag_of(command)].kinds) for command in commands},
        ephemeral={op for op, spec in SPECS.items() if isinstance(spec, EphemeralSpec)},
        limits=LIMITS,
    )


def fields_of(struct: type[msgspec.Struct]) -> tuple[inspect.Field, ...]:
    described = inspect.type_info(struct)
    assert isinstance(described, inspect.StructType)
    return described.fields


def may_lack(struct: type[msgspec.Struct], field: inspect.Field) -> bool:
    """Whether a field may be missing on the wire. Clients may leave out fields with a default; the server sends all, unless a type omits defaults."""
    from_client = issubclass(struct, Command | calls.CallOp | calls.ClientPart) or struct in {wire.Hello, wire.Join}
    return not field.required and (from_client or struct.__struct_config__.omit_defaults)


def named_types(struct: type[msgspec.Struct]) -> dict[str, inspect.Type]:
    return {field.name: field.type for field in fields_of(struct)}


def value_of(latest: type[Latest]) -> Any:
    """The type of a latest value."""
    return typing.get_type_hints(latest, include_extras=True)["value"]


def doc_of(cls: type) -> str:
    """The docstring written at the class itself, as one paragraph per paragraph."""
    if issubclass(cls, Enum) and cls.__dict__.get("__doc__") == Enum.__doc__:
        return ""
    paragraphs = (cls.__dict__.get("__doc__") or "").strip().split("\n\n")
    return "\n\n".join(" ".join(paragraph.split()) for paragraph in paragraphs)


def _in_order(classes: list[M]) -> list[M]:
    """Sorted by module and by position in it, because the order of the registries depends on imports."""

    def place(cls: M) -> tuple[str, int]:
        return cls.__module__, list(vars(sys.modules[cls.__module__])).index(cls.__name__)

    # Other packages may use the same bases for messages outside of rooms.
    return sorted((cls for cls in classes if cls.__module__.startswith("rooms.")), key=place)


def reply_to(op: str) -> type[View] | None:
    """The return type of a command's action: a view, or (for batch commands) a list of outcomes with views."""
    spec = SPECS[op]
    found = set(_views_in(typing.get_type_hints(spec.handler).get("return")))
    if len(found) > 1:
        raise LookupError(f"{op} is answered with one of {found}: the client must know which")
    return found.pop() if found else None


def _views_in(annotation: Any) -> Iterator[type[View]]:
    if isinstance(annotation, type) and issubclass(annotation, View) and annotation is not View:
        yield annotation
    for part in typing.get_args(annotation):
        yield from _views_in(part)


def _enums(described: inspect.Type) -> Iterator[type[Enum]]:
    match described:
        case inspect.EnumType(cls=cls):
            yield cls
        case inspect.ListType(item_type=item):
            yield from _enums(item)
        case inspect.DictType(value_type=value):
            yield from _enums(value)
        case inspect.UnionType(types=types):
            for member in types:
                yield from _enums(member)
        case _:
            pass


def _refuse_doubles(classes: list[Any]) -> None:
    """The client uses the class names of messages, so they must be unique."""
    seen: dict[str, type] = {}
    for cls in classes:
        if seen.setdefault(cls.__name__, cls) is not cls:
            raise LookupError(
                f"two messages are called {cls.__name__}: in {seen[cls.__name__].__module__} and {cls.__module__}"
            )
