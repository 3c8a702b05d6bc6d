"""The wire format: two subprotocols with the same messages, and the messages of the connection itself. No I/O."""

from typing import Annotated, Any

import msgpack
import msgspec

from rooms.core.commands.people import Id, PersonView
from rooms.core.errors import Problem
from rooms.core.text import N_

JSON = "plenary.v1.json"
MSGPACK = "plenary.v1.msgpack"
SUBPROTOCOLS = (JSON, MSGPACK)

MAX_FRAME = 64 * 1024  # bytes, after inflation
HELLO_SECONDS = 5.0
HEARTBEAT_SECONDS = 25
MOST_ROOMS = 50
MOST_FAULTS = 10
MOST_CONNECTIONS = 50  # of one person, in each process
FRESH = 4300
"""The close code that asks a client to fetch a new ticket and join without `after`."""


class Position(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The client's position in a room: the last `epoch` and `seq` that it received."""

    epoch: Annotated[str, msgspec.Meta(max_length=64)]
    seq: Annotated[int, msgspec.Meta(ge=0, le=2**53)]


LARGEST_ID = 2**53
RequestId = Annotated[int, msgspec.Meta(ge=0, le=LARGEST_ID)]


class Hello(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="op", tag="hello"):
    """The first message, within 5 s. `ticket` comes from POST /live/ticket; `client` names the program, such as "web/1"."""

    ticket: Annotated[str, msgspec.Meta(max_length=1000)]
    client: Annotated[str, msgspec.Meta(max_length=60)] = ""


class Join(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="op", tag="join"):
    """`after`: only when resuming. `public`: show only what everyone may see."""

    id: RequestId
    room: Id
    after: Position | None = None
    public: bool = False


class Leave(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="op", tag="leave"):
    id: RequestId
    room: Id


class Heartbeat(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="op", tag="heartbeat"):
    """Answered with the highest seqs of the joined rooms, by which a client notices what it has missed."""

    id: RequestId


Op = Hello | Join | Leave | Heartbeat
OPS = ("hello", "join", "leave", "heartbeat")


class CommandHead(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Fields that every command has besides its own: the number of the request, the room, and a key that makes a retry harmless."""

    id: RequestId
    room: Id
    key: Annotated[str, msgspec.Meta(min_length=8, max_length=64, pattern=r"^[!-~]+\Z")]


class Limits(msgspec.Struct, frozen=True):
    frame: int = MAX_FRAME
    rooms: int = MOST_ROOMS


class Welcome(msgspec.Struct, frozen=True, tag_field="op", tag="welcome"):
    """`person` and `desk` (their private room) are null for a visitor who is not signed in; `heartbeat` in seconds; `time` is a moment."""

    person: PersonView | None
    desk: str | None
    heartbeat: int
    limits: Limits
    time: str


def decode(data: str | bytes) -> dict[str, Any]:
    """An object with an op, from a text frame (JSON) or a binary one (msgpack). Raises Problem "malformed"."""
    try:
        message = msgspec.json.decode(data) if isinstance(data, str) else msgpack.unpackb(data)
    except (ValueError, RecursionError, TypeError, msgpack.UnpackException) as error:
        raise Problem("malformed", N_("This is not a message of the protocol.")) from error
    if not isinstance(message, dict) or not isinstance(message.get("op"), str):
        raise Problem("malformed", N_("A message is an object with an “op”."))
    return message


def read_op(message: dict[str, Any]) -> Op:
    return _convert(message, Op)


def read_command_head(message: dict[str, Any]) -> tuple[CommandHead, dict[str, Any]]:
    """The head of a command, and its own fields. Raises Problem "invalid"."""
    fields = {name: value for name, value in message.items() if name not in {"op", "id", "room", "key"}}
    head = _convert({name: message[name] for name in ("id", "room", "key") if name in message}, CommandHead)
    return head, fields


def _convert(message: dict[str, Any], type: Any) -> Any:
    try:
        return msgspec.convert(message, type)
    except (msgspec.ValidationError, RecursionError) as error:
        values = {"fault": str(error).partition(" - at `$")[0][:200]}
        raise Problem("invalid", N_("This value is not valid: %(fault)s."), values=values) from error
