"""F3 to F6 and F9: the bus between two processes dies, forgets, falls silent, lies, or parts them. It is only an optimisation: nothing may be lost by it."""

import asyncio
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any

import msgspec
import pytest
import sqlalchemy as sa

from rooms.core.store.database import Database
from rooms.forum.tables import votes
from tests.faults.crowd import Crowd, crowd
from tests.faults.ground import Ground, lay
from tests.faults.oracle import examine
from tests.faults.places import Shaken, scaled, shaken
from tests.faults.proxy import Proxy
from tests.faults.report import note
from tests.support.redis import RedisServer
from tests.support.waiting import until

PEOPLE = 24
LOOKS = scaled({"looks": 1}, {})
"""Quick runs have rooms compared with the database every second; as delivered, it is every third."""


@contextmanager
def two(database: str, redis: str, **faults: Any) -> Iterator[list[Shaken]]:
    with shaken(2, database, redis, faults={**LOOKS, **faults}) as servers:
        yield servers


@asynccontextmanager
async def parted(servers: list[Shaken], ground: Ground) -> AsyncIterator[Crowd]:
    """Half of the people stay on one process, half on the other."""
    half = len(ground.people) // 2
    async with (
        crowd(ground, lambda: servers[0].door, count=half) as here,
        crowd(ground, lambda: servers[1].door, first=half) as there,
    ):
        yield Crowd([*here, *there])


async def healed(clients: Crowd) -> float:
    """Seconds until something said now on either process has reached everybody on both."""
    began = time.monotonic()
    await asyncio.gather(clients[0].chat(), clients[-1].chat())
    await clients.agree(30)
    return time.monotonic() - began


async def test_f3_redis_is_gone_for_a_while(postgres_url: str, own_redis: RedisServer) -> None:
    away = scaled(3, 10)
    ground = await lay(postgres_url, PEOPLE)
    with two(postgres_url, own_redis.url) as servers:
        async with parted(servers, ground) as clients:
            await healed(clients)
            own_redis.kill()
            began = time.monotonic()
            await clients.act(3)
            await clients.agree(20)  # through the database alone
            slowest = max(clients.delays)
            await asyncio.sleep(max(0.0, away - (time.monotonic() - began)))
            own_redis.start()
            back = time.monotonic()
            await until(lambda: all(server.figure("plenary_bus_up") for server in servers), 15)
            await healed(clients)
            seconds = time.monotonic() - back
            assert not clients.closes, "people were sent away"
    verdict = (await examine(postgres_url, clients.witnesses)).hold()
    result = (
        f"{verdict.acknowledged} commands done, the slowest in {slowest:.1f} s; healed {seconds:.1f} s after its return"
    )
    note("F3", f"Redis killed for {away} s", result)


async def test_f4_redis_forgets_everything(postgres_url: str, own_redis: RedisServer) -> None:
    ground = await lay(postgres_url, PEOPLE)
    with two(postgres_url, own_redis.url) as servers:
        async with parted(servers, ground) as clients:
            acting = asyncio.create_task(clients.act(scaled(5, 50)))
            await until(lambda: len(clients.delays) > PEOPLE)
            own_redis.flush()
            clients[0].line.cut()  # type: ignore[union-attr]
            clients[-1].line.cut()  # type: ignore[union-attr]
            await acting
            await clients.agree()
            resumes = sum(witness.resumes for witness in clients.witnesses)
    assert resumes == 2
    verdict = (await examine(postgres_url, clients.witnesses)).hold()
    note("F4", "Redis FLUSHALL", f"{verdict.acknowledged} acknowledged, 0 lost; {resumes} resumes, each whole")


