"""Messages of who asks and votes, and of the questions that everyone sees.

A question is told three times, each to its own audience: `question.shown`/`question.hidden` to everyone, `question.own` to who asked it, and the
act itself (`question.approved` …) to the moderators. So nobody receives a type that holds what they may not see.
"""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, ClassVar

import msgspec

from rooms.core.commands.audience import Audience
from rooms.core.commands.messages import Command, Event, Latest, View
from rooms.core.commands.people import Id

QuestionText = Annotated[str, msgspec.Meta(max_length=2000)]  # cut to size by rooms.core.text with a better message
QUESTION_LENGTH = 500


class QuestionState(StrEnum):
    PENDING = "pending"
    APPROVED = "approved"
    DISMISSED = "dismissed"
    WITHDRAWN = "withdrawn"
    MERGED = "merged"


class PublicQuestion(View):
    """A question as everyone sees it. `author` is None when asked anonymously; `merged` counts the duplicates united in it."""

    id: str
    text: str
    author: str | None
    asked_at: datetime
    approved_at: datetime
    pinned: bool
    edited: bool
    merged: int
    answer: str | None
    answered_by: str | None
    answered_at: datetime | None


class OwnQuestion(View):
    """A question as its asker sees it; `into_text` is the question into which it was merged, where that is public."""

    id: str
    state: QuestionState
    text: str
    original: str | None
    anonymous: bool
    asked_at: datetime
    into: str | None
    into_text: str | None
    answer: str | None
    answer_public: bool
    answered_at: datetime | None
    reason: str


class QuestionCommand(Command):
    question: Id


class AskQuestion(Command, tag="question.ask"):
    text: QuestionText
    anonymous: bool = False


class ReviseQuestion(QuestionCommand, tag="question.revise"):
    """By the asker, as long as it has not been answered; it goes back to review where there is one."""

    text: QuestionText


class WithdrawQuestion(QuestionCommand, tag="question.withdraw"):
    pass


class VoteQuestion(QuestionCommand, tag="question.vote"):
    pass


class UnvoteQuestion(QuestionCommand, tag="question.unvote"):
    pass


class Asked(View):
    question: str
    state: QuestionState


class QuestionShown(Event, tag="question.shown"):
    """New in the public list, or changed there."""

    question: PublicQuestion


class QuestionHidden(Event, tag="question.hidden"):
    question: str


class OwnQuestionChanged(Event, tag="question.own"):
    audience: ClassVar[Audience] = Audience.PERSON

    question: OwnQuestion


class Votes(Latest):
    """How many people want a question answered; the key is the question."""

    name: ClassVar[str] = "votes"

    value: int


class QueueVotes(Latest):
    """The same of a question that is not public, for moderators."""

    name: ClassVar[str] = "votes"
    audience: ClassVar[Audience] = Audience.MODERATORS

    value: int


class OwnVotes(Latest):
    """Whether the person has voted; the key is the question."""

    name: ClassVar[str] = "own_votes"
    audience: ClassVar[Audience] = Audience.PERSON

    value: bool
