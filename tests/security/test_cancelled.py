"""S23: a client that disconnects during a transaction leaves neither its answer to somebody else nor a half-done change."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from random import Random

import pytest
import sqlalchemy as sa

from rooms.chat.messages import PostMessage
from rooms.core.store.database import Database
from rooms.core.store.journal import read_after
from tests.fuzz.budget import examples
from tests.support.waiting import settled
from tests.support.world import World

AT_ONCE = 40

tables = sa.MetaData()
halves = sa.Table(
    "halves",
    tables,
    sa.Column("number", sa.Integer, primary_key=True),
    sa.Column("half", sa.Integer, primary_key=True),
)


@pytest.fixture(params=["sqlite_url", "postgres_url"], ids=["SQLite", "PostgreSQL"])
def url(request: pytest.FixtureRequest) -> str:
    return request.getfixturevalue(request.param)


@pytest.fixture
async def database(url: str) -> AsyncIterator[Database]:
    database = Database(url)
    async with database.write() as connection:
        await connection.run_sync(tables.create_all)
    yield database
    await database.close()


async def disturb(chance: Random, work: "asyncio.Task[object]") -> bool:
    """Cancels every third of them at any moment. Whether it came to its end."""
    if chance.random() < 0.33:
        await asyncio.sleep(chance.random() * 0.01)
        work.cancel()
    await asyncio.gather(work, return_exceptions=True)
    return not work.cancelled() and work.exception() is None


async def test_a_transaction_that_is_cancelled_bleeds_into_no_other(database: Database) -> None:
    chance = Random(23)
    foreign: list[tuple[int, object]] = []
    done: set[int] = set()
    cancelled = 0

    async def read(number: int) -> None:
        async with database.read() as connection:
            for times in (1, 2):
                answer = (await connection.execute(sa.select(sa.literal(number * times)))).scalar_one()
                if answer != number * times:
                    foreign.append((number, answer))

    async def write(number: int) -> None:
        async with database.write() as connection:
            for half in (1, 2):
                await connection.execute(halves.insert().values(number=number, half=half))
                answer = (await connection.execute(sa.select(sa.literal(number)))).scalar_one()
                if answer != number:
                    foreign.append((number, answer))

    async def one(number: int) -> None:
        nonlocal cancelled
        reads = await disturb(chance, asyncio.create_task(read(number)))
        writes = await disturb(chance, asyncio.create_task(write(number)))
        cancelled += (not reads) + (not writes)
        if writes:
            done.add(number)

    total = examples(240)
    for start in range(0, total, AT_ONCE):
        await asyncio.gather(*(one(number) for number in range(start, start + AT_ONCE)))
    async with database.read() as connection:
        stored = Counter((await connection.execute(sa.select(halves.c.number))).scalars())
    assert cancelled > total // 10
    assert foreign == []
    assert set(stored.values()) == {2}, "one was written by half"
    assert done <= stored.keys(), "what was acknowledged is there"


async def test_a_command_whose_asker_went_away_is_answered_to_nobody_else(each_world: World) -> None:
    """Many commands share a transaction: each gets its own result."""
    world, chance = each_world, Random(35)
    world.lift_limits()
    said: dict[str, str] = {}
    answers: dict[str, int | None] = {}

    async def post(number: int) -> None:
        text = f"number {number}"
        outcome = await world.do("other", PostMessage(text), key=f"key-{number}")
        said[text] = outcome.reply.decode()
        answers[text] = outcome.seq

    total = examples(160)
    for start in range(0, total, AT_ONCE):
        await asyncio.gather(
            *(disturb(chance, asyncio.create_task(post(number))) for number in range(start, start + AT_ONCE))
        )
    await settled(*world.engines)
    async with world.engine.database.read() as connection:
        entries = {entry.seq: entry.payload.decode() for entry in await read_after(connection, world.room, 0)}
    assert 0 < len(answers) < total
    assert all(f'"{text}"' in entries[seq or 0] for text, seq in answers.items())
    assert len(set(said.values())) == len(said), "each has their own message"
