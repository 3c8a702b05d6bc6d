"""Per-person state of any room with a chat, loaded for many members at once."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from rooms.chat.tables import marks
from rooms.core.commands.access import Actor
from rooms.core.commands.registry import permitted
from rooms.core.store.database import in_param, pad_to_power_of_two

Key = tuple[str, str]
"""Room and person; "" for a viewer without an identity."""


async def own_of_people(connection: AsyncConnection, actors: list[Actor]) -> list[dict[str, Any]]:
    """For each actor the fields of RoomOwn."""
    read: dict[Key, int] = {}
    for room, people in people_by_room(actors).items():
        rows = await connection.execute(READ, {"in_room": room, "people": pad_to_power_of_two(people)})
        read |= {(room, row.person): row.number for row in rows}
    return [base_fields(actor, read) for actor in actors]


def key_of(actor: Actor) -> Key:
    return actor.room.id, actor.person.id if actor.person else ""


def base_fields(actor: Actor, read: dict[Key, int]) -> dict[str, Any]:
    return {
        "person": actor.person.view if actor.person else None,
        "roles": sorted(actor.roles),
        "can": permitted(actor),
        "listed": actor.person.listed if actor.person else False,
        "silenced": actor.silenced,
        "silenced_until": actor.silenced_until,
        "read": read.get(key_of(actor), 0),
    }


def people_by_room(actors: list[Actor]) -> dict[str, list[str]]:
    """The people in each room, without those who have no identity."""
    found: dict[str, list[str]] = {}
    for actor in actors:
        if actor.person is not None:
            found.setdefault(actor.room.id, []).append(actor.person.id)
    return found


def in_room(person: "sa.ColumnElement[str]", room: "sa.ColumnElement[str]") -> "sa.ColumnElement[bool]":
    return sa.and_(person.in_(in_param("people")), room == sa.bindparam("in_room"))


READ = sa.select(marks.c.person, marks.c.number).where(in_room(marks.c.person, marks.c.room))
