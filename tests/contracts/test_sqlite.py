"""What is relied upon of SQLAlchemy's adapter of aiosqlite, and of SQLite's thread, by rooms/core/store/sqlite.py."""

import asyncio
import os
from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.ext.asyncio import AsyncConnection

from rooms.core.store.database import Database

tables = sa.MetaData()
things = sa.Table(
    "things", tables, sa.Column("id", sa.Integer, primary_key=True), sa.Column("name", sa.Text, unique=True)
)


@pytest.fixture
async def database(tmp_path: Path) -> AsyncGenerator[Database]:
    found = Database(f"sqlite+aiosqlite:///{tmp_path / 'things.sqlite3'}")
    async with found.write() as connection:
        await connection.run_sync(tables.create_all)
    yield found
    await found.close()


async def names(connection: AsyncConnection) -> list[str]:
    return list((await connection.execute(sa.select(things.c.name).order_by(things.c.name))).scalars())


async def ways(connection: AsyncConnection) -> list[Any]:
    """From now on what is sent to the connection's thread."""
    driver: Any = (await connection.get_raw_connection()).driver_connection
    sent: list[Any] = []
    put = driver._tx.put_nowait

    class Noted:
        def put_nowait(self, item: Any) -> None:
            sent.append(item)
            put(item)

    driver._tx = Noted()
    return sent


async def test_a_statement_with_its_rows_is_one_way_to_the_thread(database: Database) -> None:
    async with database.write() as connection:
        sent = await ways(connection)
        await connection.execute(things.insert(), [{"name": "one"}, {"name": "two"}])
        assert await names(connection) == ["one", "two"]
        assert len(sent) == 2
    async with database.read() as connection:
        sent = await ways(connection)
        assert await names(connection) == ["one", "two"]
        assert len(sent) == 1, "its BEGIN goes with it"


async def test_a_statement_tells_what_it_did(database: Database) -> None:
    async with database.write() as connection:
        inserted = await connection.execute(things.insert().values(name="one"))
        assert inserted.inserted_primary_key == (1,)
        returned = await connection.execute(things.insert().values(name="two").returning(things.c.id))
        assert returned.scalar_one() == 2
        assert (await connection.execute(things.update().values(name=things.c.name + "!"))).rowcount == 2
        found = await connection.execute(sa.select(things).order_by(things.c.id))
        assert list(found.keys()) == ["id", "name"]
        assert (found.fetchone(), found.fetchmany(5)) == ((1, "one!"), [(2, "two!")])


async def test_a_reader_sees_one_moment_from_its_first_statement_on(database: Database) -> None:
    async with database.read() as reading:
        async with database.write() as connection:
            await connection.execute(things.insert().values(name="before the read"))
        assert await names(reading) == ["before the read"]
        async with database.write() as connection:
            await connection.execute(things.insert().values(name="during the read"))
        assert await names(reading) == ["before the read"]
    async with database.read() as reading:
        assert await names(reading) == ["before the read", "during the read"]


async def test_rows_may_be_read_as_they_come(database: Database) -> None:
    async with database.write() as connection:
        await connection.execute(things.insert(), [{"name": f"{number:04}"} for number in range(2000)])
    async with database.read() as connection:
        streamed = [row.name async for row in await connection.stream(sa.select(things.c.name))]
        async with database.write() as writing:
            await writing.execute(things.delete())
        assert len(streamed) == len(await names(connection)) == 2000, "they are read in the same transaction"


async def test_what_a_transaction_did_goes_when_it_fails(database: Database) -> None:
    async def fail(fault: type[BaseException]) -> None:
        async with database.write() as connection:
            await connection.execute(things.insert().values(name="lost"))
            raise fault

    for fault in (ZeroDivisionError, asyncio.CancelledError):
        with pytest.raises(fault):
            await fail(fault)
        async with database.write() as connection:
            assert await names(connection) == []


async def test_after_a_fault_the_connection_goes_on(database: Database) -> None:
    async with database.write() as connection:
        await connection.execute(things.insert().values(name="one"))
        for _ in range(2):
            with pytest.raises(IntegrityError):
                async with connection.begin_nested():
                    await connection.execute(things.insert().values(name="one"))
        await connection.execute(things.insert().values(name="two"))
    async with database.read() as connection:
        with pytest.raises(OperationalError):
            await connection.exec_driver_sql("SELECT nothing FROM nowhere")
        assert await names(connection) == ["one", "two"]


async def test_one_who_gives_up_in_the_middle_holds_up_nobody(database: Database) -> None:
    slow = sa.text(
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 300000) SELECT max(i) FROM n"
    )
    begun = asyncio.Event()

    async def write() -> None:
        async with database.write() as connection:
            await connection.execute(things.insert().values(name="half"))
            begun.set()
            await connection.execute(slow)

    async def read() -> None:
        async with database.read() as connection:
            begun.set()
            await connection.execute(slow)

    for work in (write, read):
        begun.clear()
        task = asyncio.create_task(work())
        await begun.wait()
        await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        async with database.write() as connection:
            assert await names(connection) == []


async def test_a_new_database_is_closed_to_others_on_the_machine(tmp_path: Path) -> None:
    before = os.umask(0o022)
    try:
        path = tmp_path / "data" / "new.sqlite3"
        database = Database(f"sqlite+aiosqlite:///{path}")
        async with database.write() as connection:
            await connection.execute(sa.text("create table t (a int)"))
        modes = {each.name: each.stat().st_mode & 0o777 for each in (path.parent, *path.parent.iterdir())}
        await database.close()
    finally:
        os.umask(before)
    assert modes.pop("data") == 0o700
    assert set(modes) >= {"new.sqlite3", "new.sqlite3-wal"}
    assert set(modes.values()) == {0o600}
