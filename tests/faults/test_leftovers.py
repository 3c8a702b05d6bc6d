"""F26, F28, F30: nobody stays as a ghost, nothing stays of those who went, and a restored database cannot pass for the one that was."""

import asyncio
import hashlib
import itertools
import os
import shutil
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import msgspec
import pytest
import sqlalchemy as sa

from rooms.core.store.database import Database, metadata
from tests.faults.crowd import crowd
from tests.faults.ground import Ground, lay
from tests.faults.line import Line, open_line
from tests.faults.oracle import examine
from tests.faults.places import Shaken, descriptors, figure, resident, scaled, shaken
from tests.faults.report import note
from tests.support.postgres import PostgresServer
from tests.support.waiting import until

WHEN = ("after the first few hundred", "after half", "after all")
HALF = 60 * float(os.environ.get("PLENARY_SOAK_MINUTES", "20")) / 2
"""Seconds that half of F28 may take: a slow machine has fewer come and go."""


async def test_f26_nobody_stays_as_a_ghost(postgres_url: str, redis_url: str) -> None:
    """Quick: a process shows that it lives every second, and is forgotten after 4; as delivered, after 15."""
    ground = await lay(postgres_url, 20)
    with shaken(2, postgres_url, redis_url, faults={"ghosts": scaled((1, 4), (5, 15))}) as (one, other):
        async with crowd(ground, lambda: other.door, count=10) as here:
            async with crowd(ground, lambda: one.door, first=10):
                await until(lambda: present(here[0]) == 20, 20)
                one.kill()
                began = time.monotonic()
            await until(lambda: present(here[0]) == 10, 30)
            seconds = time.monotonic() - began
    note(
        "F26",
        "kill -9 of a process with 10 of 20 people present",
        f"the absent people were removed after {seconds:.1f} s",
    )


def present(client: object) -> int:
    value = client.latest.get("present", {}).get("", {})  # type: ignore[attr-defined]
    return value.get("count", 0)


