"""An erased person's questions, answers and reasons are gone from live sessions; the counts that they leave are right."""

from typing import Any

import pytest
import sqlalchemy as sa

from rooms.forum.polls.messages import AnswerPoll, HideText, OpenPoll, PollKind
from rooms.forum.polls.tables import hidden_texts
from rooms.forum.questions import moderation_messages as m
from rooms.forum.questions import votes
from rooms.forum.questions.messages import QuestionState
from rooms.people.erasure import erase
from tests.support.clients import audience
from tests.support.polls import draft
from tests.support.world import World


async def act(world: World, command: type[Any], id: str, who: str = "moderator", **fields: Any) -> None:
    await world.do(who, command(question=id, version=(await world.question(id)).version, **fields))


async def counted(world: World, id: str) -> tuple[int, int]:
    async with world.engine.database.read() as connection:
        return await votes.tally(connection, id)


async def test_a_question_counts_no_votes_of_an_erased_duplicate(each_world: World) -> None:
    world = each_world
    root, middle, low = [await world.ask(f"{who}?", who) for who in ("attendee", "other", "guest")]
    await act(world, m.MergeQuestion, low, into=middle)
    await act(world, m.MergeQuestion, middle, into=root)
    await act(world, m.ApproveQuestion, root)
    stored = await world.question(root)
    assert (stored.votes, stored.merged) == (3, 2), "premise"
    spectators = await audience(world, ["attendee", "moderator", None])
    await erase(world.engine, world.people["other"])
    for id in (root, middle, low):
        stored = await world.question(id)
        assert (stored.votes, stored.merged) == await counted(world, id)
    assert (await world.question(root)).votes == 1
    assert (await world.question(low)).state is QuestionState.PENDING, (
        "what somebody else asked is a question of its own"
    )
    await spectators.verify()


@pytest.mark.parametrize("again", [True, False])
async def test_what_an_erased_moderator_wrote_about_questions_is_gone(each_world: World, again: bool) -> None:
    """Even when a colleague has worked on the question since."""
    world = each_world
    dismissed, answered = await world.ask("Why?"), await world.ask("How?")
    await act(world, m.DismissQuestion, dismissed, reason="Said already")
    await act(world, m.ApproveQuestion, answered)
    await act(world, m.AnswerQuestion, answered, text="Like this.", public=True)
    await act(world, m.ClaimQuestion, answered)
    if again:
        for id in (dismissed, answered):
            await act(world, m.LabelQuestion, id, "colleague", labels=["later"])
    spectators = await audience(world, ["attendee", "colleague", None])
    await erase(world.engine, world.people["moderator"])
    spectators.clients = [client for client in spectators.clients if client.who != "moderator"]
    assert (await world.question(dismissed)).reason == ""
    assert (await world.question(dismissed)).text == "Why?"
    assert (await world.question(answered)).answer is None
    assert (await world.question(answered)).claimed_by is None
    await spectators.verify()


async def test_a_hidden_word_is_forgotten_with_the_last_who_wrote_it(each_world: World) -> None:
    world = each_world
    poll = await draft(world, PollKind.CLOUD)
    await world.do("moderator", OpenPoll(poll))
    for who, text in (("attendee", "rude, shared"), ("other", "shared")):
        await world.do(who, AnswerPoll(poll, 1, text=text))
    for text in ("rude", "shared"):
        await world.do("moderator", HideText(poll, text, True))
    await erase(world.engine, world.people["attendee"])
    async with world.engine.database.read() as connection:
        assert (await connection.execute(sa.select(hidden_texts.c.folded))).scalars().all() == ["shared"]
