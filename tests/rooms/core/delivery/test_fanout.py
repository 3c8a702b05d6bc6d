"""The same bytes to many: groups that stay dense, sweeps that nobody's coming or going disturbs, and the C loop that must do what the Python one does."""

import socket
from collections.abc import Iterator
from random import Random

import pytest

from rooms.core.delivery.fanout import BACKPRESSURED, LOOP, Broadcast, Group, Loop, Slot
from rooms.core.delivery.sink import EncodedMessage, Listener


class Line:
    """A sink over a real socket pair; what the socket does not take waits in `rest`."""

    binary = False

    def __init__(self) -> None:
        self.here, self.there = socket.socketpair()
        self.here.setblocking(False)
        self.there.setblocking(False)
        self.descriptor = self.here.fileno()
        self.rest = b""
        self.listeners: set[Listener] = set()

    def write(self, message: EncodedMessage) -> None:
        self._send(message.frame)

    def write_rest(self, frame: bytes, sent: int) -> None:
        self._wait(frame[sent:])

    def _send(self, data: bytes) -> None:
        if self.rest:
            self.rest += data
            return
        try:
            sent = self.here.send(data)
        except BlockingIOError:
            sent = 0
        except OSError:  # broken: as with a transport, nobody hears of it here
            return
        if sent < len(data):
            self._wait(data[sent:])

    def _wait(self, rest: bytes) -> None:
        self.rest += rest
        self.descriptor = BACKPRESSURED
        for listener in self.listeners:
            listener.refresh()

    def clear(self) -> None:
        """The reader has read: what waits is sent, and the socket may be written to directly again."""
        while self.rest:
            self.rest = self.rest[self.here.send(self.rest) :]
        self.descriptor = self.here.fileno()
        for listener in self.listeners:
            listener.refresh()

    def read(self) -> bytes:
        data = b""
        try:
            while part := self.there.recv(65536):
                data += part
        except BlockingIOError:
            pass
        return data

    def close(self, code: int, reason: str) -> None:
        self.here.close()
        self.there.close()

    def placed(self, listener: Listener) -> None:
        self.listeners.add(listener)

    def displaced(self, listener: Listener) -> None:
        self.listeners.discard(listener)


LOOPS = [None] if LOOP is None else [None, LOOP]


@pytest.fixture(params=LOOPS, ids=lambda loop: "in Python" if loop is None else "in C")
def loop(request: pytest.FixtureRequest) -> Loop | None:
    return request.param


@pytest.fixture
def lines() -> Iterator[list[Line]]:
    made: list[Line] = []
    yield made
    for line in made:
        line.close(1000, "")


def members(lines: list[Line], count: int) -> tuple[Group, list[Slot]]:
    group = Group()
    lines += [Line() for _ in range(count)]
    return group, [group.add(line) for line in lines]


def test_everybody_gets_the_frame(lines: list[Line], loop: Loop | None) -> None:
    group, _ = members(lines, 40)
    message = EncodedMessage(b'{"room":"x"}')
    Broadcast(group, message, set(), loop).finish()
    assert {line.read() for line in lines} == {message.frame}


def test_the_spared_get_nothing(lines: list[Line], loop: Loop | None) -> None:
    group, slots = members(lines, 10)
    Broadcast(group, EncodedMessage(b"{}"), {slots[3].index, slots[7].index}, loop).finish()
    assert [bool(line.read()) for line in lines] == [n not in {3, 7} for n in range(10)]
    Broadcast(group, EncodedMessage(b"{}"), set(), loop).finish()
    assert all(line.read() for line in lines), "they are spared once"


def test_a_broadcast_goes_in_steps_and_skips_members_who_leave(lines: list[Line], loop: Loop | None) -> None:
    group, slots = members(lines, 10)
    broadcast = Broadcast(group, EncodedMessage(b"{}"), set(), loop)
    assert broadcast.step(4, seconds=0)
    group.discard(slots[1])
    group.discard(slots[8])
    assert len(group) == 8
    lines.append(Line())
    late = group.add(lines[-1])
    broadcast.finish()
    got = [bool(line.read()) for line in lines]
    assert got == [True] * 8 + [False, True, False], "the later member has read it with their snapshot"
    assert len(group) == 9
    assert sorted(place.index for place in group.slots if place) == list(range(9))
    assert late.index >= 0


def test_what_a_slow_reader_does_not_take_waits_and_nothing_overtakes_it(lines: list[Line], loop: Loop | None) -> None:
    group, _ = members(lines, 3)
    slow, quick = lines[0], lines[1]
    messages = [EncodedMessage(b'{"n":%d,"x":"%b"}' % (n, b"x" * 50_000)) for n in range(20)]
    received = b""
    for message in messages[:15]:
        Broadcast(group, message, set(), loop).finish()
        received += quick.read()
    assert slow.rest, "the premise: the socket is full"
    assert slow.descriptor == BACKPRESSURED
    early = b""
    while slow.rest:
        early += slow.read()
        slow.rest = slow.rest[slow.here.send(slow.rest) :]
    slow.clear()
    for message in messages[15:]:
        Broadcast(group, message, set(), loop).finish()
        early += slow.read()
        received += quick.read()
    expected = b"".join(message.frame for message in messages)
    assert received == expected
    assert early + slow.rest == expected


def test_a_broken_connection_disturbs_nobody(lines: list[Line], loop: Loop | None) -> None:
    group, _ = members(lines, 5)
    lines[2].there.close()
    for _ in range(3):
        Broadcast(group, EncodedMessage(b"{}"), set(), loop).finish()
    assert [len(line.read()) for n, line in enumerate(lines) if n != 2] == [12] * 4
    lines[2].there = socket.socket()


@pytest.mark.parametrize("seed", range(5))
def test_groups_stay_dense_when_members_come_and_go(seed: int) -> None:
    random = Random(seed)
    lines: list[Line] = []
    group = Group()
    here: list[Slot] = []
    broadcasts: list[Broadcast] = []
    for _ in range(200):
        act = random.random()
        if act < 0.45 or not here:
            lines.append(Line())
            here.append(group.add(lines[-1]))
        elif act < 0.8:
            group.discard(here.pop(random.randrange(len(here))))
        elif act < 0.9:
            broadcasts.append(Broadcast(group, EncodedMessage(b"{}"), set(), None))
        elif broadcasts and not broadcasts[0].step(3, seconds=0):
            broadcasts.pop(0)
        assert len(group) == len(here)
        assert all(group.slots[place.index] is place for place in here)
        assert len(group.slots) == len(group.descriptors)
    for broadcast in broadcasts:
        broadcast.finish()
    assert len(group.slots) == len(here)
    assert [group.descriptors[place.index] for place in here] == [place.sink.descriptor for place in here]
    for line in lines:
        line.close(1000, "")
