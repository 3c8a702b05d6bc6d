"""What the rooms ask of a database, asked of both: SQLite and a real PostgreSQL. Two `Database` objects are two processes."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import nullcontext
from datetime import UTC, datetime, timedelta, timezone

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError, IntegrityError, StatementError

from rooms.core.store import journal
from rooms.core.store.database import Database, in_padded, insert_into
from tests.support.postgres import PostgresServer
from tests.support.refusals import refused
from tests.support.things import add, names, parts, tables, things


@pytest.fixture(params=["sqlite_url", "postgres_url"], ids=["SQLite", "PostgreSQL"])
def url(request: pytest.FixtureRequest) -> str:
    return request.getfixturevalue(request.param)


@pytest.fixture
async def pair(url: str) -> AsyncIterator[tuple[Database, Database]]:
    a, b = Database(url), Database(url)
    async with a.write() as connection:
        await connection.run_sync(tables.create_all)
        await connection.run_sync(
            lambda sync: journal.rooms.metadata.create_all(sync, tables=[journal.rooms, journal.journal])
        )
    yield a, b
    await a.close()
    await b.close()


@pytest.fixture
def database(pair: tuple[Database, Database]) -> Database:
    return pair[0]


# Transactions


async def test_a_write_is_committed_at_its_end_and_seen_by_others(pair: tuple[Database, Database]) -> None:
    a, b = pair
    async with a.write() as connection:
        await connection.execute(things.insert().values(name="one"))
        assert await names(b) == [], "not before"
    assert await names(b) == ["one"]


async def test_a_write_that_raises_leaves_nothing(pair: tuple[Database, Database]) -> None:
    a, b = pair
    with pytest.raises(ZeroDivisionError):  # noqa: PT012 - the block is what is tested
        async with a.write() as connection:
            await connection.execute(things.insert().values(name="one"))
            raise ZeroDivisionError
    assert await names(b) == []
    await add(a, "two")
    assert await names(b) == ["two"]


async def test_a_cancelled_write_leaves_nothing_and_the_next_one_works(database: Database) -> None:
    begun = asyncio.Event()

    async def never_ends() -> None:
        async with database.write() as connection:
            await connection.execute(things.insert().values(name="one"))
            begun.set()
            await asyncio.Event().wait()

    task = asyncio.create_task(never_ends())
    await begun.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await add(database, "two")
    assert await names(database) == ["two"]


async def test_a_savepoint_undoes_its_part_alone(database: Database) -> None:
    async with database.write() as connection:
        await connection.execute(things.insert().values(name="kept"))
        with pytest.raises(IntegrityError):  # noqa: PT012 - the block is what is tested
            async with connection.begin_nested():
                await connection.execute(things.insert().values(name="undone"))
                await connection.execute(things.insert().values(name="kept"))
        await connection.execute(things.insert().values(name="kept too"))
    assert await names(database) == ["kept", "kept too"]


async def test_what_is_written_in_a_read_is_refused_or_lost(database: Database) -> None:
    refused_at_once = pytest.raises(DBAPIError, match="read-only") if not database.is_sqlite else nullcontext()
    with refused_at_once:
        async with database.read() as connection:
            await connection.execute(things.insert().values(name="one"))
    assert await names(database) == []


async def test_a_read_is_one_consistent_view(pair: tuple[Database, Database]) -> None:
    a, b = pair
    await add(a, "before")
    async with b.read() as connection:
        first = (await connection.execute(sa.select(things.c.name))).scalars().all()
        await add(a, "meanwhile")
        again = (await connection.execute(sa.select(things.c.name))).scalars().all()
        count = (await connection.execute(sa.select(sa.func.count()).select_from(things))).scalar_one()
    assert (first, again, count) == (["before"], ["before"], 1)
    assert await names(b) == ["before", "meanwhile"]


async def test_readers_do_not_wait_for_a_writer(pair: tuple[Database, Database]) -> None:
    a, b = pair
    async with a.write() as connection:
        await connection.execute(things.insert().values(name="one"))
        for database in pair:
            assert await names(database) == []
    assert await names(b) == ["one"]


# Writers at the same time


async def test_no_increment_is_lost_between_two_processes(pair: tuple[Database, Database]) -> None:
    await add(pair[0], "counter")

    async def increment(database: Database) -> None:
        async with database.write() as connection:
            row = sa.select(things.c.count).where(things.c.name == "counter").with_for_update()
            count = (await connection.execute(row)).scalar_one()
            await asyncio.sleep(0)
            await connection.execute(things.update().values(count=count + 1))

    await asyncio.gather(*(increment(pair[n % 2]) for n in range(40)))
    async with pair[0].read() as connection:
        assert (await connection.execute(sa.select(things.c.count))).scalar_one() == 40


async def test_a_locked_room_lets_the_next_one_wait_and_see_what_was_done(pair: tuple[Database, Database]) -> None:
    a, b = pair
    async with a.write() as connection:
        room = await journal.open_room(connection, "session", "s" * 20, None)
    order: list[str] = []
    locked = asyncio.Event()

    async def first() -> None:
        async with a.write() as connection:
            await journal.lock_rooms(connection, [room])
            locked.set()
            await asyncio.sleep(0.05)
            await journal.append(connection, room, [entry(1)], 1, datetime.now(UTC))
            order.append("first")

    async def second() -> None:
        await locked.wait()
        async with b.write() as connection:
            rows = await journal.lock_rooms(connection, [room])
            order.append(f"second saw {rows[room].seq}")

    await asyncio.gather(first(), second())
    assert order == ["first", "second saw 1"]


def entry(seq: int) -> journal.Entry:
    return journal.Entry(seq, "an.event", journal.Audience.EVERYONE, None, b'{"type":"an.event"}')


async def test_a_seq_is_given_once(database: Database) -> None:
    async with database.write() as connection:
        room = await journal.open_room(connection, "session", "s" * 20, None)
        await journal.append(connection, room, [entry(1)], 0, datetime.now(UTC))
    with pytest.raises(IntegrityError):
        async with database.write() as connection:
            await journal.append(connection, room, [entry(1)], 0, datetime.now(UTC))


@pytest.mark.parametrize("id", ["", "x", "\x00" * 20, "X" * 20, "a" * 19 + "\n", "' OR 1=1 --aaaaaaaaa", "\ud800" * 20])
async def test_what_cannot_be_an_id_is_no_room(database: Database, id: str) -> None:
    async with database.write() as connection:
        assert await journal.find_room(connection, id) is None
        assert await journal.lock_rooms(connection, [id]) == {}


async def test_the_heads_of_very_many_rooms_are_found(database: Database) -> None:
    """A process follows the desk of everybody who is connected to it."""
    async with database.write() as connection:
        rooms = [await journal.open_room(connection, "desk", f"{n:020}", None) for n in range(3)]
        heads = await journal.heads(connection, [*rooms[:2], *(f"{n:020}" for n in range(40_000)), rooms[2]])
    assert heads.keys() == set(rooms)


async def test_only_rooms_whose_stamp_has_changed_are_found(database: Database) -> None:
    async with database.write() as connection:
        rooms = [await journal.open_room(connection, "desk", f"{n:020}", None) for n in range(5)]
        known = {id: journal.stamp(row.epoch, 0, 0) for id, row in (await journal.heads(connection, rooms)).items()}
        assert await journal.changed_heads(connection, known) == {}
        assert await journal.changed_heads(connection, {}) == {}
        await journal.append(connection, rooms[0], [entry(1)], 0, datetime.now(UTC))
        await journal.append(connection, rooms[1], [], 7, datetime.now(UTC))
        await connection.execute(journal.rooms.update().where(journal.rooms.c.id == rooms[2]).values(epoch="e" * 20))
        known |= {rooms[3]: "", "f" * 20: known[rooms[4]]}
        many = {f"{n:020}": "x" for n in range(40_000)}
        changed = await journal.changed_heads(connection, known | many)
        heads = await journal.heads(connection, rooms[:4])
    assert changed == heads | {"f" * 20: None} | dict.fromkeys(many)


async def test_one_of_two_equal_inserts_wins_and_the_other_knows(pair: tuple[Database, Database]) -> None:
    async def insert(database: Database) -> int:
        async with database.write() as connection:
            return (
                await connection.execute(insert_into(connection, things).values(name="same").on_conflict_do_nothing())
            ).rowcount

    assert sorted(await asyncio.gather(*(insert(database) for database in pair * 4))) == [0] * 7 + [1]


# Values


@pytest.mark.parametrize("zone", [UTC, timezone(timedelta(hours=8)), timezone(-timedelta(hours=3, minutes=30))])
async def test_a_moment_comes_back_as_the_same_moment_in_utc(database: Database, zone: timezone) -> None:
    moment = datetime(2026, 11, 20, 23, 59, 59, 123456, tzinfo=zone)
    await add(database, "one", at=moment)
    async with database.read() as connection:
        found = (await connection.execute(sa.select(things.c.at))).scalar_one()
        assert (await connection.execute(sa.select(things.c.name).where(things.c.at == moment))).scalar_one() == "one"
        later = sa.select(things.c.name).where(things.c.at < moment + timedelta(microseconds=1))
        assert (await connection.execute(later)).scalar_one() == "one"
    assert found == moment
    assert found.tzinfo is UTC


async def test_a_moment_without_a_zone_is_refused(database: Database) -> None:
    with pytest.raises(StatementError, match="without a zone"):
        await add(database, "one", at=datetime(2026, 11, 20))
    await add(database, "none", at=None)


async def test_json_and_any_text_come_back_as_they_were(database: Database) -> None:
    data = {"é": ["中文", None, 1.5, True], "🎉": {"a": "\u200d"}}
    await add(database, "中文 🎉 e\u0301", data=data)
    async with database.read() as connection:
        row = (await connection.execute(sa.select(things.c.name, things.c.data))).one()
    assert tuple(row) == ("中文 🎉 e\u0301", data)


async def test_of_however_many_is_asked_few_statements_are_prepared(database: Database) -> None:
    sent: set[str] = set()
    engine = database._reader.sync_engine
    sa.event.listen(engine, "before_cursor_execute", lambda *given: sent.add(given[2]))
    async with database.write() as connection:
        await connection.execute(things.insert(), [{"name": f"n{number}"} for number in range(40)])
    async with database.read() as connection:
        for length in range(100):
            wanted = [f"n{number}" for number in range(length)]
            for condition in (
                in_padded(things.c.name, wanted),
                in_padded(sa.tuple_(things.c.name, things.c.count), [(name, 0) for name in wanted]),
            ):
                found = (await connection.execute(sa.select(things.c.name).where(condition))).scalars().all()
                assert sorted(found) == sorted(wanted[:40])
    asked = {statement for statement in sent if "things" in statement}
    assert len(asked) == 2 * 9, "none, and 1, 2, 4 … 128 of them"


async def test_what_refers_to_nothing_is_refused(database: Database) -> None:
    with pytest.raises(IntegrityError):
        async with database.write() as connection:
            await connection.execute(parts.insert().values(thing=99))


# When it cannot


async def test_a_writer_that_gets_no_turn_fails_as_unavailable(
    sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("rooms.core.store.database.WAIT_SECONDS", 0.2)
    a, b = Database(sqlite_url), Database(sqlite_url)
    async with a.write():
        for waiting in (a, b):  # in one process for the connection, in another one for SQLite's lock
            with refused("unavailable"):
                async with waiting.write():
                    pass
    await a.close()
    await b.close()


async def test_after_postgresql_was_restarted_it_goes_on(own_postgres: PostgresServer) -> None:
    url = own_postgres.url(await own_postgres.create_database())
    database = Database(url)
    async with database.write() as connection:
        await connection.run_sync(tables.create_all)
    await add(database, "before")
    own_postgres.stop()
    for _ in range(3):
        with refused("unavailable"):
            await add(database, "meanwhile")
        with refused("unavailable"):
            await names(database)
    own_postgres.start()
    await add(database, "after")
    assert await names(database) == ["after", "before"]
    await database.close()


async def test_after_a_cut_connection_the_caller_is_asked_to_try_again(database: Database) -> None:
    with refused("unavailable") as refusal:
        async with database.write():
            raise ConnectionResetError("the server went away")
    assert refusal.problem.retry_after


async def test_a_wrong_statement_stays_an_error_of_ours(database: Database) -> None:
    with pytest.raises(DBAPIError):
        async with database.write() as connection:
            await connection.execute(sa.text("SELECT nonsense FROM nowhere"))
