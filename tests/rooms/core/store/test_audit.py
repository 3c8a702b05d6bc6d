"""The audit log's chain: whole after honest use, broken at the right number by any edit, and never forked by writers at the same time."""

import asyncio
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa

from rooms.core.store import audit, tables
from rooms.core.store.database import Database

AT = datetime(2026, 11, 28, 9, 0, tzinfo=UTC)


@pytest.fixture(params=["sqlite_url", "postgres_url"])
async def database(request: pytest.FixtureRequest) -> AsyncIterator[Database]:
    if request.param == "postgres_url":
        server = request.getfixturevalue("postgres_server")
        name = await server.create_database()
        url = server.url(name)
    else:
        url = request.getfixturevalue("sqlite_url")
    database = Database(url)
    async with database.write() as connection:
        await connection.run_sync(lambda sync: tables.audit.metadata.create_all(sync))
    yield database
    await database.close()


async def write(database: Database, conference: str | None, subject: str, **details: str | int | bool | None) -> None:
    async with database.write() as connection:
        await audit.write(
            connection,
            conference=conference,
            actor="ada",
            act="role.grant",
            subject=subject,
            details=details,
            at=AT,
        )


async def breaks(database: Database, conference: str | None) -> list[int]:
    async with database.read() as connection:
        return await audit.verify(connection, conference)


async def test_an_honest_chain_is_whole_and_reads_newest_first(database: Database) -> None:
    for number in range(5):
        await write(database, "conf", f"person {number}", role="moderator", times=number, silent=False, until=None)
    await write(database, None, "platform")
    assert await breaks(database, "conf") == []
    assert await breaks(database, None) == []
    assert await breaks(database, "empty") == []
    async with database.read() as connection:
        newest = await audit.read(connection, "conf", limit=2)
        older = await audit.read(connection, "conf", before=newest[-1].number, limit=10)
    assert [entry.subject for entry in newest + older] == [f"person {n}" for n in (4, 3, 2, 1, 0)]
    assert newest[0].details == {"role": "moderator", "times": 4, "silent": False, "until": None}
    assert newest[0].at == AT


async def test_writers_at_the_same_time_make_one_chain(database: Database) -> None:
    await asyncio.gather(*(write(database, "conf", f"person {number}") for number in range(30)))
    async with database.read() as connection:
        entries = await audit.read(connection, "conf")
    assert [entry.number for entry in entries] == list(range(30, 0, -1))
    assert await breaks(database, "conf") == []


def edit(number: int) -> sa.Update:
    return tables.audit.update().where(tables.audit.c.number == number).values(subject="somebody else")


def edit_with_its_digest(number: int) -> sa.Update:
    return tables.audit.update().where(tables.audit.c.number == number).values(digest="0" * 64)


def take_out(number: int) -> sa.Delete:
    return tables.audit.delete().where(tables.audit.c.number == number)


@pytest.mark.parametrize(
    ("tamper", "number", "broken"),
    [
        (edit, 3, [3]),
        (edit_with_its_digest, 3, [3, 4]),
        (take_out, 3, [3]),
        (take_out, 1, [1]),
        (take_out, 5, [5]),
        (edit, 5, [5]),
    ],
)
async def test_an_edit_shows(
    database: Database, tamper: Callable[[int], sa.Update | sa.Delete], number: int, broken: list[int]
) -> None:
    for each in range(5):
        await write(database, "conf", f"person {each}")
    assert await breaks(database, "conf") == []
    async with database.write() as connection:
        await connection.execute(tamper(number))
    assert await breaks(database, "conf") == broken


async def test_a_chain_that_was_emptied_shows(database: Database) -> None:
    await write(database, "conf", "person")
    async with database.write() as connection:
        await connection.execute(tables.audit.delete())
    assert await breaks(database, "conf") == [1]


async def test_a_chain_whose_head_was_removed_shows(database: Database) -> None:
    await write(database, "conf", "person")
    async with database.write() as connection:
        await connection.execute(tables.audit_heads.delete())
    assert await breaks(database, "conf") == [1]
