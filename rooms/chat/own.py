"""Per-person state of any room with a chat, loaded for many members at once."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from rooms.chat.tables import marks
from rooms.core.commands.access import Visit
from rooms.core.commands.registry import permitted
from rooms.core.store.database import given, padded

Key = tuple[str, str]
"""Room and person; "" for nobody in particular."""


async def own_of_people(connection: AsyncConnection, visits: list[Visit]) -> list[dict[str, Any]]:
    """For each visit the fields of RoomOwn: what is a person's own in any room with a chat."""
    read: dict[Key, int] = {}
    for room, people in people_by_room(visits).items():
        rows = await connection.execute(READ, {"in_room": room, "people": padded(people)})
        read |= {(room, row.person): row.number for row in rows}
    return [base_fields(visit, read) for visit in visits]


def key_of(visit: Visit) -> Key:
    return visit.room.id, visit.person.id if visit.person else ""


def base_fields(visit: Visit, read: dict[Key, int]) -> dict[str, Any]:
    return {
        "person": visit.person.view if visit.person else None,
        "roles": sorted(visit.roles),
        "can": permitted(visit),
        "listed": visit.person.listed if visit.person else False,
        "silenced": visit.silenced,
        "silenced_until": visit.silenced_until,
        "read": read.get(key_of(visit), 0),
    }


def people_by_room(visits: list[Visit]) -> dict[str, list[str]]:
    """The people who visit each room, but for those who are nobody in particular."""
    found: dict[str, list[str]] = {}
    for visit in visits:
        if visit.person is not None:
            found.setdefault(visit.room.id, []).append(visit.person.id)
    return found


def in_room(person: "sa.ColumnElement[str]", room: "sa.ColumnElement[str]") -> "sa.ColumnElement[bool]":
    return sa.and_(person.in_(given("people")), room == sa.bindparam("in_room"))


READ = sa.select(marks.c.person, marks.c.number).where(in_room(marks.c.person, marks.c.room))