async def test_f5_redis_is_half_open(postgres_url: str, own_redis: RedisServer) -> None:
    """The connections to Redis swallow everything without a word; only new ones would work. Quick: the bus is given up after 3 s; as delivered, after 9."""
    ground = await lay(postgres_url, PEOPLE)
    async with Proxy(own_redis.port).running() as proxy:
        with two(postgres_url, f"redis://127.0.0.1:{proxy.port}/0", deaf=scaled((1, 3), (3, 9))) as servers:
            async with parted(servers, ground) as clients:
                await healed(clients)
                heard = [server.figure("plenary_nudges_heard_total") for server in servers]
                proxy.forget()
                began = time.monotonic()
                await clients.act(1)
                await clients.agree(20)

                async def both_hear() -> bool:
                    await clients[0].chat()
                    await clients[-1].chat()
                    now = [server.figure("plenary_nudges_heard_total") for server in servers]
                    return all(after > before + 1 for before, after in zip(heard, now, strict=True))

                await until(both_hear, 30)
                seconds = time.monotonic() - began
                await clients.agree()
    (await examine(postgres_url, clients.witnesses)).hold()
    assert seconds < 15
    note("F5", "Redis half-open: packets vanish, no reset", f"reconnected after {seconds:.1f} s; nothing was lost")


@pytest.mark.parametrize("faults", [[0.01, 0.01, 0.01], [0.2, 0.2, 0.2]], ids=["1 %", "20 %"])
async def test_f6_the_bus_drops_doubles_and_reorders(faults: list[float], postgres_url: str, redis_url: str) -> None:
    ground = await lay(postgres_url, PEOPLE)
    commands = scaled(6, 100)
    with two(postgres_url, redis_url, bus=faults) as servers:
        async with parted(servers, ground) as clients:
            await clients.act(commands, pause=0.02)
            await clients.agree(30)
            holes = sum(server.figure("plenary_holes_filled_total") for server in servers)
    verdict = (await examine(postgres_url, clients.witnesses)).hold()
    assert verdict.acknowledged == PEOPLE * commands
    if faults[0] > 0.1:
        assert holes, "nothing was lost, so nothing was proved"
        note(
            "F6",
            "the bus drops, doubles, reorders: 1 % each, then 20 % each",
            f"{verdict.acknowledged} events each; {holes:.0f} gaps filled at 20 %, none left",
        )


async def test_f9_two_processes_are_parted(postgres_url: str, own_redis: RedisServer) -> None:
    """Each hears nothing of the other but what it finds in the database; a person votes on both sides at once."""
    seconds = scaled(3, 60)
    ground = await lay(postgres_url, PEOPLE)
    async with Proxy(own_redis.port).running() as proxy:
        with contextless(postgres_url, own_redis.url, f"redis://127.0.0.1:{proxy.port}/0") as servers:
            async with parted(servers, ground) as clients:
                question = await asked(clients)
                proxy.weather.swallow = True
                twin = Crowd(clients)
                async with crowd(ground, lambda: servers[0].door, first=PEOPLE - 1) as elsewhere:
                    await asyncio.gather(
                        clients[-1].say("question.vote", question=question),
                        elsewhere[0].say("question.vote", question=question),
                    )
                    began = time.monotonic()
                    while time.monotonic() - began < seconds:
                        await twin.act(1)
                        await asyncio.sleep(0.5)
                    await clients.agree(15)
                    proxy.weather.swallow = False
                    proxy.cut()
                    await healed(clients)
                    received = {client.latest.get("votes", {}).get(question) for client in clients}
    (await examine(postgres_url, [*clients.witnesses])).hold()
    voters = await voters_for(postgres_url, question)
    assert sorted(voters) == sorted({ground.people[1], ground.people[-1]}), "the asker and the voter, once each"
    assert received == {len(voters)}
    note(
        "F9",
        f"two processes separated for {seconds} s",
        "converged through the database, before and after; one vote in all",
    )


@contextmanager
def contextless(database: str, redis: str, other_redis: str) -> Iterator[list[Shaken]]:
    """Two processes that reach the same Redis, the second through a proxy."""
    with shaken(2, database, redis, other_redis, faults={**LOOKS, "deaf": scaled((1, 3), (3, 9))}) as servers:
        yield servers


async def voters_for(url: str, question: str) -> list[str]:
    database = Database(url)
    async with database.read() as connection:
        found = (
            (await connection.execute(sa.select(votes.c.person).where(votes.c.question == question))).scalars().all()
        )
    await database.close()
    return list(found)


async def asked(clients: Crowd) -> str:
    """A question that everybody may vote for; returns its id."""
    answer = await clients[1].say("question.ask", text="Why is that so?", anonymous=False)
    question: str = msgspec.json.decode(answer.ok)["question"]
    await clients[0].say("question.approve", question=question, version=1)
    return question
