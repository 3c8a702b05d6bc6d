"""An aiosqlite dialect that makes few thread hops: each costs more than most statements.

aiosqlite hops to make a cursor, to execute, to fetch and to close. Here a statement with all its rows is one hop, the `BEGIN` of a reader travels
with its first statement, nobody waits for a rollback, and an inline transaction runs its short statements in the loop's own thread: only
its `BEGIN` and `COMMIT`, which may wait for a lock or the disk, are hops.
"""

# What is adapted here, SQLAlchemy's adapter of aiosqlite, is neither typed nor public: tests/contracts/test_sqlite.py holds what is relied upon.
# pyright: basic, reportPrivateUsage=false

import sqlite3
from asyncio import get_running_loop
from collections import deque
from functools import partial
from typing import Any, NamedTuple

import aiosqlite
from sqlalchemy.connectors.asyncio import AsyncAdapt_dbapi_cursor
from sqlalchemy.dialects.sqlite.aiosqlite import (
    AsyncAdapt_aiosqlite_connection,
    AsyncAdapt_aiosqlite_dbapi,
    AsyncAdapt_aiosqlite_ss_cursor,
)
from sqlalchemy.util import await_only


class _Done(NamedTuple):
    description: Any
    rowcount: int
    lastrowid: int | None
    rows: list[Any]


def _do(connection: sqlite3.Connection, begin: str | None, many: bool, statement: str, parameters: Any) -> _Done:
    """Runs one statement to its end; in the connection's thread unless the transaction is inline."""
    if begin is not None:
        connection.rollback()  # in case an earlier transaction failed unnoticed
        connection.execute(begin)
    cursor = connection.executemany(statement, parameters) if many else connection.execute(statement, parameters)
    rows = cursor.fetchall() if cursor.description else []
    done = _Done(cursor.description, cursor.rowcount, cursor.lastrowid, rows)
    cursor.close()
    return done


async def _at_once(*arguments: Any) -> _Done:
    """SQLAlchemy asks of an asynchronous driver that it awaits something."""
    return _do(*arguments)


class Cursor(AsyncAdapt_dbapi_cursor):
    __slots__ = ("_do", "_done", "arraysize")
    description = property(lambda self: self._done.description)
    rowcount = property(lambda self: self._done.rowcount)
    lastrowid = property(lambda self: self._done.lastrowid)

    def __init__(self, connection: "SqliteConnection") -> None:
        self._do = connection.do
        self._done = _Done(None, -1, None, [])
        self._rows = deque()
        self.arraysize = 1

    def execute(self, operation: str, parameters: Any = None) -> None:
        self._take(many=False, operation=operation, parameters=() if parameters is None else parameters)

    def executemany(self, operation: str, seq_of_parameters: Any) -> None:
        self._take(many=True, operation=operation, parameters=seq_of_parameters)

    def _take(self, *, many: bool, operation: str, parameters: Any) -> None:
        self._done = self._do(many, operation, parameters)
        self._rows = deque(self._done.rows)

    async def _async_soft_close(self) -> None:
        pass

    def close(self) -> None:
        self._rows.clear()


class Streaming(AsyncAdapt_aiosqlite_ss_cursor):
    """A cursor that fetches rows as they are needed."""

    __slots__ = ("_begin",)

    def __init__(self, connection: "SqliteConnection") -> None:
        super().__init__(connection)
        self._begin = connection.begin

    def execute(self, operation: str, parameters: Any = None) -> None:
        self._begin()
        super().execute(operation, parameters)


class SqliteConnection(AsyncAdapt_aiosqlite_connection):
    """`inline`: statements run in the loop's thread. Only for a transaction that has begun, with short statements."""

    __slots__ = ("_begin", "inline")
    _cursor_cls = Cursor
    _ss_cursor_cls = Streaming

    def __init__(self, dbapi: Any, connection: Any) -> None:
        super().__init__(dbapi, connection)
        self._begin: str | None = None
        self.inline = False

    def begin_with_next(self, statement: str) -> None:
        """The next statement begins a transaction, by this one before it."""
        self._begin = statement

    def begin(self) -> None:
        if self._begin is not None:
            self.do(False, "SELECT 1", ())

    def do(self, many: bool, operation: str, parameters: Any) -> _Done:
        begin, self._begin = self._begin, None
        try:
            if self.inline:
                return await_only(_at_once(self._connection._conn, begin, many, operation, parameters))
            future = get_running_loop().create_future()
            act = partial(_do, self._connection._conn, begin, many, operation, parameters)
            self._connection._tx.put_nowait((future, act))
            return await_only(future)
        except Exception as error:
            self._handle_exception(error)

    def commit(self) -> None:
        if self._begin is None:
            super().commit()
        self._begin = None

    def rollback(self) -> None:
        if self._begin is None and self._connection._connection is not None:
            self._connection._tx.put_nowait((None, self._connection._conn.rollback))
        self._begin = None


class Driver(AsyncAdapt_aiosqlite_dbapi):
    """To be given to `create_async_engine` as its `module`."""

    def __init__(self) -> None:
        super().__init__(aiosqlite, sqlite3)

    def connect(self, *arg: Any, **kw: Any) -> SqliteConnection:
        return SqliteConnection(self, super().connect(*arg, **kw)._connection)
