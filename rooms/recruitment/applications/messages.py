"""Messages of applications: applying, their progress, notes of the employer's staff, and waiting for an interview."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated

import msgspec

from rooms.core.commands.messages import Command, View
from rooms.core.commands.people import Id, PersonView
from rooms.recruitment.jobs.messages import MOST_QUESTIONS, JobText

LETTER_LENGTH = 4000
STEP_LENGTH = 2000
NOTE_LENGTH = 10_000
NEXT_LENGTH = 200
HIGHEST_RATING = 5

StepText = Annotated[str, msgspec.Meta(max_length=6000)]
Answers = Annotated[dict[Annotated[str, msgspec.Meta(max_length=20)], bool], msgspec.Meta(max_length=MOST_QUESTIONS)]


class JobApplicationState(StrEnum):
    APPLIED = "applied"
    REVIEW = "review"
    INTERVIEW = "interview"
    OFFER = "offer"
    HIRED = "hired"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


class RejectionReason(StrEnum):
    """Why an application is declined; the candidate reads it in their own language."""

    OTHER_CHOSEN = "other_chosen"
    REQUIREMENTS = "requirements"
    FILLED = "filled"
    LATER = "later"
    OTHER = "other"


class ApplyForJob(Command, tag="job.apply"):
    """Applies with the person's profile and CV, which the employer's members can see from now on. `answers` to the job's questions, by key."""

    job: Id
    text: JobText = ""
    answers: Answers = msgspec.field(default_factory=dict[str, bool])


class WithdrawJobApplication(Command, tag="job_application.withdraw"):
    """Takes an application back. Unless the candidate shares the profile with this employer for another reason, it is no longer visible there."""

    application: Id


class MoveApplication(Command, tag="job_application.move"):
    """The employer moves an application on. The candidate is notified, and reads the text. `reason`: of DECLINED alone."""

    application: Id
    state: JobApplicationState
    reason: RejectionReason = RejectionReason.OTHER
    text: StepText = ""


class ShortlistApplication(Command, tag="job_application.shortlist"):
    application: Id
    shortlisted: bool


class HandOverApplication(Command, tag="job_application.hand_over"):
    """A colleague handles the application from now on, and is notified. Notes are shared, so they travel with it."""

    application: Id
    person: Id


class SaveCandidateNote(Command, tag="candidate_note.save"):
    """Saves the person's own note about a candidate; colleagues read it. `version`: of the note that was edited, 0 for a new one; when another page
    has saved a newer one, nothing is overwritten."""

    share: Id
    text: JobText = ""
    rating: Annotated[int, msgspec.Meta(ge=0, le=HIGHEST_RATING)] = 0
    next_step: Annotated[str, msgspec.Meta(max_length=600)] = ""
    version: Annotated[int, msgspec.Meta(ge=0)] = 0


class WaitForInterview(Command, tag="interview.wait"):
    """Joins the queue of the employer's booth with an application."""

    application: Id


class StepView(View):
    """`text` is written to the candidate; `reason` is one of RejectionReason."""

    state: JobApplicationState
    reason: str
    text: str
    at: datetime


class CandidateNoteView(View):
    id: str
    author: PersonView
    text: str
    rating: int
    next_step: str
    version: int
    at: datetime


class JobApplicationView(View):
    """An application as both sides see it. `owner`, for the employer: the colleague who handles it."""

    id: str
    job: str
    job_title: str
    texts: dict[str, dict[str, str]]
    organisation: str
    organisation_name: str
    share: str
    person: PersonView
    text: str
    answers: dict[str, bool]
    state: JobApplicationState
    owner: PersonView | None
    shortlisted: bool
    at: datetime
    changed_at: datetime
    steps: list[StepView]


class JobApplied(View):
    application: str


class NoteSaved(View):
    version: int
