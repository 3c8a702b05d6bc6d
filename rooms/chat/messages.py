"""Chat messages, for every kind of room that has a chat."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, ClassVar

import msgspec

from rooms.core.commands.audience import Audience
from rooms.core.commands.messages import Command, Event, Latest, View
from rooms.core.commands.people import Id, PersonView

MessageText = Annotated[str, msgspec.Meta(max_length=4000)]
Number = Annotated[int, msgspec.Meta(ge=0, le=2**53 - 1)]  # JavaScript's largest exact integer
MESSAGE_LENGTH = 1000


class ChatView(View):
    """`slow_seconds`: how long a person must wait between two messages; 0 = no wait."""

    open: bool
    slow_seconds: int


class Mark(StrEnum):
    """A role that readers should see beside a name, because names are not unique."""

    ORGANISER = "organiser"
    MODERATOR = "moderator"
    SPEAKER = "speaker"
    STAFF = "staff"


class MessageView(View, omit_defaults=True):
    """`number` orders the messages of a room. `mark`: the role of the author here when they wrote it."""

    id: str
    number: int
    author: PersonView
    text: str
    at: datetime
    mark: Mark | None = None


class PostMessage(Command, tag="chat.post"):
    text: MessageText


class RemoveMessage(Command, tag="chat.remove"):
    message: Id


class ReadChat(Command, tag="chat.read"):
    """The person has seen the chat up to this number."""

    number: Number


class SetChat(Command, tag="chat.set"):
    open: bool
    slow_seconds: Annotated[int, msgspec.Meta(ge=0, le=3600)]


class Posted(View):
    message: str
    next_at: datetime | None


class ChatChanged(Event, tag="chat.changed"):
    chat: ChatView


class MessagePosted(Event, tag="chat.posted"):
    message: MessageView


class MessageRemoved(Event, tag="chat.removed"):
    message: str


class RoomOwn(View):
    """The personal part of a join's reply, in any room with a chat. `can` names the commands that the person may use here; `read` is
    the last chat number that they have read."""

    person: PersonView | None
    roles: list[str]
    can: list[str]
    listed: bool
    silenced: bool
    silenced_until: datetime | None
    read: int


class OwnRead(Latest):
    """Up to which number the person has read, in whichever tab or on whichever device."""

    name: ClassVar[str] = "own_read"
    audience: ClassVar[Audience] = Audience.PERSON

    value: int
