"""The master of the bus dies, and Sentinel makes its replica the new one: nothing is lost, and the processes hear each other again by themselves."""

import asyncio

from rooms.core.delivery.bus.trial import try_redis
from tests.faults.crowd import Crowd, crowd
from tests.faults.ground import lay
from tests.faults.oracle import examine
from tests.faults.places import scaled, shaken
from tests.support.redis import running_sentinel
from tests.support.waiting import until

PEOPLE = 24


async def test_a_failover_loses_nothing(postgres_url: str) -> None:
    ground = await lay(postgres_url, PEOPLE)
    commands = scaled(10, 100)
    with running_sentinel() as redis, shaken(2, postgres_url, redis.sentinel.url) as servers:
        async with (
            crowd(ground, lambda: servers[0].door, count=PEOPLE // 2) as here,
            crowd(ground, lambda: servers[1].door, first=PEOPLE // 2) as there,
        ):
            everybody = Crowd([*here, *there])
            acting = asyncio.create_task(everybody.act(commands, pause=0.2))
            await until(lambda: len(everybody.delays) > PEOPLE)
            redis.master.kill()
            await until(lambda: redis.sentinel.master() == redis.replica.port, 30)
            await until(lambda: all(server.figure("plenary_bus_up") for server in servers), 20)
            await acting
            await everybody.agree(30)
            heard = [server.figure("plenary_nudges_heard_total") for server in servers]
            await asyncio.gather(here[0].chat(), there[0].chat())
            await everybody.agree(30)
            now = [server.figure("plenary_nudges_heard_total") for server in servers]
            assert all(after > before for before, after in zip(heard, now, strict=True)), "by the new master"
            # Somebody who comes now needs a ticket, which the new master must take.
            async with crowd(ground, lambda: servers[0].door, count=1) as newcomers:
                await newcomers.agree(30)
    verdict = (await examine(postgres_url, everybody.witnesses)).hold()
    assert verdict.acknowledged >= PEOPLE * commands


async def test_the_doctor_tries_the_master() -> None:
    with running_sentinel() as redis:
        tried = await try_redis(redis.sentinel.url)
        assert (tried.nodes, tried.replicas) == (0, 1)
        assert tried.round_trip < 5
