"""S16, S35: floods by one person on many connections, by one address that invents others, and a thousand who sign in at once."""

import asyncio
import os
import statistics
import time
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager

import httpx
import pytest
from argon2 import PasswordHasher

from rooms.house import PERSON_RATE
from rooms.people.passwords import Passwords
from rooms.people.registration import FROM_ADDRESS
from rooms.people.tables import persons
from tests.support.server import Server, furnish, running_server, ticket_for
from tests.support.wire import Wire, wire
from tests.support.world import World

PASSWORD = "a good long sentence"
SIGN_INS = 1000 if os.environ.get("PLENARY_SOAK") == "1" else 60


async def test_a_persons_connections_share_one_limit(server: Server, furnished: World) -> None:
    """S16: refused with the time to wait; nobody else is."""
    tickets = [await ticket_for(furnished.house, furnished.people["attendee"]) for _ in range(4)]
    codes: Counter[str] = Counter()
    waits: list[float] = []

    async def flood(ticket: str) -> None:
        async with wire(server.socket_url, ticket) as client:
            for number in range(40):
                answer = await client.command("chat.read", furnished.room, number=number)
                codes[answer.get("error", {}).get("code", "ok")] += 1
                waits.append(answer.get("error", {}).get("retry_after") or 0)

    await asyncio.gather(*map(flood, tickets))
    assert codes.keys() == {"ok", "rate_limited"}
    assert PERSON_RATE.count <= codes["ok"] < 4 * 40
    assert max(waits) > 0
    async with wire(server.socket_url, await ticket_for(furnished.house, furnished.people["other"])) as other:
        assert "ok" in await other.command("chat.read", furnished.room, number=1)


@asynccontextmanager
async def signing_in(server: Server) -> AsyncIterator[httpx.AsyncClient]:
    limits = httpx.Limits(max_connections=1000)
    async with httpx.AsyncClient(base_url=server.url, limits=limits, timeout=600) as http:
        page = await http.get("/sign-in")
        token = page.text.partition('<meta name="csrf" content="')[2].partition('"')[0]
        assert token
        http.headers["Origin"] = server.url
        http.params = http.params.set("csrf", token)
        yield http


async def attempt(http: httpx.AsyncClient, number: int, password: str, **headers: str) -> int:
    form = {"by": "password", "email": f"person{number}@example.org", "password": password}
    form["csrf"] = http.params["csrf"]
    return (await http.post("/sign-in", params={}, data=form, headers=headers)).status_code


async def test_an_invented_address_escapes_no_limit(server: Server, furnished: World) -> None:
    """S16: X-Forwarded-For from one who is no proxy of ours."""
    async with signing_in(server) as http:
        tries = range(FROM_ADDRESS.count + 60)

        async def guess(number: int) -> int:
            # Not hashed at all: a guess without an account is refused by the limit of the address alone.
            form = {"by": "link", "email": f"nobody{number}@example.org", "csrf": http.params["csrf"]}
            headers = {"X-Forwarded-For": f"198.51.100.{number % 250}"}
            return (await http.post("/sign-in", params={}, data=form, headers=headers)).status_code

        statuses = Counter(await asyncio.gather(*map(guess, tries)))
    assert statuses.keys() == {200, 429}
    assert statuses[200] < FROM_ADDRESS.count + 60


@pytest.fixture
def behind_a_proxy() -> Iterator[Server]:
    with running_server(trusted_proxies="127.0.0.1/32") as running:
        yield running
        said = running.output()
    assert "Traceback" not in said, said


async def test_while_very_many_sign_in_the_chat_goes_on(behind_a_proxy: Server) -> None:
    """S35, with a thousand under PLENARY_SOAK=1: each is answered, some of them to come back, and the loop serves the others as before."""
    server = behind_a_proxy
    world = await furnish(server)
    hashed = await Passwords(PasswordHasher()).hash(PASSWORD)
    async with world.house.database.write() as connection:
        await connection.execute(persons.update().where(persons.c.kind == "registered").values(password=hashed))
    async with (
        wire(server.socket_url, await ticket_for(world.house, world.people["attendee"])) as client,
        signing_in(server) as http,
    ):
        await client.join(world.room)
        quiet = [await beat(client) for _ in range(50)]
        storm = asyncio.gather(
            *(
                attempt(http, n, "wrong but long", **{"X-Forwarded-For": f"10.{n % 250}.{n // 250}.9"})
                for n in range(SIGN_INS)
            )
        )
        loud: list[float] = []
        while not storm.done():
            loud.append(await beat(client))
        statuses = Counter(await storm)
    await world.close()
    assert statuses.keys() <= {422, 503}
    assert statuses[422] > 0
    assert statuses[422] + statuses[503] == SIGN_INS
    assert len(loud) > 20
    assert statistics.median(loud) < 30 * statistics.median(quiet), (statistics.median(loud), statistics.median(quiet))


async def beat(client: Wire) -> float:
    """Seconds of a round trip through the server's loop."""
    began = time.perf_counter()
    assert "ok" in await client.ask("heartbeat")
    await asyncio.sleep(0.1)  # within the limit of a connection
    return time.perf_counter() - began - 0.1
