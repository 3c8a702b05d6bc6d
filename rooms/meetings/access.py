"""The gate of meetings: a meeting exists only for those who are invited to it."""

from collections.abc import Collection
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from rooms.core.commands.access import ABSENT, Visit
from rooms.core.errors import Problem
from rooms.core.store.database import given, padded
from rooms.core.store.journal import Room
from rooms.meetings.tables import invited

_INVITED = sa.select(invited.c.meeting, invited.c.person).where(
    invited.c.meeting.in_(given("meetings")), invited.c.person.in_(given("people"))
)


@dataclass(frozen=True, slots=True)
class MeetingGate:
    """`invited`: pairs of a meeting and a person."""

    invited: set[tuple[str, str]]

    def admit(self, visit: Visit) -> Visit:
        if self.hides(visit.room, visit.person.id if visit.person else ""):
            raise Problem("not_found", ABSENT)
        return visit

    def hides(self, room: Room, person: str) -> bool:
        return (room.subject, person) not in self.invited


async def gate(connection: AsyncConnection, rooms: Collection[Room], people: Collection[str]) -> MeetingGate:
    asked = {"meetings": padded(room.subject for room in rooms), "people": padded(people)}
    return MeetingGate({(row.meeting, row.person) for row in await connection.execute(_INVITED, asked)})
