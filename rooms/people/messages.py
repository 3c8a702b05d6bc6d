"""Messages about people in a room (roles, silence, removal), and messages on a person's desk."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, ClassVar

import msgspec

from rooms.core.commands.audience import Audience
from rooms.core.commands.messages import Command, Event, Latest, View
from rooms.core.commands.people import Id, PersonView, PresenceView, Role

REASON_LENGTH = 300
REPORT_LENGTH = 1000
Reason = Annotated[str, msgspec.Meta(max_length=REASON_LENGTH)]


class RestraintView(View):
    """`kind` is "silence" or "ban"; `until` is None when it lasts until lifted."""

    person: PersonView
    kind: str
    until: datetime | None
    reason: str


class RoleView(View):
    person: PersonView
    role: Role


# Commands


class GrantRole(Command, tag="role.grant"):
    person: Id
    role: Role


class RevokeRole(Command, tag="role.revoke"):
    person: Id
    role: Role


class SilencePerson(Command, tag="person.silence"):
    """`minutes` None: until lifted."""

    person: Id
    minutes: Annotated[int, msgspec.Meta(ge=1, le=10080)] | None = None
    reason: Reason = ""


class UnsilencePerson(Command, tag="person.unsilence"):
    person: Id


class RemovePerson(Command, tag="person.remove"):
    """Bans the person from the room's session or, in the lobby, from the conference."""

    person: Id
    reason: Reason = ""


class ReadmitPerson(Command, tag="person.readmit"):
    person: Id


class ListMe(Command, tag="presence.list"):
    """Sets whether others may see the person's name in the list of those present."""

    listed: bool


class ReportReason(StrEnum):
    HARASSMENT = "harassment"
    SPAM = "spam"
    IMPERSONATION = "impersonation"
    OTHER = "other"


class ReportPerson(Command, tag="person.report"):
    """Reports a person's conduct to the organisers. The reported person is not informed."""

    person: Id
    reason: ReportReason
    text: Annotated[str, msgspec.Meta(max_length=4000)] = ""


class BlockPerson(Command, tag="person.block"):
    """Blocks a person: the two are never put into the same call again, and a current call between them ends. The person is not notified of requests
    of the blocked person, and cannot be added by them to an organisation. The blocked person is not informed."""

    person: Id


class UnblockPerson(Command, tag="person.unblock"):
    person: Id


class ReadNotice(Command, tag="notice.read"):
    """Marks a notification as read, on all devices of the person."""

    notice: Id


class ReadNotices(Command, tag="notice.read_all"):
    """Marks all notifications as read. `until`: only those up to this moment, so that none is marked that the person has not seen."""

    until: Annotated[datetime, msgspec.Meta(tz=True)] | None = None


# Events


class RoleGranted(Event, tag="role.granted"):
    audience: ClassVar[Audience] = Audience.MODERATORS
    revisits: ClassVar[bool] = True
    changes_rights: ClassVar[bool] = True

    person: PersonView
    role: Role


class RoleRevoked(Event, tag="role.revoked"):
    audience: ClassVar[Audience] = Audience.MODERATORS
    revisits: ClassVar[bool] = True
    changes_rights: ClassVar[bool] = True

    person: PersonView
    role: Role


class PersonRestrained(Event, tag="person.restrained"):
    audience: ClassVar[Audience] = Audience.MODERATORS
    revisits: ClassVar[bool] = True
    changes_rights: ClassVar[bool] = True

    restraint: RestraintView


class RestraintLifted(Event, tag="restraint.lifted"):
    audience: ClassVar[Audience] = Audience.MODERATORS
    revisits: ClassVar[bool] = True
    changes_rights: ClassVar[bool] = True

    person: PersonView
    kind: str


class BlockChanged(Event, tag="block.changed"):
    """In a meeting: whether one of the invited people has blocked another."""

    audience: ClassVar[Audience] = Audience.PERSON

    person: str
    blocked: bool


class RightsChanged(Event, tag="rights.changed"):
    """On a desk: the person's rights have changed, so every membership is checked again. `conference` None: in all conferences."""

    audience: ClassVar[Audience] = Audience.PERSON
    changes_rights: ClassVar[bool] = True

    conference: str | None


class SignInRevoked(Event, tag="signin.revoked"):
    """On a desk: sign-ins have ended. `signin` None: all except `spared`."""

    audience: ClassVar[Audience] = Audience.PERSON

    signin: str | None
    spared: str | None = None


class Notified(Event, tag="desk.notified"):
    """On a desk: a new notification. `kind` selects the text ("answering", "role", "meeting" …); `values` fill it in. Its page is /notifications/{id}."""

    audience: ClassVar[Audience] = Audience.PERSON

    kind: str
    values: dict[str, str]
    href: str
    at: datetime
    id: str = ""


class NoticesRead(Event, tag="desk.read"):
    """On a desk: the person has read notifications, or those from before `deleted_before` are deleted. `unread` is how many remain unread."""

    audience: ClassVar[Audience] = Audience.PERSON

    unread: int
    deleted_before: datetime | None = None


# Snapshots


class DeskSnapshot(View):
    """The newest notifications, and how many of all are unread."""

    person: PersonView
    notices: list[Notified]
    unread: int = 0


# Latest values


class Reports(Latest):
    """On the desk of an organiser: the number of open reports. The key is the conference."""

    name: ClassVar[str] = "reports"

    value: int


class Present(Latest):
    name: ClassVar[str] = "present"

    value: PresenceView
