"""Messages of applications to exhibit, and of the organisers' decisions."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated

import msgspec

from rooms.core.commands.messages import Command, Country, LanguageTag, View
from rooms.core.commands.people import Id, PersonView
from rooms.organisations.messages import About, Name
from rooms.people.messages import Reason

REMARK_LENGTH = 1000


class ApplicationState(StrEnum):
    """SENT, optionally REVIEW, then ACCEPTED or DECLINED; or WITHDRAWN by the applicant before that."""

    SENT = "sent"
    REVIEW = "review"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


class ApplicationView(View):
    """`hall`, `tier` and `remark` are wishes; `reason`: why it was declined; `booth`: the booth created from it."""

    id: str
    person: PersonView
    name: str
    tagline: str
    about: str
    website: str
    country: str
    field: str
    languages: list[str]
    hall: str
    tier: int
    remark: str
    state: ApplicationState
    reason: str
    booth: str | None
    sent_at: datetime
    decided_at: datetime | None


class ApplyToExhibit(Command, tag="exhibitor.apply"):
    """Applies in the lobby. `hall` and `tier` are wishes."""

    name: Name
    tagline: Name = ""
    about: About = ""
    website: Annotated[str, msgspec.Meta(max_length=300)] = ""
    country: Country = ""
    field: Annotated[str, msgspec.Meta(max_length=80)] = ""
    languages: Annotated[list[LanguageTag], msgspec.Meta(max_length=20)] = msgspec.field(default_factory=list[str])
    hall: Annotated[str, msgspec.Meta(max_length=120)] = ""
    tier: Annotated[int, msgspec.Meta(ge=1, le=3)] = 3
    remark: Annotated[str, msgspec.Meta(max_length=4000)] = ""


class WithdrawApplication(Command, tag="application.withdraw"):
    application: Id


class ReviewApplication(Command, tag="application.review"):
    """Marks the application as in review. The applicant is notified."""

    application: Id


class AcceptApplication(Command, tag="application.accept"):
    """Creates the booth, with the applicant as its owner and their text as its draft."""

    application: Id
    hall: Name
    number: Annotated[str, msgspec.Meta(max_length=20)] = ""
    tier: Annotated[int, msgspec.Meta(ge=1, le=3)] = 3


class DeclineApplication(Command, tag="application.decline"):
    application: Id
    reason: Reason


class Applied(View):
    application: str
