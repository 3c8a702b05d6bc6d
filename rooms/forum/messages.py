"""Messages of a live session: its state and stage, the queue of questions, the chat.

A question is told three times, each to its own audience: `question.shown`/`question.hidden` to everyone, `question.own` to who asked it, and the
act itself (`question.approved` …) to the moderators. So what a person may not see is not in the types that reach him.
"""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, ClassVar

import msgspec

from rooms.audience import Audience
from rooms.messages import Command, Event, Latest, View
from rooms.people.messages import Id, PersonView, Reason, RestraintView, RoleView

QuestionText = Annotated[str, msgspec.Meta(max_length=2000)]  # cut to size by rooms.text with a better message
MessageText = Annotated[str, msgspec.Meta(max_length=4000)]
Label = Annotated[str, msgspec.Meta(max_length=40)]
Version = Annotated[int, msgspec.Meta(ge=0, le=2**53 - 1)]  # what JavaScript counts to

QUESTION_LENGTH = 500
ANSWER_LENGTH = 2000
MESSAGE_LENGTH = 1000
ADDRESS_LENGTH = 500
STAGE_TITLE_LENGTH = 200


class SessionState(StrEnum):
    SCHEDULED = "scheduled"
    LOBBY = "lobby"
    LIVE = "live"
    ENDED = "ended"


class QuestionState(StrEnum):
    PENDING = "pending"
    APPROVED = "approved"
    DISMISSED = "dismissed"
    WITHDRAWN = "withdrawn"
    MERGED = "merged"


class Asking(StrEnum):
    """OPEN; PAUSED: arrivals are kept for the moderators and the public list stands still; LOCKED: nobody can ask."""

    OPEN = "open"
    PAUSED = "paused"
    LOCKED = "locked"


class StageKind(StrEnum):
    SLATE = "slate"
    HLS = "hls"
    EMBED = "embed"


class ReactionKind(StrEnum):
    APPLAUSE = "applause"
    HEART = "heart"
    LAUGH = "laugh"
    CHEER = "cheer"


# Views


class StageView(View):
    """What the stage shows: `address` is empty for a slate."""

    kind: StageKind
    address: str
    title: str


class SpeakerView(View):
    id: str
    name: str
    affiliation: str
    biography: str


class SessionView(View):
    """`texts` holds translations by locale: {"zh_Hans": {"title": …, "abstract": …}}."""

    id: str
    title: str
    subtitle: str
    abstract: str
    texts: dict[str, dict[str, str]]
    track: str
    place: str
    language: str
    starts_at: datetime
    ends_at: datetime
    cancelled: bool
    state: SessionState
    started_at: datetime | None
    ended_at: datetime | None
    speakers: list[SpeakerView]


class AskingView(View):
    """`review`: new questions wait for a moderator; `anonymous`: whether one may ask without a name."""

    asking: Asking
    review: bool
    anonymous: bool


class ChatView(View):
    """`slow_seconds`: how long one waits between two messages; 0 = no wait."""

    open: bool
    slow_seconds: int


class MessageView(View):
    """`number` orders the messages of a room."""

    id: str
    number: int
    author: PersonView
    text: str
    at: datetime


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


class OwnQuestion(View):
    """A question as its asker sees it; `into_text` is the question that his was merged into, where that is public."""

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


class Moderation(View):
    """The part of a session's snapshot that only moderators get."""

    questions: list[ModeratedQuestion]
    restraints: list[RestraintView]
    roles: list[RoleView]


class SessionSnapshot(View):
    """`messages` are the latest 100; `moderation` is None for everyone but moderators."""

    session: SessionView
    stage: StageView
    asking: AskingView
    chat: ChatView
    screen: str | None
    answering: str | None
    questions: list[PublicQuestion]
    messages: list[MessageView]
    moderation: Moderation | None


class RoomOwn(View):
    """The part of a join's answer that is one person's alone, in any room with a chat. `can` names the commands that he may use here; `read` is
    his mark in the chat."""

    person: PersonView | None
    roles: list[str]
    can: list[str]
    listed: bool
    silenced: bool
    silenced_until: datetime | None
    read: int


class Own(RoomOwn):
    """What is one person's own in a session."""

    questions: list[OwnQuestion]
    votes: list[str]


class LobbyOwn(RoomOwn):
    """What is one person's own in a lobby. `stars` are the sessions that he has starred."""

    stars: list[str]


class SessionCard(View):
    """A session in a list."""

    id: str
    title: str
    texts: dict[str, dict[str, str]]
    track: str
    place: str
    language: str
    starts_at: datetime
    ends_at: datetime
    cancelled: bool
    state: SessionState


class LobbySnapshot(View):
    """A conference's lobby: what is on, and its chat."""

    conference: str
    sessions: list[SessionCard]
    chat: ChatView
    messages: list[MessageView]
    restraints: list[RestraintView] | None


# Commands: the session


class OpenSession(Command, tag="session.open"):
    """Opens the lobby, where the countdown runs."""


class StartSession(Command, tag="session.start"):
    pass


class EndSession(Command, tag="session.end"):
    pass


class ShowStage(Command, tag="stage.show"):
    kind: StageKind
    address: Annotated[str, msgspec.Meta(max_length=ADDRESS_LENGTH)] = ""
    title: Annotated[str, msgspec.Meta(max_length=STAGE_TITLE_LENGTH)] = ""