async def test_f28_many_come_and_go(sqlite_url: str) -> None:
    """Permanent objects, such as prepared statements, are created in the first half; the second half must add next to nothing."""
    total, at_once = scaled((1200, 100), (100_000, 200))
    ground = await lay(sqlite_url, at_once)
    with shaken(1, sqlite_url) as (server,):
        await come_and_go(ground, server, at_once * 2, at_once)
        await nobody_is_left(server)
        before = descriptors(server.pid)
        sizes = [resident(server.pid)]
        began = time.monotonic()
        came = 0
        for _ in range(2):
            came += await come_and_go(ground, server, total // 2, at_once, seconds=HALF)
            await nobody_is_left(server)
            sizes.append(resident(server.pid))
        seconds = time.monotonic() - began
        # The pool of SQLite may have opened more of its five connections, of three files each.
        await until(lambda: descriptors(server.pid) <= before + 12, 30)
    first, second = ((after - before) / 1048576 for before, after in itertools.pairwise(sizes))
    assert first + second < scaled(24, 64)
    # Of a spent ticket some 100 bytes are remembered for two minutes; beside that, nothing may stay.
    assert second < scaled(4, 8), f"every half adds as much: {first:.1f} MB, then {second:.1f} MB"
    sizes_by_phase = ", ".join(f"{size / 1048576:.1f} MB {when}" for size, when in zip(sizes, WHEN, strict=True))
    result = f"no room, member or descriptor left over; memory {sizes_by_phase}; {came / seconds:.0f} a second"
    note("F28", f"{came} connections join and leave, with and without a close", result)


async def nobody_is_left(server: Shaken) -> None:
    for name in ("plenary_connections", "plenary_rooms_followed", "plenary_members", "plenary_present"):
        await until(lambda name=name: figure(server, name) == 0, 30)


async def come_and_go(
    ground: Ground, server: Shaken, total: int, at_once: int, *, first: int = 0, seconds: float = 600
) -> int:
    """Each comes, joins, and goes: with a close frame, by a reset, or before the answer. Returns how many came within the time. They are `at_once` of the
    ground's people, from number `first` on."""

    async def one(number: int, way: int) -> None:
        answered = asyncio.Event()
        ended = asyncio.Event()

        last = b""

        def heard(payload: bytes) -> None:
            nonlocal last
            last = payload
            if b'"id":1' in payload:
                answered.set()

        def end(code: int) -> None:
            ended.set()
            answered.set()

        line: Line = await open_line(server.port, server.door.authority, heard, end)
        try:
            line.send(msgspec.json.encode({"op": "hello", "ticket": ground.ticket(first + number)}))
            line.send(msgspec.json.encode({"op": "join", "id": 1, "room": ground.room}))
            if way != 2:
                await asyncio.wait_for(answered.wait(), 60)
                assert not ended.is_set(), f"sent away after {last[:200]!r}"
            if way == 0:
                line.close()
                await asyncio.wait_for(ended.wait(), 60)
        finally:
            line.cut()
        await ended.wait()

    end = time.monotonic() + seconds
    for start in range(0, total, at_once):
        if time.monotonic() > end:
            return start
        await asyncio.gather(*(one(number % at_once, (start + number) % 3) for number in range(at_once)))
    return total


@pytest.fixture(params=["SQLite", "PostgreSQL"])
async def stored(request: pytest.FixtureRequest, sqlite_url: str) -> str | PostgresServer:
    return sqlite_url if request.param == "SQLite" else request.getfixturevalue("own_postgres")


async def test_f30_backup_and_restore(stored: str | PostgresServer, tmp_path: Path) -> None:
    """A backup is taken while people talk, more is said, and the backup is put back: everybody is given the restored state, by a snapshot."""
    url = stored if isinstance(stored, str) else stored.url(await stored.create_database())
    ground = await lay(url, 12)
    with shaken(1, url) as (server,):
        async with crowd(ground, lambda: server.door) as clients:
            await clients.act(2)
            acting = asyncio.create_task(clients.act(scaled(4, 40), pause=0.05))
            backup = await asyncio.to_thread(back_up, stored, url, tmp_path)
            taken = await hashes(backup)
            await acting
            await clients.act(1)
            await clients.agree()
            (await examine(url, clients.witnesses)).hold()
            assert taken["messages"] != (await hashes(url))["messages"], "nothing was said after the backup"
            server.stop()
            await asyncio.to_thread(put_back, stored, url, backup)
            restored = await hashes(url)
            before = await epochs(url)
            command = [sys.executable, "-m", "server", "migrate", "--restored"]
            done = subprocess.run(command, env=server.environment, cwd=server.folder, capture_output=True, text=True)
            assert done.returncode == 0, done.stderr
            assert not set(await epochs(url)) & set(before)
            snapshots = [witness.snapshots for witness in clients.witnesses]
            for witness in clients.witnesses:
                witness.acks.clear()  # everything acknowledged after the backup is lost, as expected
            server.start()
            await clients.all_in()
            await clients.act(1)
            await clients.agree()
            assert [w.snapshots for w in clients.witnesses] == [count + 1 for count in snapshots], "a false resume"
    assert restored == taken
    verdict = (await examine(url, clients.witnesses)).hold()
    result = f"{len(taken)} tables, hashes equal; all epochs changed; 12 clients got one snapshot each, then {verdict.acknowledged} new events"
    note("F30", "backup while people talk, restored later (SQLite and PostgreSQL)", result)


def back_up(stored: str | PostgresServer, url: str, folder: Path) -> str:
    """As docs/operations.md says; returns the address of what was saved, as a database of its own."""
    if isinstance(stored, str):
        copy = folder / "backup.sqlite"
        with sqlite3.connect(url.partition("///")[2]) as source, sqlite3.connect(copy) as target:
            source.backup(target)
        source.close()
        target.close()
        return f"sqlite+aiosqlite:///{copy}"
    name = asyncio.run(stored.create_database())
    program = tool("pg_dump")
    dump = subprocess.run([program, "--format=custom", plain(url)], capture_output=True, check=True).stdout
    subprocess.run([tool("pg_restore"), "--no-owner", "--dbname", plain(stored.url(name))], input=dump, check=True)
    return stored.url(name)


def put_back(stored: str | PostgresServer, url: str, backup: str) -> None:
    if isinstance(stored, str):
        path = Path(url.partition("///")[2])
        for each in path.parent.glob(f"{path.name}*"):
            each.unlink()
        shutil.copy(backup.partition("///")[2], path)
        return
    dump = subprocess.run([tool("pg_dump"), "--format=custom", plain(backup)], capture_output=True, check=True).stdout
    command = [tool("pg_restore"), "--clean", "--if-exists", "--no-owner", "--dbname", plain(url)]
    subprocess.run(command, input=dump, check=True)


def plain(url: str) -> str:
    return url.replace("postgresql+asyncpg://", "postgresql://")


def tool(name: str) -> str:
    # Debian keeps the programs of all versions there; the one in PATH only chooses among them.
    found = max(map(str, Path("/usr/lib/postgresql").glob(f"*/bin/{name}")), default="") or shutil.which(name)
    assert found, f"{name} comes with PostgreSQL"
    return found


async def hashes(url: str) -> dict[str, str]:
    """A hash over all rows of each table."""
    database = Database(url)
    found: dict[str, str] = {}
    async with database.read() as connection:
        for table in metadata.sorted_tables:
            rows = (await connection.execute(sa.select(table))).all()
            lines = sorted(repr(tuple(row)) for row in rows)
            found[table.name] = hashlib.sha256("\n".join(lines).encode()).hexdigest()
    await database.close()
    return found


async def epochs(url: str) -> list[str]:
    database = Database(url)
    async with database.read() as connection:
        found = (await connection.execute(sa.text("SELECT epoch FROM rooms"))).scalars().all()
    await database.close()
    return list(found)
