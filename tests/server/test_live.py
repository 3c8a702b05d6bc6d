"""The live connection of a really running server: who gets in, how long it waits, and what it does with those who misbehave."""

import asyncio
import contextlib
import socket
import time
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import pytest_asyncio
from websockets.exceptions import ConnectionClosed, InvalidStatus

from rooms.people.tickets import issue_ticket
from rooms.programme.actions import create_session
from server.live.wire import MAX_FRAME, MSGPACK
from tests.support.live_servers import shared_furnished, shared_server  # noqa: F401 - fixtures
from tests.support.server import Server, cookie_of, sign_in, ticket_for
from tests.support.wire import Wire, wire
from tests.support.world import World

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(loop_scope="module")
async def room(furnished: World) -> str:
    """The room of a new session."""
    # The clock of the world does not move while the tests of this file run, and a ticket is valid for a minute.
    now = furnished.clock.now = datetime.now(UTC)
    times: dict[str, Any] = {"starts_at": now, "ends_at": now + timedelta(hours=1), "now": now}
    async with furnished.engine.database.write() as connection:
        return (await create_session(connection, furnished.conference, title="A session", **times))[1]


async def test_two_people_see_what_one_of_them_says(server: Server, furnished: World, room: str) -> None:
    """One client uses JSON, the other msgpack; both receive the same."""
    attendee = await ticket_for(furnished.engine, furnished.people["attendee"])
    other = await ticket_for(furnished.engine, furnished.people["other"])
    async with (
        wire(server.socket_url, attendee, origin=server.url) as ada,
        wire(server.socket_url, other, subprotocol=MSGPACK) as ben,
    ):
        assert (ada.packed, ben.packed) == (False, True)
        here, there = await ada.join(room), await ben.join(room)
        assert here["snapshot"] == there["snapshot"]
        assert here["own"]["person"]["id"] == furnished.people["attendee"]
        answer = await ben.command("chat.post", room, text="大家好 👋")
        seen, own = await ada.until("chat.posted"), await ben.until("chat.posted")
        assert seen == own
        assert (seen["seq"], seen["message"]["text"]) == (answer["seq"], "大家好 👋")


async def test_a_cut_off_client_resumes_where_it_was(server: Server, furnished: World, room: str) -> None:
    person = furnished.people["attendee"]
    async with wire(server.socket_url, await ticket_for(furnished.engine, person)) as first:
        joined = await first.join(room)
        first.connection.transport.abort()
    async with wire(server.socket_url, await ticket_for(furnished.engine, furnished.people["other"])) as other:
        for number in range(3):
            await other.command("chat.post", room, text=f"Line {number}")
    async with wire(server.socket_url, await ticket_for(furnished.engine, person)) as again:
        position = {"epoch": joined["epoch"], "seq": joined["seq"]}
        resumed = await again.join(room, after=position)
    assert resumed["resumed"]
    assert [event["seq"] for event in resumed["events"]] == [1, 2, 3]


async def test_a_stranger_reads_and_cannot_act(server: Server, furnished: World, room: str) -> None:
    async with wire(server.socket_url, await ticket_for(furnished.engine, None)) as stranger:
        assert (await stranger.join(room))["own"]["person"] is None
        answer = await stranger.command("chat.post", room, text="Hello")
        assert answer["error"]["code"] == "not_signed_in"


# Who may open one


@pytest.mark.parametrize(
    "origin", ["https://evil.example", "null", "http://127.0.0.1.evil.example", "http://127.0.0.1"]
)
async def test_a_foreign_origin_is_refused_before_the_upgrade(server: Server, furnished: World, origin: str) -> None:
    """S1."""
    with pytest.raises(InvalidStatus) as refused:
        async with wire(server.socket_url, origin=origin):
            pass
    assert refused.value.response.status_code == 403
    async with wire(server.socket_url, await ticket_for(furnished.engine, None), origin=server.url) as ours:
        assert ours.heard[0]["op"] == "welcome"


