"""Messages of meetings: rooms for invited people, in which they call each other.

The participants of the call and their state are one latest value for everyone in the room. Signals between two browsers are sent directly to one
connection (signaling/messages.py).
"""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, ClassVar, Literal, dataclass_transform

import msgspec

from rooms.chat.messages import ChatView, MessageView, RoomOwn
from rooms.core.commands.audience import Audience
from rooms.core.commands.messages import Command, Event, Latest, View
from rooms.core.commands.people import Id, PersonView

CALL_NOTE_LENGTH = 500


class CallOutcome(StrEnum):
    """HELD: the talk took place. NO_SHOW: the other person did not come."""

    HELD = "held"
    NO_SHOW = "no_show"


# Views


class PeerView(View):
    """One connection in a call. `held`: the person has paused the call; `lost`: the connection is gone, and their place is kept for a minute."""

    peer: str
    person: PersonView
    mic: bool
    cam: bool
    screen: bool
    hand: bool
    held: bool
    lost: bool


class CallView(View):
    """A call: its `peers` in the order in which they joined, how many there may be, and who waits for a place, in the order of the queue. `ends_at`:
    when the talk should end, from the second person on; `extensions`: how often it has been put off. `relay_only`: the addresses of people are kept
    from each other."""

    peers: list[PeerView]
    limit: int
    ends_at: datetime | None
    extensions: int
    relay_only: bool
    waiting: list[PersonView]


class OutcomeView(View):
    """One person's feedback on a call. `rating`: 1 to 5."""

    outcome: CallOutcome
    rating: int | None
    note: str


class MeetingSnapshot(View):
    """A meeting. The invited people are sorted by name; `booth` is the booth that opened it."""

    booth: str | None
    booth_name: str
    people: list[PersonView]
    closed_at: datetime | None
    chat: ChatView
    messages: list[MessageView]


class MeetingOwn(RoomOwn):
    """The personal part of a meeting's snapshot. `blocked`: participants whom the person has blocked; `colleagues`: people whom they may invite."""

    outcome: OutcomeView | None
    blocked: list[str]
    colleagues: list[PersonView]


# Commands


class ExtendCall(Command, tag="call.extend"):
    """Extends the call by five minutes, up to six times. Anyone in the call may do so."""


class WaitForCall(Command, tag="call.wait"):
    """Waits for a place in a full call. Must be repeated every 20 seconds: after 45 seconds without it the wait ends. `waiting` false ends it immediately."""

    waiting: bool = True


class BringColleague(Command, tag="call.bring"):
    """By the booth's staff: invites another member of the staff, who is notified at their desk."""

    person: Id


class RateCall(Command, tag="call.rate"):
    """Rates the call; can be changed later."""

    outcome: CallOutcome
    rating: Annotated[int, msgspec.Meta(ge=1, le=5)] | None = None
    note: Annotated[str, msgspec.Meta(max_length=2000)] = ""


# Events


class MeetingInvited(Event, tag="meeting.invited"):
    person: PersonView


class MeetingLeft(Event, tag="meeting.left"):
    """This person is no longer invited."""

    revisits: ClassVar[bool] = True
    changes_rights: ClassVar[bool] = True

    person: Id


class MeetingRated(Event, tag="meeting.rated"):
    audience: ClassVar[Audience] = Audience.PERSON

    outcome: OutcomeView


class MeetingClosed(Event, tag="meeting.closed"):
    """The meeting is over. Its room can still be read, but accepts no messages."""

    at: datetime


# Latest values


class CallNow(Latest):
    name: ClassVar[str] = "call"

    value: CallView


# Sent to one connection, as {"room": …, "rtc": …}


@dataclass_transform(frozen_default=True, field_specifiers=(msgspec.field,))
class Direct(msgspec.Struct, frozen=True, tag_field="type"):
    """Messages to a single connection, in order."""


class Replaced(Direct, tag="replaced"):
    """The same person has joined from elsewhere: this connection is no longer in the call."""


class Removed(Direct, tag="removed"):
    """The connection is no longer in the call: the call is over for it, or its place has expired."""

    reason: Literal["closed", "expired"]
