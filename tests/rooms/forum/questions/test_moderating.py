"""Moderating: each command's effect, its refusals, and the events for each audience. A stale write is refused with the current state and never overwrites."""

import msgspec

from rooms.forum.questions import moderation_messages as m
from rooms.forum.questions.messages import QuestionCommand, QuestionState, WithdrawQuestion
from tests.support.clients import audience, enter
from tests.support.questions import asked, audited, do, state_of
from tests.support.refusals import refused
from tests.support.waiting import settled
from tests.support.world import START, World

State = QuestionState


# Approve, dismiss, restore


async def test_approving_shows_a_question_to_everyone_and_tells_its_asker(world: World) -> None:
    question = await asked(world)
    spectators = await audience(world)
    await do(world, m.ApproveQuestion, question)
    await spectators.verify()
    assert spectators.of(None).types == ["question.shown"]
    assert spectators.of("attendee").types == ["question.shown", "question.own"]
    assert spectators.of("moderator").types == ["question.approved", "question.shown"]
    assert spectators.of(None).state["latest"]["votes"] == {question: 1}
    moderated = spectators.of("moderator").state["snapshot"]["moderation"]["questions"][0]
    assert (moderated["decided_by"], moderated["version"]) == ("Moderator", 2)


async def test_dismissing_takes_it_off_list_screen_and_stage_with_a_reason_for_its_asker(world: World) -> None:
    question = await asked(world, approved=True)
    await world.do("moderator", m.ShowOnScreen(question))
    await do(world, m.TakeQuestion, question)
    await do(world, m.PinQuestion, question)
    spectators = await audience(world)
    await do(world, m.DismissQuestion, question, reason="  Asked\u202e twice ")
    await spectators.verify()
    snapshot = spectators.of(None).state["snapshot"]
    assert (snapshot["questions"], snapshot["screen"], snapshot["answering"]) == ([], None, None)
    assert spectators.of("attendee").state["own"]["questions"][0]["reason"] == "Asked twice"
    assert "Asked twice" not in str(spectators.of("other").sink.messages)


async def test_dismissing_can_be_undone_in_place(world: World) -> None:
    question = await asked(world, approved=True)
    before = await world.question(question)
    world.clock.advance(minutes=5)
    await do(world, m.DismissQuestion, question)
    await do(world, m.ApproveQuestion, question)
    after = await world.question(question)
    assert (after.state, after.approved_at, after.reason) == (State.APPROVED, before.approved_at, "")


async def test_restoring_makes_it_wait_again(world: World) -> None:
    question = await asked(world, approved=True)
    spectators = await audience(world)
    await do(world, m.RestoreQuestion, question)
    await spectators.verify()
    assert await state_of(world, question) is State.PENDING
    assert spectators.of(None).types == ["question.hidden"]


async def test_what_waits_again_is_not_made_public_by_merging_and_unmerging_it(world: World) -> None:
    question, target = await asked(world, approved=True), await asked(world, approved=True)
    await do(world, m.RestoreQuestion, question)
    await do(world, m.MergeQuestion, question, into=target)
    await do(world, m.UnmergeQuestion, question)
    assert await state_of(world, question) is State.PENDING


WRONG_STATES = [
    (m.ApproveQuestion, {}, ("approved", "merged", "withdrawn")),
    (m.DismissQuestion, {}, ("dismissed", "merged", "withdrawn")),
    (m.RestoreQuestion, {}, ("pending", "merged", "withdrawn")),
    (m.EditQuestion, {"text": "Better"}, ("dismissed", "merged", "withdrawn")),
    (m.PinQuestion, {}, ("pending", "dismissed", "merged", "withdrawn")),
    (m.UnmergeQuestion, {}, ("pending", "approved", "dismissed", "withdrawn")),
    (m.ArchiveQuestion, {}, ("pending", "dismissed", "merged", "withdrawn")),
    (m.TakeQuestion, {}, ("pending", "dismissed", "merged", "withdrawn")),
    (m.MarkAnswered, {}, ("pending", "dismissed", "merged", "withdrawn")),
    (m.AnswerQuestion, {"text": "So", "public": True}, ("pending", "dismissed", "merged", "withdrawn")),
    (m.AnswerQuestion, {"text": "So", "public": False}, ("merged", "withdrawn")),
]


async def test_what_a_question_in_this_state_does_not_allow_is_refused_with_the_state(world: World) -> None:
    world.lift_limits()
    target = await asked(world, approved=True)
    questions = {name: await asked(world) for name in ("pending", "approved", "dismissed", "merged", "withdrawn")}
    await do(world, m.ApproveQuestion, questions["approved"])
    await do(world, m.DismissQuestion, questions["dismissed"])
    await do(world, m.MergeQuestion, questions["merged"], into=target)
    await world.do("attendee", WithdrawQuestion(questions["withdrawn"]))
    for command, fields, states in WRONG_STATES:
        for state in states:
            with refused("conflict") as refusal:
                await do(world, command, questions[state], **fields)
            assert refusal.problem.present.state == state
    for state in ("dismissed", "merged", "withdrawn"):
        with refused("conflict"):
            await do(world, m.MergeQuestion, questions[state], into=target)
        with refused("conflict", "into"):
            await do(world, m.MergeQuestion, target, into=questions[state])


