"""Messages between processes: forged ones are refused, old ones change nothing."""

import asyncio
import logging

import msgpack
import pytest

from rooms.chat.messages import PostMessage
from rooms.core.commands.audience import Audience
from rooms.core.commands.transaction import Nudge, Value
from rooms.core.delivery.envelope import Forged, from_body, seal, to_body, unseal
from rooms.core.store.journal import Entry
from rooms.forum.questions.messages import UnvoteQuestion, VoteQuestion
from rooms.forum.questions.moderation_messages import ApproveQuestion
from tests.support.clients import enter
from tests.support.waiting import settled, until
from tests.support.world import SECRET, World


def nudge_of(world: World, seq: int, epoch: str) -> Nudge:
    entry = Entry(seq, "chat.posted", Audience.EVERYONE, None, b'{"type":"chat.posted","message":"forged"}')
    return Nudge(world.room, epoch, 1, [entry], [Value("votes", "x", Audience.EVERYONE, None, b"99")])


async def test_a_forged_message_is_refused(world_of_two: World, caplog: pytest.LogCaptureFixture) -> None:
    world = world_of_two
    client = await enter(world, None, engine=1)
    epoch = client.epoch.partition("-")[0]
    body = to_body(nudge_of(world, 1, epoch))
    channel = f"room:{world.room}"
    forged = [
        b"",
        b"x" * 15,
        b"x" * 500,
        seal(b"another secret", "nudge", body),
        seal(SECRET, "nudge", body)[:-1],
        seal(SECRET, "nudge", body)[16:],
        b"\x00" * 16 + msgpack.packb(["nudge", body]),
        seal(SECRET, "nudge", body)[:16] + msgpack.packb(["nudge", body])[:-1] + b"\xff",
    ]
    with caplog.at_level(logging.WARNING, "plenary.hub"):
        for data in forged:
            world.engines[1].hub._heard(channel, data)
    assert len(caplog.records) == len(forged)
    await asyncio.sleep(0.05)
    assert client.catch_up().types == []
    # The premise: with the right seal it would have been delivered.
    world.engines[1].hub._heard(channel, seal(SECRET, "nudge", body))
    await until(lambda: client.sink.types == ["chat.posted"])
    world.unchecked("no table holds the forged message")


@pytest.mark.parametrize("kind", ["nudge", "nudges", "presence", "nonsense"])
@pytest.mark.parametrize("body", [None, 1, [], ["x"], {"a": 1}, [[]] * 5, ["r", "e", "p", [1], [2]]])
async def test_a_sealed_message_that_makes_no_sense_does_no_harm(world: World, kind: str, body: object) -> None:
    await world.join("guest")
    world.engine.hub._heard("processes", seal(SECRET, kind, body))
    await world.do("other", PostMessage("On we go"))
    await settled(world.engine)


def test_what_was_sealed_comes_back_as_it_was() -> None:
    entries = [Entry(7, "an.event", Audience.PERSON, "p" * 20, b'{"type":"an.event","x":"\xc3\xa9"}')]
    nudge = Nudge("r" * 20, "e" * 20, 3, entries, [Value("votes", "q", Audience.MODERATORS, None, b"3")])
    kind, body = unseal(SECRET, seal(SECRET, "nudge", to_body(nudge)))
    assert (kind, from_body(body)) == ("nudge", nudge)
    with pytest.raises(Forged):
        unseal(b"another", seal(SECRET, "nudge", to_body(nudge)))


async def test_old_messages_played_again_change_nothing(world_of_two: World) -> None:
    world = world_of_two
    overheard: list[tuple[str, bytes]] = []
    heard = world.engines[1].hub._heard

    def overhear(channel: str, data: bytes) -> None:
        overheard.append((channel, data))
        heard(channel, data)

    world.engines[1].bus._receive = overhear  # pyright: ignore[reportAttributeAccessIssue]
    client = await enter(world, None, engine=1)
    question = await world.ask()
    await world.do("moderator", ApproveQuestion(question, 1))
    for command in (VoteQuestion(question), UnvoteQuestion(question)):
        await world.do("other", command)
    await settled(*world.engines)
    before = client.catch_up().state
    for channel, data in overheard:
        heard(channel, data)
    await settled(*world.engines)
    await client.verify()
    assert client.state["latest"]["votes"] == before["latest"]["votes"] == {question: 1}
