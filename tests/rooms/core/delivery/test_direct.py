"""The direct lane: to one connection, in order, on whichever process it is; what is missing closes it."""

import contextlib

import msgspec
import pytest
from msgspec import Struct

from rooms.core.commands.transaction import DirectMessage
from rooms.core.delivery.direct import DirectLane, decode_direct, encode_direct
from tests.support.waiting import until
from tests.support.world import ListSink, World

ROOM = "r" * 20


class Said(Struct, tag_field="type", tag="said"):
    number: int


def message(number: int) -> bytes:
    return b'{"number":%d}' % number


class Two:
    """The lanes of two processes; `bus` holds what is on its way from the first to the second."""

    def __init__(self) -> None:
        self.bus: list[object] = []
        self.here = DirectLane("here", lambda room, kind, body: self.bus.append(body))
        self.there = DirectLane("there", lambda room, kind, body: None)
        self.sink = ListSink()
        self.there.attach("address", self.sink)

    def arrive(self, *which: int) -> None:
        for index in which:
            self.there.receive(self.bus[index])

    @property
    def heard(self) -> list[int]:
        return [each["rtc"]["number"] for each in self.sink.messages]


def send(two: Two, count: int) -> None:
    for number in range(count):
        two.here.send(ROOM, "address", message(number))


def test_what_is_sent_on_one_process_comes_in_order_on_another() -> None:
    two = Two()
    send(two, 5)
    two.arrive(*range(5))
    assert two.heard == [0, 1, 2, 3, 4]
    assert two.sink.closed is None


def test_here_it_comes_at_once_and_not_over_the_bus() -> None:
    two, sink = Two(), ListSink()
    two.here.attach("address", sink)
    send(two, 2)
    assert len(sink.messages) == 2
    assert two.bus == []
    two.here.detach("address", ListSink())
    assert two.here.is_here("address"), "it is another's"
    two.here.detach("address", sink)
    assert not two.here.is_here("address")


def test_a_message_received_twice_is_delivered_once() -> None:
    two = Two()
    send(two, 3)
    two.arrive(0, 0, 1, 1, 0, 2)
    assert two.heard == [0, 1, 2]
    assert two.sink.closed is None


@pytest.mark.parametrize("order", [(0, 2), (0, 1, 3), (1, 3)])
def test_a_missing_message_closes_the_connection(order: tuple[int, ...]) -> None:
    two = Two()
    send(two, 4)
    two.arrive(*order)
    assert two.sink.closed is not None
    assert two.sink.closed[0] == 4508
    assert two.heard == list(order[:-1]), "nothing is delivered after the gap"


def test_a_late_receiver_begins_where_the_sender_is() -> None:
    two = Two()
    send(two, 3)
    two.arrive(0, 1)
    two.there.detach("address", two.sink)
    two.sink = ListSink()
    two.there.attach("address", two.sink)
    two.arrive(2)
    assert two.heard == [2]
    assert two.sink.closed is None


def test_a_restarted_sender_starts_a_new_count() -> None:
    two = Two()
    send(two, 3)
    two.arrive(0, 1, 2)
    DirectLane("here again", lambda room, kind, body: two.there.receive(body)).send(ROOM, "address", message(7))
    assert two.heard == [0, 1, 2, 7]


def test_a_forgotten_address_gets_a_new_count(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rooms.core.delivery.direct.COUNTED", 2)
    two = Two()
    send(two, 2)
    for other in "bcd":
        two.here.send(ROOM, other, message(0))
    send(two, 2)
    two.arrive(*range(len(two.bus)))
    assert two.heard == [0, 1, 0, 1]
    assert two.sink.closed is None


def test_for_nobody_goes_nowhere() -> None:
    two = Two()
    two.there.receive(["here", 1, "unknown", message(1)])
    two.there.deliver([DirectMessage(ROOM, "unknown", message(1)), DirectMessage(ROOM, "address", message(2))])
    assert two.heard == [2]


@pytest.mark.parametrize(
    "body", [None, 5, [], ["here", 1, "address"], ["here", "1", "address", b"{}"], ["here", 1, "address", "{}"]]
)
def test_what_no_process_sends_is_refused(body: object) -> None:
    with pytest.raises((ValueError, TypeError)):
        Two().there.receive(body)


async def test_what_a_transaction_has_to_say_is_said_after_the_commit_on_every_process(each_world: World) -> None:
    world = each_world
    sinks = [ListSink(), ListSink()]
    for engine, sink, address in zip(world.engines, sinks, "ab", strict=True):
        engine.hub.direct.attach(address, sink)
    await world.join("attendee", engine=1)
    with contextlib.suppress(ZeroDivisionError):
        async with world.engine.transaction([world.room]) as tx:
            tx.tell("a", Said(0), room=world.room)
            _ = 1 / 0  # so nothing of it is said
    async with world.engine.transaction([world.room]) as tx:
        tx.tell("a", Said(1), room=world.room)
        tx.tell("b", Said(2), room=world.room)
        mark = tx.mark()
        tx.tell("a", Said(3), room=world.room)
        tx.rewind(mark)
        assert sinks[0].messages == []
    await until(lambda: sinks[1].messages)
    expected = [msgspec.to_builtins(Said(number)) for number in (1, 2)]
    assert [sink.messages for sink in sinks] == [[{"room": world.room, "rtc": each}] for each in expected]


def test_a_frame_of_another_room_is_refused() -> None:
    payload = message(1)
    assert decode_direct(ROOM, encode_direct(ROOM, payload)) == payload
    for frame in (encode_direct("s" * 20, payload), payload, b""):
        with pytest.raises(ValueError, match="not a direct message"):
            decode_direct(ROOM, frame)
