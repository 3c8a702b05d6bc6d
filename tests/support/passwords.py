"""People who sign in with a password."""

from argon2 import PasswordHasher

from rooms.core.store.tables import persons
from rooms.people.passwords import Passwords
from tests.support.world import World

PASSWORD = "a good long sentence"


async def with_password(world: World, who: str) -> str:
    """Gives one of the people a password; returns their address."""
    hashed = await Passwords(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)).hash(PASSWORD)
    async with world.engine.database.write() as connection:
        await connection.execute(persons.update().where(persons.c.id == world.people[who]).values(password=hashed))
    return f"{who}@example.org"
