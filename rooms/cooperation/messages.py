"""Messages of project cooperation: what types and their fields are, entries and their review, and interests. All are given in the lobby."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated

import msgspec

from rooms.core.commands.messages import Command, Country, Locale, View
from rooms.core.commands.people import Id, PersonView

TITLE_LENGTH = 200
ABOUT_LENGTH = 10_000
ENTRY_COMMENT_LENGTH = 1000
MOST_FIELDS = 20

Line = Annotated[str, msgspec.Meta(max_length=300)]
LongText = Annotated[str, msgspec.Meta(max_length=20_000)]
ShortText = Annotated[str, msgspec.Meta(max_length=4000)]
Values = Annotated[dict[str, ShortText], msgspec.Meta(max_length=MOST_FIELDS)]
Translations = Annotated[dict[Locale, dict[str, LongText]], msgspec.Meta(max_length=20)]


class EntrySide(StrEnum):
    """OFFER: the organisation has something. REQUEST: it seeks something. IDEA: it seeks partners for a project, each in a role."""

    OFFER = "offer"
    REQUEST = "request"
    IDEA = "idea"


class FieldKind(StrEnum):
    """What a field holds, as text: TEXT free text, NUMBER a decimal number, CHOICE one of its options, COUNTRY an ISO 3166-1 code, SCIENCE a code of
    the OECD's fields of science (sciences.py), MATURITY a technology readiness level from 1 to 9 (ISO 16290), BUDGET an amount or a range with an ISO
    4217 currency, such as "20000-50000 EUR", FILE the id of a document that was uploaded for this entry (documents/)."""

    TEXT = "text"
    NUMBER = "number"
    CHOICE = "choice"
    COUNTRY = "country"
    SCIENCE = "science"
    MATURITY = "maturity"
    BUDGET = "budget"
    FILE = "file"


class FieldView(View):
    """A field of a type of entries. `options` are those of a CHOICE. `texts` holds translations of the name by locale, `option_texts` those of the
    options: {"zh_Hans": {"Pilot": "试点"}}."""

    key: Annotated[str, msgspec.Meta(pattern=r"^[a-z][a-z0-9_]{0,39}\Z")]
    kind: FieldKind
    name: Line
    required: bool = False
    options: Annotated[list[Line], msgspec.Meta(max_length=50)] = msgspec.field(default_factory=list[str])
    texts: Translations = msgspec.field(default_factory=dict[str, dict[str, str]])
    option_texts: Translations = msgspec.field(default_factory=dict[str, dict[str, str]])


class TypeView(View):
    """`days`: how long an entry is shown."""

    id: str
    side: EntrySide
    name: str
    texts: dict[str, dict[str, str]]
    fields: list[FieldView]
    days: int
    archived: bool


class EntryReview(StrEnum):
    """The state of an entry's draft: NONE, DRAFT (being written), WAITING for the organisers, or DECLINED by them."""

    NONE = "none"
    DRAFT = "draft"
    WAITING = "waiting"
    DECLINED = "declined"


class EntryState(StrEnum):
    """HIDDEN: never published. EXPIRED: its time is over, it can be renewed. WITHDRAWN: taken back by the organisation or an organiser."""

    HIDDEN = "hidden"
    PUBLISHED = "published"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"


class RoleSought(View):
    """A role in the consortium of an idea: `number` organisations are sought, from one of the `countries` (none: from anywhere). `key` identifies it
    when the entry is edited; a new role has none yet. `texts` holds translations of the name by locale."""

    name: Line
    key: Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9]{0,16}\Z")] = ""
    texts: Translations = msgspec.field(default_factory=dict[str, dict[str, str]])
    countries: Annotated[list[Country], msgspec.Meta(max_length=50)] = msgspec.field(default_factory=list[str])
    number: Annotated[int, msgspec.Meta(ge=1, le=50)] = 1


Roles = Annotated[list[RoleSought], msgspec.Meta(max_length=20)]


class EntryContent(Command):
    """What an entry says. `texts` holds translations of title and about by locale, `values` those of the type's fields by key; `roles` are those that
    an idea seeks."""

    title: Line
    about: LongText = ""
    texts: Translations = msgspec.field(default_factory=dict[str, dict[str, str]])
    country: Country = ""
    values: Values = msgspec.field(default_factory=dict[str, str])
    roles: Roles = msgspec.field(default_factory=list[RoleSought])


