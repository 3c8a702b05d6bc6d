"""Messages of booked meetings. All are given in the lobby of a conference."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated

import msgspec

from rooms.core.commands.messages import Command, View
from rooms.core.commands.people import Id, PersonView

MOST_PROPOSED = 3
MOST_WINDOWS = 60
MOST_SPOTS = 300

Line = Annotated[str, msgspec.Meta(max_length=300)]
ShortText = Annotated[str, msgspec.Meta(max_length=4000)]
Times = Annotated[list[datetime], msgspec.Meta(min_length=1, max_length=MOST_PROPOSED)]
"""Starts of slots."""


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


class RequestMeeting(Command, tag="meeting.request"):
    """Asks a person for a meeting in one of up to three slots in which both are free. Nobody's calendar is held. `again`: although the two have met or
    will meet. `entry`: what it is about, after interest in it was accepted. `place`: in a call, or at a table."""

    person: Id
    times: Times
    text: ShortText = ""
    place: SpotKind = SpotKind.VIRTUAL
    entry: Id | None = None
    again: bool = False


class AcceptRequest(Command, tag="meeting.accept"):
    """Books one of the proposed times."""

    request: Id
    starts_at: datetime


class DeclineRequest(Command, tag="meeting.decline"):
    """The other person sees the reason."""

    request: Id
    reason: ShortText = ""


class ProposeTimes(Command, tag="meeting.propose"):
    """Answers a request with other times. Now the other person can accept."""

    request: Id
    times: Times


class WithdrawRequest(Command, tag="meeting.withdraw"):
    request: Id


class KeepOnStandby(Command, tag="meeting.standby"):
    """By the person who was asked, when none of the times is free: if one of them falls free, it is offered to the other person."""

    request: Id


class TakeTime(Command, tag="meeting.take"):
    """By someone on standby: takes a time that has fallen free. The first one has it."""

    request: Id
    starts_at: datetime


class MoveBooking(Command, tag="booking.move"):
    """Moves a meeting to another slot in which everyone is free. Everyone is notified."""

    booking: Id
    starts_at: datetime


class CancelBooking(Command, tag="booking.cancel"):
    """Everyone is notified, with the reason, and the time is free again."""

    booking: Id
    reason: ShortText = ""


class MeetingRequested(View):
    request: str


class RequestView(View):
    """A request, as one of its two people sees it: `mine`, they asked; `turn`, it waits for their answer. `open_times` are the proposed times in which both
    are still free."""

    id: str
    person: PersonView
    mine: bool
    turn: bool
    state: RequestState
    text: str
    times: list[datetime]
    open_times: list[datetime]
    minutes: int
    place: SpotKind
    entry: str
    entry_title: str
    texts: dict[str, dict[str, str]]
    reason: str
    booking: str | None
    at: datetime
    lapses_at: datetime


class JoinBooking(Command, tag="booking.join"):
    """Takes a place in a demo that is open to everyone or, when all are taken, waits for one. Also accepts a place that is offered."""

    booking: Id


class LeaveBooking(Command, tag="booking.leave"):
    """Gives up a place, or the wait for one."""

    booking: Id


class CheckIn(Command, tag="booking.here"):
    """Says that the person has come. In a call, joining it says so."""

    booking: Id


class ReassignBooking(Command, tag="booking.reassign"):
    """Gives the seat of a member of an organisation to another member of it. Members do this for each other."""

    booking: Id
    person: Id
    to: Id


class SeatView(View):
    """A person in a booking. `missed`: they did not come, and someone else did."""

    person: PersonView
    role: BookingRole
    state: SeatState
    checked_in_at: datetime | None
    missed: bool


class BookingView(View):
    """A booking, as a person sees it: `mine` is their own seat, `people` are those who have one, hosts first. `place`: the name of the table or of the group
    of calls; `meeting`: the room of the call. `free` places, where guests can join. `clash`: what else the person has at this time."""

    id: str
    kind: BookingKind
    title: str
    texts: dict[str, dict[str, str]]
    text: str
    starts_at: datetime
    ends_at: datetime
    state: BookingState
    reason: str
    place: str
    meeting: str | None
    people: list[SeatView]
    mine: SeatView | None
    capacity: int | None
    free: int
    standby: int
    about_kind: str
    about: str
    sequence: int
    changed_at: datetime
    clash: str = ""

    def name_for(self, person: str) -> str:
        """What it is called for one of its people: its title or, between two, the name of the other one."""
        others = [each.person.name for each in self.people if each.person.id != person]
        return ", ".join(others) if self.kind is BookingKind.MEETING or not self.title else self.title
