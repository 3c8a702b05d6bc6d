"""Presenting: pin, screen and answers; what speakers may do and learn."""

import pytest

from rooms.forum.questions import moderation_messages as m
from tests.support.clients import audience, enter
from tests.support.questions import asked, do
from tests.support.refusals import refused
from tests.support.waiting import settled
from tests.support.world import World


async def test_pin_and_screen_are_seen_by_everyone(world: World) -> None:
    question = await asked(world, approved=True)
    spectators = await audience(world)
    await do(world, m.PinQuestion, question)
    await world.do("moderator", m.ShowOnScreen(question))
    await spectators.verify()
    screen = spectators.of("moderator", public=True)
    for client in (spectators.of(None), screen):
        assert client.state["snapshot"]["questions"][0]["pinned"]
        assert client.state["snapshot"]["screen"] == question
    await world.do("moderator", m.ClearScreen())
    await do(world, m.UnpinQuestion, question)
    await spectators.verify()
    assert screen.state["snapshot"]["screen"] is None


async def test_only_public_questions_go_on_the_screen(world: World) -> None:
    with refused("conflict", "question"):
        await world.do("moderator", m.ShowOnScreen(await asked(world)))


async def test_the_asker_is_notified_that_their_question_is_being_answered(world: World) -> None:
    question = await asked(world, approved=True, anonymous=True)
    desk = await enter(world, "attendee", room=await world.desk("attendee"))
    other = await enter(world, "other", room=await world.desk("other"))
    await world.do("speaker", m.TakeQuestion(question))
    await settled(world.engine)
    assert desk.catch_up().state["snapshot"]["notices"][0]["kind"] == "answering"
    assert other.catch_up().types == []
    assert (await enter(world, None)).state["snapshot"]["answering"] == question


async def test_answered_and_archived_are_two_things_and_both_can_be_undone(world: World) -> None:
    question = await asked(world, approved=True)
    await do(world, m.TakeQuestion, question)
    await do(world, m.MarkAnswered, question)
    everyone = await enter(world, None)
    assert everyone.state["snapshot"]["answering"] is None
    assert everyone.state["snapshot"]["questions"][0]["answered_at"] is not None
    await do(world, m.ArchiveQuestion, question)
    await do(world, m.ReopenQuestion, question)
    await do(world, m.UnarchiveQuestion, question)
    await settled(world.engine)
    await everyone.verify()
    shown = everyone.state["snapshot"]["questions"][0]
    assert (shown["id"], shown["answered_at"]) == (question, None)


@pytest.mark.parametrize("public", [True, False])
async def test_a_written_answer_goes_to_everyone_or_to_the_asker_alone(world: World, public: bool) -> None:
    question = await asked(world, approved=True)
    spectators = await audience(world)
    await do(world, m.AnswerQuestion, question, text=" Because.\n", public=public)
    await spectators.verify()
    shown = spectators.of("other").state["snapshot"]["questions"][0]
    assert (shown["answer"], shown["answered_by"]) == (("Because.", "Moderator") if public else (None, None))
    assert spectators.of("attendee").state["own"]["questions"][0]["answer"] == "Because."
    assert spectators.of("attendee", "desk").state["snapshot"]["notices"][0]["kind"] == "answer"
    assert ("Because" in str(spectators.of("other").sink.messages)) is public


# Speakers


async def test_speakers_present_what_is_public_without_versions(world: World) -> None:
    question = await asked(world, approved=True)
    for command in (m.TakeQuestion(question), m.MarkAnswered(question), m.ReopenQuestion(question)):
        await world.do("speaker", command)
    await world.do("speaker", m.AnswerQuestion(question=question, text="Because.", public=True))
    assert (await world.question(question)).answered_name == "Speaker"


async def test_speakers_learn_nothing_of_the_queue_from_refusals(world: World) -> None:
    public, pending = await asked(world, approved=True), await asked(world, "Not for you")
    for command in (
        m.TakeQuestion(pending),
        m.MarkAnswered(pending),
        m.ReopenQuestion(pending, 99),
        m.AnswerQuestion(question=pending, text="x", public=False),
    ):
        with refused("not_found") as refusal:
            await world.do("speaker", command)
        assert refusal.problem.present is None
    with refused("stale") as refusal:
        await world.do("speaker", m.TakeQuestion(public, 99))
    assert refusal.problem.present is None
