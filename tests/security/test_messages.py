"""S12, S13: messages that are JSON or msgpack and still wrong, against a connection in memory. An error or an end, never a fault of ours."""

import logging
from typing import Any

import msgpack
import msgspec
import pytest

from server.live import wire
from server.live.connection import Connection
from server.live.wire import LARGEST_ID, MOST_FAULTS
from signaling.calls import Calls
from tests.support.server import ticket_for
from tests.support.world import ListSink, World


class BinarySink(ListSink):
    """Packs what it is given, as the sink of a msgpack client does."""

    binary = True

    def write(self, message: Any) -> None:
        super().write(message)
        assert msgpack.unpackb(message.msgpack)


async def greeted(
    world: World, who: str | None = "attendee", sink: ListSink | None = None
) -> tuple[Connection, ListSink]:
    sink = sink or ListSink()
    connection = Connection(world.engine, Calls(world.engine), sink, "1", str)
    ticket = await ticket_for(world.engine, world.people[who] if who else None)
    await connection.receive(msgspec.json.encode({"op": "hello", "ticket": ticket}).decode())
    assert connection.greeted
    return connection, sink


HUGE = 10**30

ODD: list[str | bytes] = [
    '{"op":"chat.post","id":NaN}',
    '{"op":"chat.post","id":Infinity}',
    '{"op":"chat.post","id":1e999}',
    f'{{"op":"chat.post","id":{HUGE}}}',
    f'{{"op":"chat.post","id":-{HUGE}}}',
    '{"op":"chat.post","id":' + "9" * 5000 + "}",
    '{"op":"chat.post","id":true}',
    '{"op":"chat.post","id":1.5}',
    f'{{"op":"join","id":1,"room":"{"a" * 20}","after":{{"epoch":"x","seq":{HUGE}}}}}',
    '{"op":"chat.post","op":"join","id":1}',
    '{"op":"chat.post","id":1,"id":2}',
    '{"op":"join","id":1,"room":"' + "a" * 20 + '","room":"' + "b" * 20 + '"}',
    '{"op":' + "[" * 10_000 + "]" * 10_000 + "}",
    '{"op":"chat.post","id":1,"text":' + '{"a":' * 10_000 + "1" + "}" * 10_000 + "}",
    '{"op":"__init__","id":1}',
    '{"op":"","id":1}',
    '{"op":"' + "x" * 60_000 + '","id":1}',
    '{"op":"reaction.send","id":1,"room":"' + "a" * 20 + '","key":"12345678","kind":"' + "x" * 60_000 + '"}',
    '{"op":"chat.post","id":1,"room":"../../etc/passwd","key":"12345678","text":"x"}',
    '{"op":"chat.post","id":1,"room":"' + "a" * 20 + '","key":"' + "k" * 65 + '","text":"x"}',
    '{"op":"chat.post","id":1,"room":"'
    + "a" * 20
    + '","key":"\\u0000\\u0000\\u0000\\u0000\\u0000\\u0000\\u0000\\u0000","text":"x"}',
    '{"op":"chat.post","id":1,"room":"' + "a" * 20 + '","key":"12345678","text":"\\ud800"}',
    '{"op":"chat.post","id":1,"room":"' + "a" * 20 + '","key":"12345678","text":null}',
    "\ufeff{}",
    "{}{}",
    msgpack.packb({"op": "chat.post", "id": 2**64 - 1}),
    msgpack.packb({"op": "chat.post", "id": -(2**63)}),
    msgpack.packb({"op": "chat.post", "id": float("nan")}),
    msgpack.packb({"op": b"chat.post", "id": 1}),
    msgpack.packb({"op": "join", "id": 1, "room": msgpack.Timestamp(1, 1)}),
    msgpack.packb({"op": "join", "id": 1, "room": msgpack.ExtType(5, b"x" * 1000)}),
    msgpack.packb({"op": "chat.post", "id": 1, "room": "a" * 20, "key": "12345678", "text": b"\xff"}),
    b"\x82\xa2op\xa4join\xc4\x01x\x01",
    b"\xde\xff\xff\xa2op",
    b"\xc9\xff\xff\xff\xff\x01",
    b"\x81\xa2op\xdb\xff\xff\xff\xff",
    b"\x81\x91" * 5_000,
    b"\x81\xa2op\xa9chat\xff.post",
]


@pytest.mark.parametrize("binary", [False, True], ids=["JSON", "msgpack"])
@pytest.mark.parametrize("data", ODD, ids=[repr(data[:34]) for data in ODD])
async def test_what_is_odd_is_refused(
    world: World, data: str | bytes, binary: bool, caplog: pytest.LogCaptureFixture
) -> None:
    connection, sink = await greeted(world, sink=BinarySink() if binary else None)
    with caplog.at_level(logging.WARNING):
        await connection.receive(data)
    answer = sink.messages[-1]
    assert answer["error"]["code"] in {"malformed", "unknown_op", "invalid", "not_found"}, answer
    assert len(msgspec.json.encode(answer)) < 1000, "what was sent is not sent back"
    assert answer["id"] is None or 0 <= answer["id"] <= LARGEST_ID
    if answer["error"]["code"] == "malformed":
        assert sink.closed is not None
        assert sink.closed[0] == 4400
    else:
        assert sink.closed is None
        await connection.receive('{"op":"heartbeat","id":7}')
        assert sink.messages[-1]["id"] == 7
    assert not caplog.records
    connection.end()


async def test_ten_faults_of_a_client_end_it(world: World) -> None:
    connection, sink = await greeted(world)
    for number in range(MOST_FAULTS):
        assert sink.closed is None
        await connection.receive(msgspec.json.encode({"op": "question.steal", "id": number}).decode())
    assert sink.closed is not None
    assert sink.closed[0] == 4400


async def test_a_refused_command_is_no_fault_of_the_client(world: World) -> None:
    connection, sink = await greeted(world)
    for number in range(3 * MOST_FAULTS):
        world.lift_limits()
        message = {"op": "chat.post", "id": number, "room": world.room, "key": f"key-{number:04}", "text": " "}
        await connection.receive(msgspec.json.encode(message).decode())
        assert sink.messages[-1]["error"]["code"] == "invalid"
    assert sink.closed is None


async def test_one_person_has_a_bounded_number_of_connections(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """S16. It is the next one that is refused, with a code to come back; and when one ends, there is room again."""
    monkeypatch.setattr(wire, "MOST_CONNECTIONS", 3)
    held = [(await greeted(world))[0] for _ in range(3)]
    sink = ListSink()
    refused = Connection(world.engine, Calls(world.engine), sink, "4", str)
    hello = {"op": "hello", "ticket": await ticket_for(world.engine, world.people["attendee"])}
    await refused.receive(msgspec.json.encode(hello).decode())
    assert (sink.messages[-1]["error"]["code"], refused.greeted) == ("rate_limited", False)
    assert sink.closed is not None
    assert sink.closed[0] == 4529
    refused.end()
    assert (await greeted(world, "other"))[0].greeted, "others come in"
    held[0].end()
    assert (await greeted(world))[0].greeted
