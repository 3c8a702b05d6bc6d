"""S16, S35: floods by one person on many connections, by one address that invents others, and a thousand who sign in at once."""

import asyncio
import contextlib
import json
import statistics
import sys
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx

from rooms.core.engine import PERSON_RATE
from rooms.people.passwords import WAITING
from rooms.people.registration import FROM_ADDRESS
from tests.faults.crowd import p99
from tests.faults.places import scaled, shaken
from tests.faults.report import note
from tests.support.server import ROOT, Server, furnish, ticket_for
from tests.support.wire import Wire, wire
from tests.support.world import World

SIGN_INS = scaled(100, 1000)
TALKERS = ("attendee", "other", "speaker", "interpreter", "exhibitor", "moderator")


async def test_a_persons_connections_share_one_limit(server: Server, furnished: World) -> None:
    """S16: refused with the time to wait; nobody else is."""
    tickets = [await ticket_for(furnished.engine, furnished.people["attendee"]) for _ in range(4)]
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
    async with wire(server.socket_url, await ticket_for(furnished.engine, furnished.people["other"])) as other:
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


async def test_s35_while_very_many_sign_in_the_chat_goes_on(sqlite_url: str) -> None:
    """Each gets a response, mostly a request to retry, and live traffic is hardly affected. The thousand clients run in a separate process."""
    line = scaled(8, WAITING)
    with shaken(1, sqlite_url, faults={"line": line}, trusted_proxies="127.0.0.1/32") as (server,):
        world = await furnish(server)
        async with contextlib.AsyncExitStack() as stack:
            stack.push_async_callback(world.close)
            talkers: list[Wire] = []
            for who in TALKERS:
                ticket = await ticket_for(world.engine, world.people[who])
                talkers.append(await stack.enter_async_context(wire(server.socket_url, ticket)))
                await talkers[-1].join(world.room)
            quiet = [await talk(talkers[n % len(talkers)], world.room) for n in range(scaled(18, 120))]
            storming = asyncio.create_task(storm_of(server, SIGN_INS))
            loud: list[float] = []
            while not storming.done():
                loud.append(await talk(talkers[len(loud) % len(talkers)], world.room))
            came = await storming
        said = server.output()
    assert "Traceback" not in said, said
    statuses = Counter({int(status): count for status, count in came["statuses"].items()})
    assert statuses.keys() == {422, 503}
    assert statuses.total() == SIGN_INS
    assert statuses[422] >= line, "so many found a place in the line at once, and more while it moved on"
    assert came["says_when"] == statuses[503], "not every refusal says when to retry"
    assert len(loud) >= len(TALKERS)
    assert statistics.median(loud) < 10 * statistics.median(quiet), (statistics.median(loud), statistics.median(quiet))
    before, during = p99(quiet) * 1000, p99(loud) * 1000
    received = f"{statuses[422]} compared, {statuses[503]} asked to try again; p99 of a message {before:.0f} ms before, {during:.0f} ms during it"
    note("S35", f"{SIGN_INS} people sign in at once while others talk", received)


async def storm_of(server: Server, count: int) -> dict[str, Any]:
    """What tests/security/live/storm.py has to tell."""
    command = [sys.executable, "-m", "tests.security.live.storm", str(server.port), str(count)]
    process = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE, cwd=ROOT)
    try:
        received, _ = await process.communicate()
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    assert process.returncode == 0
    return json.loads(received)


async def talk(client: Wire, room: str) -> float:
    """Seconds until a message was acknowledged."""
    began = time.perf_counter()
    answer = await client.command("chat.post", room, text=f"It is {began}.")
    assert "ok" in answer, answer
    seconds = time.perf_counter() - began
    await asyncio.sleep(scaled(0.05, 0.2))
    return seconds
