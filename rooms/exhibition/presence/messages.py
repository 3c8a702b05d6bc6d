"""Messages about presence at booths."""

from typing import ClassVar

from rooms.core.commands.messages import Latest, View


class BoothNow(View):
    """The current activity at a booth. `staffed`: a member of its staff is connected."""

    people: int
    waiting: int
    staffed: bool


class Floor(Latest):
    """The current activity by booth: in a hall for all of its booths, at a booth for itself."""

    name: ClassVar[str] = "floor"

    value: BoothNow
