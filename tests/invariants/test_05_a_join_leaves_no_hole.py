"""A join gives a snapshot at seq S from one consistent read, then everything after S; a resume gives the tail or, when it cannot, a snapshot. Never a
silent hole. Rights are checked again."""

import asyncio
from datetime import timedelta

import pytest

from rooms.chat.messages import PostMessage
from rooms.core.commands.people import Role
from rooms.core.delivery.join_reads import LONGEST_TAIL, JoinReader
from rooms.core.store.journal import ReadPosition
from rooms.forum.questions.messages import VoteQuestion
from rooms.forum.questions.moderation_messages import ApproveQuestion
from rooms.people.messages import GrantRole, RemovePerson, RevokeRole
from tests.support.clients import Client, enter
from tests.support.refusals import refused
from tests.support.waiting import settled
from tests.support.world import World


async def say(world: World, count: int, engine: int = 0) -> None:
    for n in range(count):
        await world.do("attendee", PostMessage(f"{n}"), engine=engine)


async def gone(world: World, who: str | None = "other", engine: int = 0) -> Client:
    """A client that was a member and has lost its connection."""
    client = await enter(world, who, engine=engine)
    world.engines[engine].hub.leave(client.member)
    return client


async def test_a_resume_gives_exactly_what_was_missed(each_world: World) -> None:
    await say(each_world, 2)
    client = await gone(each_world)
    await say(each_world, 3)
    resumed = await enter(each_world, "other", engine=1, resuming=client)
    assert resumed.sink.joined["resumed"]
    assert [event["seq"] for event in resumed.sink.joined["events"]] == [client.seq + n for n in (1, 2, 3)]
    await say(each_world, 1)
    await settled(*each_world.engines)
    await resumed.verify()
    assert resumed.types == ["chat.posted"] * 4


async def test_a_resume_at_the_end_gives_nothing_and_says_resumed(world: World) -> None:
    client = await gone(world)
    joined = (await enter(world, "other", resuming=client)).sink.joined
    assert (joined["resumed"], joined["events"]) == (True, [])


@pytest.mark.parametrize("kept", [0, 1])
async def test_from_before_the_kept_tail_one_gets_a_snapshot_that_says_so(world: World, kept: int) -> None:
    client = await gone(world)
    await say(world, 3)
    world.clock.advance(days=10)
    await say(world, kept)
    assert await world.engine.prune(timedelta(days=7)) >= 3
    resumed = await enter(world, "other", resuming=client)
    assert "resumed" not in resumed.sink.joined
    assert len(resumed.state["snapshot"]["messages"]) == 3 + kept
    # A client exactly at the floor misses nothing.
    at_floor = ReadPosition(resumed.epoch, 3)
    assert (await world.join("other", after=at_floor))[1].joined["resumed"]


async def test_too_long_a_tail_is_a_snapshot(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    assert LONGEST_TAIL > 3
    monkeypatch.setattr("rooms.core.delivery.join_reads.LONGEST_TAIL", 3)
    client = await gone(world)
    await say(world, 3)
    assert (await enter(world, "other", resuming=client)).sink.joined["resumed"]
    await say(world, 1)
    assert "snapshot" in (await enter(world, "other", resuming=client)).sink.joined


@pytest.mark.parametrize(("epoch", "ahead"), [("", 1), ("", 10**12), ("another", 0), ("", -(10**6))])
async def test_a_position_that_cannot_be_is_answered_with_a_snapshot(world: World, epoch: str, ahead: int) -> None:
    client = await gone(world)
    position = ReadPosition(epoch or client.epoch, client.seq + ahead)
    assert "snapshot" in (await world.join("other", after=position))[1].joined


async def test_rights_are_checked_again_at_a_resume(world: World) -> None:
    removed, promoted, demoted = [await gone(world, who) for who in ("attendee", "other", "moderator")]
    await world.do("organiser", RemovePerson(world.people["attendee"]))
    await world.do("organiser", GrantRole(world.people["other"], Role.MODERATOR))
    await world.do("organiser", RevokeRole(world.people["moderator"], Role.MODERATOR))
    with refused("forbidden"):
        await enter(world, "attendee", resuming=removed)
    for who, client, audience in (("other", promoted, "moderators"), ("moderator", demoted, "everyone")):
        resumed = await enter(world, who, resuming=client)
        assert "snapshot" in resumed.sink.joined, "a tail would mix what two audiences may see"
        assert resumed.sink.joined["audience"] == audience
        await resumed.verify()


def hold_reader(monkeypatch: pytest.MonkeyPatch) -> tuple[asyncio.Event, asyncio.Event]:
    """Holds joins between reading and admission: the first event signals the read, the second one lets the join continue."""
    read = JoinReader._joined
    reading, go_on = asyncio.Event(), asyncio.Event()

    async def slowly(*arguments: object) -> object:
        joined = await read(*arguments)  # pyright: ignore[reportArgumentType]
        reading.set()
        await go_on.wait()
        return joined

    monkeypatch.setattr(JoinReader, "_joined", slowly)
    return reading, go_on


async def test_what_happens_while_a_snapshot_is_read_comes_after_it(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    reading, go_on = hold_reader(monkeypatch)
    first = asyncio.create_task(enter(world, None))
    await reading.wait()
    await say(world, 3)
    go_on.set()
    client = await first
    assert client.sink.joined["seq"] == 0, "the snapshot was read before"
    assert client.types == ["chat.posted"] * 3
    await client.verify()


async def test_votes_cast_while_a_snapshot_is_read_follow_it(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    question = await world.ask()
    await world.do("moderator", ApproveQuestion(question, 1))
    reading, go_on = hold_reader(monkeypatch)
    first = asyncio.create_task(enter(world, "other"))
    await reading.wait()
    for who in ("other", "guest"):
        await world.do(who, VoteQuestion(question))
    go_on.set()
    client = await first
    assert client.sink.joined["latest"]["votes"] == {question: 1}, "the snapshot was read before"
    await client.verify()
    assert client.state["latest"]["votes"] == {question: 3}
    assert client.state["own"]["votes"] == [question]


async def test_a_snapshot_is_one_consistent_read(each_world: World) -> None:
    """Its seq and its content belong together, however the world changes between its statements."""
    each_world.lift_limits()
    done = asyncio.Event()

    async def talk() -> None:
        while not done.is_set():
            await say(each_world, 1)

    talking = asyncio.create_task(talk())
    for n in range(15):
        joined = (await enter(each_world, "guest", engine=n % 2)).sink.joined
        numbers = [message["number"] for message in joined["snapshot"]["messages"]]
        assert (numbers or [0])[-1] == joined["seq"]
    done.set()
    await talking
