"""F29: for a long time people talk, ask, vote, lose their connection and come back, while others only look in. Memory and p99 stay where they are."""

import asyncio
import contextlib
import os
import random
import statistics
from typing import NamedTuple

from tests.faults.client import Client
from tests.faults.crowd import crowd, p99
from tests.faults.ground import Ground, lay
from tests.faults.oracle import examine
from tests.faults.places import LONG, Shaken, resident, scaled, shaken
from tests.faults.report import note
from tests.faults.test_bus import asked
from tests.faults.test_leftovers import come_and_go, nobody_is_left

MINUTES = float(os.environ.get("PLENARY_SOAK_STAY", "5"))
SECONDS = scaled(2.4, 60 * MINUTES)
SPANS = scaled(4, 12)
PEOPLE = scaled(12, 40)
PASSERS_BY = 20  # at a time
MEGABYTE = 1048576


class Span(NamedTuple):
    """One of equal parts of the time: how long the slowest in a hundred commands took, in seconds, and the server's memory at its end."""

    p99: float
    memory: int


async def test_f29_a_long_time(sqlite_url: str) -> None:
    ground = await lay(sqlite_url, PEOPLE + PASSERS_BY)
    spans: list[Span] = []
    with shaken(1, sqlite_url) as (server,):
        async with crowd(ground, lambda: server.door, count=PEOPLE) as clients:
            question = await asked(clients)
            enough = asyncio.Event()
            async with asyncio.TaskGroup() as group:
                for client in clients:
                    group.create_task(live(client, question, enough))
                group.create_task(look_in(ground, server, enough))
                for _ in range(SPANS):
                    await asyncio.sleep(SECONDS / SPANS)
                    spans.append(Span(p99(clients.delays), resident(server.pid)))
                    for client in clients:
                        client.delays.clear()
                enough.set()
            await clients.agree(30)
            resumes = sum(client.witness.resumes for client in clients)
        await nobody_is_left(server)
    verdict = (await examine(sqlite_url, clients.witnesses)).hold()
    assert resumes, "nobody lost their connection"
    third = len(spans) // 3
    early, late = spans[third : 2 * third], spans[-third:]
    if LONG:
        # Within the first third everything is made that is made once.
        grown = statistics.median(span.memory for span in late) - statistics.median(span.memory for span in early)
        assert grown < 8 * MEGABYTE, [span.memory // MEGABYTE for span in spans]
        assert statistics.median(s.p99 for s in late) < 2 * statistics.median(s.p99 for s in early), spans
    memory = " → ".join(f"{span.memory / MEGABYTE:.0f}" for span in (spans[0], early[-1], spans[-1]))
    slowest = " → ".join(f"{span.p99 * 1000:.0f}" for span in (spans[0], early[-1], spans[-1]))
    result = f"{verdict.acknowledged} acknowledged, {resumes} resumes, 0 lost; memory {memory} MB, p99 {slowest} ms"
    note(
        "F29",
        f"{SECONDS / 60:.0f} minutes of {PEOPLE} people who chat, vote and reconnect, while others visit",
        result,
    )


async def live(client: Client, question: str, enough: asyncio.Event) -> None:
    """What one person does."""
    voted = False
    while not enough.is_set():
        chance = random.random()
        if chance < 0.75:
            await client.chat()
        elif chance < 0.9:
            voted = not voted
            await client.say("question.vote" if voted else "question.unvote", question=question)
        elif client.line is not None:
            client.line.cut()
        await pause(enough, random.expovariate(1 / scaled(0.5, 4.0)))


async def look_in(ground: Ground, server: Shaken, enough: asyncio.Event) -> None:
    while not enough.is_set():
        await come_and_go(ground, server, PASSERS_BY, PASSERS_BY, first=PEOPLE)
        await pause(enough, scaled(0.5, 5.0))


async def pause(enough: asyncio.Event, seconds: float) -> None:
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await enough.wait()
