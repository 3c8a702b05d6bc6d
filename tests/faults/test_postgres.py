"""F7 and F8: PostgreSQL is restarted, and falls silent. Acknowledged commands are kept, others get an error, and heartbeats continue."""

import asyncio
import time

from tests.faults.client import Gone
from tests.faults.crowd import crowd
from tests.faults.ground import lay
from tests.faults.oracle import examine
from tests.faults.places import figure, scaled, shaken
from tests.faults.report import note
from tests.support.postgres import PostgresServer
from tests.support.waiting import until

PEOPLE = 24


async def test_f7_postgres_is_restarted(own_postgres: PostgresServer) -> None:
    url = own_postgres.url(await own_postgres.create_database())
    ground = await lay(url, PEOPLE)
    commands = scaled(10, 100)
    with shaken(1, url) as (server,):
        async with crowd(ground, lambda: server.door) as clients:
            acting = asyncio.create_task(clients.act(commands, pause=0.05))
            await until(lambda: len(clients.delays) > PEOPLE)
            own_postgres.stop()
            await asyncio.sleep(scaled(1, 3))
            own_postgres.start()
            back = time.monotonic()
            said = len(clients.delays)
            await until(lambda: len(clients.delays) > said, 30)
            seconds = time.monotonic() - back
            await acting
            await clients.agree(30)
            refusals = clients.refusals
            assert not clients.closes, "people were sent away"
    verdict = (await examine(url, clients.witnesses)).hold()
    assert verdict.acknowledged == PEOPLE * commands
    assert set(refusals) <= {"unavailable"}, f"not asked to try again later: {refusals}"
    assert seconds < 5
    result = f"{verdict.acknowledged} acknowledged, 0 lost; first commit {seconds:.1f} s after its return"
    note("F7", "PostgreSQL restarted in mid-burst", result)


async def test_f8_postgres_falls_silent(own_postgres: PostgresServer) -> None:
    """Frozen, it keeps every connection open and answers none. Quick: a transaction may take 2 s; as delivered, 15."""
    silence = scaled(4, 30)
    url = own_postgres.url(await own_postgres.create_database())
    ground = await lay(url, PEOPLE)
    with shaken(1, url, faults=scaled({"patience": 2}, {})) as (server,):
        async with crowd(ground, lambda: server.door) as clients:
            await clients.act(1)
            own_postgres.freeze()
            began = time.monotonic()
            try:
                acting = asyncio.create_task(clients.act(2))
                slowest = 0.0
                while time.monotonic() - began < silence:
                    try:
                        slowest = max([slowest, *await asyncio.gather(*(client.beat() for client in clients))])
                    except Gone:
                        raise AssertionError("a connection ended while the database was silent") from None
                    await asyncio.sleep(0.5)
                waiting = figure(server, "plenary_commands_waiting")
                refusals = clients.refusals
            finally:
                own_postgres.thaw()
            await acting
            await clients.agree(30)
            assert not clients.closes
    verdict = (await examine(url, clients.witnesses)).hold()
    assert verdict.acknowledged == PEOPLE * 3
    assert set(refusals) == {"unavailable"}
    assert slowest < 5
    assert waiting <= PEOPLE
    result = f"“unavailable” {refusals.total()} times, slowest heartbeat {slowest:.2f} s, nobody disconnected; all done afterwards"
    note("F8", f"PostgreSQL frozen for {silence} s", result)
