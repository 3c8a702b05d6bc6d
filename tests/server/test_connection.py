"""A connection without its socket: what it answers, when it ends, and that the plain way through ASGI does the same."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import msgspec
import pytest

from rooms.core.delivery.bus.memory import MemoryBus
from rooms.core.errors import Problem
from rooms.core.rate_limits import RateLimits
from rooms.people.signins import open_signin, revoke, revoke_all
from rooms.people.tickets import issue_ticket
from server.live import wire as words
from server.live.connection import Connection
from server.live.socket import live
from signaling.calls import Calls
from tests.support.serving import serving
from tests.support.visitor import make_site
from tests.support.waiting import settled, until
from tests.support.wire import wire
from tests.support.world import ListSink, World, make_world
from web.security import Security


@pytest.fixture
async def world(sqlite_url: str) -> AsyncIterator[World]:
    made = await make_world(sqlite_url)
    yield made
    await made.close()


class Client:
    """Speaks to a connection in memory."""

    def __init__(self, world: World, number: str = "1") -> None:
        self.sink = ListSink()
        self.connection = Connection(world.engine, Calls(world.engine), self.sink, number, str)

    async def say(self, **message: Any) -> dict[str, Any]:
        """Sends a message and gives the last one that came."""
        await self.connection.receive(msgspec.json.encode(message).decode())
        return self.sink.messages[-1]


async def ticket_of(world: World, who: str | None) -> tuple[str | None, str]:
    signin = None
    if who is not None:
        async with world.engine.transaction() as tx:
            signin = await open_signin(tx.connection, world.people[who], "a test", tx.now)
    return signin, issue_ticket(world.engine, signin)


async def welcomed(world: World, who: str | None, number: str = "1") -> Client:
    client = Client(world, number)
    assert (await client.say(op="hello", ticket=(await ticket_of(world, who))[1]))["op"] == "welcome"
    return client


async def test_a_welcome_says_who_one_is_and_what_holds(world: World) -> None:
    client = await welcomed(world, "attendee")
    welcome = client.sink.messages[0]
    assert welcome["person"]["id"] == world.people["attendee"]
    assert welcome["desk"] == await world.desk("attendee")
    assert (welcome["heartbeat"], welcome["limits"]["frame"]) == (25, 65536)
    stranger = (await welcomed(world, None)).sink.messages[0]
    assert (stranger["person"], stranger["desk"]) == (None, None)


@pytest.mark.parametrize(
    "message", [{"op": "join", "id": 1, "room": "a" * 20}, {"op": "heartbeat", "id": 1}, {"op": "chat.post", "id": 1}]
)
async def test_nothing_goes_before_the_hello(world: World, message: dict[str, Any]) -> None:
    client = Client(world)
    assert (await client.say(**message))["error"]["code"] == "malformed"
    assert client.sink.closed is not None
    assert client.sink.closed[0] == 4400


async def test_a_second_hello_ends_the_connection(world: World) -> None:
    client = await welcomed(world, "attendee")
    await client.say(op="hello", ticket=(await ticket_of(world, "attendee"))[1])
    assert client.sink.closed is not None
    assert client.sink.closed[0] == 4400


async def test_the_close_code_of_a_refused_hello_says_what_to_do_next(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def closing_of(ticket: str) -> tuple[str, int]:
        client = Client(world)
        answer = await client.say(op="hello", ticket=ticket)
        assert client.sink.closed is not None
        assert not client.connection.greeted
        return answer["error"]["code"], client.sink.closed[0]

    assert await closing_of("nonsense") == ("malformed", 4400)
    signin, ticket = await ticket_of(world, "attendee")
    assert await welcomed(world, "attendee")
    world.clock.advance(seconds=61)
    assert await closing_of(ticket) == ("expired", words.FRESH), "a new ticket helps"
    ticket = issue_ticket(world.engine, signin)
    assert signin is not None
    await revoke(world.engine, world.people["attendee"], signin)
    assert await closing_of(ticket) == ("not_signed_in", 4401), "only signing in helps"

    async def unavailable(self: object, name: str, seconds: float) -> bool:
        raise Problem("unavailable", "not now", retry_after=2)

    monkeypatch.setattr(MemoryBus, "claim", unavailable)
    assert await closing_of((await ticket_of(world, None))[1]) == ("unavailable", 4500), "waiting helps"
    client = Client(world)
    await client.say(op="hello", ticket=(await ticket_of(world, None))[1])
    assert client.sink.closed == (4500, "retry_after=2"), "and it says how long"


async def test_heartbeats_tell_how_far_the_rooms_are(world: World) -> None:
    client = await welcomed(world, "attendee")
    await client.say(op="join", id=1, room=world.room)
    assert (await client.say(op="heartbeat", id=2))["ok"]["seqs"] == {world.room: 0}
    await client.say(op="chat.post", id=3, room=world.room, key="a-key-of-mine", text="Hello")
    await settled(world.engine)
    assert (await client.say(op="heartbeat", id=4))["ok"]["seqs"] == {world.room: 1}
    assert (await client.say(op="leave", id=5, room=world.room)) == {"id": 5, "ok": None}
    assert (await client.say(op="heartbeat", id=6))["ok"]["seqs"] == {}


async def test_joining_again_is_one_membership(world: World) -> None:
    client = await welcomed(world, "attendee")
    for number in (1, 2):
        assert "ok" in await client.say(op="join", id=number, room=world.room)
    await world.do("other", msgspec.convert({"op": "chat.post", "text": "Hello"}, type=_post()))
    await settled(world.engine)
    seqs = [event["seq"] for message in client.sink.messages for event in message.get("events", [])]
    assert seqs == [1]


def _post() -> Any:
    from rooms.chat.messages import PostMessage

    return PostMessage


async def test_one_connection_follows_a_bounded_number_of_rooms(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(words, "MOST_ROOMS", 1)
    client = await welcomed(world, "attendee")
    assert "ok" in await client.say(op="join", id=1, room=world.room)
    assert (await client.say(op="join", id=2, room=world.lobby))["error"]["code"] == "conflict"
    assert "ok" in await client.say(op="join", id=3, room=world.room)


async def test_a_desk_is_its_owners_alone(world: World) -> None:
    client = await welcomed(world, "attendee")
    assert "ok" in await client.say(op="join", id=1, room=await world.desk("attendee"))
    refused = await client.say(op="join", id=2, room=await world.desk("other"))
    absent = await client.say(op="join", id=2, room="a" * 20)
    assert refused == absent
    assert refused["error"]["code"] == "not_found"


async def test_signing_out_ends_just_the_connections_of_that_sign_in(world: World) -> None:
    signin, ticket = await ticket_of(world, "attendee")
    here, elsewhere = Client(world), await welcomed(world, "attendee", "2")
    await here.say(op="hello", ticket=ticket)
    assert signin is not None
    await revoke(world.engine, world.people["attendee"], signin)
    await until(lambda: here.sink.closed)
    assert here.sink.closed is not None
    assert here.sink.closed[0] == 4401
    assert elsewhere.sink.closed is None
    await revoke_all(world.engine, world.people["attendee"])
    await until(lambda: elsewhere.sink.closed)


async def test_rights_that_change_while_one_is_let_in_are_looked_at_again(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The moderators' view must not leak between the hub's admission and the connection's registration of it."""
    from rooms.core.commands.people import Role
    from rooms.people.messages import RevokeRole

    hub, people = world.engine.hub, world.people
    let_in = hub.join

    async def slow(*given: Any) -> Any:
        actor = await let_in(*given)
        await world.do("organiser", RevokeRole(people["colleague"], Role.MODERATOR), room=world.lobby)
        await settled(world.engine)
        return actor

    monkeypatch.setattr(hub, "join", slow)
    client = await welcomed(world, "colleague")
    await client.say(op="join", id=1, room=world.room)
    await settled(world.engine)
    joined = [message for message in client.sink.messages if "ok" in message or "snapshot" in message]
    assert joined[0]["ok"]["audience"] == "moderators", "that is how it stood at first"
    assert joined[-1]["audience"] == "everyone"
    assert joined[-1]["snapshot"]["moderation"] is None
    await world.ask("Seen by moderators alone?", "other")
    await settled(world.engine)
    assert "Seen by" not in str(client.sink.messages)


