"""Messages of organisations: their profile, their members, and merging duplicates."""

from enum import StrEnum
from typing import Annotated

import msgspec

from rooms.core.commands.messages import Command, Country, Locale, View
from rooms.core.commands.people import Id, PersonView

NAME_LENGTH = 120
ABOUT_LENGTH = 4000
FIELD_LENGTH = 80
MOST_FIELDS = 10

Name = Annotated[str, msgspec.Meta(max_length=300)]
About = Annotated[str, msgspec.Meta(max_length=10_000)]
Fields = Annotated[list[Annotated[str, msgspec.Meta(max_length=80)]], msgspec.Meta(max_length=MOST_FIELDS)]


class OrganisationRole(StrEnum):
    """OWNER: edits the profile and chooses the members. MEMBER: acts in its name."""

    OWNER = "owner"
    MEMBER = "member"


class OrganisationView(View):
    """`texts` holds translations of name and about by locale; `country` is an ISO 3166-1 code or empty; `logo` is an address or empty."""

    id: str
    name: str
    about: str
    texts: dict[str, dict[str, str]]
    website: str
    logo: str
    country: str
    fields: list[str]


class MemberView(View):
    person: PersonView
    role: OrganisationRole


class Profile(Command):
    """The texts of an organisation. `texts` holds translations of name and about by locale."""

    name: Name
    about: About = ""
    texts: Annotated[dict[Locale, dict[str, About]], msgspec.Meta(max_length=20)] = msgspec.field(
        default_factory=dict[str, dict[str, str]]
    )
    website: Annotated[str, msgspec.Meta(max_length=300)] = ""
    country: Country = ""
    fields: Fields = msgspec.field(default_factory=list[str])


class CreateOrganisation(Profile, tag="organisation.create"):
    """Creates an organisation, in the lobby; the person becomes its owner. It is listed once it shows something that the organisers approved."""


class EditOrganisation(Profile, tag="organisation.edit", kw_only=True):
    organisation: Id


class SetMember(Command, tag="organisation.set_member"):
    """`role` None: the person is no longer a member."""

    organisation: Id
    person: Id
    role: OrganisationRole | None = None


Address = Annotated[str, msgspec.Meta(max_length=300)]


class InviteMember(Command, tag="organisation.invite"):
    """Invites the person with this email address, who becomes a member once they accept. The answer does not say whether they have an account."""

    organisation: Id
    email: Address


class UninviteMember(Command, tag="organisation.uninvite"):
    organisation: Id
    email: Address


class AnswerInvitation(Command, tag="organisation.answer"):
    """The invited person joins the organisation, or refuses. The owners are not notified of a refusal."""

    organisation: Id
    accept: bool


class LeaveOrganisation(Command, tag="organisation.leave"):
    organisation: Id


class MergeOrganisations(Command, tag="organisation.merge"):
    """Moves everything of `organisation` to `into`, and deletes it. Cannot be undone."""

    organisation: Id
    into: Id


class OrganisationCreated(View):
    organisation: str
