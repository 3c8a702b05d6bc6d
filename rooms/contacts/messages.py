"""Messages of contacts. A request is sent in the lobby of a conference; everything else concerns a person alone, so it happens at their desk."""

from enum import StrEnum
from typing import Annotated

import msgspec

from rooms.core.commands.messages import Command, Country, LanguageTag
from rooms.core.commands.people import Id

NOTE_LENGTH = 300
OFFERS_LENGTH = 600
LINE_LENGTH = 120
PHONE_LENGTH = 40
WEBSITE_LENGTH = 300

Line = Annotated[str, msgspec.Meta(max_length=300)]
Text = Annotated[str, msgspec.Meta(max_length=2000)]


class CardField(StrEnum):
    """What a person can give to a contact. Their name is always given. EMAIL is the address of their account."""

    EMAIL = "email"
    PHONE = "phone"
    ORGANISATION = "organisation"
    JOB = "job"
    WEBSITE = "website"
    COUNTRY = "country"
    LANGUAGES = "languages"
    NOTE = "note"


class ProfileAudience(StrEnum):
    """Who sees a person's profile page, among the participants of the same conference. CONTACTS: others see the name, and can ask. NOBODY: others can
    neither see the page nor ask."""

    EVERYONE = "everyone"
    CONTACTS = "contacts"
    NOBODY = "nobody"


class HowMet(StrEnum):
    """Where one person asked the other: on their PROFILE, in a CHAT, in a CALL, with a CODE, or after a ROUND of short talks."""

    PROFILE = "profile"
    CHAT = "chat"
    CALL = "call"
    CODE = "code"
    ROUND = "round"


class ConnectionState(StrEnum):
    """How a person stands to another. ASKED: they asked. REQUESTED: they were asked, and have not answered. DECLINED: they said no; the other still
    sees ASKED. WITHDRAWN: the other took the request back. AGREED: both agreed. ENDED: they took the contact back."""

    ASKED = "asked"
    REQUESTED = "requested"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    AGREED = "agreed"
    ENDED = "ended"


Fields = Annotated[list[CardField], msgspec.Meta(max_length=len(CardField))]


class EditCard(Command, tag="card.edit"):
    """`usual`: the fields that are chosen beforehand when the person connects. `offers` is shown on the profile page, to `audience`."""

    phone: Line = ""
    organisation: Line = ""
    job: Line = ""
    website: Line = ""
    country: Country = ""
    languages: Annotated[list[LanguageTag], msgspec.Meta(max_length=20)] = msgspec.field(default_factory=list[str])
    note: Text = ""
    offers: Text = ""
    audience: ProfileAudience = ProfileAudience.CONTACTS
    usual: Fields = msgspec.field(default_factory=list[CardField])


class AskConnection(Command, tag="connect.ask"):
    """Asks a person for their contact, and offers `fields` of one's own card. If they have asked already, both are in contact at once."""

    person: Id
    fields: Fields = msgspec.field(default_factory=list[CardField])
    how: HowMet = HowMet.PROFILE
    text: Text = ""


class AgreeConnection(Command, tag="connect.agree"):
    """Accepts a person's request, and gives them `fields` of one's own card. From now on each sees what the other gives."""

    person: Id
    fields: Fields = msgspec.field(default_factory=list[CardField])


class DeclineConnection(Command, tag="connect.decline"):
    """Declines a person's request. They are not notified, and further requests do not arrive."""

    person: Id


class ChooseFields(Command, tag="connect.choose"):
    """Changes what one gives to a contact, or offers with a request. It takes effect at once."""

    person: Id
    fields: Fields = msgspec.field(default_factory=list[CardField])


class EndConnection(Command, tag="connect.end"):
    """Takes back a contact or a request. Neither sees anything of the other from now on."""

    person: Id