# Commands: asking


class AskQuestion(Command, tag="question.ask"):
    text: QuestionText
    anonymous: bool = False


class QuestionCommand(Command):
    question: Id


class ReviseQuestion(QuestionCommand, tag="question.revise"):
    """By the asker, as long as it has not been answered; it goes back to review where there is one."""

    text: QuestionText


class WithdrawQuestion(QuestionCommand, tag="question.withdraw"):
    pass


class VoteQuestion(QuestionCommand, tag="question.vote"):
    pass


class UnvoteQuestion(QuestionCommand, tag="question.unvote"):
    pass


# Commands: moderating. Each carries the version that the moderator has seen; an older one is refused as "stale" with the present state.


class Moderate(QuestionCommand):
    version: Version


class ApproveQuestion(Moderate, tag="question.approve"):
    pass


class DismissQuestion(Moderate, tag="question.dismiss"):
    reason: Reason = ""


class RestoreQuestion(Moderate, tag="question.restore"):
    """Back to pending, from approved or dismissed."""


class EditQuestion(Moderate, tag="question.edit"):
    text: QuestionText


class LabelQuestion(Moderate, tag="question.label"):
    labels: Annotated[list[Label], msgspec.Meta(max_length=10)]


class ClaimQuestion(Moderate, tag="question.claim"):
    pass


class ReleaseQuestion(Moderate, tag="question.release"):
    pass


class MergeQuestion(Moderate, tag="question.merge"):
    """Unites a duplicate (`question`) with the question `into`, and their voters."""

    into: Id


class UnmergeQuestion(Moderate, tag="question.unmerge"):
    pass


class PinQuestion(Moderate, tag="question.pin"):
    pass


class UnpinQuestion(Moderate, tag="question.unpin"):
    pass


class Present(QuestionCommand):
    """Speakers may give these too, who see no versions."""

    version: Version | None = None


class TakeQuestion(Present, tag="question.take"):
    """It is being answered now."""


class MarkAnswered(Present, tag="question.answered"):
    pass


class ReopenQuestion(Present, tag="question.reopen"):
    """Not answered after all."""


class ArchiveQuestion(Moderate, tag="question.archive"):
    pass


class UnarchiveQuestion(Moderate, tag="question.unarchive"):
    pass


class AnswerQuestion(Present, tag="question.answer", kw_only=True):
    """A written answer; `public` false: for the asker alone."""

    text: MessageText
    public: bool


class UnmaskQuestion(QuestionCommand, tag="question.unmask"):
    """Tells the moderator alone who asked; it is audited."""


class ShowOnScreen(QuestionCommand, tag="screen.show"):
    pass


class ClearScreen(Command, tag="screen.clear"):
    pass


class SetAsking(Command, tag="asking.set"):
    asking: Asking


class SetReview(Command, tag="asking.review"):
    """Affects new questions only."""

    required: bool


class SetAnonymity(Command, tag="asking.anonymity"):
    allowed: bool


# Commands: chat


class PostMessage(Command, tag="chat.post"):
    text: MessageText


class RemoveMessage(Command, tag="chat.remove"):
    message: Id


class ReadChat(Command, tag="chat.read"):
    """The person has seen the chat up to this number."""

    number: Version


class SetChat(Command, tag="chat.set"):
    open: bool
    slow_seconds: Annotated[int, msgspec.Meta(ge=0, le=3600)]


# Commands: reactions


class SendReaction(Command, tag="reaction.send"):
    """While the session is live. Nothing is kept of it: who looks on is told how many people have reacted."""

    kind: ReactionKind


# Replies


class Asked(View):
    question: str
    state: QuestionState


class Posted(View):
    message: str
    next_at: datetime | None


class Unmasked(View):
    person: PersonView


# Events for everyone


class SessionChanged(Event, tag="session.changed"):
    """State, times or texts."""

    session: SessionView


class SessionListed(Event, tag="session.listed"):
    """In the lobby: a session is new or has changed."""

    session: SessionCard


class StageChanged(Event, tag="stage.changed"):
    stage: StageView


class AskingChanged(Event, tag="asking.changed"):
    asking: AskingView


class ChatChanged(Event, tag="chat.changed"):
    chat: ChatView


class ScreenChanged(Event, tag="screen.changed"):
    question: str | None


class AnsweringChanged(Event, tag="answering.changed"):
    question: str | None


class QuestionShown(Event, tag="question.shown"):
    """New in the public list, or changed there."""

    question: PublicQuestion


class QuestionHidden(Event, tag="question.hidden"):
    question: str


class MessagePosted(Event, tag="chat.posted"):
    message: MessageView


class MessageRemoved(Event, tag="chat.removed"):
    message: str


# Events for one person


class OwnQuestionChanged(Event, tag="question.own"):
    audience: ClassVar[Audience] = Audience.PERSON

    question: OwnQuestion


# Events for moderators: what was done, by whom (None: by the asker, who may be anonymous), and how the question stands now


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


# Latest values


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
    """Whether the person himself has voted; the key is the question."""

    name: ClassVar[str] = "own_votes"
    audience: ClassVar[Audience] = Audience.PERSON

    value: bool


class Reactions(Latest):
    """How many people have reacted within the last half second, by kind. Each value is news of its own, none is the state of anything."""

    name: ClassVar[str] = "reactions"

    value: dict[ReactionKind, int]
