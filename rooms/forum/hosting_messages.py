"""Messages about the stage of a session and the rules for asking."""

from enum import StrEnum
from typing import Annotated, ClassVar

import msgspec

from rooms.core.commands.audience import Audience
from rooms.core.commands.messages import Command, Event, View

ADDRESS_LENGTH = 500
STAGE_TITLE_LENGTH = 200


class StageKind(StrEnum):
    SLATE = "slate"
    HLS = "hls"
    EMBED = "embed"
    LIVE = "live"


class StageAir(StrEnum):
    """Whether somebody publishes on a live stage. LOST: their connection has failed, and may come back."""

    OFF = "off"
    LIVE = "live"
    LOST = "lost"


class Asking(StrEnum):
    """OPEN: questions are accepted. PAUSED: new questions are held for the moderators and the public list does not change. LOCKED: nobody can ask."""

    OPEN = "open"
    PAUSED = "paused"
    LOCKED = "locked"


class StageView(View, omit_defaults=True):
    """The content of the stage. `address` is empty for a slate (the title card) and for a live stage, on which speakers publish themselves."""

    kind: StageKind
    address: str
    title: str
    air: StageAir = StageAir.OFF


class AskingView(View):
    """`review`: new questions wait for a moderator; `anonymous`: people may ask without a name."""

    asking: Asking
    review: bool
    anonymous: bool


class ShowStage(Command, tag="stage.show"):
    kind: StageKind
    address: Annotated[str, msgspec.Meta(max_length=ADDRESS_LENGTH)] = ""
    title: Annotated[str, msgspec.Meta(max_length=STAGE_TITLE_LENGTH)] = ""


class RenewStreamKeys(Command, tag="stage.rekey"):
    """Makes every stream key of the session invalid. A stream that runs goes on."""


class SetAsking(Command, tag="asking.set"):
    asking: Asking


class SetReview(Command, tag="asking.review"):
    """Affects new questions only."""

    required: bool


class SetAnonymity(Command, tag="asking.anonymity"):
    allowed: bool


class StageChanged(Event, tag="stage.changed"):
    stage: StageView


class StagePrepared(Event, tag="stage.prepared"):
    """A stage that nobody but moderators sees yet, because its session is only scheduled."""

    audience: ClassVar[Audience] = Audience.MODERATORS
    stage: StageView


class AskingChanged(Event, tag="asking.changed"):
    asking: AskingView
