"""Messages of those who take visitors at a booth: their shifts and their breaks.

The staff see names. Visitors see numbers: how many take visitors, and when, but not who is on a break.
"""

from datetime import datetime
from typing import Annotated, ClassVar

import msgspec

from rooms.core.commands.audience import Audience
from rooms.core.commands.messages import Command, Event, Latest, View
from rooms.core.commands.people import Id, PersonView

LONGEST_BREAK = 240
"""Minutes."""


class Hand(View):
    """A member of the staff who takes visitors, without a name. `number`: their shifts in `HoursView`, 0 for none; `busy_since`: when their current
    call or talk began; `paused`: on a break or, while they talk, before one. `back_at`: when a break is expected to end; `minutes`: how long a break
    after the current talk takes. Neither is known for an open-ended break."""

    number: int
    here: bool
    busy_since: datetime | None
    paused: bool
    back_at: datetime | None
    minutes: int | None


class Hours(View):
    """A shift, as visitors see it."""

    hand: int
    starts_at: datetime
    ends_at: datetime


class HoursView(View):
    """All shifts at the booth. Without any, it is open whenever its staff is there."""

    shifts: list[Hours]


class ShiftView(View):
    id: str
    person: PersonView
    starts_at: datetime
    ends_at: datetime


class BreakView(View):
    """`since` None: begins after the current talk; `until` None: open-ended, or not begun."""

    person: PersonView
    since: datetime | None
    until: datetime | None
    minutes: int | None


Moment = Annotated[datetime, msgspec.Meta(tz=True)]


class NewShift(View):
    person: Id
    starts_at: Moment
    ends_at: Moment


class PlanShifts(Command, tag="shift.plan"):
    """Adds shifts. Those of one person may overlap, and then count once."""

    shifts: Annotated[list[NewShift], msgspec.Meta(min_length=1, max_length=100)]


class RemoveShift(Command, tag="shift.remove"):
    shift: Id


class TakeBreak(Command, tag="break.take"):
    """`minutes`: how long it is expected to take; None: open-ended. `after`: begins when the current talk has ended."""

    minutes: Annotated[int, msgspec.Meta(ge=1, le=LONGEST_BREAK)] | None = None
    after: bool = False


class EndBreak(Command, tag="break.end"):
    """Takes visitors again, or drops the break that was to begin after the current talk."""


class ShiftsChanged(Event, tag="shifts.changed"):
    audience: ClassVar[Audience] = Audience.MODERATORS

    shifts: list[ShiftView]


class BreakChanged(Event, tag="break.changed"):
    """`pause` None: no longer on a break."""

    audience: ClassVar[Audience] = Audience.MODERATORS

    person: PersonView
    pause: BreakView | None


class BoothHours(Latest):
    name: ClassVar[str] = "hours"

    value: HoursView
