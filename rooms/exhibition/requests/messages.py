"""Messages of visitors' requests to a booth's staff."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, ClassVar

import msgspec

from rooms.core.commands.audience import Audience
from rooms.core.commands.messages import Command, Event, View
from rooms.core.commands.people import Id, PersonView

CONTACT_LENGTH = 1000


class ContactKind(StrEnum):
    """CONTACT: the member of the staff who takes it first answers. MESSAGE: left for one member of the staff, to be answered later."""

    CONTACT = "contact"
    MESSAGE = "message"


class ContactState(StrEnum):
    OPEN = "open"
    TAKEN = "taken"
    DONE = "done"


class ContactView(View):
    id: str
    kind: ContactKind
    state: ContactState
    person: PersonView
    text: str
    owner: PersonView | None
    at: datetime


class OwnContact(View):
    """The person's own request; `owner`: the member of the staff who handles it."""

    id: str
    kind: ContactKind
    state: ContactState
    text: str
    owner: PersonView | None
    at: datetime


class AskContact(Command, tag="contact.ask"):
    kind: ContactKind
    text: Annotated[str, msgspec.Meta(max_length=4000)]


class TakeContact(Command, tag="contact.take"):
    """Takes a request. If several try at once, exactly one succeeds; the others see who."""

    contact: Id


class CloseContact(Command, tag="contact.close"):
    contact: Id


class ContactAsked(View):
    contact: str


class ContactChanged(Event, tag="contact.changed"):
    audience: ClassVar[Audience] = Audience.MODERATORS

    contact: ContactView


class ContactOwn(Event, tag="contact.own"):
    audience: ClassVar[Audience] = Audience.PERSON

    contact: OwnContact
