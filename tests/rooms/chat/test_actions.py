"""The chat: posting, removing, reading, slow mode; the same in a session and in the lobby."""

from datetime import timedelta

import msgspec
import pytest

from rooms.chat import messages as m
from rooms.chat.queries import latest_messages, unread
from rooms.core.commands.people import PersonView
from rooms.core.store import audit
from rooms.people.messages import SilencePerson
from tests.support.clients import audience, enter
from tests.support.refusals import refused
from tests.support.waiting import settled
from tests.support.world import START, World


async def post(world: World, who: str = "attendee", text: str = "Hello", *, room: str = "") -> m.Posted:
    return msgspec.json.decode((await world.do(who, m.PostMessage(text), room=room)).reply, type=m.Posted)


async def audited(world: World) -> list[str]:
    async with world.engine.database.read() as connection:
        return [entry.act for entry in await audit.read(connection, world.conference)]


@pytest.mark.parametrize("room", ["room", "lobby"])
async def test_a_message_reaches_everybody_in_the_room_and_nobody_elsewhere(world: World, room: str) -> None:
    spectators = await audience(world)
    posted = await post(world, text=" Hello,\nall ", room=getattr(world, room))
    await spectators.verify()
    here, elsewhere = ("session", "lobby") if room == "room" else ("lobby", "session")
    for who in (None, "other", "moderator"):
        (message,) = spectators.of(who, here).state["snapshot"]["messages"]
        assert (message["id"], message["text"], message["author"]["name"]) == (
            posted.message,
            "Hello,\nall",
            "Attendee",
        )
        assert spectators.of(who, elsewhere).types == []


async def test_messages_are_numbered_by_the_journal(world: World) -> None:
    outcomes = [await world.do("attendee", m.PostMessage(str(n))) for n in range(3)]
    async with world.engine.database.read() as connection:
        messages = await latest_messages(connection, world.room)
    assert [message.number for message in messages] == [outcome.seq for outcome in outcomes]
    assert [message.text for message in messages] == ["0", "1", "2"]


async def test_a_closed_chat_is_closed_to_all_but_moderators(world: World) -> None:
    await world.do("moderator", m.SetChat(False, 0))
    with refused("closed"):
        await post(world)
    assert await post(world, "moderator")


async def test_slow_mode_says_when_one_may_post_again(world: World) -> None:
    await world.do("moderator", m.SetChat(True, 30))
    assert (await post(world)).next_at == START + timedelta(seconds=30)
    world.clock.advance(seconds=12)
    with refused("rate_limited") as refusal:
        await post(world)
    assert refusal.problem.retry_after == 18
    assert (await post(world, "other")).next_at, "the others are not slowed down"
    assert (await post(world, "moderator")).next_at is None
    world.clock.advance(seconds=18)
    assert await post(world)


async def test_slow_mode_counts_removed_messages_too(world: World) -> None:
    await world.do("moderator", m.SetChat(True, 30))
    posted = await post(world)
    await world.do("attendee", m.RemoveMessage(posted.message))
    with refused("rate_limited"):
        await post(world)


@pytest.mark.parametrize("text", ["", " \n ", "\u200b"])
async def test_an_empty_message_is_refused(world: World, text: str) -> None:
    with refused("invalid", "text"):
        await post(world, text=text)


async def test_a_message_has_a_length(world: World) -> None:
    assert await post(world, text="x" * m.MESSAGE_LENGTH)
    with refused("invalid", "text"):
        await post(world, text="x" * (m.MESSAGE_LENGTH + 1))


async def test_authors_remove_their_messages_and_moderators_any_message(world: World) -> None:
    client = await enter(world, None)
    own, others = await post(world), await post(world)
    with refused("not_found"):
        await world.do("other", m.RemoveMessage(own.message))
    await world.do("attendee", m.RemoveMessage(own.message))
    assert "chat.remove" not in await audited(world)
    await world.do("moderator", m.RemoveMessage(others.message))
    assert "chat.remove" in await audited(world)
    again = await world.do("moderator", m.RemoveMessage(others.message))
    assert again.seq is None
    await settled(world.engine)
    assert client.catch_up().state["snapshot"]["messages"] == []
    with refused("not_found"):
        await world.do("moderator", m.RemoveMessage("x" * 20))


async def test_the_silenced_may_remove_but_not_post(world: World) -> None:
    posted = await post(world)
    await world.do("moderator", SilencePerson(world.people["attendee"]))
    with refused("silenced"):
        await post(world)
    await world.do("attendee", m.RemoveMessage(posted.message))


