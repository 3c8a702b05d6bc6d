"""S16, S35: floods by one person on many connections, by one address that invents others, and a thousand who sign in at once."""

import asyncio
import contextlib
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
from tests.faults.crowd import p99
from tests.faults.places import scaled
from tests.faults.report import note
from tests.support.server import Server, furnish, running_server, ticket_for
from tests.support.wire import Wire, wire
from tests.support.world import World

PASSWORD = "a good long sentence"
SIGN_INS = scaled(60, 1000)
TALKERS = ("attendee", "other", "speaker", "interpreter", "exhibitor", "moderator")


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


async def test_s35_while_very_many_sign_in_the_chat_goes_on(behind_a_proxy: Server) -> None:
    """Each is answered, some of them to come back, and those who talk meanwhile notice little."""
    server = behind_a_proxy
    world = await furnish(server)
    hashed = await Passwords(PasswordHasher()).hash(PASSWORD)
    async with world.house.database.write() as connection:
        await connection.execute(persons.update().where(persons.c.kind == "registered").values(password=hashed))
    async with contextlib.AsyncExitStack() as stack:
        http = await stack.enter_async_context(signing_in(server))
        talkers: list[Wire] = []
        for who in TALKERS:
            ticket = await ticket_for(world.house, world.people[who])
            talkers.append(await stack.enter_async_context(wire(server.socket_url, ticket)))
            await talkers[-1].join(world.room)
        quiet = [await talk(talkers[n % len(talkers)], world.room) for n in range(scaled(18, 120))]
        storm = asyncio.gather(
            *(
                attempt(http, n, "wrong but long", **{"X-Forwarded-For": f"10.{n % 250}.{n // 250}.9"})
                for n in range(SIGN_INS)
            )
        )
        loud: list[float] = []
        while not storm.done():
            loud.append(await talk(talkers[len(loud) % len(talkers)], world.room))
        statuses = Counter(await storm)
    await world.close()
    assert statuses.keys() <= {422, 503}
    assert statuses[422] > 0
    assert statuses[422] + statuses[503] == SIGN_INS
    assert len(loud) >= len(TALKERS)
    assert statistics.median(loud) < 30 * statistics.median(quiet), (statistics.median(loud), statistics.median(quiet))
    before, meanwhile = p99(quiet) * 1000, p99(loud) * 1000
    told = f"{statuses[422]} compared, {statuses[503]} told to come again; p99 of a message {before:.0f} ms before, {meanwhile:.0f} ms meanwhile"
    note("S35", f"{SIGN_INS} people sign in at once while others talk", told)


async def talk(client: Wire, room: str) -> float:
    """Seconds until a message was acknowledged."""
    began = time.perf_counter()
    answer = await client.command("chat.post", room, text=f"It is {began}.")
    assert "ok" in answer, answer
    seconds = time.perf_counter() - began
    await asyncio.sleep(0.2)  # within the limit of a person
    return seconds
