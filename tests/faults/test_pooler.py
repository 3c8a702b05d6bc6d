"""Two processes share a PgBouncer in transaction mode, which gives each transaction any of four connections to PostgreSQL."""

import asyncio

from tests.faults.crowd import Crowd, crowd
from tests.faults.ground import lay
from tests.faults.oracle import examine
from tests.faults.places import scaled, shaken
from tests.support.pgbouncer import running_pooler

PEOPLE = 24


async def test_everything_works_through_a_pooler_in_transaction_mode(postgres_url: str, redis_url: str) -> None:
    """calls.md M5: the server ended with “prepared statement already exists”."""
    ground = await lay(postgres_url, PEOPLE)
    commands = scaled(6, 100)
    with running_pooler(postgres_url) as pooler, shaken(2, f"{pooler.url}?pooler=transaction", redis_url) as servers:
        async with (
            crowd(ground, lambda: servers[0].door, count=PEOPLE // 2) as here,
            crowd(ground, lambda: servers[1].door, first=PEOPLE // 2) as there,
        ):
            everybody = Crowd([*here, *there])
            await asyncio.wait_for(everybody.act(commands), 90)
            await everybody.agree(30)
            assert not everybody.refusals
        said = "".join(server.output() for server in servers)
    verdict = (await examine(postgres_url, everybody.witnesses)).hold()
    assert verdict.acknowledged == PEOPLE * commands
    assert "prepared statement" not in said
