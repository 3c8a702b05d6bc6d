"""Asking, revising, withdrawing, voting: each command's effect, its refusals, and who is told what."""

import asyncio
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import msgspec
import pytest

from rooms.core.commands.people import Role
from rooms.forum.hosting_messages import Asking, SetAnonymity, SetAsking, SetReview
from rooms.forum.questions import asking, queries
from rooms.forum.questions.messages import (
    QUESTION_LENGTH,
    Asked,
    AskQuestion,
    QuestionState,
    ReviseQuestion,
    UnvoteQuestion,
    VoteQuestion,
    WithdrawQuestion,
)
from rooms.forum.questions.moderation_messages import (
    ApproveQuestion,
    ArchiveQuestion,
    DismissQuestion,
    MarkAnswered,
    MergeQuestion,
    PinQuestion,
    ShowOnScreen,
    TakeQuestion,
)
from rooms.people.messages import GrantRole, RemovePerson, SilencePerson
from tests.support.clients import audience, enter
from tests.support.refusals import refused
from tests.support.waiting import settled
from tests.support.world import START, World

State = QuestionState


async def open_asking(world: World) -> None:
    """Without review: what is asked is public at once."""
    await world.do("moderator", SetReview(False))


async def approved(world: World, text: str = "Why?", who: str = "attendee", *, anonymous: bool = False) -> str:
    question = await world.ask(text, who, anonymous=anonymous)
    await world.do("moderator", ApproveQuestion(question, (await world.question(question)).version))
    return question


async def merge(world: World, question: str, into: str) -> None:
    await world.do("moderator", MergeQuestion(question, (await world.question(question)).version, into))


async def votes_of(world: World, question: str) -> int:
    return (await world.question(question)).votes


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
async def test_what_is_told_of_a_new_question_is_what_is_read_of_it(
    world: World, monkeypatch: pytest.MonkeyPatch, review: bool
) -> None:
    await world.do("moderator", SetReview(review))
    told: list[queries.Question] = []
    as_asked = queries.as_asked

    def noting(row: Mapping[str, Any]) -> queries.Question:
        told.append(as_asked(row))
        return told[-1]

    monkeypatch.setattr(queries, "as_asked", noting)
    questions = [await world.ask("Why?"), await world.ask("Who?", anonymous=True)]
    assert told == [await world.question(question) for question in questions]


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


# Voting


async def test_one_vote_per_person_however_often_it_is_given(world: World) -> None:
    question = await approved(world)
    everyone = await enter(world, None)
    for _ in range(3):
        await world.do("other", VoteQuestion(question))
    assert await votes_of(world, question) == 2
    await settled(world.engine)
    assert everyone.catch_up().state["latest"]["votes"] == {question: 2}
    for _ in range(2):
        await world.do("other", UnvoteQuestion(question))
    assert await votes_of(world, question) == 1


async def test_a_vote_is_told_to_everyone_as_a_count_and_to_the_voter_as_his(world: World) -> None:
    question = await approved(world)
    spectators = await audience(world)
    outcome = await world.do("other", VoteQuestion(question))
    assert outcome.seq is None, "votes are latest values, not events"
    await spectators.verify()
    assert spectators.of("other").state["own"]["votes"] == [question]
    for who in (None, "speaker", "moderator"):
        client = spectators.of(who)
        assert client.state["latest"]["votes"] == {question: 2}
        assert client.state["own"]["votes"] == []
        assert all("own_votes" not in message.get("latest", {}) for message in client.sink.messages)


async def test_only_public_questions_take_votes(world: World) -> None:
    pending, dismissed, archived = await world.ask(), await world.ask(), await approved(world)
    await world.do("moderator", DismissQuestion(dismissed, 1))
    await world.do("moderator", ArchiveQuestion(archived, 2))
    for question in (pending, dismissed, archived, "x" * 20):
        with refused("not_found", "question"):
            await world.do("other", VoteQuestion(question))
        with refused("not_found", "question"):
            await world.do("other", UnvoteQuestion(question))


async def test_voters_of_merged_questions_are_united_never_added_up(world: World) -> None:
    first, second, third = [
        await approved(world, f"Why {n}?", who) for n, who in enumerate(("attendee", "other", "speaker"))
    ]
    for question in (first, second, third):
        await world.do("guest", VoteQuestion(question))
    await world.do("other", VoteQuestion(first))
    spectators = await audience(world)
    await merge(world, third, second)
    await merge(world, second, first)
    await spectators.verify()
    # attendee, other, speaker and guest, each once
    assert await votes_of(world, first) == 4
    assert spectators.of(None).state["snapshot"]["questions"][0]["merged"] == 2
    # A vote for a duplicate is one for what it ended up in, and is taken back there.
    await world.do("interpreter", VoteQuestion(third))
    assert await votes_of(world, first) == 5
    await world.do("interpreter", UnvoteQuestion(second))
    await world.do("guest", UnvoteQuestion(first))
    await spectators.verify()
    assert await votes_of(world, first) == 3


async def test_a_vote_from_another_room_of_the_conference_is_refused(world: World) -> None:
    question = await approved(world)
    with refused("not_found"):
        await world.do("other", VoteQuestion(question), room=world.lobby)


# Who may

ATTENDEES = ("attendee", "guest", "speaker", "interpreter", "exhibitor", "moderator", "organiser", "admin", "stranger")


@pytest.mark.parametrize("who", ATTENDEES)
async def test_everyone_who_takes_part_may_ask_and_vote(world: World, who: str) -> None:
    question = await world.ask("Why?", who)
    await world.do("moderator", ApproveQuestion(question, 1))
    await world.do(who, UnvoteQuestion(question))
    assert await votes_of(world, question) == 0


async def test_the_removed_can_do_nothing_and_others_are_told_so(world: World) -> None:
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
