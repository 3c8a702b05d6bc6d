"""F12, F13, F14: everybody comes back at once; a process ends under load; processes are renewed one after the other."""

import asyncio
import os
import signal
import time
from contextlib import ExitStack

from rooms.core.store import journal
from rooms.core.store.database import Database
from tests.faults.crowd import Crowd, crowd, p99
from tests.faults.ground import lay
from tests.faults.newer import WEIGHED, make_newer, migrate
from tests.faults.oracle import examine
from tests.faults.places import alternately, door_of, figure, scaled, shaken
from tests.faults.report import note
from tests.support.process import temporary_folder
from tests.support.server import ROOT, Server
from tests.support.waiting import until


async def test_f12_everybody_comes_back_at_once(sqlite_url: str) -> None:
    people = scaled(300, 5000)
    ground = await lay(sqlite_url, people)
    with shaken(1, sqlite_url) as (server,):
        async with crowd(ground, lambda: server.door, wait=180) as clients:
            await asyncio.gather(*(client.chat() for client in clients[:20]))
            await clients.agree(30)
            for client in clients:
                assert client.line is not None
                client.joined.clear()
            before = figure(server, "plenary_statements_total"), cpu(server.pid)
            began = time.monotonic()
            for client in clients:
                client.line.cut()  # type: ignore[union-attr]
            await clients.all_in(60)
            seconds = max(client.joined_at for client in clients) - began
            statements = figure(server, "plenary_statements_total") - before[0]
            busy = cpu(server.pid) - before[1]
            await clients.agree(30)
            resumes = sum(client.witness.resumes for client in clients)
    (await examine(sqlite_url, clients.witnesses)).hold()
    assert resumes == people, "somebody was given a snapshot instead"
    assert seconds < 30
    assert statements < people, "queries grow with the people and not with the rooms"
    result = f"all resumed within {seconds:.1f} s, {busy:.1f} s of CPU time, {statements:.0f} statements"
    note("F12", f"{people} clients lose their connection at once", result)


def cpu(pid: int) -> float:
    """Seconds that a process has used."""
    with open(f"/proc/{pid}/stat") as file:
        parts = file.read().rpartition(")")[2].split()
    return (int(parts[11]) + int(parts[12])) / os.sysconf("SC_CLK_TCK")


async def test_f13_a_process_ends_under_load(postgres_url: str, redis_url: str) -> None:
    people, commands = scaled((100, 8), (1000, 30))
    ground = await lay(postgres_url, people)
    with shaken(2, postgres_url, redis_url) as (one, other):
        async with crowd(ground, alternately(one.door, other.door), wait=60) as clients:
            acting = asyncio.create_task(clients.act(commands, pause=0.2))
            await until(lambda: len(clients.delays) > people, 60)
            assert one._child is not None
            child = one._child
            child.send_signal(signal.SIGTERM)
            began = time.monotonic()
            await until(lambda: child.poll() is not None, 60)
            seconds = time.monotonic() - began
            await acting
            await clients.agree(30)
            closes, refusals = clients.closes, clients.refusals
    verdict = (await examine(postgres_url, clients.witnesses)).hold()
    assert child.returncode == 0
    assert verdict.acknowledged == people * commands
    assert closes.keys() == {4501}, f"not everybody was asked to resume: {closes}"
    assert seconds < 30
    assert not refusals
    result = f"{closes[4501]} closed with 4501, drained after {seconds:.1f} s, exit code 0; {verdict.acknowledged} acknowledged, 0 lost"
    note("F13", f"SIGTERM to one of two processes, {people} clients under load", result)


async def test_f14_processes_are_renewed_in_turn(postgres_url: str, redis_url: str) -> None:
    """Restarts with the next version, to which a link now points, as with one folder per version."""
    people, commands = scaled((40, 5), (400, 40))
    ground = await lay(postgres_url, people)
    with temporary_folder("releases") as releases, temporary_folder("server") as folder, ExitStack() as stack:
        current = releases / "current"
        current.symlink_to(ROOT)
        server = Server(folder, postgres_url, redis=redis_url, workers=2, drain_seconds=scaled("1", "2"))
        server.environment["PYTHONPATH"] = str(current)
        stack.enter_context(server)
        door = door_of(server)
        async with crowd(ground, lambda: door, wait=60) as clients:
            old = workers(server.pid)
            acting = asyncio.create_task(clients.act(commands, pause=scaled(1.2, 1.5)))
            await until(lambda: len(clients.delays) > people // 2, 60)
            (releases / "next").mkdir()
            newer = make_newer(releases / "next")
            await asyncio.to_thread(migrate, server, newer)
            (releases / "link").symlink_to(newer)
            (releases / "link").rename(current)
            os.kill(server.pid, signal.SIGHUP)
            began = time.monotonic()
            await until(lambda: len(workers(server.pid)) == 2 and not set(workers(server.pid)) & set(old), 90)
            seconds = time.monotonic() - began
            await acting
            await clients.agree(30)
            closes, refusals = clients.closes, clients.refusals
            slowest = max(clients.delays)
            await stays(clients)
            weighed = await has_weighed(postgres_url, ground.room)
        code = server._child
        server.stop()
        assert code is not None
        assert code.returncode == 0
    verdict = (await examine(postgres_url, clients.witnesses)).hold()
    assert weighed, "the last message was not taken by the next version"
    assert verdict.acknowledged == people * commands + 1
    assert closes.keys() <= {4501}, f"cut off without a word: {closes}"
    assert set(refusals) <= {"rate_limited"}
    result = f"replaced in {seconds:.1f} s; {closes[4501]} closed with 4501; 0 lost, 0 errors, slowest command {slowest:.1f} s"
    note("F14", f"rolling restart of two processes to the next version, {people} clients under load", result)


async def stays(clients: Crowd) -> None:
    """Both new processes serve: something said reaches everybody."""
    clients[0].delays.clear()
    await clients[0].chat()
    await clients.agree()
    assert p99(clients[0].delays) > 0


async def has_weighed(url: str, room: str) -> bool:
    """Whether the room's last event is one that only the next version knows."""
    database = Database(url)
    try:
        async with database.read() as connection:
            entries = await journal.read_after(connection, room, 0)
    finally:
        await database.close()
    return entries[-1].type == WEIGHED


def workers(supervisor: int) -> list[int]:
    with open(f"/proc/{supervisor}/task/{supervisor}/children") as file:
        return [int(pid) for pid in file.read().split()]
