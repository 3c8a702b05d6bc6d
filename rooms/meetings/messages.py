"""Messages of meetings: rooms for those who were invited, in which they call each other.

Who is in the call, and how, everybody in the room learns as one latest value. What two browsers have to say to each other before they find each
other goes by another way, to one connection (signaling/messages.py).
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
    """HELD: the talk took place. NO_SHOW: the other did not come."""

    HELD = "held"
    NO_SHOW = "no_show"


# Views


class PeerView(View):
    """One connection in a call. `held`: they are away for a moment; `lost`: the connection is gone, and their place is kept for a minute."""

    peer: str
    person: PersonView
    mic: bool
    cam: bool
    screen: bool
    hand: bool
    held: bool
    lost: bool


class CallView(View):
    """A call: its `peers` in the order in which they joined, how many there may be, and who waits for a place, the first of the line first. `ends_at`:
    when the talk should end, from the second person on; `extensions`: how often it has been put off. `relay_only`: the addresses of people are kept
    from each other."""

    peers: list[PeerView]
    limit: int
    ends_at: datetime | None
    extensions: int
    relay_only: bool
    waiting: list[PersonView]


class OutcomeView(View):
    """What one person says of a call. `rating`: 1 to 5."""

    outcome: CallOutcome
    rating: int | None
    note: str


class MeetingSnapshot(View):
    """A talk between those who were invited, by name. `booth` is where it came from."""

    booth: str | None
    booth_name: str
    people: list[PersonView]
    closed_at: datetime | None
    chat: ChatView
    messages: list[MessageView]


class MeetingOwn(RoomOwn):
    """What is one person's own in a meeting. `blocked`: those here whom they have blocked; `colleagues`: those whom they may bring in."""

    outcome: OutcomeView | None
    blocked: list[str]
    colleagues: list[PersonView]


# Commands


class ExtendCall(Command, tag="call.extend"):
    """Five minutes more, up to six times; by anyone in the call."""


class WaitForCall(Command, tag="call.wait"):
    """For a place in a call that is full. To be repeated every 20 seconds: after 45 seconds without one the wait ends. `waiting` false ends it at once."""

    waiting: bool = True


class BringColleague(Command, tag="call.bring"):
    """By the booth's staff: invites another member of the staff, who is notified at their desk."""

    person: Id


class RateCall(Command, tag="call.rate"):
    """Says how it went; may be changed."""

    outcome: CallOutcome
    rating: Annotated[int, msgspec.Meta(ge=1, le=5)] | None = None
    note: Annotated[str, msgspec.Meta(max_length=2000)] = ""


# Events


class MeetingInvited(Event, tag="meeting.invited"):
    person: PersonView


class MeetingRated(Event, tag="meeting.rated"):
    audience: ClassVar[Audience] = Audience.PERSON

    outcome: OutcomeView


class MeetingClosed(Event, tag="meeting.closed"):
    """The talk is over. Its room can still be read, but takes no messages."""

    at: datetime


# Latest values


class CallNow(Latest):
    name: ClassVar[str] = "call"

    value: CallView


# Told to one connection, as {"room": …, "rtc": …}


@dataclass_transform(frozen_default=True, field_specifiers=(msgspec.field,))
class Direct(msgspec.Struct, frozen=True, tag_field="type"):
    """What only one connection is told, in order."""


class Replaced(Direct, tag="replaced"):
    """The same person has joined from elsewhere: this connection is in the call no more."""


class Removed(Direct, tag="removed"):
    """The connection is no longer in the call: the call is over for it, or its place has expired."""

    reason: Literal["closed", "expired"]
