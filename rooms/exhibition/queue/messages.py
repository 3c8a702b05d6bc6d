"""Messages of the queue at a booth.

The staff see who is waiting, and each visitor sees their own place. Everyone else only sees ticket numbers.
"""

from datetime import datetime
from enum import StrEnum
from typing import ClassVar

import msgspec

from rooms.core.commands.audience import Audience
from rooms.core.commands.messages import Command, Event, Latest, View
from rooms.core.commands.people import Id, PersonView
from rooms.exhibition.queue.crew_messages import Hand


class PlaceState(StrEnum):
    WAITING = "waiting"
    CALLED = "called"
    TALKING = "talking"
    DONE = "done"
    LEFT = "left"


class PlaceView(View):
    """A place in the queue, as the staff see it. `until`: when the call lapses."""

    id: str
    ticket: int
    rank: int
    person: PersonView
    state: PlaceState
    joined_at: datetime
    called_by: PersonView | None
    called_at: datetime | None
    until: datetime | None
    meeting: str | None


class OwnPlace(View):
    """A visitor's own place. `missed`: how many calls they have not answered; `meeting` is the meeting of the talk."""

    id: str
    ticket: int
    state: PlaceState
    called_by: PersonView | None
    until: datetime | None
    missed: int
    meeting: str | None


class LineView(View):
    """The public view of the queue. `tickets` wait, in order; `service_seconds` is the measured time from one call to the next of the same member of
    the staff; `staff` counts those who are here without a break, or talking; `talking_since` is when each current talk started; `hands` are the staff
    one by one, without those who are neither here nor talking nor on a break."""

    tickets: list[int]
    service_seconds: int
    staff: int
    talking_since: list[datetime]
    hands: list[Hand] = msgspec.field(default_factory=list[Hand])


class JoinQueue(Command, tag="queue.join"):
    pass


class LeaveQueue(Command, tag="queue.leave"):
    pass


class CallNext(Command, tag="queue.call"):
    """Calls the next visitor."""


class AcceptCall(Command, tag="queue.accept"):
    """Accepts a call, within a minute."""


class SkipPlace(Command, tag="queue.skip"):
    """Skips a visitor who was called and did not come. They keep a place behind the next one."""

    place: Id


class FinishTalk(Command, tag="queue.finish"):
    place: Id


class Queued(View):
    """`closes_at`: when the last shift ends; `late`: before that the visitor will probably not be called."""

    ticket: int
    closes_at: datetime | None = None
    late: bool = False


class Called(View):
    place: str
    person: PersonView


class Admitted(View):
    meeting: str


class PlaceChanged(Event, tag="queue.changed"):
    audience: ClassVar[Audience] = Audience.MODERATORS

    place: PlaceView


class PlaceOwn(Event, tag="queue.own"):
    audience: ClassVar[Audience] = Audience.PERSON

    place: OwnPlace


class Line(Latest):
    name: ClassVar[str] = "line"

    value: LineView
