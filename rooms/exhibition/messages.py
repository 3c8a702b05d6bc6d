"""Messages of the exhibition: what a booth shows, who stands there, its queue, and what visitors ask of its staff.

Who waits is known to the staff and to himself. Everybody else learns the numbers of the tickets, from which each visitor reads his own place.
"""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, ClassVar

import msgspec

from rooms.audience import Audience
from rooms.exhibition.lead_messages import OwnLead
from rooms.files.messages import FileView
from rooms.forum.messages.chat import ChatView, MessageView
from rooms.forum.messages.snapshots import RoomOwn
from rooms.messages import Command, Event, Latest, View
from rooms.people.messages import Id, PersonView, Reason
from rooms.programme.messages import Locale

BOOTH_NAME_LENGTH = 120
BOOTH_TAGLINE_LENGTH = 200
BOOTH_ABOUT_LENGTH = 4000
CONTACT_LENGTH = 1000

Name = Annotated[str, msgspec.Meta(max_length=300)]
About = Annotated[str, msgspec.Meta(max_length=10_000)]
Country = Annotated[str, msgspec.Meta(pattern="^([A-Z]{2})?$")]
LanguageTag = Annotated[str, msgspec.Meta(pattern="^[A-Za-z]{2,3}(-[A-Za-z]{2,8})*$")]


class Duty(StrEnum):
    """OWNER: writes the booth's texts and chooses its staff. STAFF: talks to visitors. CONTACT: answers what visitors have written."""

    OWNER = "owner"
    STAFF = "staff"
    CONTACT = "contact"


class Review(StrEnum):
    """How a booth's draft stands: NONE, being written, WAITING for the organisers, or DECLINED by them."""

    NONE = "none"
    DRAFT = "draft"
    WAITING = "waiting"
    DECLINED = "declined"


class PlaceState(StrEnum):
    WAITING = "waiting"
    CALLED = "called"
    TALKING = "talking"
    DONE = "done"
    LEFT = "left"


class ContactKind(StrEnum):
    """CONTACT: whoever of the staff takes it first. MESSAGE: left for one of the staff, to be answered later."""

    CONTACT = "contact"
    MESSAGE = "message"


class ContactState(StrEnum):
    OPEN = "open"
    TAKEN = "taken"
    DONE = "done"


# Views


class BoothCard(View):
    """A booth in a hall. `tier`: 1 partner, 2 sponsor, 3 exhibitor; `texts` holds translations of name and tagline by locale; `logo` is an address, or
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
    """What the owners have written and the organisers have not yet approved. `booth` None: nothing; `note`: why it was declined."""

    review: Review
    note: str
    booth: BoothView | None


class StaffView(View):
    person: PersonView
    duty: Duty


class PlaceView(View):
    """A place in the queue, as the staff see it. `until`: when the call lapses."""

    id: str
    ticket: int
    rank: int
    person: PersonView
    state: PlaceState
    joined_at: datetime
    called_by: PersonView | None
    called_at: datetime | None
    until: datetime | None
    meeting: str | None


class OwnPlace(View):
    """One's own place. `missed`: how many calls he has not answered; `meeting` leads to the talk."""

    id: str
    ticket: int
    state: PlaceState
    called_by: PersonView | None
    until: datetime | None
    missed: int
    meeting: str | None


class ContactView(View):
    id: str
    kind: ContactKind
    state: ContactState
    person: PersonView
    text: str
    owner: PersonView | None
    at: datetime


class OwnContact(View):
    """What one has asked; `owner`: who of the staff sees to it."""

    id: str
    kind: ContactKind
    state: ContactState
    text: str
    owner: PersonView | None
    at: datetime


class BoothDesk(View):
    """The part of a booth's snapshot that only its staff and the organisers get. `leads`: how many visitors have shared their contact."""

    draft: DraftView
    staff: list[StaffView]
    places: list[PlaceView]
    contacts: list[ContactView]
    leads: int


class LineView(View):
    """The queue as everybody may know it: the tickets that wait, in order; how long a talk takes here, as measured; how many of the staff are here
    or talking; and since when each talk under way has lasted."""

    tickets: list[int]
    service_seconds: int
    staff: int
    talking_since: list[datetime]


class BoothNow(View):
    """What goes on at a booth. `staffed`: somebody of its staff is connected."""

    people: int
    waiting: int
    staffed: bool


