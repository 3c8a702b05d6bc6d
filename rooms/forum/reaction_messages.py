"""Messages of reactions to the stage."""

from enum import StrEnum
from typing import ClassVar

from rooms.core.commands.messages import Command, Latest


class ReactionKind(StrEnum):
    APPLAUSE = "applause"
    HEART = "heart"
    LAUGH = "laugh"
    CHEER = "cheer"


class SendReaction(Command, tag="reaction.send"):
    """Reacts while the session is live. Nothing is stored; members receive the number of people who reacted."""

    kind: ReactionKind


class Reactions(Latest):
    """The number of people who reacted within the last half second, by kind. Each value is an increment, not a state."""

    name: ClassVar[str] = "reactions"

    value: dict[ReactionKind, int]