class CreateEntry(EntryContent, tag="entry.create", kw_only=True):
    """Begins a draft in the name of an organisation."""

    organisation: Id
    type: Id


class DraftEntry(EntryContent, tag="entry.draft", kw_only=True):
    """Changes the draft. Visitors see it once the organisers have approved it."""

    entry: Id


class SubmitEntry(Command, tag="entry.submit"):
    """Asks the organisers to approve the draft."""

    entry: Id


class ApproveEntry(Command, tag="entry.approve"):
    """Publishes the draft. The organisation's members are notified, and those whose saved searches it matches.

    `submitted_at`: when the draft that the organiser has read was submitted; a draft that has changed since then is refused as `stale`."""

    entry: Id
    submitted_at: datetime | None = None


class DeclineEntry(Command, tag="entry.decline"):
    """Returns the draft to its organisation, with a comment that says what to change."""

    entry: Id
    comment: Line


class CommentEntry(Command, tag="entry.comment"):
    """A comment on the draft, between the organisation and the organisers."""

    entry: Id
    text: ShortText


class RenewEntry(Command, tag="entry.renew"):
    """Shows a published or expired entry for another full time of its type."""

    entry: Id


class WithdrawEntry(Command, tag="entry.withdraw"):
    """Takes an entry back. It can be submitted again."""

    entry: Id


class DeleteEntry(Command, tag="entry.delete"):
    """Deletes an entry that is not published, with its comments, documents and contact requests. Refused where a request was accepted."""

    entry: Id


class DeclineReason(StrEnum):
    NO_FIT = "no_fit"
    TOO_EARLY = "too_early"
    TOO_LATE = "too_late"
    NO_CAPACITY = "no_capacity"
    REGION = "region"
    BUDGET = "budget"
    FOUND = "found"
    OTHER = "other"


class InterestState(StrEnum):
    WAITING = "waiting"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


class InterestOutcome(StrEnum):
    """How far it went: TALKS, a LETTER of intent, a MEMORANDUM of understanding, an AGREEMENT, or NONE."""

    TALKS = "talks"
    LETTER = "letter"
    MEMORANDUM = "memorandum"
    AGREEMENT = "agreement"
    NONE = "none"


class ShowInterest(Command, tag="interest.show"):
    """Asks the organisation behind a published entry for a conversation. `organisation`: in whose name, if in any. `role`: the key of a role of an
    idea, for which the organisation applies."""

    entry: Id
    text: ShortText
    organisation: Id | None = None
    role: Annotated[str, msgspec.Meta(max_length=16)] = ""


class WithdrawInterest(Command, tag="interest.withdraw"):
    interest: Id


class AcceptInterest(Command, tag="interest.accept"):
    """From now on the person who accepts and the one who showed interest see each other's email address. Fills the role that was applied for."""

    interest: Id


class DeclineInterest(Command, tag="interest.decline"):
    """The reason is shown to the person who showed interest, and to nobody else."""

    interest: Id
    reason: DeclineReason


class RecordOutcome(Command, tag="interest.outcome"):
    """Either side records what came of it."""

    interest: Id
    outcome: InterestOutcome


class EntryView(View):
    """A published entry, as visitors see it."""

    id: str
    organisation: str
    organisation_name: str
    organisation_texts: dict[str, dict[str, str]]
    type: str
    state: EntryState
    title: str
    about: str
    texts: dict[str, dict[str, str]]
    country: str
    values: dict[str, str]
    roles: list[RoleSought]
    published_at: datetime | None
    expires_at: datetime | None


class CommentView(View):
    id: str
    person: PersonView
    text: str
    at: datetime


class InterestView(View):
    """`texts` holds translations of the entry's title by locale; `role` is the key of the role applied for. Once accepted, `email` is the person's
    address, and `contact` is who accepted."""

    id: str
    entry: str
    entry_title: str
    texts: dict[str, dict[str, str]]
    person: PersonView
    organisation_name: str
    role: str
    text: str
    state: InterestState
    reason: str
    outcome: str
    at: datetime
    answered_at: datetime | None
    email: str = ""
    contact: str = ""
    contact_email: str = ""
    contact_id: str = ""


class EntryCreated(View):
    entry: str


class InterestShown(View):
    interest: str
