"""F14 with two versions at once: the next one migrates and serves beside this one, on one database and one Redis, until this one goes."""

import asyncio
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
import sqlalchemy as sa

from rooms.chat.tables import messages
from rooms.core.store import journal
from rooms.core.store.database import Database
from rooms.migrations import upgrade
from tests.faults.client import Refused
from tests.faults.crowd import Crowd, crowd
from tests.faults.ground import Ground, lay
from tests.faults.newer import WEIGHED, make_newer, migrate, python
from tests.faults.oracle import examine
from tests.faults.places import door_of, scaled
from tests.faults.report import note
from tests.support.process import temporary_folder
from tests.support.server import ROOT, Server
from tests.support.waiting import until

PEOPLE = scaled(24, 400)
COMMANDS = scaled(5, 40)
PAUSE = scaled(0.4, 1.5)  # seconds, within what one person may say


async def test_f14_two_versions_serve_at_once(postgres_url: str, redis_url: str) -> None:
    ground = await lay(postgres_url, PEOPLE)
    with temporary_folder("next") as code, versions(postgres_url, redis_url, make_newer(code)) as (old, new):
        old.start()
        where = door_of(old)
        async with crowd(ground, lambda: where, count=PEOPLE // 2, wait=60) as first:
            acting = asyncio.create_task(first.act(COMMANDS, pause=PAUSE))
            await until(lambda: len(first.delays) > PEOPLE // 4, 60)
            await asyncio.to_thread(migrate, new, code)
            await asyncio.to_thread(new.start)
            async with crowd(ground, lambda: door_of(new), first=PEOPLE // 2, wait=60) as second:
                everybody = Crowd([*first, *second])
                await asyncio.gather(acting, second.act(COMMANDS, pause=PAUSE))
                await first[0].chat()
                await everybody.agree(30)
                assert not everybody.closes, "somebody was sent away while both served"
                await knows_no_newer_command(first)
                old_position = first[0].witness.position
                where = door_of(new)
                acting = asyncio.create_task(first.act(2, pause=PAUSE))
                await asyncio.to_thread(old.stop)
                await acting
                await everybody.agree(30)
                closes, refusals = everybody.closes, everybody.refusals
                resumes = sum(client.witness.resumes for client in first)
        said = old.output() + new.output()
    verdict = (await examine(postgres_url, everybody.witnesses)).hold()
    assert verdict.acknowledged == PEOPLE * COMMANDS + 1 + PEOPLE // 2 * 2
    await both_have_used_what_is_new(postgres_url, ground, old_position)
    assert closes.keys() <= {4501}, f"cut off without a word: {closes}"
    assert resumes == PEOPLE // 2, "somebody was given a snapshot instead"
    assert set(refusals) <= {"rate_limited"}
    assert "Traceback" not in said, said
    assert "refused" not in said, said
    what = f"two versions at once, {PEOPLE} clients under load: the next one migrates, serves beside the old one, and takes over its people"
    result = f"{verdict.acknowledged} acknowledged, 0 lost, 0 errors; {resumes} went from the old version to the new one and resumed"
    note("F14b", what, result)


@contextmanager
def versions(database: str, redis: str, newer: Path) -> Iterator[tuple[Server, Server]]:
    """This version and the next one, neither of them started."""
    with ExitStack() as stack:
        made: list[Server] = []
        for _ in range(2):
            folder = stack.enter_context(temporary_folder("version"))
            server = Server(folder, database, redis=redis, drain_seconds="1")
            stack.callback(server.stop)
            made.append(server)
        made[1].environment["PYTHONPATH"] = str(newer)
        yield made[0], made[1]


async def test_f14_an_older_version_does_not_start_on_a_newer_database(sqlite_url: str, tmp_path: Path) -> None:
    database = Database(sqlite_url)
    await upgrade(database)
    async with database.write() as connection:
        await connection.execute(sa.text("UPDATE alembic_version SET version_num = 'next'"))
    await database.close()
    server = Server(tmp_path, sqlite_url)
    done = python(server, "run", ROOT)
    assert done.returncode == 1
    assert done.stderr == "This database belongs to a newer version of Plenary. Start that one.\n"


async def knows_no_newer_command(clients: Crowd) -> None:
    """What only the next version knows is refused by this one, and the connection goes on."""
    with pytest.raises(Refused) as refused:
        await clients[0].say("chat.weigh", message="none")
    assert refused.value.code == "unknown_op"
    assert clients[0].joined.is_set()


async def both_have_used_what_is_new(url: str, ground: Ground, old_position: int) -> None:
    """The premise: while this version still served, the next one wrote what this one does not know, and this one has handed it on (which the oracle
    has compared byte for byte)."""
    database = Database(url)
    try:
        async with database.read() as connection:
            entries = await journal.read_after(connection, ground.room, 0, old_position)
            moods = (await connection.execute(sa.text("SELECT count(mood) FROM messages"))).scalar_one()
            total = (await connection.execute(sa.select(sa.func.count()).select_from(messages))).scalar_one()
    finally:
        await database.close()
    assert [entry for entry in entries if entry.type == WEIGHED]
    assert [entry for entry in entries if b'"mood":"calm"' in entry.payload]
    assert [entry for entry in entries if entry.type == "chat.posted" and b'"mood"' not in entry.payload]
    assert 0 < moods < total
