"""Messages of who is at a booth."""

from typing import ClassVar

from rooms.core.commands.messages import Latest, View


class BoothNow(View):
    """What goes on at a booth. `staffed`: somebody of its staff is connected."""

    people: int
    waiting: int
    staffed: bool


class Floor(Latest):
    """What goes on at booths, by booth: in a hall all of its booths, at a booth itself."""

    name: ClassVar[str] = "floor"

    value: BoothNow
