"""The database: SQLite (one file, one writer) or PostgreSQL, by the same SQLAlchemy Core statements."""

import asyncio
import json
from collections.abc import AsyncGenerator, Collection, Iterable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import JSON, BindParameter, ColumnElement, DateTime, Dialect, MetaData, Table, bindparam, event
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.types import TypeDecorator

from rooms.core.errors import Problem
from rooms.core.store.sqlite import Driver
from rooms.core.text import N_

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)

Json = JSON().with_variant(postgresql.JSONB(), "postgresql")

WAIT_SECONDS = 10
"""How long a writer waits for another before the caller gets Problem "unavailable"."""

KEPT_CONNECTIONS, MORE_CONNECTIONS = 10, 5
"""Connections of one process to PostgreSQL: those that stay open, and those added when many are busy."""

PATIENCE_SECONDS = 15.0
"""How long a transaction may take on an unresponsive PostgreSQL. Longer than the wait for a free connection."""


SILENT = N_("The database is not responding. Nothing was lost. Try again in a moment.")


class UtcDateTime(TypeDecorator[datetime]):
    """A time: aware and UTC in Python; SQLite, which keeps no zones, returns it unchanged."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def bind_processor(self, dialect: Dialect) -> Any:
        """Caches the last conversion: a transaction writes the same time into all of its rows."""
        process = super().bind_processor(dialect)
        if process is None:
            return None
        last: tuple[datetime | None, Any] = (None, process(None))

        def processed(value: datetime | None) -> Any:
            nonlocal last
            if value is not last[0]:
                last = (value, process(value))
            return last[1]

        return processed

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"a moment without a zone: {value}")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Database:
    """Opens transactions. `write()` is serialised on SQLite and locks rows on PostgreSQL; `read()` is one consistent view."""

    def __init__(self, url: str) -> None:
        self.url, options = _without_pooler(make_url(url))
        self.is_pooled = bool(options)
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        self.statements = 0
        """How many statements were sent."""
        if self.is_sqlite:
            if self.url.database and self.url.database != ":memory:":
                Path(self.url.database).parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            # One writer in the process queues here, in order, rather than spinning on SQLite's own lock.
            self._writer = self._sqlite_engine("BEGIN IMMEDIATE", size=1)
            self._reader = self._sqlite_engine("BEGIN", size=4)
        else:
            self._writer = create_async_engine(
                self.url,
                pool_size=KEPT_CONNECTIONS,
                max_overflow=MORE_CONNECTIONS,
                pool_timeout=WAIT_SECONDS,
                pool_pre_ping=True,
                hide_parameters=True,
                connect_args={"timeout": WAIT_SECONDS, **options},
            )
            self._reader = self._writer.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
            event.listen(self._writer.sync_engine, "before_cursor_execute", self._count)

    @property
    def is_absent(self) -> bool:
        """Whether it is a SQLite file that does not exist yet; the first statement would create it."""
        file = self.url.database
        return self.is_sqlite and file not in {None, "", ":memory:"} and not Path(file or "").exists()

    def _sqlite_engine(self, begin: str, size: int) -> AsyncEngine:
        engine = create_async_engine(
            self.url,
            pool_size=size,
            max_overflow=0,
            pool_timeout=WAIT_SECONDS,
            connect_args={"timeout": WAIT_SECONDS},
            json_serializer=_dumps,
            module=Driver(),
            hide_parameters=True,  # what people write must not reach the logs
        )

        def connecting(*_: Any) -> None:
            # SQLite would let everybody on this machine read a new file; its log gets the same mode.
            if self.is_absent:
                Path(self.url.database or "").touch(mode=0o600)

        def connected(connection: Any, _record: Any) -> None:
            connection.isolation_level = None  # sqlite3 must not begin transactions of its own
            cursor = connection.cursor()
            for pragma in (
                "journal_mode=WAL",
                "synchronous=FULL",
                "foreign_keys=ON",
                f"busy_timeout={WAIT_SECONDS * 1000}",
            ):
                cursor.execute(f"PRAGMA {pragma}")
            cursor.close()

        def begun(connection: Any) -> None:
            if begin == "BEGIN":  # SQLite reads nothing before the first statement anyway
                connection.connection.dbapi_connection.begin_with_next(begin)
            else:
                connection.exec_driver_sql(begin)

        event.listen(engine.sync_engine, "do_connect", connecting)
        event.listen(engine.sync_engine, "connect", connected)
        event.listen(engine.sync_engine, "begin", begun)
        event.listen(engine.sync_engine, "before_cursor_execute", self._count)
        return engine

    def _count(self, *_: object) -> None:
        self.statements += 1

    @asynccontextmanager
    async def write(
        self, patience: float = PATIENCE_SECONDS, *, inline: bool = False
    ) -> AsyncGenerator[AsyncConnection]:
        """A transaction that commits at the end of the block and rolls back when it raises. Raises Problem "unavailable"; if the commit itself
        was not answered, nobody knows whether it was committed. `inline`: on SQLite, its statements are short enough for the loop's thread."""
        with _faults():
            async with self._within(patience), self._writer.begin() as connection:
                if inline and self.is_sqlite:
                    async with _inline(connection):
                        yield connection
                else:
                    yield connection

    @asynccontextmanager
    async def read(self) -> AsyncGenerator[AsyncConnection]:
        """One consistent view of everything; writes are discarded. Raises Problem "unavailable"."""
        with _faults():
            async with self._within(PATIENCE_SECONDS), self._reader.connect() as connection:
                yield connection

    def _within(self, patience: float) -> asyncio.Timeout:
        # SQLite's waits are bounded by its busy timeout, and its thread could not be interrupted.
        return asyncio.timeout(None if self.is_sqlite else patience)

    def insert(self, table: Table) -> "sqlite.Insert | postgresql.Insert":
        """An INSERT that knows `on_conflict_do_nothing` and `on_conflict_do_update`, which both engines spell alike."""
        return sqlite.insert(table) if self.is_sqlite else postgresql.insert(table)

    async def close(self) -> None:
        await self._writer.dispose()
        if self.is_sqlite:
            await self._reader.dispose()


