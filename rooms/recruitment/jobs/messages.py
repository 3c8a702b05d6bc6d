"""Messages of jobs. All are given in the lobby."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated

import msgspec

from rooms.core.commands.messages import Command, Locale, View
from rooms.core.commands.people import Id
from rooms.organisations.messages import Country

TITLE_LENGTH = 200
ABOUT_LENGTH = 10_000
PLACE_LENGTH = 120
JOB_QUESTION_LENGTH = 200
MOST_QUESTIONS = 5
MOST_CHOSEN = 10
"""Fields of science, languages or countries of one job or candidate."""

JobLine = Annotated[str, msgspec.Meta(max_length=300)]
JobText = Annotated[str, msgspec.Meta(max_length=20_000)]
JobTexts = Annotated[dict[Locale, dict[str, JobText]], msgspec.Meta(max_length=20)]
Codes = Annotated[list[Annotated[str, msgspec.Meta(max_length=20)]], msgspec.Meta(max_length=MOST_CHOSEN)]
Years = Annotated[int, msgspec.Meta(ge=0, le=60)]


class Degree(StrEnum):
    """The highest degree, in this order; NONE: not stated, or not needed."""

    NONE = ""
    SCHOOL = "school"
    BACHELOR = "bachelor"
    MASTER = "master"
    DOCTORATE = "doctorate"


class Contract(StrEnum):
    PERMANENT = "permanent"
    FIXED_TERM = "fixed_term"
    DOCTORAL = "doctoral"
    POSTDOC = "postdoc"
    INTERNSHIP = "internship"
    FREELANCE = "freelance"


class Workplace(StrEnum):
    ON_SITE = "on_site"
    HYBRID = "hybrid"
    REMOTE = "remote"


class JobState(StrEnum):
    """DRAFT: never published. EXPIRED: its time is over. CLOSED: by the employer or an organiser. Both can be published again."""

    DRAFT = "draft"
    PUBLISHED = "published"
    CLOSED = "closed"
    EXPIRED = "expired"


class QuestionView(View):
    """A question to candidates. Only those who give the expected answer can apply. `texts` holds translations of the text by locale."""

    key: Annotated[str, msgspec.Meta(pattern=r"^[a-z][a-z0-9_]{0,19}\Z")]
    text: JobLine
    expected: bool = True
    texts: JobTexts = msgspec.field(default_factory=dict[str, dict[str, str]])


class JobContent(Command):
    """What a job says. `texts` holds translations of title, about and place by locale.

    `visa`: the employer supports a visa. Prerequisites of candidates: `degree` at least, all `languages`, `permit` to work in the country,
    `years` of experience, `questions`. `days`: how long the job is shown."""

    title: JobLine
    about: JobText = ""
    texts: JobTexts = msgspec.field(default_factory=dict[str, dict[str, str]])
    country: Country = ""
    place: JobLine = ""
    workplace: Workplace = Workplace.ON_SITE
    contract: Contract = Contract.PERMANENT
    sciences: Codes = msgspec.field(default_factory=list[str])
    visa: bool = False
    degree: Degree = Degree.NONE
    languages: Codes = msgspec.field(default_factory=list[str])
    permit: bool = False
    years: Years = 0
    questions: Annotated[list[QuestionView], msgspec.Meta(max_length=MOST_QUESTIONS)] = msgspec.field(
        default_factory=list[QuestionView]
    )
    days: Annotated[int, msgspec.Meta(ge=1, le=365)] = 60


class CreateJob(JobContent, tag="job.create", kw_only=True):
    """Begins a draft in the name of an organisation."""

    organisation: Id


class EditJob(JobContent, tag="job.edit", kw_only=True):
    """Changes the job. A published one changes at once."""

    job: Id


class PublishJob(Command, tag="job.publish"):
    """Shows the job, for as many days as it says from now on."""

    job: Id


class CloseJob(Command, tag="job.close"):
    """Takes the job off the board. Its applications remain."""

    job: Id


class SaveJob(Command, tag="job.save"):
    """Keeps a job in the person's own list."""

    job: Id


class UnsaveJob(Command, tag="job.unsave"):
    job: Id


class JobView(View):
    """A job as visitors see it."""

    id: str
    organisation: str
    organisation_name: str
    organisation_texts: dict[str, dict[str, str]]
    state: JobState
    title: str
    about: str
    texts: dict[str, dict[str, str]]
    country: str
    place: str
    workplace: Workplace
    contract: Contract
    sciences: list[str]
    visa: bool
    degree: Degree
    languages: list[str]
    permit: bool
    years: int
    questions: list[QuestionView]
    published_at: datetime | None
    expires_at: datetime | None


class JobCreated(View):
    job: str
