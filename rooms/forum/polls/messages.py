"""Messages of polls.

A poll's results are sent separately, as latest values: to moderators always, to everyone only while the poll reveals them. So the public poll message
has no field that could leak a count.
"""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, ClassVar

import msgspec

from rooms.core.commands.audience import Audience
from rooms.core.commands.messages import IN_LINES, Command, Event, Latest, View
from rooms.core.commands.people import Id

PollTitle = Annotated[
    str, msgspec.Meta(max_length=1000)
]  # rooms.core.text checks the real limit, with a better message
PollOption = Annotated[str, msgspec.Meta(max_length=500)]
PollText = Annotated[str, msgspec.Meta(max_length=1000)]
Choice = Annotated[int, msgspec.Meta(ge=1, le=20)]
PollVersion = Annotated[int, msgspec.Meta(ge=1, le=2**53 - 1)]

POLL_TITLE_LENGTH = 300
POLL_OPTION_LENGTH = 120
POLL_TEXT_LENGTH = 200


class PollKind(StrEnum):
    """RATING: from 1 to 5. TEXT: one text. CLOUD: up to three words, separated by commas."""

    SINGLE = "single"
    MULTIPLE = "multiple"
    RATING = "rating"
    TEXT = "text"
    CLOUD = "cloud"


class PollState(StrEnum):
    DRAFT = "draft"
    OPEN = "open"
    CLOSED = "closed"
    ARCHIVED = "archived"


class Reveal(StrEnum):
    """When everyone may see the results: LIVE while it is open and afterwards, CLOSED once it is closed, NEVER until a moderator reveals them."""

    LIVE = "live"
    CLOSED = "closed"
    NEVER = "never"


class PollView(View):
    """`options` is empty for kinds without options; `version` grows with every change of the wording. Everyone sees open and closed polls,
    moderators all of them."""

    id: str
    kind: PollKind
    title: str
    options: list[str]
    state: PollState
    reveal: Reveal
    version: int
    made_at: datetime
    opened_at: datetime | None
    closed_at: datetime | None


class PollAnswer(View):
    """One person's answer. `choices` are numbers of options, from 1; for a rating, the rating."""

    choices: list[int]
    text: str


class CountedText(View):
    """A text, regardless of case, and how many people wrote it."""

    text: str
    count: int


class PollTally(View):
    """`voters` have answered; `counts` has one number for each option, or for each rating from 1 to 5; `texts` are the most frequent."""

    voters: int
    counts: list[int]
    texts: list[CountedText]


class ModeratedTally(View):
    """`hidden` are the texts that moderators have hidden from everyone."""

    tally: PollTally
    hidden: list[CountedText]


# Commands of moderators


class PollWording(Command):
    kind: PollKind
    title: PollTitle
    options: Annotated[list[PollOption], msgspec.Meta(max_length=20), IN_LINES] = msgspec.field(
        default_factory=list[str]
    )


class DraftPoll(PollWording, tag="poll.draft"):
    reveal: Reveal = Reveal.CLOSED


class EditPoll(PollWording, tag="poll.edit", kw_only=True):
    """Edits a poll before the first answer. `version` is the one that the moderator has seen; an older one is refused as "stale" with the current state."""

    poll: Id
    version: PollVersion


class PollCommand(Command):
    poll: Id


class OpenPoll(PollCommand, tag="poll.open"):
    pass


class ClosePoll(PollCommand, tag="poll.close"):
    """Closes the poll permanently. Later answers do not count."""


class ArchivePoll(PollCommand, tag="poll.archive"):
    """Hides the poll (or draft) from everyone. Moderators still see the answers."""


class RevealPoll(PollCommand, tag="poll.reveal"):
    reveal: Reveal


class HideText(PollCommand, tag="poll.hide"):
    """Hides a text from everyone, no matter who wrote it, or shows it again."""

    text: PollText
    hidden: bool


class ShowPollOnScreen(PollCommand, tag="screen.poll"):
    pass


# Commands of everybody


class AnswerPoll(PollCommand, tag="poll.answer"):
    """Replaces the person's earlier answer. `version` is that of the wording they have seen; an older one is refused as "stale"."""

    version: PollVersion
    choices: Annotated[list[Choice], msgspec.Meta(max_length=20)] = msgspec.field(default_factory=list[int])
    text: PollText = ""


class RetractAnswer(PollCommand, tag="poll.retract"):
    pass


class Drafted(View):
    poll: str


# Events


class PollDrafted(Event, tag="poll.drafted"):
    """A poll is new, or a draft has changed."""

    audience: ClassVar[Audience] = Audience.MODERATORS

    poll: PollView


class PollOpened(Event, tag="poll.opened"):
    poll: PollView


class PollChanged(Event, tag="poll.changed"):
    """The wording has changed, or whether the results are revealed."""

    poll: PollView


class PollClosed(Event, tag="poll.closed"):
    poll: PollView


class PollHidden(Event, tag="poll.hidden"):
    """Only moderators can see the poll now."""

    poll: str


class PollArchived(Event, tag="poll.archived"):
    audience: ClassVar[Audience] = Audience.MODERATORS

    poll: PollView


# Latest values; the key is the poll


class PollResults(Latest):
    """Sent while the poll reveals its results; None when it no longer does."""

    name: ClassVar[str] = "poll_results"

    value: PollTally | None


class PollTallies(Latest):
    name: ClassVar[str] = "poll_tallies"
    audience: ClassVar[Audience] = Audience.MODERATORS

    value: ModeratedTally


class OwnAnswers(Latest):
    """The person's own answer; None when they have withdrawn it."""

    name: ClassVar[str] = "own_answers"
    audience: ClassVar[Audience] = Audience.PERSON

    value: PollAnswer | None