async def test_a_cookie_without_an_origin_is_refused(server: Server, furnished: World) -> None:
    """S2."""
    cookie = cookie_of(server, furnished.engine, await sign_in(furnished.engine, furnished.people["attendee"]))
    headers = {"Cookie": f"{cookie['name']}={cookie['value']}"}
    with pytest.raises(InvalidStatus) as refused:
        async with wire(server.socket_url, additional_headers=headers):
            pass
    assert refused.value.response.status_code == 403
    async with wire(server.socket_url, origin=server.url, additional_headers=headers):
        pass


async def test_an_unknown_subprotocol_is_answered_with_the_known_ones(server: Server) -> None:
    with pytest.raises(InvalidStatus) as refused:
        async with wire(server.socket_url, subprotocol="plenary.v0.xml"):
            pass
    assert refused.value.response.status_code == 426


async def test_a_half_sent_handshake_is_closed(server: Server) -> None:
    """S3: within the ten seconds, on plain connections and on those that trickle."""
    half = socket.create_connection(("127.0.0.1", server.port))
    trickle = socket.create_connection(("127.0.0.1", server.port))
    with half, trickle:
        half.sendall(b"GET /live HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\n")
        deadline = time.monotonic() + 20
        half.settimeout(0.2)
        trickle.settimeout(0.2)
        trickle.sendall(b"GET /live HTTP/1.1\r\n")
        open_ones = [half, trickle]
        while open_ones and time.monotonic() < deadline:
            with_bytes = list(open_ones)
            for each in with_bytes:
                try:
                    if each is trickle:
                        each.sendall(b"X: y\r\n")
                    if each.recv(1000) == b"":
                        open_ones.remove(each)
                except TimeoutError:
                    continue
                except ConnectionError:
                    open_ones.remove(each)
        assert open_ones == []


async def test_who_says_no_hello_is_closed(server: Server) -> None:
    """S4."""
    async with wire(server.socket_url) as silent:
        assert await silent.closed() == (4408, "No “hello” arrived in time.")


async def test_a_ticket_is_good_once_and_only_when_it_is_ours(server: Server, furnished: World) -> None:
    ticket = await ticket_for(furnished.engine, furnished.people["attendee"])
    async with wire(server.socket_url, ticket):
        pass
    async with wire(server.socket_url) as again:
        await again.send({"op": "hello", "ticket": ticket})
        code, _ = await again.closed()
        assert (again.heard[0]["error"]["code"], code) == ("expired", 4300)
    async with wire(server.socket_url) as forged:
        await forged.send({"op": "hello", "ticket": ticket[:-9] + ("a" if ticket[-9] != "a" else "b") + ticket[-8:]})
        assert (await forged.closed())[0] == 4400


async def test_a_sign_out_ends_the_connection_within_seconds(server: Server, furnished: World, room: str) -> None:
    """S7, by another process: the test's own revokes, the server finds it in the journal even without a bus."""
    from rooms.people.signins import revoke

    signin = await sign_in(furnished.engine, furnished.people["attendee"])
    async with wire(server.socket_url, issue_ticket(furnished.engine, signin)) as connection:
        await connection.join(room)
        assert await revoke(furnished.engine, furnished.people["attendee"], signin)
        assert (await connection.closed())[0] == 4401


# Those who misbehave


