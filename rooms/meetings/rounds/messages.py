"""Messages of rounds of short talks. Commands are given in the lobby; what happens to a person next is a latest value on their desk."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, ClassVar

import msgspec

from rooms.core.commands.messages import Command, Latest, View
from rooms.core.commands.people import Id

TITLE_LENGTH = 120
TEXT_LENGTH = 1000

Line = Annotated[str, msgspec.Meta(max_length=300)]
Text = Annotated[str, msgspec.Meta(max_length=4000)]


class RoundAudience(StrEnum):
    """Who may join: EVERYONE who takes part in the conference, or MEMBERS of an organisation."""

    EVERYONE = "everyone"
    MEMBERS = "members"


class RoundPreference(StrEnum):
    """People of different ORGANISATIONS or COUNTRIES are put together where that is possible."""

    NOTHING = "nothing"
    ORGANISATIONS = "organisations"
    COUNTRIES = "countries"


class RoundState(StrEnum):
    """WAITING for the start, in a TALK, in the PAUSE after one, ENDED, or CANCELLED."""

    WAITING = "waiting"
    TALK = "talk"
    PAUSE = "pause"
    ENDED = "ended"
    CANCELLED = "cancelled"


class RoundFields(Command):
    """`talks`: how many rounds."""

    title: Line
    starts_at: datetime
    talk_minutes: Annotated[int, msgspec.Meta(ge=1, le=60)]
    pause_seconds: Annotated[int, msgspec.Meta(ge=10, le=900)]
    talks: Annotated[int, msgspec.Meta(ge=1, le=30)]
    text: Text = ""
    audience: RoundAudience = RoundAudience.EVERYONE
    prefers: RoundPreference = RoundPreference.NOTHING


class CreateRound(RoundFields, tag="round.create"):
    """An organiser sets up rounds of short talks."""


class EditRound(RoundFields, tag="round.edit", kw_only=True):
    """Before the first talk."""

    round: Id


class StartRound(Command, tag="round.start"):
    """Begins now, instead of at the planned time."""

    round: Id


class CancelRound(Command, tag="round.cancel"):
    """Ends it; talks that are under way end, too."""

    round: Id


class EnterRound(Command, tag="round.enter"):
    """Enters the waiting room. From the next round on, or as soon as somebody else is alone, the person is given a partner."""

    round: Id


class LeaveRound(Command, tag="round.leave"):
    """Leaves the rounds, also in the middle of a talk. The person can enter again."""

    round: Id


class RoundCreated(View):
    round: str


class RoundNowView(View):
    """What a person who has entered does now. `meeting`: the path of their talk; empty while they have none. `until`: the end of the talk or the pause.
    `here` false: they have left."""

    state: RoundState
    number: int
    talks: int
    until: datetime | None
    meeting: str
    here: bool


class RoundNow(Latest):
    """On the desk of a person who has entered rounds of short talks. The key is the id of the rounds."""

    name: ClassVar[str] = "rounds"

    value: RoundNowView
