"""The access gate of booths: only staff and organisers can see a closed booth. Duties at a booth count as roles there."""

from collections.abc import Collection
from dataclasses import dataclass, replace

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from rooms.core.commands.access import ABSENT, Actor
from rooms.core.commands.people import Role
from rooms.core.errors import Problem
from rooms.core.store.database import in_param, pad_to_power_of_two
from rooms.core.store.journal import Room
from rooms.exhibition.tables import booth_staff, booths

_BOOTHS = (
    sa.select(booths.c.id, booths.c.open, booth_staff.c.person, booth_staff.c.duty)
    .select_from(
        booths.outerjoin(
            booth_staff, sa.and_(booth_staff.c.booth == booths.c.id, booth_staff.c.person.in_(in_param("people")))
        )
    )
    .where(booths.c.id.in_(in_param("booths")))
)


@dataclass(frozen=True, slots=True)
class BoothGate:
    """`duties`: (booth, person) → the role given by the duty there."""

    open: set[str]
    duties: dict[tuple[str, str], Role]

    def admit(self, actor: Actor) -> Actor:
        booth, person = actor.room.subject, actor.person
        duty = self.duties.get((booth, person.id)) if person is not None and person.verified else None
        if booth not in self.open and duty is None and Role.ORGANISER not in actor.roles:
            raise Problem("not_found", ABSENT)
        return replace(actor, roles=actor.roles | {duty}) if duty else actor

    def hides(self, room: Room, person: str) -> bool:
        return room.subject not in self.open and (room.subject, person) not in self.duties


async def gate(connection: AsyncConnection, rooms: Collection[Room], people: Collection[str]) -> BoothGate:
    found = BoothGate(set(), {})
    asked = {"booths": pad_to_power_of_two(room.subject for room in rooms), "people": pad_to_power_of_two(people)}
    for row in await connection.execute(_BOOTHS, asked):
        if row.open:
            found.open.add(row.id)
        if row.duty is not None:
            found.duties[row.id, row.person] = Role(row.duty)
    return found
