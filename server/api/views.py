"""The response types of the API, besides the views of rooms."""

import typing
from collections.abc import Iterable
from datetime import date, datetime
from typing import Annotated, Any, dataclass_transform

import msgspec

import rooms.slices  # noqa: F401 - the schemas name every kind of room and every reply
from rooms.chat.messages import ChatView, MessageView
from rooms.core.commands.messages import Command, View
from rooms.core.commands.people import PersonView
from rooms.core.commands.registry import SPECS
from rooms.core.commands.room_kinds import KINDS
from rooms.core.errors import ProblemView
from rooms.exhibition.booths.snapshots import BoothOwn, HallOwn
from rooms.forum.hosting_messages import AskingView, StageView
from rooms.forum.questions.messages import PublicQuestion
from rooms.forum.snapshots import Own
from rooms.meetings.messages import MeetingOwn
from rooms.people.desk import DeskOwn
from rooms.programme.messages import LobbyOwn, SessionView
from server.protocol.catalogue import reply_to

REFERENCE = "#/components/schemas/"

COMMANDS: list[type[Command]] = [SPECS[op].type for op in sorted(SPECS)]


def _by_name(types: Iterable[type[View]]) -> list[type[View]]:
    return sorted(set(types), key=lambda each: each.__name__)


SNAPSHOTS = _by_name(typing.get_type_hints(kind.snapshot)["return"] for kind in KINDS.values())
OWNS: list[type[View]] = [BoothOwn, DeskOwn, HallOwn, LobbyOwn, MeetingOwn, Own]
REPLIES = _by_name(reply for op in SPECS if (reply := reply_to(op)) is not None)


def _one_of(types: list[type[View]], *, nothing: bool = False) -> dict[str, Any]:
    references = [{"$ref": REFERENCE + each.__name__} for each in types]
    return {"anyOf": [*references, *([{"type": "null"}] if nothing else [])]}


@dataclass_transform(frozen_default=True, field_specifiers=(msgspec.field,))
class Answer(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Base of all responses."""


class ConferenceItem(Answer):
    """A conference. `room` is its lobby; `texts` holds translations by locale; `zone` is an IANA name; `access` is "public" or "members". A call has
    at most `call_limit` people and takes about `talk_minutes`; `relay_only`: they do not learn each other's addresses."""

    id: str
    slug: str
    title: str
    tagline: str
    description: str
    texts: dict[str, dict[str, str]]
    zone: str
    starts_on: date
    ends_on: date
    access: str
    guests: bool
    call_limit: int
    relay_only: bool
    talk_minutes: int
    room: str


class Conferences(Answer):
    """The conferences that are open to the caller, the latest first."""

    conferences: list[ConferenceItem]


class TrackItem(Answer):
    """`colour` looks like #1f6f5c, or is empty."""

    name: str
    texts: dict[str, dict[str, str]]
    colour: str


class ProgrammeSession(Answer):
    """A session and the room in which it takes place."""

    session: SessionView
    room: str


class Programme(Answer):
    """Sessions by time and place."""

    conference: ConferenceItem
    tracks: list[TrackItem]
    sessions: list[ProgrammeSession]


class LinkItem(Answer):
    """A web page or file. `title` may be empty."""

    url: str
    title: str


class SessionDetail(Answer):
    """A session with its stage, and the state of asking and the chat. `description` may be Markdown or HTML."""

    session: SessionView
    description: str
    links: list[LinkItem]
    attachments: list[LinkItem]
    room: str
    stage: StageView
    asking: AskingView
    chat: ChatView


class QuestionItem(Answer):
    """A public question, and how many people want it answered."""

    question: PublicQuestion
    votes: int


class Questions(Answer):
    """In the order of asking. `next` is the `after` of the next page, null on the last one."""

    questions: list[QuestionItem]
    next: str | None


class Messages(Answer):
    """The newest messages before a number, oldest first. `before` is that of the page before, null on the first one."""

    messages: list[MessageView]
    before: int | None


class FoundRoom(Answer):
    """The id of a room, to join it on a live connection or to read its snapshot."""

    room: str


class RoomSnapshot(Answer):
    """Like the answer to a join on the live connection, but without the latest value `present`. A live connection can resume from `epoch` and `seq`."""

    room: str
    kind: str
    epoch: str
    seq: int
    audience: str
    snapshot: Annotated[Any, msgspec.Meta(extra_json_schema=_one_of(SNAPSHOTS))]
    own: Annotated[Any, msgspec.Meta(extra_json_schema=_one_of(OWNS))]
    latest: dict[str, dict[str, Any]]


class Done(Answer):
    """The result of a command. `ok` is its reply, null for most; `seq` that of its last event in the room, null when it changed nothing there."""

    ok: Annotated[Any, msgspec.Meta(extra_json_schema=_one_of(REPLIES, nothing=True))]
    seq: int | None


class Me(Answer):
    """Who the caller is, null without a sign-in; `desk` is the person's private room."""

    person: PersonView | None
    desk: str | None


class LiveTicket(Answer):
    """For the first message of a live connection. Valid once, for 60 seconds."""

    ticket: str
    expires_at: datetime


class Refusal(Answer):
    """Every error has this shape."""

    error: ProblemView
