"""deploy/backup.py saves a running site and restores it elsewhere, with SQLite and with PostgreSQL."""

import asyncio
import os
import subprocess
import sys
from pathlib import Path

import pytest
import sqlalchemy as sa

from rooms.core.store.database import Database
from tests.support.postgres import PostgresServer
from tests.support.server import ROOT, Server, furnish, running_server

SCRIPT = ROOT / "deploy" / "backup.py"
Settings = dict[str, str]


@pytest.fixture(params=["SQLite", "PostgreSQL"])
def pair(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[Settings, Settings]:
    """The settings of a site, and those of the machine on which it is restored."""
    if request.param == "SQLite":
        urls = [f"sqlite+aiosqlite:///{tmp_path / name / 'plenary.sqlite'}" for name in ("site", "restored")]
    else:
        server: PostgresServer = request.getfixturevalue("postgres_server")
        urls = [request.getfixturevalue("postgres_url"), request.getfixturevalue("second_postgres_url")]
        assert server.running
    site, restored = (
        {"PLENARY_DATABASE": url, "PLENARY_DATA": str(tmp_path / name)}
        for url, name in zip(urls, ("site", "restored"), strict=True)
    )
    (tmp_path / "site").mkdir()
    return site, restored


@pytest.fixture
def second_postgres_url(postgres_server: PostgresServer) -> str:
    return postgres_server.url(asyncio.run(postgres_server.create_database()))


def run(settings: Settings, *arguments: str | Path, program: str) -> subprocess.CompletedProcess[str]:
    postgres = max(map(str, Path("/usr/lib/postgresql").glob("*/bin")), default="")
    environment = {**os.environ, **settings, "PYTHONPATH": str(ROOT), "PATH": f"{postgres}:{os.environ['PATH']}"}
    command = [sys.executable, SCRIPT, "--plenary", program, *arguments]
    return subprocess.run(command, env=environment, capture_output=True, text=True)


@pytest.fixture
def program(tmp_path: Path) -> str:
    """The command `plenary` of this checkout."""
    path = tmp_path / "plenary"
    path.write_text(f'#!/bin/sh\nexec {sys.executable} -m plenary "$@"\n')
    path.chmod(0o755)
    return str(path)


def test_a_site_is_restored_on_another_machine(pair: tuple[Settings, Settings], program: str, tmp_path: Path) -> None:
    site, restored = pair
    database = site["PLENARY_DATABASE"]
    with running_server(database, data=site["PLENARY_DATA"]) as server:
        asyncio.run(_furnish(server))
        file = Path(site["PLENARY_DATA"], "files", "ab", "abcdef")
        file.parent.mkdir(parents=True)
        file.write_bytes(b"a brochure")
        file.chmod(0o600)
        saved = run(site, "save", tmp_path / "backups", program=program)
    assert saved.returncode == 0, saved.stderr
    folder = Path(saved.stdout.strip())
    assert [path.name for path in (tmp_path / "backups").iterdir()] == [folder.name], "nothing half-made remains"
    assert [path for path in [folder, *folder.iterdir()] if path.stat().st_mode & 0o077] == []

    back = run(restored, "restore", folder, program=program)

    assert back.returncode == 0, back.stderr
    before, after = (asyncio.run(_rows(each["PLENARY_DATABASE"])) for each in pair)
    assert before["questions"]
    assert set(after.pop("rooms")).isdisjoint(before.pop("rooms")), "every room has a new epoch"
    assert after == before
    assert Path(restored["PLENARY_DATA"], "files", "ab", "abcdef").read_bytes() == b"a brochure"
    with running_server(restored["PLENARY_DATABASE"], data=restored["PLENARY_DATA"]) as server:
        assert server.get("/")[0] in {200, 303}


def test_a_database_that_exists_is_replaced_only_on_demand(
    pair: tuple[Settings, Settings], program: str, tmp_path: Path
) -> None:
    site, _ = pair
    environment = {**os.environ, **site}
    subprocess.run([sys.executable, "-m", "plenary", "migrate"], env=environment, cwd=ROOT, check=True)
    folder = Path(run(site, "save", tmp_path / "backups", program=program).stdout.strip())
    refused = run(site, "restore", folder, program=program)
    assert refused.returncode == 1
    assert "exist" in refused.stderr
    allowed = run(site, "restore", folder, "--replace", program=program)
    assert allowed.returncode == 0, allowed.stderr


def test_a_backup_that_fails_leaves_nothing(tmp_path: Path, program: str) -> None:
    settings = {"PLENARY_DATABASE": f"sqlite+aiosqlite:///{tmp_path / 'none.sqlite'}", "PLENARY_DATA": str(tmp_path)}
    failed = run(settings, "save", tmp_path / "backups", program=program)
    assert (failed.returncode, failed.stdout) == (1, "")
    assert "none.sqlite" in failed.stderr
    assert list((tmp_path / "backups").iterdir()) == []


def test_settings_are_read_as_systemd_reads_them(tmp_path: Path, program: str) -> None:
    data = tmp_path / "the data"
    (tmp_path / "plenary.env").write_text(f'# PLENARY_DATA=/nowhere\nPLENARY_DATA="{data}"\nPLENARY_NAME=Our Forum\n')
    environment = {**os.environ, "PLENARY_DATA": str(data)}
    subprocess.run([sys.executable, "-m", "plenary", "migrate"], env=environment, cwd=ROOT, check=True)
    saved = run({}, "save", tmp_path / "backups", "--settings", tmp_path / "plenary.env", program=program)
    assert saved.returncode == 0, saved.stderr
    assert sorted(path.name for path in Path(saved.stdout.strip()).iterdir()) == [
        "data.tar",
        "database.sqlite",
        "settings.env",
    ]


async def _furnish(server: Server) -> None:
    world = await furnish(server)
    await world.ask("Is it saved?", "attendee")
    await world.close()


async def _rows(url: str) -> dict[str, list[str]]:
    """For each table its rows; of `rooms` the epochs alone."""
    database = Database(url)
    found = sa.MetaData()
    async with database.read() as connection:
        await connection.run_sync(found.reflect)
        rows = {table.name: (await connection.execute(sa.select(table))).all() for table in found.sorted_tables}
    await database.close()
    rows["rooms"] = [(row.epoch,) for row in rows["rooms"]]  # type: ignore[misc]
    return {name: sorted(map(repr, each)) for name, each in rows.items()}
