"""Messages about leads. They never contain the shared contact: the staff read it from the tables, so that nothing remains in the journal after the
visitor withdraws it."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, ClassVar

import msgspec

from rooms.core.commands.audience import Audience
from rooms.core.commands.messages import Command, Event, View
from rooms.core.commands.people import Id, PersonView

NOTE_LENGTH = 1000
ORGANISATION_LENGTH = 120
TAG_LENGTH = 40
MOST_TAGS = 10


class Purpose(StrEnum):
    """The permitted use of the contact. FOLLOW_UP: to follow up on the conversation. NEWS: also news and offers."""

    FOLLOW_UP = "follow_up"
    NEWS = "news"


class Source(StrEnum):
    """Where a visitor agreed: on the booth's page, in its queue or chat, with a request, in a call, through the booth's code, or when asked by the staff."""

    BOOTH = "booth"
    QUEUE = "queue"
    CHAT = "chat"
    CONTACT = "contact"
    CALL = "call"
    SCAN = "scan"
    ASKED = "asked"


class LeadState(StrEnum):
    """ASKED: the staff have asked, and the visitor has not answered yet."""

    ASKED = "asked"
    GIVEN = "given"


class Rating(StrEnum):
    NONE = ""
    HOT = "hot"
    WARM = "warm"
    COLD = "cold"


class OwnLead(View):
    """A person's own lead at an exhibitor: their contact is shared, or they are asked for it."""

    state: LeadState
    purpose: Purpose
    asked_by: PersonView | None
    at: datetime


class ShareLead(Command, tag="lead.share"):
    """Shares the person's name, organisation and email address with the exhibitor, for a purpose. Also accepts a request of the staff.

    `email` is for guests, whose account has no address; others share that of their account.
    """

    purpose: Purpose
    source: Source = Source.BOOTH
    organisation: Annotated[str, msgspec.Meta(max_length=300)] = ""
    email: Annotated[str, msgspec.Meta(max_length=254)] = ""


class WithdrawLead(Command, tag="lead.withdraw"):
    """Withdraws the shared contact, or refuses a request. The exhibitor's record is deleted."""


class AskLead(Command, tag="lead.ask"):
    """By the staff: asks a visitor they have talked to for a contact."""

    person: Id


class NoteLead(Command, tag="lead.note"):
    """Adds a note. Notes cannot be changed."""

    lead: Id
    text: Annotated[str, msgspec.Meta(max_length=4000)]


class QualifyLead(Command, tag="lead.qualify"):
    """`seen`: the mark of the rating that the person saw. If it is given and a colleague has changed the rating since, nothing is overwritten."""

    lead: Id
    rating: Rating = Rating.NONE
    tags: Annotated[list[Annotated[str, msgspec.Meta(max_length=100)]], msgspec.Meta(max_length=MOST_TAGS)] = (
        msgspec.field(default_factory=list[str])
    )
    seen: Annotated[str, msgspec.Meta(max_length=16)] = ""


class LeadChanged(Event, tag="lead.changed"):
    """A lead was added, changed or deleted. `leads`: how many visitors currently share their contact."""

    audience: ClassVar[Audience] = Audience.MODERATORS

    lead: str
    leads: int


class LeadOwn(Event, tag="lead.own"):
    """`lead` None: nothing is shared."""

    audience: ClassVar[Audience] = Audience.PERSON

    lead: OwnLead | None
