"""F1 and F2: kill -9, in the middle of a burst and at each step of a command's life. What was acknowledged is there, and a retry changes nothing."""

import asyncio

import pytest

from tests.faults.crowd import crowd
from tests.faults.ground import lay
from tests.faults.oracle import examine
from tests.faults.places import alternately, scaled, shaken
from tests.faults.report import note
from tests.support.waiting import until


async def test_f1_a_process_killed_in_mid_burst(postgres_url: str, redis_url: str) -> None:
    people, commands = scaled((40, 8), (500, 50))
    ground = await lay(postgres_url, people)
    with shaken(2, postgres_url, redis_url) as (one, other):
        async with crowd(ground, alternately(one.door, other.door)) as clients:
            acting = asyncio.create_task(clients.act(commands))
            await until(lambda: len(clients.delays) > people * commands // 4, 600)
            one.kill()
            await until(lambda: len(clients.delays) > people * commands // 2, 600)
            one.start()
            await acting
            await clients.agree(scaled(60, 300))
            cut = clients.closes[1006]
    assert cut, "nobody was connected to what was killed"
    verdict = (await examine(postgres_url, clients.witnesses)).hold()
    assert verdict.acknowledged == people * commands
    result = f"{verdict.acknowledged} acknowledged, 0 lost, 0 doubled; {cut} connections cut, all resumed"
    note("F1", f"kill -9 of one of two processes, {people} clients × {commands} commands", result)


@pytest.mark.parametrize("step", ["before_commit", "after_commit", "after_publish", "before_answer"])
async def test_f2_a_process_killed_at_each_step(step: str, sqlite_url: str) -> None:
    """Every client retries under the same key, on a process that lives, until it is answered."""
    people, commands = 12, scaled(4, 20)
    ground = await lay(sqlite_url, people)
    deaths = 0
    with shaken(1, sqlite_url, faults={"die": step, "at": 3 if step != "before_answer" else 15}) as (server,):
        async with crowd(ground, lambda: server.door) as clients:
            acting = asyncio.create_task(clients.act(commands))
            for left in reversed(range(scaled(1, 6))):
                await until(lambda: not server.running or acting.done(), 30)
                if server.running:
                    break
                deaths += 1
                if left == 0:
                    server.shake({"unlimited": True})
                server.start()
            await acting
            await clients.agree(30)
    assert deaths, f"it never got {step}"
    verdict = (await examine(sqlite_url, clients.witnesses)).hold()
    assert verdict.acknowledged == people * commands
    assert verdict.top >= people * commands
    what = "kill -9 before and after the commit, after publishing, before the answer"
    note("F2", what, "each command once; retries were answered with the first outcome")
