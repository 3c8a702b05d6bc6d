"""Durable commands: how many a second one process commits, and what each costs, by kind.

    python -m bench.commands [--people 2000] [--postgres] [--processes 2]

SQLite is as in production (WAL, `synchronous=FULL`). PostgreSQL is one of its own, with `fsync` on. Commands come from many people at once, as votes do
when a speaker asks for them, so many at a time that nobody is sent away; but for the first few, who come alone, each after the answer to the one before.
Every command is acknowledged after its commit, and the tally is compared with the number of people.
"""

import argparse
import asyncio
import contextlib
import multiprocessing
import resource
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

from bench.measuring import settle
from rooms.chat.messages import PostMessage
from rooms.core.commands.messages import Command
from rooms.core.delivery.bus.memory import MemoryBus
from rooms.forum.questions.asking import MOST_OPEN
from rooms.forum.questions.messages import AskQuestion, VoteQuestion
from rooms.forum.questions.moderation_messages import ApproveQuestion
from rooms.forum.questions.queries import question as find_question
from rooms.people import accounts
from tests.support.postgres import running_postgres
from tests.support.world import TestClock, World, make_engine, make_world

ALONE = 150  # people
ASK = "ask a question"
AT_ONCE = 1500  # people, fewer than the writer lets wait (MOST_WAITING)


async def prepare(url: str, people: int) -> tuple[str, str, list[str]]:
    """A session with one approved question and many people; returns room, question and people."""
    world = await make_world(url)
    question = await world.ask("Shall we?", "other")
    await world.do("moderator", ApproveQuestion(question, (await world.question(question)).version))
    async with world.engine.database.write() as connection:
        made = [
            (
                await accounts.create(
                    connection, name=f"Person {n}", email=f"p{n}@example.org", verified=True, at=world.clock()
                )
            ).id
            for n in range(people)
        ]
    await world.close()
    return world.room, question, made


def kinds(question: str) -> dict[str, Callable[[int], Command]]:
    return {
        "vote": lambda n: VoteQuestion(question),
        "post a message": lambda n: PostMessage(f"Message {n} of somebody in the hall, as long as they are."),
        ASK: lambda n: AskQuestion(f"What about number {n}, and why?"),
    }


async def drive(url: str, room: str, question: str, people: list[str], kind: str) -> tuple[float, float]:
    """Seconds on the wall, and of CPU in this process."""
    engine = make_engine(url, MemoryBus(), TestClock())
    await engine.hub.start()
    make = kinds(question)[kind]

    places = asyncio.Semaphore(AT_ONCE)

    async def do(person: str, command: Command) -> None:
        async with places:
            await engine.perform(person, room, command, uuid.uuid4().hex)

    settle()
    wall, cpu = time.monotonic(), _cpu()
    await asyncio.gather(*(do(person, make(n)) for n, person in enumerate(people)))
    result = time.monotonic() - wall, _cpu() - cpu
    await engine.hub.stop()
    await engine.database.close()
    return result


class Alone(NamedTuple):
    """Per command."""

    wall: float
    cpu: float
    statements: float


async def drive_alone(url: str, room: str, question: str, people: list[str], kind: str) -> Alone:
    """One after the other; the first, for which statements are compiled, does not count."""
    engine = make_engine(url, MemoryBus(), TestClock())
    await engine.hub.start()
    make = kinds(question)[kind]
    await engine.perform(people[0], room, make(0), uuid.uuid4().hex)
    settle()
    wall, cpu, statements = time.monotonic(), _cpu(), engine.database.statements
    for n, person in enumerate(people[1:], 1):
        await engine.perform(person, room, make(n), uuid.uuid4().hex)
    count = len(people) - 1
    result = Alone(
        (time.monotonic() - wall) / count, (_cpu() - cpu) / count, (engine.database.statements - statements) / count
    )
    await engine.hub.stop()
    await engine.database.close()
    return result


def _cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def _drive(arguments: tuple[str, str, str, list[str], str]) -> tuple[float, float]:
    return asyncio.run(drive(*arguments))


async def tally(url: str, room: str, question: str) -> int:
    world = World([make_engine(url, MemoryBus(), TestClock())], TestClock(), room=room)
    async with world.engine.database.read() as connection:
        found = await find_question(connection, room, question)
    await world.engine.database.close()
    return found.votes


def measure(name: str, url: str, people: int, processes: int) -> None:
    room, question, made = asyncio.run(prepare(url, people + ALONE))
    few = [made.pop() for _ in range(ALONE)]
    for kind in kinds(question):
        alone = asyncio.run(drive_alone(url, room, question, few, kind))
        took = f"{alone.wall * 1e3:10.1f} ms{alone.cpu * 1e6:9.0f} µs CPU each, {alone.statements:.0f} statements"
        print(f"{name:28}{kind + ', alone':22}{took}", flush=True)
    for kind in kinds(question):
        # A session takes no more questions than MOST_OPEN.
        asked = made[: MOST_OPEN - ALONE - 1] if kind == ASK else made
        shares = [asked[n::processes] for n in range(processes)]
        with multiprocessing.get_context("spawn").Pool(processes) as pool:
            results = pool.map(_drive, [(url, room, question, share, kind) for share in shares])
        wall = max(each[0] for each in results)
        cpu = sum(each[1] for each in results)
        print(f"{name:28}{kind:22}{len(asked) / wall:10.0f}/s{cpu / len(asked) * 1e6:10.0f} µs CPU each", flush=True)
    votes = asyncio.run(tally(url, room, question))
    voters = people + ALONE + 1
    print(f"{name:28}tally {votes}, voters {voters}: {'exact' if votes == voters else 'WRONG'}")


@contextlib.contextmanager
def sqlite() -> Iterator[str]:
    with tempfile.TemporaryDirectory(prefix="plenary-bench-") as folder:
        yield f"sqlite+aiosqlite:///{Path(folder) / 'plenary.sqlite3'}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--people", type=int, default=2000)
    parser.add_argument("--postgres", action="store_true", help="PostgreSQL too")
    parser.add_argument("--processes", type=int, nargs="+", default=[1, 2])
    arguments = parser.parse_args()
    for processes in arguments.processes:
        with sqlite() as url:
            measure(f"SQLite, {processes} process(es)", url, arguments.people, processes)
    if arguments.postgres:
        with running_postgres() as server:
            for processes in arguments.processes:
                name = asyncio.run(server.create_database())
                measure(f"PostgreSQL, {processes} process(es)", server.url(name), arguments.people, processes)


if __name__ == "__main__":
    main()