async def test_a_removed_person_learns_why_in_their_language(world: World) -> None:
    from rooms.people.messages import RemovePerson

    client = await welcomed(world, "attendee")
    client.connection._translate = lambda text: f"«{text}»"
    await client.say(op="join", id=1, room=world.room)
    await world.do("organiser", RemovePerson(world.people["attendee"]), room=world.lobby)
    await settled(world.engine)
    left = client.sink.messages[-1]["left"]
    assert left["code"] == "forbidden"
    assert left["message"].startswith("«")


async def test_after_its_end_nothing_is_sent_and_nothing_is_left(world: World) -> None:
    client = await welcomed(world, "attendee")
    await client.say(op="join", id=1, room=world.room)
    received = len(client.sink.messages)
    client.connection.end()
    await world.ask("Anybody there?", "other")
    await settled(world.engine)
    assert len(client.sink.messages) == received
    await until(lambda: not world.engine.hub._feeds)


@pytest.mark.parametrize("binary", [False, True])
async def test_the_plain_way_through_asgi_does_the_same(world: World, binary: bool) -> None:
    """Under a server without our extension."""
    site = make_site(world, base_url="http://127.0.0.1")
    app = Security(live, site)
    subprotocol = words.MSGPACK if binary else words.JSON
    async with serving(app, http="httptools", ws="websockets-sansio") as port:
        object.__setattr__(site, "base_url", f"http://127.0.0.1:{port}")
        site.__dict__.pop("authority", None)
        _, ticket = await ticket_of(world, "attendee")
        async with wire(f"ws://127.0.0.1:{port}/live", ticket, subprotocol=subprotocol) as client:
            joined = await client.join(world.room)
            assert joined["seq"] == 0
            answer = await client.command("chat.post", world.room, text="大家好")
            event = await client.until("chat.posted")
            assert (event["seq"], event["message"]["text"]) == (answer["seq"], "大家好")
            await client.send({"op": "hello", "ticket": "again"})
            assert (await client.closed())[0] == 4400


async def test_messages_that_do_not_fit_close_a_connection_only_when_they_come_often(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = [0.0]
    limits = RateLimits(lambda: now[0])
    object.__setattr__(world.engine, "limits", limits)
    client = await welcomed(world, "attendee")
    for number in range(3 * words.MOST_FAULTS):
        now[0] += 120
        await client.say(op="join", id=number, room="not a room")
    assert client.sink.closed is None
    for number in range(words.MOST_FAULTS):
        await client.say(op="join", id=number, room="not a room")
    assert client.sink.closed is not None
    assert client.sink.closed[0] == 4400


async def test_connections_that_come_at_once_are_counted(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(words, "MOST_CONNECTIONS", 3)
    clients = [Client(world, str(number)) for number in range(8)]
    tickets = [(await ticket_of(world, "attendee"))[1] for _ in clients]
    answers = await asyncio.gather(
        *(client.say(op="hello", ticket=ticket) for client, ticket in zip(clients, tickets, strict=True))
    )
    assert sum(answer.get("op") == "welcome" for answer in answers) == 3
    for client in clients:
        client.connection.end()
