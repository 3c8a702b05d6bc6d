"""`plenary migrate` keeps all data of an older version.

tests/fixtures/upgrade/0013.sql is a database of the version whose newest migration was 0013: its demonstration conference, shortened, with a row in every
table. It is kept as that version wrote it; a later version adds a file of its own.
"""

import json
import os
import sqlite3
import subprocess
import sys
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from alembic import command
from sqlalchemy import Connection

from rooms.core.store.database import Database
from rooms.migrations import config, differences
from tests.support.server import ROOT, running_server

OLD = ROOT / "tests" / "fixtures" / "upgrade" / "0013.sql"
REVISION = "0013"
DERIVED = {"searched"}
"""Columns made from others, which a migration may make again."""
Rows = dict[str, list[dict[str, Any]]]


@pytest.fixture
async def old_sqlite(tmp_path: Path) -> str:
    path = tmp_path / "plenary.sqlite"
    with sqlite3.connect(path) as connection:
        connection.executescript(OLD.read_text())
    connection.close()
    return f"sqlite+aiosqlite:///{path}"


@pytest.fixture
async def old_postgres(postgres_url: str) -> str:
    """The tables as the migrations made them up to that version, with the same rows."""
    database = Database(postgres_url)
    async with database.write() as connection:
        await connection.run_sync(_make_old_tables)
    await database.close()
    return postgres_url


@pytest.fixture(params=["old_sqlite", "old_postgres"], ids=["SQLite", "PostgreSQL"])
def url(request: pytest.FixtureRequest) -> str:
    return request.getfixturevalue(request.param)


async def test_all_data_of_an_older_version_is_kept(url: str) -> None:
    before = await _rows(url)
    assert [table for table, rows in before.items() if not rows] == [], "the fixture has a row in every table"

    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PLENARY_DATABASE": url}
    migrate = subprocess.run(
        [sys.executable, "-m", "plenary", "migrate"], env=environment, cwd=ROOT, capture_output=True, text=True
    )
    assert migrate.returncode == 0, migrate.stdout + migrate.stderr

    after = await _rows(url)
    for table, rows in before.items():
        if table != "alembic_version":
            names = rows[0].keys() - DERIVED
            old, new = (
                sorted(repr({name: row[name] for name in sorted(names)}) for row in each)
                for each in (rows, after[table])
            )
            assert new == old, table
    database = Database(url)
    assert await differences(database) == []
    await database.close()


def test_the_conference_of_an_older_version_is_served(url: str) -> None:
    with running_server(url) as server:
        _, headers, _ = server.get("/")
        status, _, page = server.get(headers["location"])
        assert status == 200
        assert "Conference on International Exchange" in page.decode()


async def _rows(url: str) -> Rows:
    database = Database(url)
    async with database.read() as connection:
        rows = await connection.run_sync(lambda sync: {table.name: _read(sync, table) for table in _tables(sync)})
    await database.close()
    return rows


def _tables(connection: Connection) -> list[sa.Table]:
    found = sa.MetaData()
    found.reflect(connection)
    return found.sorted_tables


def _read(connection: Connection, table: sa.Table) -> list[dict[str, Any]]:
    return [dict(row._mapping) for row in connection.execute(sa.select(table))]


def _make_old_tables(connection: Connection) -> None:
    command.upgrade(config(connection), REVISION)
    old = sqlite3.connect(":memory:")
    old.row_factory = sqlite3.Row
    old.executescript(OLD.read_text())
    for table in _tables(connection):
        if table.name != "alembic_version":
            rows = [dict(row) for row in old.execute(f'SELECT * FROM "{table.name}"')]
            for row in rows:
                row.update({name: _converted(value, table.c[name].type) for name, value in row.items()})
            connection.execute(table.insert(), rows)
    old.close()


def _converted(value: Any, type: sa.types.TypeEngine[Any]) -> Any:
    """What SQLite keeps as a number or text, as PostgreSQL has it."""
    if value is None:
        return None
    if isinstance(type, sa.Boolean):
        return bool(value)
    if isinstance(type, sa.DateTime):
        return datetime.fromisoformat(f"{value}+00:00")
    if isinstance(type, sa.Date):
        return date.fromisoformat(value)
    if isinstance(type, sa.JSON):
        return json.loads(value)
    return value
