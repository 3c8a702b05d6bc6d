"""What a client's frame passes through: the decoder, the reading of commands, a connection. Whatever the bytes, nothing is raised.

python -m tests.fuzz.decoder [seconds]      guided by coverage, with Atheris (`pip install atheris`); scripts/soak runs it for long
"""

import asyncio
import random
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any, cast

import msgpack
import msgspec
import msgspec.inspect as inspect

import rooms.slices  # noqa: F401
from rooms.core.commands.messages import Command
from rooms.core.commands.registry import SPECS
from rooms.core.engine import Outcome
from rooms.core.errors import CODES, Problem
from server.live.connection import Connection
from signaling.calls import Calls
from signaling.messages import OPS
from tests.support.world import ListSink, NoRateLimits

ROOM = "a" * 20
AWKWARD: list[Any] = [
    None,
    True,
    -1,
    0,
    2**53 + 1,
    2**64,
    10**30,
    1e308,
    float("nan"),
    "",
    "\x00",
    "\u202e",
    "x" * 5000,
]
AWKWARD += [[], {}, [[]], {"op": "hello"}, "a" * 20, "live", b"\xff", [None] * 50]


TEXTS = ["some text", ROOM, "a" * 64, "DE", "#0a6b62", "2026-11-20", "https://forum.example/x", ""]
"""One of them fits each pattern that a text may have to match."""


class Engine(SimpleNamespace):
    """Takes every command, and lets nobody in."""

    def __init__(self) -> None:
        hub = SimpleNamespace(seqs=lambda rooms: {}, join=self._refuse, leave=lambda member: None)
        super().__init__(limits=NoRateLimits(), clock=lambda: datetime(2026, 11, 20, tzinfo=UTC), hub=hub)

    async def _refuse(self, *_: Any) -> None:
        raise Problem("not_found", "nothing here")

    async def perform(self, person: str | None, room: str, command: Command, key: str) -> Outcome:
        assert isinstance(command, Command)
        assert msgspec.json.decode(msgspec.json.encode(command), type=type(command)) == command
        return Outcome(b"null", None)


LOOP = asyncio.new_event_loop()


class PackedSink(ListSink):
    """Writes as to a client that speaks msgpack, which cannot say all that JSON can."""

    binary = True

    def write(self, message: Any) -> None:
        super().write(message)
        msgpack.unpackb(message.msgpack)


def take(data: str | bytes) -> None:
    """A frame, to a connection that has been greeted and to one that has not, of either subprotocol. Raises when it does more than to be answered."""
    for greeted in (True, False):
        for sink in (ListSink(), PackedSink()):
            connection = Connection(cast(Any, Engine()), Calls(cast(Any, Engine())), sink, "1", str)
            connection.greeted = greeted
            if not greeted and b'"hello"' in (data.encode("utf-8", "replace") if isinstance(data, str) else data):
                continue  # tickets are read elsewhere
            LOOP.run_until_complete(connection.receive(data))
            assert sink.messages, "no answer"
            for message in sink.messages:
                if "error" in message:
                    assert message["error"]["code"] in CODES.keys() - {"internal"}, (data, message)
                    assert len(msgspec.json.encode(message)) < 2000


def take_bytes(data: bytes) -> None:
    """The first bit chooses the form: a text frame, which a WebSocket lets through only when it is UTF-8, or a binary one."""
    if data[:1] and data[0] & 1:
        take(data[1:])
        return
    try:
        text = data[1:].decode()
    except UnicodeDecodeError:
        return
    take(text)


def sound() -> Iterator[dict[str, Any]]:
    """A message of each kind that fits."""
    head = {"id": 1, "room": ROOM, "key": "a-key-of-mine"}
    yield {"op": "heartbeat", "id": 1}
    yield {"op": "join", "id": 1, "room": ROOM, "after": {"epoch": "x", "seq": 3}, "public": True}
    yield {"op": "leave", "id": 1, "room": ROOM}
    for op, spec in SPECS.items():
        described = inspect.type_info(spec.type)
        assert isinstance(described, inspect.StructType)
        yield {"op": op, **head, **{field.encode_name: _example(field.type) for field in described.fields}}
    for call in OPS:
        described = inspect.type_info(call)
        assert isinstance(described, inspect.StructType)
        fields = {field.encode_name: _example(field.type) for field in described.fields}
        yield {"op": call.__struct_config__.tag, **fields, "id": 1, "room": ROOM}


def _example(described: inspect.Type) -> Any:
    match described:
        case inspect.StrType(pattern=pattern):
            return next((text for text in TEXTS if re.search(pattern or "", text)), "")
        case inspect.IntType(ge=low):
            return low or 1
        case inspect.BoolType():
            return True
        case inspect.EnumType(cls=cls):
            return next(iter(cls)).value
        case inspect.ListType(item_type=item):
            return [_example(item)]
        case inspect.DictType(value_type=value):
            return {"en": _example(value)}
        case inspect.UnionType(types=types):
            return _example(types[0])
        case inspect.StructType(fields=fields):
            return {field.encode_name: _example(field.type) for field in fields}
        case inspect.LiteralType(values=values):
            return values[0]
        case inspect.DateTimeType():
            return "2026-11-20T09:00:00Z"
        case _:
            return None


def mutated(random: random.Random, seeds: list[bytes]) -> bytes:
    """One or a few small harms done to a sound message."""
    data = bytearray(random.choice(seeds))
    for _ in range(random.choice((1, 1, 2, 4, 8))):
        at = random.randrange(len(data) + 1)
        match random.randrange(5):
            case 0:
                data[at : at + 1] = random.randbytes(1)
            case 1:
                del data[at : at + random.randrange(1, 9)]
            case 2:
                data[at:at] = random.choice(
                    (b'"', b"{", b"}", b"[", b",", b"\\u0000", b"1e999", b"null", b"\xff", b"\xc1")
                )
            case 3:
                other = random.choice(seeds)
                data[at:] = other[random.randrange(len(other) + 1) :]
            case _:
                data[at:at] = data[max(0, at - random.randrange(1, 40)) : at]
    return bytes(data)


def seeds() -> list[bytes]:
    """For `take_bytes`: every sound message in both forms, and with something awkward in the place of each of its fields."""
    messages = list(sound())
    for spoilt, name in [(message, name) for message in messages for name in message]:
        messages += [{**spoilt, name: value} for value in AWKWARD[:6]]
    packed = [b"\x01" + msgpack.packb(message) for message in sound()]
    return [b"\x00" + msgspec.json.encode(message) for message in messages] + packed
