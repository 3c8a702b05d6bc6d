"""What a process knows of one room: contiguous or nothing, the newest value wins, and memory is bounded."""

from random import Random
from typing import Any

import pytest

from rooms.core.commands.audience import Audience
from rooms.core.commands.transaction import Nudge, Value
from rooms.core.delivery.feed import RECENT, VALUES_KEPT, Feed
from rooms.core.store.journal import Entry, Room

ROOM = Room("r" * 20, "session", "s" * 20, "c" * 20, 10, 5, "epoch", 0)


def entry(seq: int) -> Entry:
    return Entry(seq, "an.event", Audience.EVERYONE, None, b'{"type":"an.event"}')


def value(key: str, payload: int, audience: Audience = Audience.EVERYONE) -> Value:
    return Value("votes", key, audience, None, b"%d" % payload)


def nudge(seqs: list[int], values_version: int = 5, values: list[Value] | None = None) -> Nudge:
    return Nudge(ROOM.id, "epoch", values_version, [entry(seq) for seq in seqs], values or [])


def taken(feed: Feed) -> list[int]:
    return [each.seq for each in feed.take()[0]]


@pytest.fixture
def feed() -> Feed:
    return Feed(ROOM)


def test_events_received_in_order_are_delivered_in_order(feed: Feed) -> None:
    feed.receive(nudge([11]))
    feed.receive(nudge([12, 13]))
    assert feed.delivered == 10
    assert taken(feed) == [11, 12, 13]
    assert (feed.seq, feed.delivered, feed.has_news) == (13, 13, False)


def test_what_comes_early_waits_for_what_is_before_it(feed: Feed) -> None:
    feed.receive(nudge([12]))
    assert (feed.has_gap, feed.has_news) == (True, False)
    feed.receive(nudge([11]))
    assert taken(feed) == [11, 12]
    assert not feed.has_gap


def test_repeated_and_old_events_are_delivered_once(feed: Feed) -> None:
    for seqs in ([11], [11], [9, 10, 11], [12], [12]):
        feed.receive(nudge(seqs))
    assert taken(feed) == [11, 12]


@pytest.mark.parametrize("seed", range(20))
def test_events_are_delivered_once_and_in_order_however_transactions_arrive(feed: Feed, seed: int) -> None:
    random = Random(seed)
    nudges = [nudge([11 + 2 * n, 12 + 2 * n], 6 + n, [value("q", n)]) for n in range(30)] * 2
    random.shuffle(nudges)
    delivered: list[int] = []
    newest: list[bytes] = []
    for each in nudges:
        feed.receive(each)
        if random.random() < 0.3:
            entries, values = feed.take()
            delivered += [e.seq for e in entries]
            newest += [v.payload for v in values]
    entries, values = feed.take()
    delivered += [e.seq for e in entries]
    newest += [v.payload for v in values]
    assert delivered == list(range(11, 71))
    assert newest[-1] == b"29"
    assert [int(each) for each in newest] == sorted(int(each) for each in newest), "values never go back"


def test_a_lost_value_is_noticed_by_the_pulse(feed: Feed) -> None:
    feed.receive(nudge([], 6, [value("q", 1)]))
    assert not feed.values_missed
    feed.receive(nudge([], 8, [value("q", 3)]))
    assert feed.values_missed
    feed.receive(nudge([], 7, [value("q", 2)]))
    assert not feed.values_missed
    assert feed.values_after(6) == [value("q", 3)]


def test_when_all_values_have_been_read_again_only_those_that_came_since_count(feed: Feed) -> None:
    for values_version in (7, 9, 10, 12):
        feed.receive(nudge([], values_version, [value("q", values_version)]))
    feed.catch_up(8)
    assert (feed.values_version, feed.values_missed) == (10, True)
    feed.catch_up(11)
    assert (feed.values_version, feed.values_missed) == (12, False)


def test_an_older_value_never_overtakes_a_newer_one_of_whichever_audience(feed: Feed) -> None:
    feed.offer(value("q", 2), 7)
    feed.offer(value("q", 1, Audience.MODERATORS), 6)
    _, values = feed.take()
    assert values == [value("q", 2)]


def test_values_are_coalesced_and_keys_kept_apart(feed: Feed) -> None:
    for n in range(100):
        feed.offer(value("a", n), 6 + n)
    feed.offer(value("b", 7), 3)
    _, values = feed.take()
    assert values == [value("a", 99), value("b", 7)]
    assert not feed.has_news


def test_a_joining_member_gets_what_came_since_their_read(feed: Feed) -> None:
    feed.receive(nudge([11], 6, [value("a", 1)]))
    feed.receive(nudge([12], 7, [value("b", 2)]))
    feed.take()
    assert [each.seq for each in feed.tail(10) or []] == [11, 12]
    assert [each.seq for each in feed.tail(11) or []] == [12]
    assert feed.tail(12) == []
    assert feed.values_after(5) == [value("a", 1), value("b", 2)]
    assert feed.values_after(6) == [value("b", 2)]
    assert feed.values_after(7) == []


def test_memory_does_not_reach_back_for_ever_and_says_so(feed: Feed) -> None:
    last = 10 + 2 * RECENT + 5
    feed.receive(nudge(list(range(11, last + 1))))
    assert feed.tail(10) is None
    assert feed.tail(last - RECENT - 1) is None
    assert len(feed.tail(last - RECENT) or []) == RECENT
    for n in range(VALUES_KEPT + 5):
        feed.receive(nudge([], 6 + n, [value(str(n), n)]))
    assert feed.values_after(5) is None
    assert len(feed.values_after(6 + 5) or []) == VALUES_KEPT - 1
    assert len(feed._newest) == VALUES_KEPT


def test_skipping_drops_what_cannot_be_delivered_in_order(feed: Feed) -> None:
    feed.receive(nudge([11], 6, [value("q", 1)]))
    feed.receive(nudge([15]))
    feed.receive(nudge([22]))
    feed.skip_to(ROOM._replace(seq=20, values_version=30, floor=18))
    assert (feed.seq, feed.values_version, feed.has_news) == (20, 30, False)
    assert feed.tail(10) is None
    feed.receive(nudge([21]))
    assert taken(feed) == [21, 22], "what is still ahead was not lost"


@pytest.mark.parametrize("changes", [{"seq": 3, "values_version": 1}, {"seq": 10, "values_version": 5}])
def test_a_new_history_begins_with_nothing_of_the_old_one(feed: Feed, changes: dict[str, Any]) -> None:
    feed.receive(nudge([11, 13], 20, [value("q", 9)]))
    feed.skip_to(ROOM._replace(epoch="restored", **changes))
    seq, values_version = changes["seq"], changes["values_version"]
    feed.receive(Nudge(ROOM.id, "restored", values_version + 1, [entry(seq + 1), entry(seq + 2)], [value("q", 2)]))
    entries, values = feed.take()
    assert [each.seq for each in entries] == [seq + 1, seq + 2]
    assert values == [value("q", 2)]
    assert not feed.has_gap