async def test_the_mark_of_what_was_read_moves_forward_only(world: World) -> None:
    first = await world.do("other", m.PostMessage("one"))
    await world.do("other", m.PostMessage("two"))
    assert first.seq is not None

    async def not_read() -> int:
        async with world.engine.database.read() as connection:
            return (await unread(connection, world.people["attendee"], [world.room])).get(world.room, 0)

    assert await not_read() == 2
    await world.do("attendee", m.ReadChat(first.seq))
    assert await not_read() == 1
    await world.do("attendee", m.ReadChat(10**6))
    assert await not_read() == 0
    await world.do("attendee", m.ReadChat(first.seq))
    assert await not_read() == 0
    await world.do("other", m.PostMessage("three"))
    assert await not_read() == 1, "one cannot have read what was not yet said"
    await world.do("attendee", m.PostMessage("mine"))
    assert await not_read() == 1


async def test_only_moderators_set_the_chat_and_each_room_has_its_own(world: World) -> None:
    spectators = await audience(world)
    with refused("forbidden"):
        await world.do("speaker", m.SetChat(False, 0))
    with refused("forbidden"):
        await world.do("moderator", m.SetChat(False, 0), room=world.lobby)
    await world.do("moderator", m.SetChat(False, 5))
    assert (await world.do("moderator", m.SetChat(False, 5))).seq is None
    await spectators.verify()
    assert spectators.of(None).state["snapshot"]["chat"] == {"open": False, "slow_seconds": 5}
    assert spectators.of(None, "lobby").state["snapshot"]["chat"] == {"open": True, "slow_seconds": 0}


async def test_a_snapshot_brings_the_latest_hundred(world: World) -> None:
    world.lift_limits()
    for n in range(103):
        await world.do("attendee", m.PostMessage(str(n)))
    client = await enter(world, None)
    assert [message["text"] for message in client.state["snapshot"]["messages"]] == [str(n) for n in range(3, 103)]


async def test_the_text_of_a_removed_message_is_not_sent_to_those_who_resume(each_world: World) -> None:
    world = each_world
    reader = await enter(world, "other")
    world.engine.hub.leave(reader.member)
    posted = await post(world, text="Undo this choice")
    await post(world, text="This stays")
    await world.do("attendee", m.RemoveMessage(posted.message))
    back = await enter(world, "other", resuming=reader, engine=1)
    assert back.sink.joined["resumed"], "premise: events were sent, not a snapshot"
    assert "This stays" in str(back.sink.messages), "premise"
    assert "Undo this choice" not in str(back.sink.messages)
    await back.verify()


async def test_what_is_hidden_in_the_transaction_that_recorded_it_is_not_sent_either(world: World) -> None:
    reader = await enter(world, "other")
    world.unchecked("a message is recorded that no table has")
    view = m.MessageView("m" * 20, 1, PersonView(world.people["attendee"], "Attendee"), "Too quick", world.clock())
    async with world.engine.transaction([world.room]) as tx:
        tx.room = world.room
        tx.record(m.MessagePosted(view))
        mark = tx.mark()
        tx.hide(m.MessagePosted, view.id)
        tx.rewind(mark)
        tx.record(m.MessagePosted(view))
        tx.hide(m.MessagePosted, view.id, since=tx.next_seq() - 1)
    await settled(world.engine)
    assert str(reader.sink.messages).count("Too quick") == 1, "only the one that was recorded before `since`"
    assert reader.sink.seqs == [1, 2]


@pytest.mark.parametrize(
    ("who", "room", "mark"),
    [
        ("attendee", "room", None),
        ("exhibitor", "room", None),
        ("speaker", "room", "speaker"),
        ("moderator", "room", "moderator"),
        ("organiser", "room", "organiser"),
        ("speaker", "lobby", None),
        ("staff", "stand", "staff"),
        ("owner", "stand", "staff"),
        ("staff", "lobby", None),
    ],
)
async def test_a_message_shows_the_role_of_its_author_in_this_room(
    world: World, who: str, room: str, mark: str | None
) -> None:
    _, reader = await world.join("other", room=getattr(world, room))
    await post(world, who, room=getattr(world, room))
    await settled(world.engine)
    event = next(event for event in reader.events if event.get("type") == "chat.posted")
    assert event["message"].get("mark") == mark
    async with world.engine.database.read() as connection:
        (message,) = await latest_messages(connection, getattr(world, room))
    assert message.mark == mark


async def test_what_is_read_in_one_tab_is_read_in_all(world: World) -> None:
    """inputs.md 12: other tabs and devices went on showing what had been read as unread."""
    here, there = await enter(world, "attendee"), await enter(world, "attendee")
    other = await enter(world, "other")
    posted = await world.do("other", m.PostMessage("Hello"))
    await world.do("attendee", m.ReadChat(posted.seq or 0))
    await settled(world.engine)
    assert [client.catch_up().state["own"]["read"] for client in (here, there)] == [posted.seq, posted.seq]
    assert other.catch_up().state["own"]["read"] == 0