# Editing, labels, claims


async def test_an_edit_keeps_the_original_and_the_asker_sees_both(world: World) -> None:
    question = await asked(world, "wy is it?")
    client = await enter(world, "attendee")
    await do(world, m.EditQuestion, question, text="Why is it?")
    await do(world, m.EditQuestion, question, text="Why is it so?")
    await settled(world.engine)
    own = client.catch_up().state["own"]["questions"][0]
    assert (own["text"], own["original"]) == ("Why is it so?", "wy is it?")
    await do(world, m.EditQuestion, question, text="wy is it?")
    assert (await world.question(question)).original is None, "it is as it was asked again"
    with refused("invalid", "text"):
        await do(world, m.EditQuestion, question, text=" ")


async def test_labels_are_for_moderators_alone(world: World) -> None:
    question = await asked(world, approved=True)
    spectators = await audience(world)
    await do(world, m.LabelQuestion, question, labels=["urgent ", "visa", "urgent"])
    await spectators.verify()
    assert (await world.question(question)).labels == ["urgent", "visa"]
    for who in (None, "attendee", "speaker"):
        assert spectators.of(who).types == []
        assert "visa" not in str(spectators.of(who).sink.messages)
    with refused("invalid", "labels"):
        await do(world, m.LabelQuestion, question, labels=["\u200b"])


async def test_a_claim_tells_colleagues_who_is_at_it(world: World) -> None:
    question = await asked(world)
    colleague = await enter(world, "colleague")
    await do(world, m.ClaimQuestion, question)
    await settled(world.engine)
    assert colleague.catch_up().state["snapshot"]["moderation"]["questions"][0]["claimed_by"]["name"] == "Moderator"
    await do(world, m.ReleaseQuestion, question)
    assert (await world.question(question)).claimed_by is None


VERSIONED = [
    m.ApproveQuestion,
    m.DismissQuestion,
    m.RestoreQuestion,
    m.EditQuestion,
    m.LabelQuestion,
    m.ClaimQuestion,
    m.ReleaseQuestion,
    m.MergeQuestion,
    m.UnmergeQuestion,
    m.PinQuestion,
    m.UnpinQuestion,
    m.TakeQuestion,
    m.MarkAnswered,
    m.ReopenQuestion,
    m.ArchiveQuestion,
    m.UnarchiveQuestion,
    m.AnswerQuestion,
]


async def test_a_stale_write_is_refused_with_the_present_state_and_who_was_first(world: World) -> None:
    world.lift_limits()
    question = await asked(world)
    await world.do("colleague", m.EditQuestion(question, 1, "Edited by a colleague"))
    fields = {"text": "x", "labels": [], "into": "x" * 20, "public": True}
    for command in VERSIONED:
        wanted = {name: value for name, value in fields.items() if name in command.__struct_fields__}
        with refused("stale") as refusal:
            await world.do("moderator", command(question=question, version=1, **wanted))
        assert refusal.problem.present.text == "Edited by a colleague"
        assert "Colleague" in str(refusal.problem)
    assert (await world.question(question)).version == 2


async def test_every_command_that_carries_a_version_is_in_that_list() -> None:
    from rooms.core.commands.messages import declared

    assert {c for c in declared(QuestionCommand) if "version" in c.__struct_fields__} == set(VERSIONED)


# Unmasking


async def test_unmasking_tells_one_moderator_alone_and_is_audited(world: World) -> None:
    question = await asked(world, approved=True, anonymous=True)
    spectators = await audience(world)
    outcome = await world.do("moderator", m.UnmaskQuestion(question))
    assert msgspec.json.decode(outcome.reply) == {"person": {"id": world.people["attendee"], "name": "Attendee"}}
    assert outcome.seq is None
    (entry,) = await audited(world, "question.unmask")
    assert (entry.actor, entry.subject, entry.at) == (world.people["moderator"], question, START)
    await spectators.verify()
    for who in (None, "other", "speaker", "moderator", "organiser"):
        assert "Attendee" not in str([message.get("events") for message in spectators.of(who).sink.messages])
    for who in ("speaker", "other", "attendee"):
        with refused("forbidden"):
            await world.do(who, m.UnmaskQuestion(question))


async def test_a_question_of_another_room_is_absent(world: World) -> None:
    for command in (m.UnmaskQuestion("x" * 20), m.ShowOnScreen("x" * 20), m.ApproveQuestion("x" * 20, 1)):
        with refused("not_found", "question"):
            await world.do("moderator", command)
