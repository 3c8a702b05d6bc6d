"""Processes: how their sockets are made, how they share a port, how they end."""

import asyncio
import contextlib
import signal
import socket
import subprocess
import sys

import pytest
from websockets.asyncio.client import connect

from server.live.uvicorn_internals import SEND_BUFFER
from server.serve import ACCEPTED, listening_socket
from tests.support.process import _family
from tests.support.server import Server, furnish, running_server, ticket_for
from tests.support.waiting import until
from tests.support.wire import wire
from tests.support.world import World


@pytest.mark.parametrize("host", ["127.0.0.1", "::1"])
async def test_accepted_sockets_do_not_wait_for_more_and_keep_little(host: str) -> None:
    """Without TCP_NODELAY a tick waits for the acknowledgement of the one before; without SO_SNDBUF each stalled reader takes megabytes."""
    accepted: asyncio.Queue[asyncio.StreamWriter] = asyncio.Queue()
    listening = listening_socket(host, 0, shared=False)
    async with await asyncio.start_server(lambda _, writer: accepted.put_nowait(writer), sock=listening):
        _, client = await asyncio.open_connection(*listening.getsockname()[:2])
        server = await asyncio.wait_for(accepted.get(), 5)
        seen: socket.socket = server.get_extra_info("socket")
        assert seen.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY) != 0
        # The kernel counts its own needs too: it gives back twice what was asked for (socket(7)).
        assert SEND_BUFFER <= seen.getsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF) <= 2 * SEND_BUFFER
        for writer in (client, server):
            writer.close()
            await writer.wait_closed()


def test_who_comes_while_the_loop_is_busy_waits_in_the_kernel(server: Server) -> None:
    """asyncio asks the kernel to keep only as many as it accepts in one turn of the loop."""
    request = f"GET /health/live HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\nConnection: close\r\n\r\n".encode()
    with contextlib.ExitStack() as stack:
        server.freeze()
        try:
            clients = [
                stack.enter_context(socket.create_connection(("127.0.0.1", server.port), timeout=5))
                for _ in range(4 * ACCEPTED)
            ]
        finally:
            server.thaw()
        for client in clients:
            client.sendall(request)
        assert {client.recv(12) for client in clients} == {b"HTTP/1.1 200"}


def test_a_port_is_shared_only_by_those_who_mean_to() -> None:
    first = listening_socket("127.0.0.1", 0, shared=True)
    port = first.getsockname()[1]
    with first, listening_socket("127.0.0.1", port, shared=True):
        first.listen()
        with pytest.raises(OSError, match="in use"):
            listening_socket("127.0.0.1", port, shared=False).close()


def test_several_processes_without_redis_are_refused(server: Server) -> None:
    command = [sys.executable, "-m", "server", "run", "--workers", "2"]
    answer = subprocess.run(
        command, env=server.environment, cwd=server.folder, capture_output=True, text=True, timeout=60
    )
    assert answer.returncode == 2
    assert "PLENARY_REDIS" in answer.stderr
    assert "Traceback" not in answer.stderr


def test_a_port_that_is_taken_is_said_plainly(server: Server) -> None:
    command = [sys.executable, "-m", "server", "run"]
    answer = subprocess.run(
        command, env=server.environment, cwd=server.folder, capture_output=True, text=True, timeout=60
    )
    assert answer.returncode == 1
    assert answer.stderr.startswith("Cannot start: ")


async def test_workers_share_a_port_and_one_that_dies_is_replaced(redis_url: str, postgres_url: str) -> None:
    with running_server(postgres_url, redis=redis_url, workers=2) as server:
        world = await furnish(server)
        workers = await until(lambda: _workers(server, 2))
        people = ["attendee", "other", "moderator", "organiser", "speaker", "admin"]
        async with asyncio.TaskGroup() as group:
            for who in people:
                group.create_task(_hear_a_greeting(server, world, who))
            await asyncio.sleep(1)
            async with wire(server.socket_url, await ticket_for(world.engine, world.people["guest"])) as guest:
                assert "ok" in await guest.command("chat.post", world.room, text="Hello everybody")
        subprocess.run(["kill", "-9", str(workers[0])], check=True)
        replaced = await until(lambda: _workers(server, 2) if workers[0] not in _workers(server, 2) else [])
        assert len(replaced) == 2
        for _ in range(8):  # connections spread over both
            async with wire(server.socket_url, await ticket_for(world.engine, None)) as client:
                assert (await client.join(world.room))["seq"] == 1
        await world.close()


def _workers(server: Server, wanted: int) -> list[int]:
    """The processes below the first, once there are so many."""
    children = _family(server.pid)[1:]
    return children if len(children) == wanted else []


async def _hear_a_greeting(server: Server, world: World, who: str) -> None:
    async with wire(server.socket_url, await ticket_for(world.engine, world.people[who])) as client:
        await client.join(world.room)
        assert (await client.until("chat.posted"))["message"]["text"] == "Hello everybody"


async def test_at_its_end_a_process_sends_its_people_elsewhere_to_resume(server: Server, furnished: World) -> None:
    async with wire(server.socket_url, await ticket_for(furnished.engine, None)) as client:
        await client.join(furnished.room)
        server._child.send_signal(signal.SIGTERM)  # type: ignore[union-attr]
        assert (await client.closed())[0] == 4501
    await until(lambda: not server.running)
    assert server._child is not None
    assert server._child.returncode == 0
    with pytest.raises(OSError, match=r"refused|Connect"):
        await connect(server.socket_url, proxy=None)


def test_a_new_installation_shows_how_to_set_it_up() -> None:
    """users.md 1."""
    with running_server() as server:
        said = server.output()
        link = next(line.strip() for line in said.splitlines() if "/setup/" in line)
        status, _, body = server.get(link.removeprefix(server.url))
    assert (status, b"Set up this site" in body) == (200, True)
