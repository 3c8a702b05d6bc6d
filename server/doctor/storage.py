"""Checks of the database: whether it answers, can be written, is up to date, and agrees with our clock."""

import os
from collections.abc import AsyncIterator
from datetime import UTC, datetime

import sqlalchemy as sa
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection

from rooms.core.errors import Problem
from rooms.core.store.database import KEPT_CONNECTIONS, MORE_CONNECTIONS, Database
from rooms.migrations import config
from server.doctor.findings import Finding, missing, ok, wrong
from server.settings import Settings

OLDEST_POSTGRESQL = 13
OLDEST_SQLITE = (3, 35)
MOST_SKEW = 2.0  # seconds


async def check_database(settings: Settings) -> AsyncIterator[Finding]:
    shown = sa.make_url(settings.database).render_as_string(hide_password=True)
    database = Database(settings.database)
    if database.is_absent:
        yield missing("database", f"{shown} does not exist yet", "plenary migrate")
        return
    try:
        async with database.read() as connection:
            yield await (_sqlite(connection) if database.is_sqlite else _postgresql(connection))
            if not database.is_sqlite:
                yield await _time(connection)
            yield await _migrations(connection)
        if not database.is_sqlite and (fault := await _pooler_fault(database)):
            text = f"{shown} is a pooler in transaction mode: {fault}"
            yield wrong("database", text, "add ?pooler=transaction to PLENARY_DATABASE, or use session mode")
            return
        if not database.is_sqlite and not database.is_pooled:
            yield await _connections(database)
        yield await _writable(database)
    except (Problem, SQLAlchemyError, OSError) as fault:
        reason = str(fault.__cause__ or fault).splitlines()[0]
        yield wrong("database", f"{shown} does not answer: {reason}", "is it running, and is PLENARY_DATABASE right?")
    finally:
        await database.close()


async def _sqlite(connection: AsyncConnection) -> Finding:
    version = (await connection.execute(sa.text("SELECT sqlite_version()"))).scalar_one()
    mode = (await connection.execute(sa.text("PRAGMA journal_mode"))).scalar_one()
    if tuple(map(int, version.split(".")[:2])) < OLDEST_SQLITE:
        return wrong("database", f"SQLite {version} is too old", "use a Python with SQLite 3.35 or newer")
    if mode != "wal":
        text = f"SQLite {version} cannot keep a write-ahead log here (journal mode {mode})"
        return wrong("database", text, "keep it on a local disk: network folders cannot share memory between processes")
    return ok("database", f"SQLite {version}, write-ahead log; one process")


async def _postgresql(connection: AsyncConnection) -> Finding:
    version = (await connection.execute(sa.text("SHOW server_version"))).scalar_one()
    encoding = (await connection.execute(sa.text("SHOW server_encoding"))).scalar_one()
    if int(version.split(".")[0]) < OLDEST_POSTGRESQL:
        return wrong("database", f"PostgreSQL {version} is too old", f"use PostgreSQL {OLDEST_POSTGRESQL} or newer")
    if encoding != "UTF8":
        return wrong("database", f"its encoding is {encoding}", "create the database with ENCODING 'UTF8'")
    return ok("database", f"PostgreSQL {version}")


async def _pooler_fault(database: Database) -> str:
    """What goes wrong with two connections when a pooler in transaction mode is between. While the second one holds the connection to PostgreSQL on which
    the first has prepared its statement, the first gets another, which does not know the statement."""
    question = sa.text("SELECT 1 AS plenary_doctor")
    async with database.read() as first:
        await first.execute(question)
        await first.rollback()
        try:
            async with database.read() as second:
                await second.execute(question)
                await first.execute(question)
        except SQLAlchemyError as fault:
            if "prepared statement" in str(fault):
                return str(fault.__cause__ or fault).splitlines()[0]
            raise
    return ""


async def _connections(database: Database) -> Finding:
    async with database.read() as connection:
        most = int((await connection.execute(sa.text("SHOW max_connections"))).scalar_one())
        reserved = int((await connection.execute(sa.text("SHOW superuser_reserved_connections"))).scalar_one())
    processes = int(os.environ.get("PLENARY_WORKERS", "1"))
    wanted = processes * (KEPT_CONNECTIONS + MORE_CONNECTIONS)
    if wanted > most - reserved:
        text = f"{processes} processes may open {wanted} connections, PostgreSQL accepts {most - reserved}"
        remedy = f"set max_connections in postgresql.conf to {wanted + reserved + 10} or more, or use PgBouncer"
        return wrong("database connections", text, remedy)
    return ok("database connections", f"{wanted} at most from this machine; PostgreSQL accepts {most - reserved}")


async def _time(connection: AsyncConnection) -> Finding:
    theirs: datetime = (await connection.execute(sa.text("SELECT clock_timestamp()"))).scalar_one()
    return skew("database clock", (theirs - datetime.now(UTC)).total_seconds())


def skew(name: str, seconds: float) -> Finding:
    """The finding for a clock that is so many seconds ahead of ours."""
    if abs(seconds) > MOST_SKEW:
        return wrong(name, f"differs from ours by {seconds:+.1f} s", "run an NTP client on both machines")
    return ok(name, f"differs from ours by {abs(seconds) * 1000:.0f} ms")


async def _migrations(connection: AsyncConnection) -> Finding:
    def heads(sync: sa.Connection) -> tuple[set[str], set[str]]:
        present = set(MigrationContext.configure(sync).get_current_heads())
        return present, set(ScriptDirectory.from_config(config(sync)).get_heads())

    present, newest = await connection.run_sync(heads)
    if present == newest:
        return ok("tables", "up to date")
    text = f"at {', '.join(present) or 'nothing'}, while this version of Plenary has {', '.join(newest)}"
    return missing("tables", text, "plenary migrate")


async def _writable(database: Database) -> Finding:
    try:
        async with database.write() as connection:
            # Rolled back: it only shows that a migration would be allowed, and a full disk.
            await connection.execute(sa.text("CREATE TABLE plenary_doctor (x INTEGER)"))
            await connection.rollback()
    except (Problem, SQLAlchemyError) as fault:
        reason = str(fault.__cause__ or fault).splitlines()[0]
        return wrong("database", f"cannot be written: {reason}", "give Plenary's user the right to create tables in it")
    return ok("database", "can be written")
