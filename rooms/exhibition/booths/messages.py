"""Messages of booths: the public texts, and the draft for the organisers to approve."""

from enum import StrEnum
from typing import Annotated, ClassVar

import msgspec

from rooms.core.commands.audience import Audience
from rooms.core.commands.messages import Command, Country, Event, LanguageTag, Locale, View
from rooms.core.commands.people import Id
from rooms.organisations.messages import About, Name
from rooms.people.messages import Reason

BOOTH_NAME_LENGTH = 120
BOOTH_TAGLINE_LENGTH = 200
BOOTH_ABOUT_LENGTH = 4000


class Review(StrEnum):
    """The state of a booth's draft: NONE, DRAFT (being written), WAITING for the organisers, or DECLINED by them."""

    NONE = "none"
    DRAFT = "draft"
    WAITING = "waiting"
    DECLINED = "declined"


class BoothCard(View):
    """A booth in a hall. `tier`: 1 partner, 2 sponsor, 3 exhibitor; `texts` holds translations of name and tagline by locale; `logo` is an address or
    empty."""

    id: str
    number: str
    tier: int
    name: str
    tagline: str
    texts: dict[str, dict[str, str]]
    country: str
    field: str
    languages: list[str]
    logo: str


class BoothView(View):
    """A booth as visitors see it. `texts` holds translations of name, tagline and about by locale; `logo` is its address, or empty."""

    id: str
    number: str
    tier: int
    name: str
    tagline: str
    about: str
    texts: dict[str, dict[str, str]]
    website: str
    country: str
    field: str
    languages: list[str]
    logo: str
    hall: str


class DraftView(View):
    """Texts that the organisers have not approved yet. `booth` None: no draft; `note`: why it was declined."""

    review: Review
    note: str
    booth: BoothView | None


class CreateBooth(Command, tag="booth.create"):
    """Creates a booth, in the lobby, by an organiser. It is hidden until its texts are approved. A `hall` with a new name is created."""

    name: Name
    hall: Name
    number: Annotated[str, msgspec.Meta(max_length=20)] = ""
    tier: Annotated[int, msgspec.Meta(ge=1, le=3)] = 3
    owner: Id | None = None


class DraftBooth(Command, tag="booth.draft"):
    """Saves a draft. Visitors see it once the organisers have approved it."""

    name: Name
    tagline: Name = ""
    about: About = ""
    texts: Annotated[dict[Locale, dict[str, About]], msgspec.Meta(max_length=20)] = msgspec.field(
        default_factory=dict[str, dict[str, str]]
    )
    website: Annotated[str, msgspec.Meta(max_length=300)] = ""
    country: Country = ""
    field: Annotated[str, msgspec.Meta(max_length=80)] = ""
    languages: Annotated[list[LanguageTag], msgspec.Meta(max_length=20)] = msgspec.field(default_factory=list[str])


class SubmitBooth(Command, tag="booth.submit"):
    """Asks the organisers to approve the draft."""


class ApproveBooth(Command, tag="booth.approve"):
    """Approves the draft: visitors now see it."""


class DeclineBooth(Command, tag="booth.decline"):
    reason: Reason


class BoothCreated(View):
    booth: str


class BoothListed(Event, tag="booth.listed"):
    """In a hall: a booth is new there, or has changed."""

    booth: BoothCard


class BoothChanged(Event, tag="booth.changed"):
    booth: BoothView


class BoothDrafted(Event, tag="booth.drafted"):
    audience: ClassVar[Audience] = Audience.MODERATORS

    draft: DraftView
