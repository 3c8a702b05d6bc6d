"""The hub: joining, leaving, following; order; rights that change; tasks that fail."""

import asyncio
import logging

import msgpack
import msgspec
import pytest

from rooms.chat.messages import PostMessage, ReadChat
from rooms.core.commands.people import Role
from rooms.core.delivery.join_reads import Joined
from rooms.core.delivery.member import Member
from rooms.core.delivery.sink import EncodedMessage
from rooms.core.errors import Problem
from rooms.core.store import journal
from rooms.core.store.journal import Entry, ReadPosition
from rooms.forum.questions.messages import VoteQuestion
from rooms.forum.questions.moderation_messages import ApproveQuestion
from rooms.people.messages import GrantRole, RemovePerson
from tests.support.clients import enter
from tests.support.refusals import refused
from tests.support.waiting import settled, until
from tests.support.world import ListSink, World


def respond(joined: Joined) -> bytes:
    return msgspec.json.encode(joined)


# Following


async def test_a_room_is_followed_as_long_as_anyone_is_in_it(world: World) -> None:
    hub = world.engine.hub
    first, second = [(await world.join("guest"))[0] for _ in range(2)]
    hub.leave(first)
    hub.leave(first)
    await settled(world.engine)
    assert hub.seqs([world.room]) == {world.room: 0}
    hub.leave(second)
    await until(lambda: hub.seqs([world.room]) == {})
    assert hub._subscriptions.locks == {}
    assert (await world.join("guest"))[1].joined["seq"] == 0


async def test_a_refused_join_leaves_nothing_behind(world: World) -> None:
    hub = world.engine.hub
    for who, room in (
        ("banned", world.room),
        ("attendee", "x" * 20),
        ("attendee", "\x00"),
        ("stranger", await world.desk("other")),
    ):
        with pytest.raises(Problem):
            await world.join(who, room=room)
    await until(lambda: hub._feeds == {})
    assert hub._subscriptions.locks == {}


async def test_a_cancelled_join_leaves_nothing_behind(world: World) -> None:
    hub = world.engine.hub
    for turns in range(12):
        joining = asyncio.create_task(world.join("guest"))
        for _ in range(turns):
            await asyncio.sleep(0)
        joining.cancel()
        await asyncio.gather(joining, return_exceptions=True)
        if not joining.cancelled():
            hub.leave(joining.result()[0])
    await until(lambda: hub._feeds == {})


async def test_coming_and_going_at_once_keeps_one_feed(world: World) -> None:
    hub = world.engine.hub

    async def actor(turns: int) -> None:
        member, _ = await world.join("guest")
        for _ in range(turns):
            await asyncio.sleep(0)
        hub.leave(member)

    async def rounds(number: int) -> None:
        for n in range(6):
            await actor((number * n) % 5)

    staying, sink = await world.join("other")
    await asyncio.gather(*(rounds(n) for n in range(10)))
    assert list(hub._feeds) == [world.room]
    await world.do("attendee", PostMessage("Hello"))
    await settled(world.engine)
    assert sink.types == ["chat.posted"]
    hub.leave(staying)
    await until(lambda: hub._feeds == {})


async def test_a_person_who_leaves_while_joining_is_not_a_member(world: World) -> None:
    hub = world.engine.hub
    member = Member(ListSink(), world.room, world.people["guest"])
    joining = asyncio.create_task(hub.join(member, None, respond))
    await until(lambda: world.room in hub._feeds)
    hub.leave(member)
    await joining
    await until(lambda: hub._feeds == {})
    assert hub.presence.people(world.room) == {}


# What a join costs


async def test_one_who_comes_alone_into_a_warm_room_costs_three_statements(world: World) -> None:
    """The state of an actor's read: the room and its access; the person and their rights; their own state."""
    database = world.engine.database
    question = await world.ask("Shall we?", "other")
    await world.do("moderator", ApproveQuestion(question, (await world.question(question)).version))
    _, first = await world.join("guest")
    for after in (None, ReadPosition(first.joined["epoch"], first.joined["seq"])):
        for who in ("attendee", "guest", None):
            before = database.statements
            _, sink = await world.join(who, after=after)
            assert sink.joined["own"].get("questions", []) == []
            assert database.statements - before == (3 if who else 1)


async def test_personal_state_is_read_only_for_those_who_have_some(world: World) -> None:
    question = await world.ask("Shall we?", "other")
    await world.do("moderator", ApproveQuestion(question, (await world.question(question)).version))
    await world.do("guest", VoteQuestion(question))
    posted = await world.do("guest", PostMessage("Hello"))
    await world.do("guest", ReadChat(posted.seq or 0))
    joins = await asyncio.gather(*(world.join(who) for who in ("other", "guest", "attendee")))
    other, guest, attendee = [sink.joined["own"] for _, sink in joins]
    assert [each["id"] for each in other["questions"]] == [question]
    assert (other["votes"], guest["votes"], attendee["votes"]) == ([question], [question], [])
    assert (guest["questions"], attendee["questions"]) == ([], [])
    assert (other["read"], guest["read"], attendee["read"]) == (0, posted.seq, 0)


# Order


