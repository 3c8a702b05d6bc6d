"""Who may ask and vote, what the removed and the promoted see, and how much one person may ask."""

import asyncio

import pytest

from rooms.core.commands.people import Role
from rooms.forum.questions import asking
from rooms.forum.questions.messages import AskQuestion, UnvoteQuestion, VoteQuestion, WithdrawQuestion
from rooms.forum.questions.moderation_messages import ApproveQuestion, DismissQuestion
from rooms.people.messages import GrantRole, RemovePerson
from tests.support.clients import enter
from tests.support.questions import approved, votes_of
from tests.support.refusals import refused
from tests.support.waiting import settled
from tests.support.world import World

ATTENDEES = ("attendee", "guest", "speaker", "interpreter", "exhibitor", "moderator", "organiser", "admin", "stranger")


@pytest.mark.parametrize("who", ATTENDEES)
async def test_everyone_who_takes_part_may_ask_and_vote(world: World, who: str) -> None:
    question = await world.ask("Why?", who)
    await world.do("moderator", ApproveQuestion(question, 1))
    await world.do(who, UnvoteQuestion(question))
    assert await votes_of(world, question) == 0


async def test_removed_people_can_do_nothing_and_others_see_it(world: World) -> None:
    question = await approved(world)
    await world.do("moderator", RemovePerson(world.people["attendee"]))
    for command in (AskQuestion("Why?"), VoteQuestion(question), WithdrawQuestion(question)):
        with refused("forbidden"):
            await world.do("attendee", command)


async def test_one_who_becomes_a_moderator_in_mid_session_gets_the_queue(world: World) -> None:
    question = await world.ask("Why?")
    client = await enter(world, "other")
    assert client.state["snapshot"]["moderation"] is None
    await world.do("organiser", GrantRole(world.people["other"], Role.MODERATOR))
    await settled(world.engine)
    client.catch_up()
    assert [each["id"] for each in client.state["snapshot"]["moderation"]["questions"]] == [question]
    assert client.snapshots == 2
    await client.verify()


@pytest.mark.parametrize("by", ["attendee", "moderator"])
async def test_the_text_of_a_hidden_question_is_not_sent_to_those_who_resume(each_world: World, by: str) -> None:
    world = each_world
    reader = await enter(world, "other")
    world.engine.hub.leave(reader.member)
    question = await world.ask("Take this back?")
    kept = await world.ask("Does this stay?")
    for each in (question, kept):
        await world.do("moderator", ApproveQuestion(each, 1))
    await world.do(by, WithdrawQuestion(question) if by == "attendee" else DismissQuestion(question, 2))
    back = await enter(world, "other", resuming=reader, engine=1)
    assert back.sink.joined["resumed"], "premise: events were sent, not a snapshot"
    assert "Does this stay?" in str(back.sink.messages), "premise"
    assert "Take this back?" not in str(back.sink.messages)
    await back.verify()


async def test_one_person_asks_only_so_many_questions(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asking, "MOST_OF_PERSON", 3)
    ids = [await world.ask(f"Question {n}") for n in range(3)]
    await world.do("attendee", WithdrawQuestion(ids[0]))
    with refused("conflict"):
        await world.ask("One more")
    await world.ask("Of somebody else", "other")


async def test_a_session_holds_only_so_many_open_questions_and_guests_leave_room_for_others(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(asking, "MOST_OPEN", 4)
    monkeypatch.setattr(asking, "MOST_OPEN_OF_GUESTS", 2)
    first = await world.ask("First", "guest")
    await world.ask("Second", "guest")
    with refused("conflict"):
        await world.ask("Third", "guest")
    await world.ask("Third")
    await world.ask("Fourth")
    with refused("conflict"):
        await world.ask("Fifth")
    await world.do("moderator", DismissQuestion(first, 1))
    await world.ask("Fifth")


async def test_a_batch_is_counted_too(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asking, "MOST_OF_PERSON", 3)
    answers = await asyncio.gather(*(world.ask(f"Question {n}") for n in range(6)), return_exceptions=True)
    assert sum(isinstance(each, str) for each in answers) == 3
