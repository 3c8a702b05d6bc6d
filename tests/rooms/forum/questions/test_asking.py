"""Asking, revising, withdrawing: each command's effect, its refusals, and the events for each audience."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import msgspec
import pytest

from rooms.forum.hosting_messages import Asking, SetAnonymity, SetAsking, SetReview
from rooms.forum.questions import queries
from rooms.forum.questions.messages import (
    QUESTION_LENGTH,
    Asked,
    AskQuestion,
    QuestionState,
    ReviseQuestion,
    WithdrawQuestion,
)
from rooms.forum.questions.moderation_messages import (
    DismissQuestion,
    MarkAnswered,
    PinQuestion,
    ShowOnScreen,
    TakeQuestion,
)
from rooms.people.messages import SilencePerson
from tests.support.clients import audience, enter
from tests.support.questions import approved, merge, votes_of
from tests.support.refusals import refused
from tests.support.waiting import settled
from tests.support.world import START, World

State = QuestionState


async def open_asking(world: World) -> None:
    """Without review: what is asked is public at once."""
    await world.do("moderator", SetReview(False))


# Asking


async def test_under_review_a_question_waits_and_only_asker_and_moderators_know(world: World) -> None:
    spectators = await audience(world)
    outcome = await world.do("attendee", AskQuestion("  Why,\r\nthough?  "))
    await spectators.verify()
    asked = msgspec.json.decode(outcome.reply, type=Asked)
    assert asked.state is State.PENDING
    question = await world.question(asked.question)
    assert (question.text, question.author_name, question.votes) == ("Why,\nthough?", "Attendee", 1)
    assert spectators.of("attendee").types == ["question.own"]
    assert spectators.of("moderator").types == ["question.asked"]
    for who in (None, "other", "speaker"):
        assert spectators.of(who).types == []
        assert spectators.of(who).seq == outcome.seq
    assert spectators.of("moderator").state["latest"]["votes"] == {asked.question: 1}
    assert spectators.of("attendee").state["own"]["votes"] == [asked.question]


@pytest.mark.parametrize("review", [True, False])
async def test_the_event_of_a_new_question_equals_a_fresh_read(
    world: World, monkeypatch: pytest.MonkeyPatch, review: bool
) -> None:
    await world.do("moderator", SetReview(review))
    received: list[queries.Question] = []
    as_asked = queries.as_asked

    def noting(row: Mapping[str, Any]) -> queries.Question:
        received.append(as_asked(row))
        return received[-1]

    monkeypatch.setattr(queries, "as_asked", noting)
    questions = [await world.ask("Why?"), await world.ask("Who?", anonymous=True)]
    assert received == [await world.question(question) for question in questions]


async def test_without_review_everyone_sees_it_at_once(world: World) -> None:
    await open_asking(world)
    spectators = await audience(world)
    await world.ask("Why?")
    await spectators.verify()
    for who in (None, "other", "speaker"):
        assert spectators.of(who).types == ["question.shown"]
        shown = spectators.of(who).state["snapshot"]["questions"][0]
        assert (shown["text"], shown["author"]) == ("Why?", "Attendee")


async def test_review_affects_new_questions_only(world: World) -> None:
    early = await world.ask("Under review")
    await open_asking(world)
    late = await world.ask("Without")
    await world.do("moderator", SetReview(True))
    last = await world.ask("Under review again")
    states = [(await world.question(each)).state for each in (early, late, last)]
    assert states == [State.PENDING, State.APPROVED, State.PENDING]


async def test_a_locked_session_takes_no_question(world: World) -> None:
    await world.do("moderator", SetAsking(Asking.LOCKED))
    with refused("closed"):
        await world.ask()


async def test_a_pause_keeps_arrivals_and_lets_them_go_their_way_afterwards(world: World) -> None:
    await open_asking(world)
    await world.do("moderator", SetAsking(Asking.PAUSED))
    everyone = await enter(world, None)
    question = await world.ask("In the pause")
    assert (await world.question(question)).held
    await settled(world.engine)
    assert everyone.catch_up().types == []
    await world.do("moderator", SetAsking(Asking.OPEN))
    await settled(world.engine)
    assert everyone.catch_up().types == ["asking.changed", "question.shown"]
    after = await world.question(question)
    assert (after.state, after.held, after.approved_at) == (State.APPROVED, False, START)


async def test_where_review_begins_in_a_pause_the_arrivals_wait_for_it(world: World) -> None:
    await open_asking(world)
    await world.do("moderator", SetAsking(Asking.PAUSED))
    question = await world.ask("In the pause")
    await world.do("moderator", SetReview(True))
    await world.do("moderator", SetAsking(Asking.OPEN))
    after = await world.question(question)
    assert (after.state, after.held) == (State.PENDING, False)


async def test_what_moderators_dismissed_in_a_pause_stays_dismissed(world: World) -> None:
    await open_asking(world)
    await world.do("moderator", SetAsking(Asking.PAUSED))
    question = await world.ask("In the pause")
    await world.do("moderator", DismissQuestion(question, 1))
    await world.do("moderator", SetAsking(Asking.OPEN))
    assert (await world.question(question)).state is State.DISMISSED


async def test_asking_anonymously_hides_the_name_from_everybody(world: World) -> None:
    await open_asking(world)
    spectators = await audience(world)
    question = await world.ask("Who pays?", anonymous=True)
    await spectators.verify()
    assert spectators.of("other").state["snapshot"]["questions"][0]["author"] is None
    assert spectators.of("moderator").state["snapshot"]["moderation"]["questions"][0]["author"] is None
    assert spectators.of("attendee").state["own"]["questions"][0]["anonymous"] is True
    assert (await world.question(question)).author == world.people["attendee"]


async def test_anonymity_can_be_switched_off(world: World) -> None:
    await world.do("moderator", SetAnonymity(False))
    with refused("conflict", "anonymous"):
        await world.ask(anonymous=True)
    assert await world.ask("Under my name")


@pytest.mark.parametrize("text", ["", "   \n ", "\u200b\u202e", "\x00\x07"])
async def test_an_empty_question_is_refused(world: World, text: str) -> None:
    with refused("invalid", "text"):
        await world.ask(text)


async def test_a_question_has_a_length(world: World) -> None:
    assert await world.ask("x" * QUESTION_LENGTH)
    with refused("invalid", "text") as refusal:
        await world.ask("x" * (QUESTION_LENGTH + 1))
    assert str(QUESTION_LENGTH) in str(refusal.problem)


async def test_the_silenced_cannot_ask_until_their_time_is_over(world: World) -> None:
    await world.do("moderator", SilencePerson(world.people["attendee"], 10))
    with refused("silenced") as refusal:
        await world.ask()
    assert refusal.problem.present == {"until": START + timedelta(minutes=10)}
    world.clock.advance(minutes=10, seconds=1)
    assert await world.ask()


# Revising and withdrawing


async def test_a_pending_question_is_revised_by_its_asker_alone(world: World) -> None:
    question = await world.ask("Wy?")
    spectators = await audience(world)
    await world.do("attendee", ReviseQuestion(question, "Why?"))
    await spectators.verify()
    after = await world.question(question)
    assert (after.text, after.state, after.version, after.original) == ("Why?", State.PENDING, 2, None)
    assert spectators.of("attendee").types == ["question.own"]
    assert spectators.of("moderator").types == ["question.revised"]
    for who in ("other", "moderator", "organiser"):
        with refused("not_found"):
            await world.do(who, ReviseQuestion(question, "Mine now"))


async def test_under_review_a_revised_question_waits_again(world: World) -> None:
    question = await approved(world)
    for command in (PinQuestion(question, 2), ShowOnScreen(question), TakeQuestion(question)):
        await world.do("moderator", command)
    everyone = await enter(world, None)
    await world.do("attendee", ReviseQuestion(question, "Something else entirely"))
    await settled(world.engine)
    after = await world.question(question)
    assert (after.state, after.pinned, after.approved_at) == (State.PENDING, False, None)
    assert sorted(everyone.catch_up().types) == ["answering.changed", "question.hidden", "screen.changed"]
    await everyone.verify()


async def test_without_review_a_revised_question_stays_public(world: World) -> None:
    await open_asking(world)
    question = await world.ask("Wy?")
    everyone = await enter(world, None)
    await world.do("attendee", ReviseQuestion(question, "Why?"))
    await settled(world.engine)
    assert everyone.catch_up().types == ["question.shown"]
    assert (await world.question(question)).state is State.APPROVED


async def test_a_question_that_was_dealt_with_is_not_revised(world: World) -> None:
    answered, dismissed = await approved(world), await world.ask()
    await world.do("moderator", MarkAnswered(answered))
    await world.do("moderator", DismissQuestion(dismissed, 1))
    for question in (answered, dismissed):
        with refused("conflict"):
            await world.do("attendee", ReviseQuestion(question, "Again"))


async def test_a_withdrawal_updates_list_screen_and_stage(world: World) -> None:
    question = await approved(world)
    await world.do("moderator", ShowOnScreen(question))
    await world.do("moderator", TakeQuestion(question))
    everyone = await enter(world, None)
    await world.do("attendee", WithdrawQuestion(question))
    await settled(world.engine)
    assert sorted(everyone.catch_up().types) == ["answering.changed", "question.hidden", "screen.changed"]
    assert everyone.state["snapshot"]["questions"] == []
    assert everyone.state["snapshot"]["screen"] is None
    again = await world.do("attendee", WithdrawQuestion(question))
    assert again.seq is None, "nothing happens twice"
    with refused("not_found"):
        await world.do("other", WithdrawQuestion(question))


async def test_a_merged_question_is_not_withdrawn(world: World) -> None:
    first, second = await approved(world), await approved(world, "Why really?", "other")
    await merge(world, second, first)
    with refused("conflict"):
        await world.do("other", WithdrawQuestion(second))


async def test_what_was_merged_into_a_withdrawn_question_comes_back_as_it_was(world: World) -> None:
    target = await approved(world)
    public = await approved(world, "Why really?", "other")
    pending = await world.ask("Why oh why?", "speaker")
    await merge(world, public, target)
    await merge(world, pending, target)
    assert await votes_of(world, target) == 3
    spectators = await audience(world)
    await world.do("attendee", WithdrawQuestion(target))
    await spectators.verify()
    states = [(await world.question(each)).state for each in (target, public, pending)]
    assert states == [State.WITHDRAWN, State.APPROVED, State.PENDING]
    assert [await votes_of(world, each) for each in (target, public, pending)] == [1, 1, 1]
    assert spectators.of("other").state["own"]["votes"] == [public]