async def test_a_join_in_the_midst_of_a_tick_sees_everything_once(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("rooms.core.delivery.scheduler.TICK", 0.05)
    clients = [await enter(world, None)]
    for n in range(6):
        await world.do("other", PostMessage(f"{n}"))
        clients.append(await enter(world, "guest"))
    await settled(world.engine)
    for client in clients:
        await client.verify()
        assert len(client.state["snapshot"]["messages"]) == 6


async def test_a_watcher_gets_all_events_in_order_before_the_members(world: World) -> None:
    seen: list[int] = []
    await world.engine.hub.watch(world.room, lambda entry: seen.append(entry.seq))
    outcomes = await asyncio.gather(*(world.do("other", PostMessage(f"{n}")) for n in range(8)))
    await settled(world.engine)
    assert seen == sorted(outcome.seq or 0 for outcome in outcomes)


async def test_an_unwatched_room_is_let_go(world: World) -> None:
    def watcher(entry: Entry) -> None:
        raise AssertionError("the watcher has stopped watching")

    await world.engine.hub.watch(world.room, watcher)
    world.engine.hub.unwatch(world.room, watcher)
    world.engine.hub.unwatch(world.room, watcher)
    await world.do("other", PostMessage("Hello"))
    await until(lambda: world.engine.hub._feeds == {})


async def test_the_top_seq_of_a_heartbeat_is_what_was_delivered(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    client = await enter(world, None)
    await world.do("other", PostMessage("sent"))
    await settled(world.engine)
    monkeypatch.setattr("rooms.core.delivery.scheduler.TICK", 5.0)
    await world.do("other", PostMessage("waits for its tick"))
    top = world.engine.hub.seqs([world.room])[world.room]
    assert top == client.catch_up().seq == 1
    world.unchecked("the second message is not sent within the test")


# Rights


async def test_nothing_reaches_one_who_was_removed_after_the_removal(world: World) -> None:
    client = await enter(world, "attendee")
    burst = [world.do("other", PostMessage(f"{n}")) for n in range(5)]
    burst.append(world.do("moderator", RemovePerson(world.people["attendee"])))
    burst += [world.do("guest", PostMessage(f"{n}")) for n in range(5)]
    outcomes = await asyncio.gather(*burst)
    await settled(world.engine)
    assert max(client.sink.seqs, default=0) < (outcomes[5].seq or 0)
    assert "left" in client.sink.messages[-1]


async def test_rights_that_change_while_one_is_being_let_in_are_read_again(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    joins = world.engine.hub._join_batches
    answer = joins._answer
    member, sink = Member(ListSink(), world.room, world.people["attendee"]), None
    sink = member.sink

    async def with_a_change(wanted: list[object]) -> object:
        found = await answer(wanted)  # pyright: ignore[reportArgumentType]
        monkeypatch.setattr(joins, "_answer", answer)
        await world.do("organiser", GrantRole(world.people["attendee"], Role.MODERATOR))
        return found

    monkeypatch.setattr(joins, "_answer", with_a_change)
    actor = await world.engine.hub.join(member, None, respond)
    assert actor.moderates
    assert isinstance(sink, ListSink)
    assert sink.joined["audience"] == "moderators"
    await settled(world.engine)
    assert sink.types == []


async def test_changed_rights_reach_a_person_who_is_joining(world: World) -> None:
    """A connection asks for a revisit of every member of its person: those, too, that are still on their way in."""
    hub = world.engine.hub
    await world.join("other")
    member = Member(ListSink(), world.room, world.people["attendee"])
    joining = asyncio.create_task(hub.join(member, None, respond))
    for _ in range(8):
        await asyncio.sleep(0)
        hub.revisit(member)
    await joining
    await settled(world.engine)
    assert hub.presence.people(world.room).keys() == {world.people["other"], world.people["attendee"]}
    assert hub._feeds[world.room].users == 2
    sink = member.sink
    assert isinstance(sink, ListSink)
    await world.do("other", PostMessage("once"))
    await settled(world.engine)
    assert sink.types == ["chat.posted"]


async def test_one_whose_rights_cannot_be_read_is_sent_to_come_again(
    world: World, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    member, sink = await world.join("attendee")

    async def fail(_: object) -> None:
        raise RuntimeError("a fault of ours")

    monkeypatch.setattr(world.engine.hub._join_batches, "_answer", fail)
    with caplog.at_level(logging.ERROR):
        world.engine.hub.revisit(member)
        await until(lambda: sink.closed)
    assert sink.closed == (4500, "internal")


async def test_one_whose_rights_cannot_be_read_just_now_waits(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    member, sink = await world.join("attendee")
    answer, tries = world.engine.hub._join_batches._answer, []

    async def fail_twice(wanted: list[object]) -> object:
        tries.append(1)
        if len(tries) < 3:
            raise Problem("unavailable", "not now", retry_after=0.01)
        return await answer(wanted)  # pyright: ignore[reportArgumentType]

    monkeypatch.setattr(world.engine.hub._join_batches, "_answer", fail_twice)
    world.engine.hub.revisit(member)
    await until(lambda: len(sink.messages) == 2)
    assert "snapshot" in sink.messages[1]
    assert sink.closed is None


async def test_a_room_that_is_gone_is_not_found(world: World) -> None:
    async with world.engine.database.read() as connection:
        assert await journal.find_room(connection, "x" * 20) is None
    with refused("not_found"):
        await world.join("attendee", room="x" * 20)


async def test_a_message_is_framed_once(world: World) -> None:
    message = EncodedMessage(b'{"room":"x"}')
    assert message.frame is message.frame
    assert message.frame == b"\x81\x0c" + message.json
    for size, head in ((125, 2), (126, 4), (65535, 4), (65536, 10)):
        assert len(EncodedMessage(b"x" * size).frame) == size + head
    assert msgpack.unpackb(message.msgpack) == {"room": "x"}
    assert message.msgpack_frame[0] == 0x82
