"""The access gate of meetings: only invited people can see a meeting."""

from collections.abc import Collection
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from rooms.core.commands.access import ABSENT, Actor
from rooms.core.errors import Problem
from rooms.core.store.database import in_param, pad_to_power_of_two
from rooms.core.store.journal import Room
from rooms.meetings.tables import invited

_INVITED = sa.select(invited.c.meeting, invited.c.person).where(
    invited.c.meeting.in_(in_param("meetings")), invited.c.person.in_(in_param("people"))
)


@dataclass(frozen=True, slots=True)
class MeetingGate:
    """`invited`: pairs of a meeting and a person."""

    invited: set[tuple[str, str]]

    def admit(self, actor: Actor) -> Actor:
        if self.hides(actor.room, actor.person.id if actor.person else ""):
            raise Problem("not_found", ABSENT)
        return actor

    def hides(self, room: Room, person: str) -> bool:
        return (room.subject, person) not in self.invited


async def gate(connection: AsyncConnection, rooms: Collection[Room], people: Collection[str]) -> MeetingGate:
    asked = {"meetings": pad_to_power_of_two(room.subject for room in rooms), "people": pad_to_power_of_two(people)}
    return MeetingGate({(row.meeting, row.person) for row in await connection.execute(_INVITED, asked)})
