"""Messages of booked interviews and of an employer's group sessions. All are given in the lobby."""

from datetime import datetime
from typing import Annotated

import msgspec

from rooms.core.commands.messages import Command, View
from rooms.core.commands.people import Id, PersonView
from rooms.recruitment.jobs.messages import JobLine

SESSION_LENGTH = 120
ABOUT_SESSION = 2000
MOST_GUESTS = 500
REASON_LENGTH = 500

SessionText = Annotated[str, msgspec.Meta(max_length=6000)]


class OfferInterview(Command, tag="interview.offer"):
    """The employer lets a candidate book an interview with a colleague, at times when both are free."""

    application: Id
    person: Id


class BookInterview(Command, tag="interview.book"):
    """The candidate books the interview, or moves it to another time."""

    application: Id
    starts_at: datetime


class CancelInterview(Command, tag="interview.cancel"):
    """Either side cancels a booked interview. The candidate can book another time."""

    application: Id
    reason: JobLine = ""


class CreateInfoSession(Command, tag="info_session.create"):
    """A call of an employer with a group. `starts_at` is the start of a slot for meetings; `capacity`: how many visitors can join."""

    organisation: Id
    title: JobLine
    starts_at: datetime
    capacity: Annotated[int, msgspec.Meta(ge=1, le=MOST_GUESTS)]
    text: SessionText = ""


class CancelInfoSession(Command, tag="info_session.cancel"):
    booking: Id


class JoinInfoSession(Command, tag="info_session.join"):
    """Takes a place, also while the session is under way."""

    booking: Id


class LeaveInfoSession(Command, tag="info_session.leave"):
    booking: Id


class InterviewView(View):
    """`starts_at` None: not booked yet. `meeting` is the room of the call."""

    application: str
    interviewer: PersonView
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    meeting: str | None = None


class InfoSessionView(View):
    """`joined`: whether the viewer has a place; then `meeting` is the call."""

    id: str
    organisation: str
    organisation_name: str
    texts: dict[str, dict[str, str]]
    title: str
    text: str
    starts_at: datetime
    ends_at: datetime
    capacity: int
    taken: int
    joined: bool
    meeting: str | None
