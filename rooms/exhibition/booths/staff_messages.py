"""Messages of a booth's staff."""

from enum import StrEnum
from typing import ClassVar

from rooms.core.commands.audience import Audience
from rooms.core.commands.messages import Command, Event, View
from rooms.core.commands.people import Id, PersonView


class Duty(StrEnum):
    """OWNER: writes the booth's texts and chooses its staff. STAFF: talks to visitors. CONTACT: answers written requests of visitors."""

    OWNER = "owner"
    STAFF = "staff"
    CONTACT = "contact"


class StaffView(View):
    person: PersonView
    duty: Duty


class SetDuty(Command, tag="staff.set"):
    """`duty` None: the person is no longer on the staff."""

    person: Id
    duty: Duty | None = None


class LeaveStaff(Command, tag="staff.leave"):
    """Ends the person's own duty."""


class DutyChanged(Event, tag="staff.changed"):
    """`duty` None: the person is no longer on the staff."""

    audience: ClassVar[Audience] = Audience.MODERATORS
    revisits: ClassVar[bool] = True
    changes_rights: ClassVar[bool] = True

    person: PersonView
    duty: Duty | None
