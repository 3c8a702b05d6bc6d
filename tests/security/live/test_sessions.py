"""S7, S8: sign-ins, passwords and bans that end while sockets are open, on every process; and nobody goes on as another."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable

import pytest

from rooms.core.store import audit
from rooms.people import links, registration, signins
from rooms.people.attempts import Browser
from rooms.people.links import EmailLink, LinkPurpose
from rooms.people.messages import RemovePerson
from rooms.people.passwords import Passwords
from rooms.people.tickets import issue_ticket
from tests.support.live_servers import two_servers, world_of_servers  # noqa: F401 - fixtures
from tests.support.server import Server, sign_in, ticket_for
from tests.support.visitor import QUICK
from tests.support.waiting import until
from tests.support.wire import Wire, wire
from tests.support.world import World

PATIENCE = 10  # seconds; what counts is that it comes by itself


async def new_password(world: World) -> None:
    """Changes a forgotten password through a link, from an unknown browser."""
    person = world.people["attendee"]
    async with world.engine.transaction() as tx:
        wanted = EmailLink(LinkPurpose.RESET, person, "attendee@example.org", "", "/")
        secret = await links.make(tx.connection, wanted, tx.now)
    browser = Browser("elsewhere", "203.0.113.7", "a test")
    await registration.use_link(world.engine, Passwords(QUICK), browser, secret, "a good long sentence")


async def sign_out_everywhere(world: World) -> None:
    await signins.revoke_all(world.engine, world.people["attendee"])


ENDINGS: dict[str, Callable[[World], Awaitable[None]]] = {
    "signing out": sign_out_everywhere,
    "a new password": new_password,
}


@pytest.mark.parametrize("ending", ENDINGS)
async def test_what_ends_a_sign_in_ends_its_connections_on_every_process(
    servers: list[Server], world: World, ending: str
) -> None:
    async with contextlib.AsyncExitStack() as stack:

        async def open_at(server: Server, who: str) -> Wire:
            ticket = await ticket_for(world.engine, world.people[who])
            client = await stack.enter_async_context(wire(server.socket_url, ticket))
            await client.join(world.room)
            return client

        ones_own = [await open_at(server, "attendee") for server in servers]
        bystanders = [await open_at(server, "other") for server in servers]
        await ENDINGS[ending](world)
        codes = [(await asyncio.wait_for(client.closed(), PATIENCE))[0] for client in ones_own]
        assert codes == [4401, 4401]
        for client in bystanders:
            assert "ok" in await client.ask("heartbeat"), "nobody else was ended"


async def test_a_banned_person_receives_nothing_more_on_any_process(servers: list[Server], world: World) -> None:
    async with (
        wire(servers[0].socket_url, await ticket_for(world.engine, world.people["attendee"])) as here,
        wire(servers[1].socket_url, await ticket_for(world.engine, world.people["attendee"])) as there,
        wire(servers[1].socket_url, await ticket_for(world.engine, world.people["other"])) as other,
    ):
        for client in (here, there, other):
            await client.join(world.room)
        await world.do("organiser", RemovePerson(world.people["attendee"]), room=world.lobby)
        for client in (here, there):
            while not any("left" in message for message in client.heard):
                await asyncio.wait_for(client.receive(), PATIENCE)
            assert client.heard[-1]["left"]["code"] == "forbidden"
            assert (await client.command("chat.post", world.room, text="Still here"))["error"]["code"] == "forbidden"
            assert (await client.ask("join", room=world.room))["error"]["code"] == "forbidden"
        await other.command("chat.post", world.room, text="Among ourselves")
        await other.until("chat.posted")
        for client in (here, there):
            assert "ok" in await client.ask("heartbeat")
            assert "Among ourselves" not in str(client.heard)


# S8


async def test_nobody_goes_on_as_another(servers: list[Server], world: World) -> None:
    """With another person's position, with their used ticket, with a ticket of an ended sign-in, and with an invented one."""
    engine, ada, eve = world.engine, world.people["attendee"], world.people["other"]
    desk = await world.desk("attendee")
    signin = await sign_in(engine, ada)
    ticket = issue_ticket(engine, signin)
    async with wire(servers[0].socket_url, ticket) as owner:
        joined = await owner.join(desk)
    async with wire(servers[1].socket_url, await ticket_for(engine, eve)) as thief:
        position = {"epoch": joined["epoch"], "seq": joined["seq"]}
        refused = await thief.ask("join", room=desk, after=position)
        absent = await thief.ask("join", room="a" * 20, after=position)
        assert refused["error"] == absent["error"], "as if it did not exist"

    async def closing(spent: str) -> tuple[str, int]:
        async with wire(servers[1].socket_url) as client:
            await client.send({"op": "hello", "ticket": spent})
            code, _ = await client.closed()
            return client.heard[0]["error"]["code"], code

    assert await closing(ticket) == ("expired", 4300)
    assert await closing(ticket.replace(ticket[:20], ticket[1:21])) == ("malformed", 4400)
    late = issue_ticket(engine, signin)
    await signins.revoke(engine, ada, signin)
    assert await closing(late) == ("not_signed_in", 4401)

    async def noted() -> bool:
        async with engine.database.read() as connection:
            entries = await audit.read(connection, None)
        return [(entry.act, entry.actor, entry.subject) for entry in entries] == [("ticket.again", None, ada)]

    await until(noted)
