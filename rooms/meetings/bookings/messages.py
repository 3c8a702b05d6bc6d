"""Messages of booked meetings. All are given in the lobby of a conference."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated

import msgspec

from rooms.core.commands.messages import Command, View
from rooms.core.commands.people import Id

MOST_PROPOSED = 3
MOST_WINDOWS = 60
MOST_SPOTS = 300

Line = Annotated[str, msgspec.Meta(max_length=300)]
ShortText = Annotated[str, msgspec.Meta(max_length=4000)]


class BookingKind(StrEnum):
    """MEETING of two people, job INTERVIEW, DEMO at a booth, GROUP session, MEETUP that an attendee proposes, ROUND of short talks."""

    MEETING = "meeting"
    INTERVIEW = "interview"
    DEMO = "demo"
    GROUP = "group"
    MEETUP = "meetup"
    ROUND = "round"


class BookingState(StrEnum):
    """MISSED: someone did not come, and the time was given to someone else."""

    BOOKED = "booked"
    CANCELLED = "cancelled"
    MISSED = "missed"


class BookingRole(StrEnum):
    HOST = "host"
    GUEST = "guest"


class SeatState(StrEnum):
    """A person's place in a booking. STANDBY: there is no free place, they want the next one. OFFERED: a place is free, the first who accepts has it.
    LEFT: they have given it up, or lost it to a colleague. MISSED: they did not come, and the place was given to someone else."""

    BOOKED = "booked"
    STANDBY = "standby"
    OFFERED = "offered"
    LEFT = "left"
    MISSED = "missed"


class RequestState(StrEnum):
    """STANDBY: the person who was asked has no time, and would take a meeting that falls free. LAPSED: nobody answered in time."""

    WAITING = "waiting"
    STANDBY = "standby"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    LAPSED = "lapsed"


class SpotKind(StrEnum):
    """VIRTUAL: people meet in a call. PHYSICAL: they meet at a table."""

    VIRTUAL = "virtual"
    PHYSICAL = "physical"


class SetMeetings(Command, tag="meetings.settings"):
    """The rules for booked meetings: the length of a slot, the pause between two bookings of a person, after how many hours a request without an answer
    lapses, and how many requests of one person may wait for an answer."""

    slot_minutes: Annotated[int, msgspec.Meta(ge=5, le=240)]
    buffer_minutes: Annotated[int, msgspec.Meta(ge=0, le=60)]
    lapse_hours: Annotated[int, msgspec.Meta(ge=1, le=336)]
    most_open: Annotated[int, msgspec.Meta(ge=1, le=200)]


class AddWindow(Command, tag="meetings.window"):
    """Opens a time for meetings. `day` is YYYY-MM-DD; `start` and `end` are HH:MM, in the time zone of the conference."""

    day: Annotated[str, msgspec.Meta(pattern=r"^\d{4}-\d{2}-\d{2}\Z")]
    start: Annotated[str, msgspec.Meta(pattern=r"^\d{2}:\d{2}\Z")]
    end: Annotated[str, msgspec.Meta(pattern=r"^\d{2}:\d{2}\Z")]


class RemoveWindow(Command, tag="meetings.unwindow"):
    """Closes a time for meetings. What is booked in it stays."""

    window: Id


class SpotFields(Command):
    """`meetings`: how many take place there at once; `seats`: how many people one meeting there can have."""

    name: Line
    kind: SpotKind
    meetings: Annotated[int, msgspec.Meta(ge=1, le=10_000)] = 1
    seats: Annotated[int, msgspec.Meta(ge=2, le=1000)] = 2


class CreateSpot(SpotFields, tag="spot.create"):
    """Organisers name a table or a group of tables, or limit how many calls take place at once."""


class EditSpot(SpotFields, tag="spot.edit", kw_only=True):
    spot: Id


class ArchiveSpot(Command, tag="spot.archive"):
    """No new bookings there. What is booked stays."""

    spot: Id


class SetAvailable(Command, tag="slots.set"):
    """In which slots of a window the person can be booked: in those that start at the given times, and in no others."""

    window: Id
    free: Annotated[list[datetime], msgspec.Meta(max_length=300)] = msgspec.field(default_factory=list[datetime])


class WindowView(View):
    id: str
    starts_at: datetime
    ends_at: datetime


class SpotView(View):
    id: str
    name: str
    kind: SpotKind
    meetings: int
    seats: int
    archived: bool
