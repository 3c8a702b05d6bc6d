"""Booths with a queue, and what they answer."""

from typing import Any

import msgspec
import sqlalchemy as sa

from rooms.exhibition.booths.editing import make_booth, set_duty
from rooms.exhibition.booths.staff_messages import Duty
from rooms.exhibition.tables import booths
from tests.support.world import World


async def reply(world: World, who: str, command: Any, room: str = "") -> Any:
    return msgspec.json.decode((await world.do(who, command, room=room or world.stand)).reply)


async def other_booth(world: World, *staff: str) -> str:
    """Another booth, with its staff; gives its room."""
    async with world.engine.database.write() as connection:
        hall = (await connection.execute(sa.select(booths.c.hall).where(booths.c.id == world.booth))).scalar_one()
        said = {"name": "Aurora"}
        booth, room = await make_booth(connection, world.conference, hall, said, open=True)
        for who in staff:
            await set_duty(connection, booth, world.people[who], Duty.STAFF, world.clock())
    return room
