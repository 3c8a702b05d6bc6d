"""A connection that has joined a room."""

from collections.abc import Callable
from dataclasses import dataclass

from rooms.core.commands.audience import Audience
from rooms.core.delivery.fanout import Slot
from rooms.core.delivery.sink import Sink


@dataclass(eq=False, slots=True)
class Member:
    """`public`: shows only what everyone may see (big screens). `translate` gives a sentence in the member's language.
    `slot`: the slot in the fan-out, None until added.

    `entering`: being added; `again`: the rights have changed in the meantime, so they must be read again.
    """

    sink: Sink
    room: str
    person: str | None
    public: bool = False
    translate: Callable[[str], str] = str
    audience: Audience = Audience.EVERYONE
    slot: Slot | None = None
    left: bool = False
    entering: bool = False
    again: bool = False

    @property
    def reader(self) -> str | None:
        """The person whose private events this member receives."""
        return None if self.public else self.person
