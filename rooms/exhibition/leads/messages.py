"""Messages about leads. What a visitor has shared is in none of them: the staff read it from the tables alone, so that nothing of it stays in the
journal when they withdraw it."""

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
    """What the contact may be used for. FOLLOW_UP: to answer what was talked about. NEWS: that, and news and offers."""

    FOLLOW_UP = "follow_up"
    NEWS = "news"


class Source(StrEnum):
    """Where a visitor has agreed: on the booth's page, in its queue, its chat, with a request, in a call, by the booth's code, or because the staff asked."""

    BOOTH = "booth"
    QUEUE = "queue"
    CHAT = "chat"
    CONTACT = "contact"
    CALL = "call"
    SCAN = "scan"
    ASKED = "asked"


class LeadState(StrEnum):
    """ASKED: the staff have asked, and the visitor has yet to agree."""

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
    """Gives the exhibitor one's name, organisation and address, for a purpose. Also the answer to being asked.

    `email` is for guests, whose account has no address; others share that of their account.
    """

    purpose: Purpose
    source: Source = Source.BOOTH
    organisation: Annotated[str, msgspec.Meta(max_length=300)] = ""
    email: Annotated[str, msgspec.Meta(max_length=254)] = ""


class WithdrawLead(Command, tag="lead.withdraw"):
    """Takes back what one has shared, or refuses what one was asked for: the exhibitor's record of it is gone."""


class AskLead(Command, tag="lead.ask"):
    """By the staff: asks a visitor to whom they have talked for a contact."""

    person: Id


class NoteLead(Command, tag="lead.note"):
    """Adds a note, which nobody changes afterwards."""

    lead: Id
    text: Annotated[str, msgspec.Meta(max_length=4000)]


class QualifyLead(Command, tag="lead.qualify"):
    """`seen`: the mark of what one has seen; where it is given and a colleague has judged otherwise meanwhile, nothing is overwritten."""

    lead: Id
    rating: Rating = Rating.NONE
    tags: Annotated[list[Annotated[str, msgspec.Meta(max_length=100)]], msgspec.Meta(max_length=MOST_TAGS)] = (
        msgspec.field(default_factory=list[str])
    )
    seen: Annotated[str, msgspec.Meta(max_length=16)] = ""


class LeadChanged(Event, tag="lead.changed"):
    """A lead is new, was noted upon or is gone. `leads`: how many visitors have shared their contact now."""

    audience: ClassVar[Audience] = Audience.MODERATORS

    lead: str
    leads: int


class LeadOwn(Event, tag="lead.own"):
    """`lead` None: nothing is shared."""

    audience: ClassVar[Audience] = Audience.PERSON

    lead: OwnLead | None
