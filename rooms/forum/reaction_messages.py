"""Messages of reactions to what happens on the stage."""

from enum import StrEnum
from typing import ClassVar

from rooms.core.commands.messages import Command, Latest


class ReactionKind(StrEnum):
    APPLAUSE = "applause"
    HEART = "heart"
    LAUGH = "laugh"
    CHEER = "cheer"


class SendReaction(Command, tag="reaction.send"):
    """While the session is live. Nothing is kept of it: who looks on is told how many people have reacted."""

    kind: ReactionKind


class Reactions(Latest):
    """How many people have reacted within the last half second, by kind. Each value is news of its own, none is the state of anything."""

    name: ClassVar[str] = "reactions"

    value: dict[ReactionKind, int]
