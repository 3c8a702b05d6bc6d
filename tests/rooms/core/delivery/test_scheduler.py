"""Delivery to members: in ticks that grow with the room, in chunks that yield to other work, and never out of order."""

import asyncio
from itertools import pairwise

import pytest

from rooms.core.commands.audience import Audience
from rooms.core.delivery.fanout import CHUNK
from rooms.core.delivery.feed import Feed
from rooms.core.delivery.member import Member
from rooms.core.delivery.scheduler import LONGEST_TICK, TICK, DeliveryScheduler, tick_of
from rooms.core.store.journal import Entry, Room
from tests.support.world import ListSink

ROOM = Room("r" * 20, "session", "s" * 20, "c" * 20, 0, 0, "epoch", 0)
PARTS = 4


def entry(seq: int, audience: Audience = Audience.EVERYONE, person: str | None = None) -> Entry:
    return Entry(seq, "an.event", audience, person, b'{"type":"an.event"}')


@pytest.fixture
def feed() -> Feed:
    return Feed(ROOM)


@pytest.fixture(autouse=True)
def one_chunk_in_each_turn(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rooms.core.delivery.fanout.TURN_SECONDS", 0.0)


@pytest.fixture
def sinks(feed: Feed) -> list[ListSink]:
    """For a room that is served in several chunks."""
    return [come(feed, f"person {number}") for number in range(PARTS * CHUNK)]


@pytest.fixture
def scheduler() -> DeliveryScheduler:
    return DeliveryScheduler(lambda feed, members: None)


def come(feed: Feed, person: str) -> ListSink:
    sink = ListSink()
    feed.members.add(Member(sink, ROOM.id, person))
    return sink


def delivered(sinks: list[ListSink]) -> list[int]:
    """How many members each event has reached, in the order of joining."""
    heard = [[event["seq"] for message in sink.messages for event in message["events"]] for sink in sinks]
    assert heard == sorted(heard, key=len, reverse=True)
    assert all(each == list(range(1, len(each) + 1)) for each in heard), "each hears everything once and in order"
    return [sum(seq <= len(each) for each in heard) for seq in range(1, max(map(len, heard)) + 1)]


def test_the_tick_of_a_room_grows_with_it_and_makes_no_leap() -> None:
    assert [tick_of(members) for members in (0, 100, 1000)] == [TICK] * 3
    assert tick_of(2000) == pytest.approx(0.024)
    assert [tick_of(members) for members in (5000, 50_000)] == [LONGEST_TICK] * 2
    ticks = [tick_of(members) for members in range(0, 6000, 100)]
    assert ticks == sorted(ticks)
    assert max(after - before for before, after in pairwise(ticks)) < 0.0015


async def test_others_have_their_turn_before_the_next_part(
    feed: Feed, sinks: list[ListSink], scheduler: DeliveryScheduler
) -> None:
    feed.accept([entry(1)])
    scheduler.schedule(feed)
    for part in range(1, PARTS + 1):
        await asyncio.sleep(0)  # one who was awoken in the turn before comes first
        assert delivered(sinks) == [part * CHUNK]


async def test_what_comes_while_a_message_is_on_its_way_waits_for_its_end(
    feed: Feed, sinks: list[ListSink], scheduler: DeliveryScheduler, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("rooms.core.delivery.scheduler.TICK", 0.0)
    monkeypatch.setattr("rooms.core.delivery.scheduler.TICK_PER_MEMBER", 0.0)
    feed.accept([entry(1)])
    scheduler.schedule(feed)
    for seq in (2, 3):
        feed.accept([entry(seq)])
        scheduler.schedule(feed)
        assert delivered(sinks) == [CHUNK]
    while feed.delivered < 3:
        assert delivered(sinks)[1:] == []
        await asyncio.sleep(0)
    assert delivered(sinks) == [len(sinks), CHUNK, CHUNK]
    while feed.sending:
        await asyncio.sleep(0)
    assert delivered(sinks) == [len(sinks)] * 3
    assert {len(sink.messages) for sink in sinks} == {2}, "what waited came in one message"


async def test_a_member_who_joins_during_a_broadcast_does_not_get_it(
    feed: Feed, sinks: list[ListSink], scheduler: DeliveryScheduler
) -> None:
    feed.accept([entry(1)])
    scheduler.schedule(feed)
    assert feed.sending, "the premise: it is on its way"
    late = come(feed, "late")
    while feed.sending:
        await asyncio.sleep(0)
    assert delivered(sinks) == [len(sinks)]
    assert late.messages == []
    feed.accept([entry(2)])
    scheduler.deliver(feed)
    feed.members.send_all()
    assert [event["seq"] for event in late.messages[0]["events"]] == [2]


async def test_personal_events_do_not_overtake_a_broadcast_in_progress(
    feed: Feed, sinks: list[ListSink], scheduler: DeliveryScheduler
) -> None:
    feed.accept([entry(1)])
    scheduler.schedule(feed)
    assert sinks[-1].messages == [], "the premise: it has not reached this member yet"
    feed.accept([entry(2, Audience.PERSON, f"person {len(sinks) - 1}")])
    scheduler.deliver(feed)
    feed.members.send_all()
    assert delivered(sinks) == [len(sinks)] * 2
    assert [sink.messages[-1]["events"][0].get("type") for sink in sinks[-2:]] == [None, "an.event"]
