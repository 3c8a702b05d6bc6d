"""F10 and F11: who reads slowly, or no more at all, is closed, costs little until then, and holds nobody up."""

import asyncio
import time
import uuid

from tests.faults.crowd import Client, Crowd, crowd, p99
from tests.faults.ground import Ground, lay
from tests.faults.oracle import examine
from tests.faults.places import Shaken, figure, resident, scaled, shaken
from tests.faults.report import note
from tests.support.waiting import until

TEXT = 900  # characters in a message
BUFFER = 4096


async def talk(clients: Crowd, seconds: float, pause: float) -> None:
    """Some say long things, at a steady pace."""
    end = time.monotonic() + seconds

    async def one(client: Client) -> None:
        while time.monotonic() < end:
            await client.say("chat.post", text=(uuid.uuid4().hex + " ").ljust(TEXT, "x"))
            await asyncio.sleep(pause)

    await asyncio.gather(*(one(client) for client in clients))


async def sluggish(ground: Ground, server: Shaken, number: int) -> Client:
    """Somebody who is let in with a small buffer in his kernel."""
    client = Client(ground, number, lambda: server.door, receive_buffer=BUFFER).start()
    await until(client.joined.is_set)
    return client


async def test_f10_a_reader_at_a_kilobyte_a_second(sqlite_url: str) -> None:
    ground = await lay(sqlite_url, 22)
    span = scaled(8, 60)
    with shaken(1, sqlite_url) as (server,):
        async with crowd(ground, lambda: server.door, count=20) as clients:
            await talk(clients, span / 2, 0.1)
            alone = p99(clients.delays)
            slow = await sluggish(ground, server, 20)
            assert slow.line is not None
            transport = slow.line.transport

            async def trickle() -> None:
                while not slow.closes and not transport.is_closing():
                    transport.pause_reading()
                    await asyncio.sleep(1)
                    transport.resume_reading()
                    await asyncio.sleep(0)  # one read of what the small buffer holds

            trickling = asyncio.create_task(trickle())
            for client in clients:
                client.delays.clear()
            await talk(clients, span, 0.05)
            beside = p99(clients.delays)
            cut = await until(lambda: figure(server, "plenary_closes_total", code="4508"), 60)
            trickling.cancel()
            transport.resume_reading()
            await until(lambda: slow.witness.resumes + slow.witness.snapshots > 1 and slow.joined.is_set(), 30)
            await Crowd([*clients, slow]).agree(30)
            await slow.stop()
    (await examine(sqlite_url, [*clients.witnesses, slow.witness])).hold()
    assert cut >= 1
    result = (
        f"cut with 4508, resumed whole; the others' p99 {alone * 1000:.0f} ms before, {beside * 1000:.0f} ms beside him"
    )
    note("F10", "a reader at 1 KB/s in a lively room", result)


async def test_f11_a_reader_that_stops(sqlite_url: str) -> None:
    stopped = scaled(20, 200)
    ground = await lay(sqlite_url, 21 + stopped)
    with shaken(1, sqlite_url) as (server,):
        async with crowd(ground, lambda: server.door, count=20) as clients:
            await talk(clients, 2, 0.05)
            before = resident(server.pid)
            readers = Crowd([await sluggish(ground, server, 20 + number) for number in range(stopped)])
            lines = [reader.line for reader in readers if reader.line is not None]
            for line in lines:
                line.transport.pause_reading()
            began = time.monotonic()
            talking = asyncio.create_task(talk(clients, scaled(14, 30), 0.02))
            first = await until(lambda: figure(server, "plenary_closes_total", code="4508"), 60)
            took_first = time.monotonic() - began
            top = resident(server.pid)
            await until(lambda: figure(server, "plenary_closes_total", code="4508") >= stopped, 60)
            took = time.monotonic() - began
            top = max(top, resident(server.pid))
            await talking
            for line in lines:
                line.transport.resume_reading()
            await Crowd([*clients, *readers]).agree(60)
            await asyncio.gather(*(reader.stop() for reader in readers))
            await until(lambda: figure(server, "plenary_connections") == len(clients), 30)
            after = resident(server.pid)
    (await examine(sqlite_url, [*clients.witnesses, *readers.witnesses])).hold()
    assert first
    per_reader = (top - before) / stopped
    assert per_reader < 1024 * 1024
    assert after - before < 64 * 1024 * 1024
    result = (
        f"4508 after {took_first:.1f} to {took:.1f} s; {per_reader / 1024:.0f} KB each at the worst, "
        f"{(after - before) / 1048576:.0f} MB more than before at the end; all resumed whole"
    )
    note("F11", f"{stopped} readers stop reading in a lively room", result)
