"""The readable reference: prose, then every message with its fields and limits."""

from collections.abc import Iterable, Iterator
from enum import Enum
from pathlib import Path
from string import Template

import msgspec
import msgspec.inspect as inspect

from rooms.core.commands.messages import Event, tag_of
from rooms.core.commands.people import PresenceView
from rooms.core.commands.registry import spec_of
from rooms.core.delivery.join_reads import LONGEST_TAIL
from rooms.core.engine import PERSON_RATE
from rooms.core.errors import CODES
from rooms.core.ids import ID_PATTERN
from rooms.meetings.roster import KEPT
from rooms.people.tickets import LASTS_SECONDS
from server.live import wire
from server.live.connection import INBOUND_RATE
from server.protocol.catalogue import Catalogue, doc_of, fields_of, may_lack, named_types
from signaling.signals import MOST_CANDIDATES

PROSE = Path(__file__).with_name("prose.md")

CLOSINGS = {43: "reconnect, join without `after`", 44: "stop", 45: "resume"}


def markdown(catalogue: Catalogue) -> str:
    blocks = [_prose()]
    blocks += [
        "## Problems\n",
        "Every refusal has one shape, here and over HTTP.\n",
        _fields(catalogue.problem),
        _problems(),
    ]
    blocks.append("## Messages of the connection\n")
    for op in catalogue.ops:
        blocks += [_heading(str(op.__struct_config__.tag), op), _fields(op)]
    for part in catalogue.op_parts:
        blocks += [_heading(part.__name__, part), _fields(part)]
    blocks.append("## Messages of a call\n")
    for message in catalogue.calls:
        blocks += [_heading(str(message.__struct_config__.tag), message), _fields(message)]
    for part in catalogue.call_parts:
        blocks += [_heading(part.__name__, part), _fields(part)]
    blocks.append("### Sent to one connection\n")
    for direct in catalogue.direct:
        blocks += [_heading(f"rtc {direct.__struct_config__.tag}", direct).replace("###", "####"), _fields(direct)]
    blocks.append("## Commands\n")
    for command in catalogue.commands:
        op = tag_of(command)
        reply = catalogue.replies.get(op)
        where = (
            f"In a room of kind {_or(catalogue.kinds[op])}. Answered with {f'`{reply.__name__}`' if reply else 'null'}."
        )
        if op in catalogue.ephemeral:
            where += " Ephemeral."
        rate = spec_of(op).rate
        if rate is not None:
            where += f" At most {rate.count} in {rate.seconds:g} seconds."
        blocks += [_heading(op, command), where + "\n", _fields(command)]
    blocks.append("## Events\n")
    for event in catalogue.events:
        blocks += [_heading(tag_of(event), event), f"Sent to {_audience(event)}.\n", _fields(event)]
    blocks += ["## Latest values\n", _latest(catalogue)]
    blocks.append("## Views\n")
    for view in catalogue.views:
        blocks += [_heading(view.__name__, view), _fields(view)]
    blocks.append("## Words\n")
    blocks += [
        f"{_heading(enum.__name__, enum)}\n{_or(member.value for member in enum)}.\n" for enum in catalogue.enums
    ]
    return "\n".join(block for block in blocks if block)


def _prose() -> str:
    return Template(PROSE.read_text("utf-8")).substitute(
        json=wire.JSON,
        msgpack=wire.MSGPACK,
        ticket_seconds=LASTS_SECONDS,
        hello_seconds=round(wire.HELLO_SECONDS),
        heartbeat=wire.HEARTBEAT_SECONDS,
        frame=wire.MAX_FRAME,
        rooms=wire.MOST_ROOMS,
        frames=INBOUND_RATE.count,
        frames_seconds=round(INBOUND_RATE.seconds),
        tail=LONGEST_TAIL,
        candidates=MOST_CANDIDATES,
        kept=round(KEPT.total_seconds()),
        commands=PERSON_RATE.count,
        commands_seconds=round(PERSON_RATE.seconds),
    )


def _heading(name: str, cls: type[msgspec.Struct] | type[Enum]) -> str:
    doc = doc_of(cls).replace("None", "null")
    return f"### {name}\n" + (f"\n{doc}\n" if doc else "")


