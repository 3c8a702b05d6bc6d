"""Messages for asking and voting, and of the questions that everyone sees.

A change of a question causes three events for three audiences: `question.shown`/`question.hidden` for everyone, `question.own` for its asker, and the
action itself (`question.approved` …) for the moderators. So no type contains data that its receivers may not see.
"""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, ClassVar

import msgspec

from rooms.core.commands.audience import Audience
from rooms.core.commands.messages import Command, Event, Latest, View
from rooms.core.commands.people import Id

QuestionText = Annotated[
    str, msgspec.Meta(max_length=2000)
]  # rooms.core.text checks the real limit, with a better message
QUESTION_LENGTH = 500


class QuestionState(StrEnum):
    PENDING = "pending"
    APPROVED = "approved"
    DISMISSED = "dismissed"
    WITHDRAWN = "withdrawn"
    MERGED = "merged"


class PublicQuestion(View):
    """A question as everyone sees it. `author` is None when asked anonymously; `merged` counts the duplicates merged into it."""

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
    """A question as its asker sees it; `into_text` is the text of the question into which it was merged, if that is public."""

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
    """Edits one's own question until it is answered. If the session has review, the question returns to it."""

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
    """A question is new in the public list, or has changed there."""

    question: PublicQuestion


class QuestionHidden(Event, tag="question.hidden"):
    question: str


class OwnQuestionChanged(Event, tag="question.own"):
    audience: ClassVar[Audience] = Audience.PERSON

    question: OwnQuestion


class Votes(Latest):
    """The number of people who want a question answered; the key is the question."""

    name: ClassVar[str] = "votes"

    value: int


class QueueVotes(Latest):
    """The same for a question that is not public, for moderators."""

    name: ClassVar[str] = "votes"
    audience: ClassVar[Audience] = Audience.MODERATORS

    value: int


class OwnVotes(Latest):
    """Whether the person has voted; the key is the question."""

    name: ClassVar[str] = "own_votes"
    audience: ClassVar[Audience] = Audience.PERSON

    value: bool
