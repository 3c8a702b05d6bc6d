"""Messages of candidates: their profile, who sees it, and invitations. All are given in the lobby."""

from datetime import datetime
from typing import Annotated

import msgspec

from rooms.core.commands.messages import IN_LINES, Command, View
from rooms.core.commands.people import Id, PersonView
from rooms.organisations.messages import Country
from rooms.recruitment.jobs.messages import Codes, Degree, JobLine, JobText, Years

HEADLINE_LENGTH = 120
PROFILE_LENGTH = 4000
LINK_LENGTH = 300
MOST_LINKS = 6
INVITATION_LENGTH = 1000

Links = Annotated[list[JobLine], msgspec.Meta(max_length=MOST_LINKS), IN_LINES]
ShortNote = Annotated[str, msgspec.Meta(max_length=4000)]


class EditProfile(Command, tag="candidate.edit"):
    """Creates or changes the person's profile as a candidate. `country`: where they live; `permits`: countries where they may work.

    `years` of experience; None: not stated. `invitable`: employers may find the profile, without name and CV, and invite them to apply."""

    headline: JobLine
    about: JobText = ""
    links: Links = msgspec.field(default_factory=list[str])
    languages: Codes = msgspec.field(default_factory=list[str])
    degree: Degree = Degree.NONE
    sciences: Codes = msgspec.field(default_factory=list[str])
    country: Country = ""
    permits: Codes = msgspec.field(default_factory=list[str])
    years: Years | None = None
    invitable: bool = False


class RemoveCv(Command, tag="candidate.remove_cv"):
    """Deletes the CV."""


class DeleteProfile(Command, tag="candidate.delete"):
    """Deletes the profile and the CV, and withdraws all applications."""


class ShareProfile(Command, tag="candidate.share"):
    """Shows the profile and the CV to the members of an organisation."""

    organisation: Id


class UnshareProfile(Command, tag="candidate.unshare"):
    """The members of the organisation no longer see the profile and the CV, and their notes are deleted. Open applications there are withdrawn."""

    organisation: Id


class InviteCandidate(Command, tag="job.invite"):
    """Invites somebody who may be invited to apply for a published job."""

    job: Id
    candidate: Id
    text: ShortNote = ""


class DeclineInvitation(Command, tag="job_invitation.decline"):
    """The employer is not notified."""

    invitation: Id


class CandidateView(View):
    """What a found candidate shows to employers before they share their profile: no name, links or CV."""

    id: str
    headline: str
    about: str
    languages: list[str]
    degree: Degree
    sciences: list[str]
    country: str
    years: int | None


class ProfileView(View):
    """A profile for those with whom it is shared. `cv` is the name of the file, "" without one."""

    id: str
    person: PersonView
    headline: str
    about: str
    links: list[str]
    languages: list[str]
    degree: Degree
    sciences: list[str]
    country: str
    permits: list[str]
    years: int | None
    invitable: bool
    cv: str
    cv_size: int
    cv_at: datetime | None
    updated_at: datetime


class ShareView(View):
    """With whom a candidate shares, or once shared, their profile."""

    organisation: str
    organisation_name: str
    texts: dict[str, dict[str, str]]
    at: datetime
    withdrawn_at: datetime | None


class InvitationView(View):
    id: str
    job: str
    job_title: str
    texts: dict[str, dict[str, str]]
    organisation_name: str
    text: str
    at: datetime
