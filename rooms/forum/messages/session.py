"""Messages of a session: its state, its stage, and how one may ask in it."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated

import msgspec

from rooms.messages import Command, Event, View

ADDRESS_LENGTH = 500
STAGE_TITLE_LENGTH = 200


class SessionState(StrEnum):
    SCHEDULED = "scheduled"
    LOBBY = "lobby"
    LIVE = "live"
    ENDED = "ended"


class StageKind(StrEnum):
    SLATE = "slate"
    HLS = "hls"
    EMBED = "embed"


class Asking(StrEnum):
    """OPEN; PAUSED: arrivals are kept for the moderators and the public list stands still; LOCKED: nobody can ask."""

    OPEN = "open"
    PAUSED = "paused"
    LOCKED = "locked"


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


class AskingView(View):
    """`review`: new questions wait for a moderator; `anonymous`: whether one may ask without a name."""

    asking: Asking
    review: bool
    anonymous: bool


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


class SetAsking(Command, tag="asking.set"):
    asking: Asking


class SetReview(Command, tag="asking.review"):
    """Affects new questions only."""

    required: bool


class SetAnonymity(Command, tag="asking.anonymity"):
    allowed: bool


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
