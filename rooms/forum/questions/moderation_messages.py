"""Messages of moderators, and of speakers who answer questions.

Each command carries the version that the moderator has seen; an older one is refused as "stale" with the current state. Each event contains the
action, the person who did it (None: the asker, who may be anonymous), and the current state of the question.
"""

from datetime import datetime
from typing import Annotated, ClassVar

import msgspec

from rooms.core.commands.audience import Audience
from rooms.core.commands.messages import Command, Event, View
from rooms.core.commands.people import Id, PersonView
from rooms.forum.questions.messages import QuestionCommand, QuestionState, QuestionText
from rooms.people.messages import Reason, RestraintView, RoleView

AnswerText = Annotated[str, msgspec.Meta(max_length=4000)]
Label = Annotated[str, msgspec.Meta(max_length=40)]
Version = Annotated[int, msgspec.Meta(ge=0, le=2**53 - 1)]  # JavaScript's largest exact integer
ANSWER_LENGTH = 2000


class ModeratedQuestion(View):
    """A question as moderators see it. `author` is None when asked anonymously, for them too; `version` grows with every change."""

    id: str
    version: int
    state: QuestionState
    text: str
    original: str | None
    author: PersonView | None
    asked_at: datetime
    approved_at: datetime | None
    held: bool
    into: str | None
    pinned: bool
    labels: list[str]
    claimed_by: PersonView | None
    answer: str | None
    answer_public: bool
    answered_at: datetime | None
    archived_at: datetime | None
    reason: str
    decided_by: str | None


class Moderation(View):
    """The part of a session's snapshot that only moderators get."""

    questions: list[ModeratedQuestion]
    restraints: list[RestraintView]
    roles: list[RoleView]


class Moderate(QuestionCommand):
    version: Version


class ApproveQuestion(Moderate, tag="question.approve"):
    pass


class DismissQuestion(Moderate, tag="question.dismiss"):
    reason: Reason = ""


class RestoreQuestion(Moderate, tag="question.restore"):
    """Returns an approved or dismissed question to pending."""


class EditQuestion(Moderate, tag="question.edit"):
    text: QuestionText


class LabelQuestion(Moderate, tag="question.label"):
    labels: Annotated[list[Label], msgspec.Meta(max_length=10)]


class ClaimQuestion(Moderate, tag="question.claim"):
    pass


class ReleaseQuestion(Moderate, tag="question.release"):
    pass


class MergeQuestion(Moderate, tag="question.merge"):
    """Merges a duplicate (`question`) into the question `into`, and unites their voters."""

    into: Id


class UnmergeQuestion(Moderate, tag="question.unmerge"):
    pass


class PinQuestion(Moderate, tag="question.pin"):
    pass


class UnpinQuestion(Moderate, tag="question.unpin"):
    pass


class PresenterCommand(QuestionCommand):
    """Commands that speakers may use too. They see no versions, so the version is optional."""

    version: Version | None = None


class TakeQuestion(PresenterCommand, tag="question.take"):
    """Marks a question as being answered now."""


class MarkAnswered(PresenterCommand, tag="question.answered"):
    pass


class ReopenQuestion(PresenterCommand, tag="question.reopen"):
    """Reverts the marking: the question has not been answered."""


class ArchiveQuestion(Moderate, tag="question.archive"):
    pass


class UnarchiveQuestion(Moderate, tag="question.unarchive"):
    pass


class AnswerQuestion(PresenterCommand, tag="question.answer", kw_only=True):
    """Answers in writing; `public` false: only the asker sees it."""

    text: AnswerText
    public: bool


class UnmaskQuestion(QuestionCommand, tag="question.unmask"):
    """Reveals the asker to this moderator only; the audit log records it."""


class ShowOnScreen(QuestionCommand, tag="screen.show"):
    pass


class ClearScreen(Command, tag="screen.clear"):
    pass


class Unmasked(View):
    person: PersonView


class ScreenChanged(Event, tag="screen.changed"):
    """The big screen shows a question, a poll or neither."""

    question: str | None
    poll: str | None = None


class AnsweringChanged(Event, tag="answering.changed"):
    question: str | None


class QuestionModerated(Event):
    audience: ClassVar[Audience] = Audience.MODERATORS

    question: ModeratedQuestion
    by: PersonView | None = None


class QuestionAsked(QuestionModerated, tag="question.asked"):
    pass


class QuestionRevised(QuestionModerated, tag="question.revised"):
    pass


class QuestionWithdrawn(QuestionModerated, tag="question.withdrawn"):
    pass


class QuestionApproved(QuestionModerated, tag="question.approved"):
    pass


class QuestionDismissed(QuestionModerated, tag="question.dismissed"):
    pass


class QuestionRestored(QuestionModerated, tag="question.restored"):
    pass


class QuestionEdited(QuestionModerated, tag="question.edited"):
    pass


class QuestionLabelled(QuestionModerated, tag="question.labelled"):
    pass


class QuestionClaimed(QuestionModerated, tag="question.claimed"):
    pass


class QuestionReleased(QuestionModerated, tag="question.released"):
    pass


class QuestionMerged(QuestionModerated, tag="question.merged"):
    pass


class QuestionUnmerged(QuestionModerated, tag="question.unmerged"):
    pass


class QuestionPinned(QuestionModerated, tag="question.pinned"):
    pass


class QuestionUnpinned(QuestionModerated, tag="question.unpinned"):
    pass


class QuestionTaken(QuestionModerated, tag="question.taken"):
    pass


class QuestionAnswered(QuestionModerated, tag="question.marked_answered"):
    pass


class QuestionReopened(QuestionModerated, tag="question.reopened"):
    pass


class QuestionArchived(QuestionModerated, tag="question.archived"):
    pass


class QuestionUnarchived(QuestionModerated, tag="question.unarchived"):
    pass


class AnswerWritten(QuestionModerated, tag="question.answer_written"):
    pass