def _fields(struct: type[msgspec.Struct]) -> str:
    fields = fields_of(struct)
    if not fields:
        return ""
    lines = ["| Field | Type | |", "|---|---|---|"]
    for field in fields:
        about = "; ".join([*_bounds(field.type), *(_default(field) if may_lack(struct, field) else ())])
        lines.append(f"| `{field.encode_name}` | {described(field.type)} | {about} |")
    return "\n".join([*lines, ""])


def described(type: inspect.Type) -> str:
    match type:
        case inspect.Metadata(type=inner):
            return described(inner)
        case inspect.StrType(pattern=pattern):
            return "id" if pattern == ID_PATTERN else "text"
        case inspect.IntType():
            return "whole number"
        case inspect.FloatType():
            return "number"
        case inspect.BoolType():
            return "true or false"
        case inspect.NoneType():
            return "null"
        case inspect.DateTimeType():
            return "moment"
        case inspect.EnumType(cls=cls) | inspect.StructType(cls=cls):
            return _link(cls)
        case inspect.ListType(item_type=item):
            return f"list of {described(item)}"
        case inspect.DictType(value_type=value):
            return f"object of {described(value)} by name"
        case inspect.UnionType(types=types):
            return " or ".join(described(member) for member in types)
        case inspect.LiteralType(values=values):
            return " or ".join(f"`{value}`" for value in values)
        case inspect.AnyType():
            return "anything"
        case _:
            raise TypeError(f"the reference has no words for {type}")


def _link(cls: type[msgspec.Struct] | type[Enum]) -> str:
    tag = None if issubclass(cls, Enum) else cls.__struct_config__.tag
    name = str(tag or cls.__name__)
    return f"[`{name}`](#{name.lower().replace('.', '')})"


def _bounds(type: inspect.Type) -> Iterator[str]:
    match type:
        case inspect.Metadata(type=inner):
            yield from _bounds(inner)
        case inspect.StrType(min_length=low, max_length=high, pattern=pattern):
            yield from _between(low, high, "characters")
            if pattern is not None and pattern != ID_PATTERN:
                yield f"matches `{pattern}`".replace("|", r"\|")
        case inspect.IntType(ge=low, le=high):
            yield from _between(low, high, "")
        case inspect.ListType(min_length=low, max_length=high, item_type=item):
            yield from _between(low, high, "items")
            yield from (f"each: {bound}" for bound in _bounds(item))
        case inspect.DictType(min_length=low, max_length=high):
            yield from _between(low, high, "names")
        case inspect.UnionType(types=types):
            for member in types:
                yield from _bounds(member)
        case _:
            pass


def _between(low: int | None, high: int | None, unit: str) -> Iterator[str]:
    if low is not None and high is not None:
        yield f"{low} to {high} {unit}".strip()
    elif high is not None:
        yield f"at most {high} {unit}".strip()
    elif low is not None:
        yield f"at least {low} {unit}".strip()


def _default(field: inspect.Field) -> Iterator[str]:
    if field.default is not msgspec.NODEFAULT:
        yield f"may be left out: `{msgspec.json.encode(field.default).decode()}`"
    else:
        yield "may be left out: empty"


def _audience(event: type[Event]) -> str:
    return {"everyone": "everyone", "moderators": "moderators", "person": "one person, on all their devices"}[
        event.audience.value
    ]


def _latest(catalogue: Catalogue) -> str:
    lines = ["| Name | Value | Sent to | |", "|---|---|---|---|"]
    # No slice declares presence, because every room has it.
    lines.append(f"| `present` | {_link(PresenceView)} | everyone | Who is here, in every room. |")
    for latest in catalogue.latest:
        value = named_types(latest)["value"]
        lines.append(f"| `{latest.name}` | {described(value)} | {latest.audience.value} | {doc_of(latest)} |")
    return "\n".join([*lines, ""])


def _problems() -> str:
    lines = ["| Code | HTTP status | Close code | May succeed later |", "|---|---|---|---|"]
    for code, meaning in CODES.items():
        course = "resume" if meaning.retryable else CLOSINGS.get((meaning.close or 0) // 100, "resume")
        close = "" if meaning.close is None else f"{meaning.close}: {course}"
        lines.append(f"| `{code}` | {meaning.status} | {close} | {'yes' if meaning.retryable else ''} |")
    return "\n".join([*lines, ""])


def _or(values: Iterable[str]) -> str:
    return " or ".join(f"`{value}`" for value in values)
