"""How processes end and are watched over: a drain is spread over time, a second signal ends it, workers end with their supervisor."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import httpx

from server import health
from server.health import Readiness
from server.workers import Supervisor, WorkerPlace
from tests.faults.crowd import crowd
from tests.faults.ground import lay
from tests.faults.places import door_of, figure
from tests.support.components import free_port
from tests.support.process import _family
from tests.support.server import Server, running_server
from tests.support.visitor import make_app, make_site
from tests.support.waiting import until
from tests.support.world import World


def said(server: Server) -> int:
    """How many workers have been ready; each says so with its first line about the port."""
    return len(_family(server.pid)) - 1


async def test_people_are_sent_away_a_few_at_a_time(sqlite_url: str) -> None:
    ground = await lay(sqlite_url, 100)
    with running_server(sqlite_url, drain_seconds="1") as server:
        door = door_of(server)
        async with crowd(ground, lambda: door) as clients:
            assert server._child is not None
            server._child.send_signal(signal.SIGTERM)
            seen: Counter[int] = Counter()
            while (gone := clients.closes.total()) < len(clients):
                seen[gone] += 1
                await asyncio.sleep(0.02)
            assert set(clients.closes) <= {4501}
            assert len([count for count in seen if 0 < count < len(clients)]) >= 3, "they went all at once"
        await until(lambda: not server.running)
        assert server._child.returncode == 0


async def test_what_was_begun_is_finished(sqlite_url: str) -> None:
    ground = await lay(sqlite_url, 30)
    with running_server(sqlite_url, drain_seconds="2") as server:
        door = door_of(server)
        async with crowd(ground, lambda: door) as clients:
            acting = asyncio.create_task(clients.act(1))
            await asyncio.sleep(0)
            assert server._child is not None
            server._child.send_signal(signal.SIGTERM)
            await until(lambda: not server.running)
            server.start()
            await acting
            await clients.agree()
            assert {witness.position for witness in clients.witnesses} == {30}


async def test_a_second_signal_ends_it_at_once(sqlite_url: str) -> None:
    ground = await lay(sqlite_url, 300)
    with running_server(sqlite_url, drain_seconds="60") as server:
        door = door_of(server)
        async with crowd(ground, lambda: door) as clients:
            child = server._child
            assert child is not None
            child.send_signal(signal.SIGTERM)
            await until(lambda: clients.closes.total())
            assert child.poll() is None
            child.send_signal(signal.SIGTERM)
            await until(lambda: child.poll() is not None)
            assert child.returncode == -signal.SIGTERM
            assert clients.closes[4501] < len(clients)


async def test_one_that_drains_is_alive_and_not_ready(world: World) -> None:
    readiness = Readiness()
    site = make_site(world)
    transport = httpx.ASGITransport(make_app(site, *health.routes(readiness)))
    async with httpx.AsyncClient(transport=transport, base_url=site.base_url) as client:
        assert (await client.get("/health/ready")).status_code == 200
        readiness.draining = True
        answer = await client.get("/health/ready")
        assert (answer.status_code, answer.json()["status"]) == (503, "draining")
        assert (await client.get("/health/live")).status_code == 200


def test_each_worker_answers_at_a_port_of_its_own(postgres_url: str, redis_url: str) -> None:
    port = free_port()
    with running_server(postgres_url, redis=redis_url, workers=2, worker_port=str(port)) as server:
        for number in range(2):
            own = Server(server.folder, server.database)
            own.port = port + number
            wait_for(own)
            assert figure(own, "plenary_bus_up") == 1


def wait_for(server: Server) -> None:
    deadline = time.monotonic() + 20
    while not server._answers():
        assert time.monotonic() < deadline
        time.sleep(0.05)


async def test_workers_do_not_outlive_their_supervisor(postgres_url: str, redis_url: str) -> None:
    with running_server(postgres_url, redis=redis_url, workers=2) as server:
        workers = await until(lambda: _family(server.pid)[1:] if said(server) == 2 else [])
        assert server._child is not None
        os.kill(server.pid, signal.SIGKILL)
        server._child.wait()
        await until(lambda: not any(Path(f"/proc/{pid}").exists() for pid in workers), 30)


def test_the_settings_of_a_worker_survive_the_command_line() -> None:
    assert WorkerPlace.read(str(WorkerPlace(3, 7, 9))) == WorkerPlace(3, 7, 9)


def fake(folder: Path, body: str) -> list[str]:
    """A worker that does nothing but what a test wants. Its last argument is its place."""
    script = folder / "worker.py"
    head = "import os, signal, sys, time\nnumber, ready, watched = map(int, sys.argv[-1].split(':'))\n"
    script.write_text(head + body)
    return [sys.executable, str(script)]


def test_one_that_does_not_get_ready_leaves_the_others_as_they_are(tmp_path: Path) -> None:
    count = tmp_path / "count"
    body = (
        f"with open({str(count)!r}, 'a') as file: file.write('x')\n"
        f"if len(open({str(count)!r}).read()) > 1: sys.exit(3)\n"
        "os.write(ready, b'1')\ntime.sleep(60)\n"
    )
    supervisor = Supervisor(1, fake(tmp_path, body), 0.1)
    worker = supervisor._workers[0]
    deadline = time.monotonic() + 20
    while not count.exists() or not count.read_text():
        assert time.monotonic() < deadline
        time.sleep(0.01)
    supervisor._renew()
    assert supervisor._workers[0] is worker
    assert not worker.has_ended
    assert worker.end(10) == -signal.SIGTERM


def test_one_that_dies_early_again_and_again_is_waited_for_longer(tmp_path: Path) -> None:
    supervisor = Supervisor(1, fake(tmp_path, "sys.exit(3)\n"), 0.1)
    waits: list[float] = []
    for _ in range(3):
        supervisor._workers[0].process.wait()
        supervisor._replace_dead()
        waits.append(supervisor._due[0] - time.monotonic())
        supervisor._due[0] = 0.0
        supervisor._replace_dead()
    assert waits == sorted(waits)
    assert waits[0] > 0.5
    supervisor._workers[0].wait(10)


def test_the_supervisor_ends_with_what_its_workers_ended_with(tmp_path: Path) -> None:
    program = (
        "from server.workers import Supervisor\nimport sys\n"
        "print('up', flush=True)\nsys.exit(Supervisor(2, sys.argv[1:], 0.1).run())\n"
    )
    for code in (0, 5):
        body = f"signal.signal(signal.SIGTERM, lambda *_: os._exit({code}))\nos.write(ready, b'1')\ntime.sleep(60)\n"
        command = [sys.executable, "-c", program, *fake(tmp_path, body)]
        running = subprocess.Popen(command, stdout=subprocess.PIPE, cwd=Path(__file__).parents[2])
        assert running.stdout is not None
        assert running.stdout.readline() == b"up\n"
        time.sleep(1)  # for the workers to set their handlers
        running.terminate()
        assert running.wait(30) == (1 if code else 0)
        running.stdout.close()
