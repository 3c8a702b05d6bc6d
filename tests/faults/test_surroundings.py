"""F15, F20, F22, F23: the clock jumps, the disk is full, the client's network is bad, or forgets the connection."""

import asyncio
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from rooms.chat.tables import messages
from rooms.core.store.database import Database
from tests.faults.client import Refused
from tests.faults.crowd import Crowd, crowd, p99
from tests.faults.ground import lay
from tests.faults.oracle import examine
from tests.faults.places import door_of, figure, scaled, shaken, tell
from tests.faults.proxy import Proxy, Weather
from tests.faults.report import note
from tests.support.waiting import until


async def test_f15_the_clock_jumps(sqlite_url: str, tmp_path: Path) -> None:
    """An hour forwards, then two backwards: order is by seq, a silence lasts as long as the server's clock says, old tickets are refused and new ones taken."""
    ahead = tmp_path / "clock"
    tell(ahead, "0")
    ground = await lay(sqlite_url, 10)
    ground.clock = lambda: datetime.now(UTC) + timedelta(seconds=float(ahead.read_text() or 0))
    with shaken(1, sqlite_url, faults={"clock": str(ahead)}) as (server,):
        async with crowd(ground, lambda: server.door) as clients:
            said: list[str] = []
            for jump in ("0", "3600", "-3600"):
                stale = ground.ticket(1)
                tell(ahead, jump)
                if jump == "3600":
                    with pytest.raises(Refused):
                        await spend(clients, stale)
                for client in clients:
                    await client.chat()
                    said.append(client.witness.acks[-1].key)
                for client in clients:  # with tickets of the new time
                    assert client.line is not None
                    client.joined.clear()
                    client.line.cut()
                await clients.all_in()
            silence = {"person": ground.people[5], "minutes": 10}
            tell(ahead, "0")
            await clients[0].say("person.silence", **silence)
            await clients.agree()
            with pytest.raises(Refused, match="silenced"):
                await clients[5].chat()
            tell(ahead, "-3600")
            with pytest.raises(Refused, match="silenced"):
                await clients[5].chat()
            tell(ahead, "3600")
            await clients[5].chat()
            await clients.agree()
    verdict = (await examine(sqlite_url, clients.witnesses)).hold()
    seqs = {ack.key: ack.seq or 0 for witness in clients.witnesses for ack in witness.acks}
    assert [seqs[key] for key in said] == sorted(seqs[key] for key in said), "order is not by time"
    database = Database(sqlite_url)
    async with database.read() as connection:
        times = (await connection.execute(sa.select(messages.c.at).order_by(messages.c.number))).scalars().all()
    await database.close()
    assert list(times) != sorted(times), "the clock never went back"
    note(
        "F15",
        "the clock jumps an hour forwards, then two backwards",
        f"order and expiries held over {verdict.top} events",
    )


async def spend(clients: Crowd, ticket: str) -> None:
    """Comes with this ticket. Raises Refused when it is not taken."""
    client = clients[1]
    refused = client.refusals.copy()
    issue = client._ground.ticket
    client._ground.ticket = lambda number: ticket if number == client.number else issue(number)  # type: ignore[method-assign]
    try:
        assert client.line is not None
        client.joined.clear()
        client.line.cut()
        await until(lambda: client.joined.is_set() or client.closes.total() > 1 or client.refusals != refused)
        joined = client.joined.is_set()
    finally:
        del client._ground.ticket  # type: ignore[method-assign]
    await until(client.joined.is_set)
    if not joined:
        raise Refused({"code": "expired", "message": "the ticket was not taken"})