def _without_pooler(url: URL) -> tuple[URL, dict[str, Any]]:
    """The address without `?pooler=transaction`, and what the driver must do for it: behind a pooler in transaction mode (PgBouncer) each transaction may
    run on another connection of the server, where named statements of this client do not exist and those of others do."""
    if "pooler" not in url.query:
        return url, {}
    options = {
        "statement_cache_size": 0,
        "prepared_statement_cache_size": 0,
        "prepared_statement_name_func": str,  # the empty name: such a statement lasts until the next one
    }
    return url.difference_update_query(["pooler"]), options


def _dumps(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def insert_into(connection: AsyncConnection, table: Table) -> "sqlite.Insert | postgresql.Insert":
    """`Database.insert` for code that holds only a connection."""
    return sqlite.insert(table) if connection.dialect.name == "sqlite" else postgresql.insert(table)


def pad_to_power_of_two(values: Iterable[Any]) -> list[Any]:
    """The values, the last one repeated up to a power of two. Drivers cache prepared statements per list length; this keeps that cache small."""
    whole = list(values)
    return whole + whole[-1:] * ((1 << (len(whole) - 1).bit_length()) - len(whole)) if whole else whole


def in_padded(column: "ColumnElement[Any]", values: Collection[Any]) -> "ColumnElement[bool]":
    """`column IN (…)` with padded values."""
    return column.in_(pad_to_power_of_two(values))


def in_param(name: str) -> "BindParameter[Any]":
    """A parameter for the padded values of `column.in_(in_param(…))`, in a statement that is built once: building it each time doubles its cost."""
    return bindparam(name, expanding=True)


@asynccontextmanager
async def _inline(connection: AsyncConnection) -> AsyncGenerator[None]:
    adapter: Any = (await connection.get_raw_connection()).dbapi_connection
    adapter.inline = True
    try:
        yield
    finally:
        adapter.inline = False


class _faults:
    """Turns an unavailable database into a Problem; a wrong statement stays an error."""

    def __enter__(self) -> None:
        return None

    def __exit__(self, _type: object, error: BaseException | None, _trace: object) -> None:
        if is_unavailable(error):
            raise Problem("unavailable", SILENT, retry_after=2) from error


def is_unavailable(error: BaseException | None) -> bool:
    """Whether an error means that the database is unavailable, whatever the statement."""
    if isinstance(error, DBAPIError):
        if error.connection_invalidated:
            return True
        # SQLSTATE classes: 08 connection, 40 rolled back, 53 out of resources, 57 shut down, 58 system.
        state = str(getattr(error.orig, "sqlstate", "") or "")
        return state[:2] in {"08", "40", "53", "57", "58"} or any(
            word in str(error.orig) for word in _SQLITE_CANNOT_NOW
        )
    return isinstance(error, PoolTimeout | ConnectionError | TimeoutError)


_SQLITE_CANNOT_NOW = (
    "database is locked",
    "database or disk is full",
    "disk I/O error",
    "readonly database",
    "unable to open database file",
    # What follows when one of the above has rolled back the whole transaction.
    "no such savepoint",
    "no transaction is active",
)