class BoothSnapshot(View):
    """`files` are its brochures and films; `messages` are the latest 100; `desk` is None for everyone but the staff and the organisers."""

    booth: BoothView
    files: list[FileView]
    chat: ChatView
    messages: list[MessageView]
    desk: BoothDesk | None


class BoothOwn(RoomOwn):
    """What is one person's own at a booth. `named`: whether the staff may know by name which files he takes; None: he has not said."""

    place: OwnPlace | None
    contacts: list[OwnContact]
    named: bool | None
    lead: OwnLead | None


class HallView(View):
    id: str
    name: str
    texts: dict[str, dict[str, str]]


class HallSnapshot(View):
    hall: HallView
    booths: list[BoothCard]


class HallOwn(View):
    """Nothing: a hall is the same for all."""


# Commands: the booth


class CreateBooth(Command, tag="booth.create"):
    """By an organiser, in the lobby: a booth that nobody sees until its texts are approved. A `hall` of a new name is made."""

    name: Name
    hall: Name
    number: Annotated[str, msgspec.Meta(max_length=20)] = ""
    tier: Annotated[int, msgspec.Meta(ge=1, le=3)] = 3
    owner: Id | None = None


class DraftBooth(Command, tag="booth.draft"):
    """What the booth is to say. It is shown to visitors once the organisers have approved it."""

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
    """The draft becomes what visitors see."""


class DeclineBooth(Command, tag="booth.decline"):
    reason: Reason


class SetDuty(Command, tag="staff.set"):
    """`duty` None: of the staff no more."""

    person: Id
    duty: Duty | None = None


# Commands: the queue


class JoinQueue(Command, tag="queue.join"):
    pass


class LeaveQueue(Command, tag="queue.leave"):
    pass


class CallNext(Command, tag="queue.call"):
    """“Next, please.”"""


class AcceptCall(Command, tag="queue.accept"):
    """Within a minute of the call."""


class SkipPlace(Command, tag="queue.skip"):
    """Who was called and did not come keeps his place behind the next one."""

    place: Id


class FinishTalk(Command, tag="queue.finish"):
    place: Id


# Commands: asking the staff


class AskContact(Command, tag="contact.ask"):
    kind: ContactKind
    text: Annotated[str, msgspec.Meta(max_length=4000)]


class TakeContact(Command, tag="contact.take"):
    """Of several who take it exactly one gets it; the others are told who."""

    contact: Id


class CloseContact(Command, tag="contact.close"):
    contact: Id


# Replies


class BoothCreated(View):
    booth: str


class Queued(View):
    ticket: int


class Called(View):
    place: str
    person: PersonView


class Admitted(View):
    meeting: str


class ContactAsked(View):
    contact: str


# Events


class BoothListed(Event, tag="booth.listed"):
    """In a hall: a booth that is new there, or has changed."""

    booth: BoothCard


class BoothChanged(Event, tag="booth.changed"):
    booth: BoothView


class BoothDrafted(Event, tag="booth.drafted"):
    audience: ClassVar[Audience] = Audience.MODERATORS

    draft: DraftView


class DutyChanged(Event, tag="staff.changed"):
    """`duty` None: of the staff no more."""

    audience: ClassVar[Audience] = Audience.MODERATORS
    revisits: ClassVar[bool] = True
    changes_rights: ClassVar[bool] = True

    person: PersonView
    duty: Duty | None


class PlaceChanged(Event, tag="queue.changed"):
    audience: ClassVar[Audience] = Audience.MODERATORS

    place: PlaceView


class PlaceOwn(Event, tag="queue.own"):
    audience: ClassVar[Audience] = Audience.PERSON

    place: OwnPlace


class ContactChanged(Event, tag="contact.changed"):
    audience: ClassVar[Audience] = Audience.MODERATORS

    contact: ContactView


class ContactOwn(Event, tag="contact.own"):
    audience: ClassVar[Audience] = Audience.PERSON

    contact: OwnContact


# Latest values


class Line(Latest):
    name: ClassVar[str] = "line"

    value: LineView


class Floor(Latest):
    """What goes on at booths, by booth: in a hall all of its booths, at a booth itself."""

    name: ClassVar[str] = "floor"

    value: BoothNow