async def test_f20_the_disk_is_full(sqlite_url: str, tmp_path: Path) -> None:
    pages = tmp_path / "pages"
    tell(pages, "1000000")
    ground = await lay(sqlite_url, 20)
    database = Database(sqlite_url)
    with shaken(1, sqlite_url, faults={"pages": str(pages)}) as (server,):
        async with crowd(ground, lambda: server.door) as clients:
            await clients.act(2)
            async with database.read() as connection:
                used = (await connection.execute(sa.text("PRAGMA page_count"))).scalar_one()
            tell(pages, str(used + 4))
            acting = asyncio.create_task(clients.act(scaled(10, 40)))
            await until(lambda: clients.refusals["unavailable"] > len(clients), 60)
            # Reads still work: new members can join and receive everything.
            reader = clients[3]
            reader.joined.clear()
            reader.witness.epoch = ""
            assert reader.line is not None
            reader.line.cut()
            await until(reader.joined.is_set)
            assert server.get("/health/ready")[0] == 200
            tell(pages, "1000000")
            await acting
            await clients.agree(30)
            refusals = clients.refusals
    assert set(refusals) == {"unavailable"}
    verdict = (await examine(sqlite_url, clients.witnesses)).hold()
    async with database.read() as connection:
        assert (await connection.execute(sa.text("PRAGMA integrity_check"))).scalar_one() == "ok"
    await database.close()
    result = f"“unavailable” {refusals['unavailable']} times, reads went on; {verdict.acknowledged} acknowledged, 0 lost; integrity ok"
    note("F20", "SQLite may not grow by a page more, as on a full disk; then it may again", result)


async def test_f22_a_bad_network(sqlite_url: str) -> None:
    """A tenth of the packets come late, all take 150 ms each way, and the connection breaks now and then."""
    people, commands = scaled((20, 5), (100, 40))
    ground = await lay(sqlite_url, people)
    with shaken(1, sqlite_url) as (server,):
        async with Proxy(server.port).running() as proxy:
            proxy.weather = Weather(latency=0.15, loss=0.1, stall=0.3)
            async with crowd(ground, lambda: door_of(server, proxy.port), wait=60) as clients:
                acting = asyncio.create_task(clients.act(commands))
                await until(lambda: len(clients.delays) > people, 60)
                proxy.cut()
                await acting
                await clients.agree(30)
                resumes = sum(witness.resumes for witness in clients.witnesses)
                slow = p99(clients.delays)
    verdict = (await examine(sqlite_url, clients.witnesses)).hold()
    assert verdict.acknowledged == people * commands
    assert resumes >= people
    note(
        "F22",
        "10 % of the packets lost, 300 ms, the connection cut",
        f"{verdict.observed} events received, no gap; p99 of a command {slow:.1f} s",
    )


async def test_f23_the_way_is_forgotten(sqlite_url: str) -> None:
    """Packets are dropped silently. Quick: the server pings every second and waits one; as delivered it pings after a silence of 28 s and waits 14 s."""
    people = 6
    ping = scaled((1, 1), (28, 14))
    ground = await lay(sqlite_url, people)
    with shaken(1, sqlite_url, faults={"ping": ping}) as (server,):
        async with Proxy(server.port).running() as proxy:
            far = crowd(ground, lambda: door_of(server, proxy.port))
            async with far as clients, crowd(ground, lambda: server.door, first=0, count=1) as near:
                lines = [client.line for client in clients]
                proxy.forget()
                began = time.monotonic()
                for client in clients:
                    client.joined.clear()
                busy = asyncio.create_task(near.act(scaled(40, 200), pause=0.1))
                await until(lambda: figure(server, "plenary_closes_total", code="4509") >= people, 60)
                seconds = time.monotonic() - began
                await until(lambda: figure(server, "plenary_connections") == len(near), 30)
                dropped = time.monotonic() - began
                # The client's own heartbeat has no answer either (web/islands/src/live: 25 s, and 10 s for the answer).
                for line in lines:
                    assert line is not None
                    line.cut()
                await clients.all_in(30)
                await busy
                await Crowd([*clients, *near]).agree(30)
    (await examine(sqlite_url, [*clients.witnesses, *near.witnesses])).hold()
    assert seconds <= sum(ping) + 5
    assert dropped < 45
    note(
        "F23",
        f"the network forgets {people} connections; pings every {ping[0]} s",
        f"noticed after {seconds:.1f} s, dropped after {dropped:.1f} s; all resumed",
    )
