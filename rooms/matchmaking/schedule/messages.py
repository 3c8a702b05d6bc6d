"""Messages of the automatic schedule. All are given in the lobby."""

from enum import StrEnum
from typing import Annotated

import msgspec

from rooms.core.commands.messages import Command, View
from rooms.core.commands.people import Id
from rooms.meetings.bookings.messages import SpotKind


class RunState(StrEnum):
    """WAITING for a process, then RUNNING. DRAFT: only the organisers see the result. SHOWN to its participants, who may object. PUBLISHING: meetings
    are being booked. An organiser CANCELLED it, or it FAILED."""

    WAITING = "waiting"
    RUNNING = "running"
    DRAFT = "draft"
    SHOWN = "shown"
    PUBLISHING = "publishing"
    PUBLISHED = "published"
    CANCELLED = "cancelled"
    FAILED = "failed"


class PlannedState(StrEnum):
    """OBJECTED: a participant did not agree. LEFT_OUT: it could not be booked, because something has changed."""

    PLANNED = "planned"
    OBJECTED = "objected"
    BOOKED = "booked"
    LEFT_OUT = "left_out"


class LeftOut(StrEnum):
    """Why a planned meeting was not booked: a participant is not free any more (TIME), no table is (PLACE), one no longer takes part or agrees (AGREE),
    or it would have begun already (LATE)."""

    TIME = "time"
    PLACE = "place"
    AGREE = "agree"
    LATE = "late"


class Unplaced(StrEnum):
    """Why a wish is not met, as its author may know it. OTHER says only that the other side has no time or no meeting left, or does not agree."""

    MOST = "most"
    TIME = "time"
    PLACE = "place"
    MET = "met"
    OTHER = "other"


class Objection(StrEnum):
    """TIME: the person cannot come then. PERSON: they do not want to meet the other person; this counts as a "no", and nobody learns of it."""

    TIME = "time"
    PERSON = "person"
    OTHER = "other"


class StartSchedule(Command, tag="schedule.start"):
    """Plans meetings from the wishes, in slots that are still free. Published meetings stay. `again`: also for people who have met before."""

    place: SpotKind = SpotKind.VIRTUAL
    again: bool = False


class CancelSchedule(Command, tag="schedule.cancel"):
    """Ends a schedule that is being made, or discards one that is not published yet."""

    run: Id


class ShowSchedule(Command, tag="schedule.show"):
    """Shows a draft to its participants, who are notified and may object."""

    run: Id


class PublishSchedule(Command, tag="schedule.publish"):
    """Books the meetings. One that is no longer possible is left out, with the reason."""

    run: Id


class ObjectToMeeting(Command, tag="schedule.object"):
    """A participant does not agree with a planned meeting. It is taken out."""

    meeting: Id
    objection: Objection
    text: Annotated[str, msgspec.Meta(max_length=1000)] = ""


class ScheduleStarted(View):
    run: str
