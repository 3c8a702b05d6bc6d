"""Moderating: each command's effect, its refusals, and who is told what. A stale write is refused with the present state, never an overwrite."""

import msgspec
import pytest

from rooms.core.store import audit
from rooms.core.store.audit import AuditEntry
from rooms.forum.questions import moderation_messages as m
from rooms.forum.questions.messages import QuestionCommand, QuestionState, VoteQuestion, WithdrawQuestion
from tests.support.clients import audience, enter
from tests.support.refusals import refused
from tests.support.waiting import settled
from tests.support.world import START, World

State = QuestionState


async def do(
    world: World, command: type[m.Moderate | m.Present], question: str, who: str = "moderator", **fields: object
) -> None:
    """Gives the command with the question's present version."""
    version = (await world.question(question)).version
    await world.do(who, command(question=question, version=version, **fields))


async def asked(
    world: World, text: str = "Why?", who: str = "attendee", *, approved: bool = False, anonymous: bool = False
) -> str:
    question = await world.ask(text, who, anonymous=anonymous)
    if approved:
        await do(world, m.ApproveQuestion, question)
    return question


async def state_of(world: World, question: str) -> QuestionState:
    return (await world.question(question)).state


async def audited(world: World, act: str) -> list[AuditEntry]:
    async with world.engine.database.read() as connection:
        return [entry for entry in await audit.read(connection, world.conference) if entry.act == act]


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


async def test_every_command_that_carries_a_version_stands_in_that_list() -> None:
    from rooms.core.commands.messages import declared

    assert {c for c in declared(QuestionCommand) if "version" in c.__struct_fields__} == set(VERSIONED)


# Merging


async def test_the_askers_of_merged_questions_are_told_into_what(world: World) -> None:
    target, duplicate = await asked(world, "Why?", approved=True), await asked(world, "Why so?", "other")
    spectators = await audience(world)
    await do(world, m.MergeQuestion, duplicate, into=target)
    await spectators.verify()
    own = spectators.of("other").state["own"]
    assert (own["questions"][0]["state"], own["questions"][0]["into_text"]) == ("merged", "Why?")
    assert own["votes"] == [target]
    await do(world, m.EditQuestion, target, text="Why, then?")
    await spectators.verify()
    assert spectators.of("other").state["own"]["questions"][0]["into_text"] == "Why, then?"


async def test_the_text_of_a_waiting_question_is_not_told_to_the_asker_of_its_duplicate(world: World) -> None:
    target, duplicate = await asked(world, "Why?"), await asked(world, "Why so?", "other")
    client = await enter(world, "other")
    await do(world, m.MergeQuestion, duplicate, into=target)
    await settled(world.engine)
    assert client.catch_up().state["own"]["questions"][0]["into_text"] is None
    await do(world, m.ApproveQuestion, target)
    await settled(world.engine)
    assert client.catch_up().state["own"]["questions"][0]["into_text"] == "Why?"
    await do(world, m.ArchiveQuestion, target)
    await settled(world.engine)
    assert client.catch_up().state["own"]["questions"][0]["into_text"] is None
    await client.verify()


async def test_a_question_is_not_merged_into_itself_nor_into_one_of_another_room(world: World) -> None:
    question = await asked(world)
    with refused("conflict", "into"):
        await do(world, m.MergeQuestion, question, into=question)
    with refused("not_found"):
        await do(world, m.MergeQuestion, question, into="x" * 20)


async def test_a_chain_of_merges_is_counted_to_its_root_and_undone_link_by_link(world: World) -> None:
    a, b, c = [
        await asked(world, f"Why {n}?", who, approved=True) for n, who in enumerate(("attendee", "other", "speaker"))
    ]
    await do(world, m.MergeQuestion, a, into=b)
    await do(world, m.MergeQuestion, b, into=c)
    spectators = await audience(world)
    rooted = spectators.of(None).state["snapshot"]["questions"][0]
    assert (rooted["id"], rooted["merged"], spectators.of(None).state["latest"]["votes"][c]) == (c, 2, 3)
    await do(world, m.UnmergeQuestion, a)
    await spectators.verify()
    by_id = {each["id"]: each["merged"] for each in spectators.of(None).state["snapshot"]["questions"]}
    assert by_id == {a: 0, c: 1}
    assert spectators.of("attendee").state["own"]["votes"] == [a]
    assert spectators.of("other").state["own"]["votes"] == [c]


async def test_undoing_a_merge_gives_back_votes_state_and_place(world: World) -> None:
    target, duplicate = await asked(world, approved=True), await asked(world, "Why so?", "other", approved=True)
    for who in ("speaker", "guest"):
        await world.do(who, VoteQuestion(duplicate))
    await world.do("guest", VoteQuestion(target))
    before = [(await world.question(each)).votes for each in (target, duplicate)]
    await do(world, m.MergeQuestion, duplicate, into=target)
    assert (await world.question(target)).votes == 4
    await do(world, m.UnmergeQuestion, duplicate)
    assert [(await world.question(each)).votes for each in (target, duplicate)] == before == [2, 3]
    assert await state_of(world, duplicate) is State.APPROVED


# Pinning, screen, stage


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


async def test_who_asked_is_told_at_his_desk_that_his_question_is_being_answered(world: World) -> None:
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
