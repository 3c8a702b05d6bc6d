"""A connection that has joined a room."""

from collections.abc import Callable
from dataclasses import dataclass

from rooms.core.commands.audience import Audience
from rooms.core.delivery.fanout import Place
from rooms.core.delivery.sink import Sink


@dataclass(eq=False, slots=True)
class Member:
    """`public`: he asked to see no more than everyone does, as a big screen must. `translate` gives a sentence in his language.
    `place` is where he stands in the crowd, None while he is not in it.

    `entering`: he is being let in; `again`: his rights have changed meanwhile.
    """

    sink: Sink
    room: str
    person: str | None
    public: bool = False
    translate: Callable[[str], str] = str
    audience: Audience = Audience.EVERYONE
    place: Place | None = None
    left: bool = False
    entering: bool = False
    again: bool = False

    @property
    def reader(self) -> str | None:
        """Whom he may be told private matters as."""
        return None if self.public else self.person
