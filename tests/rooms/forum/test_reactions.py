"""Reactions: who may react, that people are counted once, on all processes together, and that an audience's size costs nothing."""

import asyncio
from typing import Any

import msgspec
import pytest
import sqlalchemy as sa
from sqlalchemy import event

from rooms.core.delivery.reaction_counts import WINDOW, ReactionCounts
from rooms.core.store.database import metadata
from rooms.forum.hosting_messages import SetReview
from rooms.forum.questions.messages import VoteQuestion
from rooms.forum.reaction_messages import ReactionKind, SendReaction
from rooms.people.messages import SilencePerson
from rooms.programme.messages import EndSession, StartSession
from tests.support.clients import enter
from tests.support.refusals import refused
from tests.support.waiting import until
from tests.support.world import ListSink, World

APPLAUSE, HEART = SendReaction(ReactionKind.APPLAUSE), SendReaction(ReactionKind.HEART)


def shown(sink: ListSink) -> list[dict[str, int]]:
    """The reactions that a member received, message by message."""
    return [message["latest"]["reactions"][""] for message in sink.messages if "reactions" in message.get("latest", {})]


async def fallen(*sinks: ListSink) -> None:
    """Returns one window after each has received something."""
    await until(lambda: all(shown(sink) for sink in sinks))
    await asyncio.sleep(WINDOW * 1.5)


async def test_all_members_see_how_many_react(each_world: World) -> None:
    world = each_world
    await world.do("moderator", StartSession())
    _, here = await world.join("attendee")
    _, there = await world.join(None, engine=1)
    _, screen = await world.join("moderator", public=True, engine=1)
    await asyncio.gather(
        world.do("attendee", APPLAUSE),
        world.do("other", APPLAUSE, engine=1),
        world.do("speaker", APPLAUSE),
        world.do("speaker", HEART, engine=1),
    )
    await fallen(here, there, screen)
    for sink in (here, there, screen):
        assert sum(counts.get("applause", 0) for counts in shown(sink)) == 3
        assert sum(counts.get("heart", 0) for counts in shown(sink)) == 1


async def test_who_taps_faster_counts_no_more(world: World) -> None:
    await world.do("moderator", StartSession())
    _, sink = await world.join("other")
    for _ in range(10):
        assert (await world.do("attendee", APPLAUSE)).seq is None
    await fallen(sink)
    assert all(counts == {"applause": 1} for counts in shown(sink))
    assert len(shown(sink)) <= 2


async def test_a_hall_that_claps_costs_two_messages_a_second_and_no_write(world: World) -> None:
    await world.do("moderator", StartSession())
    people = [await world.person(f"guest{number}") for number in range(300)]
    _, sink = await world.join("attendee")
    before, position = await rows(world), (await world.join("attendee"))[1].joined["seq"]
    asked: list[str] = []
    engines = {world.engine.database._reader.sync_engine, world.engine.database._writer.sync_engine}

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        asked.append(statement)

    for engine in engines:
        event.listen(engine, "before_cursor_execute", note)
    await asyncio.gather(*(world.engine.perform(person, world.room, APPLAUSE, "key") for person in people))
    for engine in engines:
        event.remove(engine, "before_cursor_execute", note)
    await fallen(sink)
    assert sum(counts["applause"] for counts in shown(sink)) == 300
    assert len(shown(sink)) <= 3
    assert len(asked) < 40, "queries do not grow with the people"
    assert not [statement for statement in asked if statement.split()[0] in {"INSERT", "UPDATE", "DELETE"}]
    assert await rows(world) == before
    assert (await world.join("attendee"))[1].joined["seq"] == position


async def rows(world: World) -> dict[str, int]:
    async with world.engine.database.read() as connection:
        return {
            table.name: (await connection.execute(sa.select(sa.func.count()).select_from(table))).scalar_one()
            for table in metadata.sorted_tables
        }


async def test_nothing_of_it_is_in_a_snapshot(world: World) -> None:
    await world.do("moderator", StartSession())
    client = await enter(world, "attendee")
    await world.do("other", APPLAUSE)
    await fallen(client.sink)
    await client.verify()
    assert client.state["latest"]["reactions"] == {"": {"applause": 1}}
    assert "reactions" not in (await enter(world, "other")).state["latest"]


async def test_before_and_after_the_session_one_cannot_react(world: World) -> None:
    with refused("closed"):
        await world.do("attendee", APPLAUSE)
    await world.do("moderator", StartSession())
    await world.do("attendee", APPLAUSE)
    await world.do("moderator", EndSession())
    with refused("closed"):
        await world.do("attendee", APPLAUSE)


async def test_who_may_react(world: World) -> None:
    await world.do("moderator", StartSession())
    for who in ("attendee", "speaker", "interpreter", "exhibitor", "moderator", "organiser", "admin", "stranger"):
        await world.do(who, APPLAUSE)
    with refused("not_signed_in"):
        await world.do(None, APPLAUSE)
    with refused("unverified"):
        await world.do("unverified", APPLAUSE)
    with refused("forbidden"):
        await world.do("banned", APPLAUSE)
    with refused("not_found", "op"):
        await world.do("attendee", APPLAUSE, room=world.lobby)
    with refused("not_found"):
        await world.do("attendee", APPLAUSE, room="a" * 20)
    await world.do("moderator", SilencePerson(world.people["attendee"]))
    with refused("silenced"):
        await world.do("attendee", APPLAUSE)


async def test_tapping_is_limited_and_takes_nothing_from_other_acts(world: World) -> None:
    await world.do("moderator", StartSession())
    await world.do("moderator", SetReview(False))
    question = await world.ask(who="other")
    for _ in range(15):
        await world.do("attendee", APPLAUSE)
    with refused("rate_limited") as refusal:
        await world.do("attendee", APPLAUSE)
    assert refusal.problem.retry_after is not None
    assert refusal.problem.retry_after < 1
    for _ in range(60):
        await world.do("attendee", VoteQuestion(question))


def test_only_the_kinds_that_there_are() -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert({"op": "reaction.send", "kind": "💩"}, SendReaction)


async def test_a_window_is_forgotten_after_it_was_published() -> None:
    received: list[Any] = []
    counted: list[dict[tuple[str, str], int]] = []
    reaction_counts = ReactionCounts(
        lambda room, body: received.append((room, body)), lambda room, counts: counted.append(counts)
    )
    reaction_counts.receive(["room", [["reactions", "heart", 4]]])
    reaction_counts.count("room", ("reactions", "applause"), "ada")
    await until(lambda: counted)
    assert counted == [{("reactions", "heart"): 4, ("reactions", "applause"): 1}]
    assert received == [("room", ["room", [["reactions", "applause", 1]]])], "what others counted is not sent on"
    assert not reaction_counts._windows
