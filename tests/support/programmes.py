"""A programme that tests import into the conference of a world."""

from rooms.programme import queries
from rooms.programme.imports.importing import import_schedule
from rooms.programme.imports.plan import SchedulePlan
from rooms.programme.imports.stored import Stored, load
from rooms.programme.schedules.schedule import Schedule
from tests.support.world import World


async def stored(world: World) -> Stored:
    async with world.engine.database.read() as connection:
        return await load(connection, await queries.conference(connection, "forum"))


async def bring(world: World, schedule: Schedule) -> SchedulePlan:
    return await import_schedule(world.engine, "forum", schedule, by=world.people["organiser"])
