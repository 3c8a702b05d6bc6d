"""Messages of meet-ups, which attendees propose and organisers approve. All are given in the lobby."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated

import msgspec

from rooms.core.commands.messages import Command, View
from rooms.core.commands.people import Id, PersonView

TITLE_LENGTH = 120
TEXT_LENGTH = 2000
COMMENT_LENGTH = 500
MOST_PEOPLE = 200

Language = Annotated[str, msgspec.Meta(pattern=r"^([A-Za-z]{2,3}(-[A-Za-z]{2,8})*)?\Z", max_length=12)]
Line = Annotated[str, msgspec.Meta(max_length=300)]
Text = Annotated[str, msgspec.Meta(max_length=8000)]
ShortText = Annotated[str, msgspec.Meta(max_length=2000)]


class MeetupState(StrEnum):
    """WAITING for an organiser; APPROVED: in everybody's programme; DECLINED: its proposer can change it and ask again; CANCELLED, or taken back."""

    WAITING = "waiting"
    APPROVED = "approved"
    DECLINED = "declined"
    CANCELLED = "cancelled"


class MeetupFields(Command):
    """`place` empty: in a meeting room on this site. `capacity` includes the proposer. `language`: a tag of BCP 47, or empty."""

    title: Line
    starts_at: datetime
    minutes: Annotated[int, msgspec.Meta(ge=10, le=240)]
    capacity: Annotated[int, msgspec.Meta(ge=2, le=MOST_PEOPLE)]
    text: Text = ""
    language: Language = ""
    place: Line = ""


class ProposeMeetup(MeetupFields, tag="meetup.propose"):
    """An attendee proposes a meet-up to the organisers."""


class EditMeetup(MeetupFields, tag="meetup.edit", kw_only=True):
    """The proposer changes it. One that was declined asks for approval again. Everyone in an approved one is notified of a new time or place; those who
    are not free at the new time lose their place."""

    meetup: Id


class ApproveMeetup(Command, tag="meetup.approve"):
    """Puts a meet-up into the programme. Refused while its proposer is not free at that time."""

    meetup: Id
    comment: ShortText = ""


class DeclineMeetup(Command, tag="meetup.decline"):
    """Returns it to its proposer, with a comment that says what to change."""

    meetup: Id
    comment: ShortText


class CancelMeetup(Command, tag="meetup.cancel"):
    """The proposer or an organiser cancels it, or the proposer takes the proposal back. Everyone in it is notified."""

    meetup: Id
    comment: ShortText = ""


class JoinMeetup(Command, tag="meetup.join"):
    """Takes a place, or the next one on the waiting list when it is full."""

    meetup: Id


class LeaveMeetup(Command, tag="meetup.leave"):
    """Gives up the place. The first person on the waiting list who is free gets it, and is notified."""

    meetup: Id


class MeetupProposed(View):
    meetup: str


class MeetupView(View):
    """`taken`: people with a place, the proposer among them; `waiting`: those on the waiting list. `mine`: the viewer's own seat (booked, standby) or "".
    `meeting`: the room of a virtual one, for those who have a place."""

    id: str
    proposer: PersonView
    title: str
    text: str
    language: str
    place: str
    starts_at: datetime
    ends_at: datetime
    capacity: int
    state: MeetupState
    comment: str
    proposed_at: datetime
    changed: bool
    taken: int = 0
    waiting: int = 0
    mine: str = ""
    meeting: str = ""

    @property
    def virtual(self) -> bool:
        return not self.place

    @property
    def full(self) -> bool:
        return self.taken >= self.capacity