async def test_unknown_ops_are_answered_and_after_ten_the_connection_ends(
    server: Server, furnished: World, room: str
) -> None:
    """S13."""
    async with wire(server.socket_url, await ticket_for(furnished.engine, furnished.people["attendee"])) as connection:
        await connection.join(room)
        for _ in range(9):
            answer = await connection.command("question.steal", room)
            assert answer["error"]["code"] == "unknown_op"
        assert (await connection.ask("heartbeat"))["ok"]["seqs"] == {room: 0}
        await connection.send({"op": "question.steal", "id": 99, "room": room, "key": "a-key-of-mine"})
        assert (await connection.closed())[0] == 4400


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"op": "chat.post", "text": 5}, "invalid"),
        ({"op": "chat.post", "text": "x", "author": "a" * 20}, "invalid"),
        ({"op": "chat.post"}, "invalid"),
        ({"op": "join", "after": 5}, "invalid"),
        ({"op": "role.grant", "person": "a" * 20, "role": "admin"}, "invalid"),
    ],
)
async def test_a_fault_leaves_the_connection_usable(
    server: Server, furnished: World, room: str, fields: dict[str, object], code: str
) -> None:
    async with wire(server.socket_url, await ticket_for(furnished.engine, furnished.people["attendee"])) as connection:
        given = {**fields, "room": room, "key": "a-key-of-mine"}
        if fields["op"] == "join":
            given.pop("key")
        answer = await connection.ask(**given)  # type: ignore[arg-type]
        assert answer["error"]["code"] == code
        assert "ok" in await connection.ask("heartbeat")


@pytest.mark.parametrize("frame", ["{", b"\xc1", "[" * 60_000, '{"op": NaN}'])
async def test_what_is_no_message_ends_the_connection(server: Server, frame: str | bytes) -> None:
    async with wire(server.socket_url) as connection:
        await connection.send(frame)
        assert (await connection.closed())[0] == 4400


async def test_a_frame_that_is_too_large_ends_the_connection(server: Server, furnished: World) -> None:
    """S9."""
    async with wire(server.socket_url, await ticket_for(furnished.engine, None)) as connection:
        await connection.send('{"op":"heartbeat","id":1,"x":"' + "x" * MAX_FRAME + '"}')
        assert (await connection.closed())[0] == 1009


async def test_a_flood_ends_the_connection_with_a_code_to_come_back(server: Server, furnished: World) -> None:
    async with wire(server.socket_url, await ticket_for(furnished.engine, None)) as connection:
        for number in range(200):
            with contextlib.suppress(ConnectionClosed):
                await connection.send({"op": "heartbeat", "id": number})
        assert (await connection.closed())[0] == 4529


async def test_a_reader_that_stops_is_cut_and_resumes_and_the_others_miss_nothing(
    server: Server, furnished: World, room: str
) -> None:
    """F11: closed with 4508."""
    engine = furnished.engine
    names = [f"talker{number}" for number in range(20)]
    tickets = [await ticket_for(engine, await furnished.person(name)) for name in names]
    narrow = socket.create_connection(("127.0.0.1", server.port))
    narrow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    stalled_ticket = await ticket_for(engine, furnished.people["attendee"])
    async with (
        wire(server.socket_url, stalled_ticket, sock=narrow) as stalled,
        wire(server.socket_url, await ticket_for(engine, furnished.people["other"])) as reader,
    ):
        joined = await stalled.join(room)
        await reader.join(room)
        stalled.connection.transport.pause_reading()

        async def talk(ticket: str) -> None:
            async with wire(server.socket_url, ticket) as talker:
                for _ in range(10):
                    assert "ok" in await talker.command("chat.post", room, text="🐌" * 1000)

        talking = asyncio.gather(*map(talk, tickets))
        while len(_seqs(reader)) < 200:
            await reader.receive()
        await talking
        assert _seqs(reader) == list(range(1, 201))
        stalled.connection.transport.resume_reading()
        # 1006 where it has not read even the close frame within the wait that follows it: a client resumes after both.
        assert (await stalled.closed())[0] in {4508, 1006}
        received = _seqs(stalled)
        assert len(received) < 200, "it was cut before it had everything"
        assert received == list(range(1, len(received) + 1))
    async with wire(server.socket_url, await ticket_for(engine, furnished.people["attendee"])) as again:
        resumed = await again.join(room, after={"epoch": joined["epoch"], "seq": len(received)})
    assert [event["seq"] for event in resumed["events"]] == list(range(len(received) + 1, 201))


def _seqs(client: Wire) -> list[int]:
    return [event["seq"] for message in client.news for event in message.get("events", [])]


async def test_no_page_answers_at_the_socket(server: Server) -> None:
    assert server.get("/live")[0] == 404
