"""Moderation of questions. Each command carries the version that the moderator has seen."""

from rooms.core.commands.access import Actor
from rooms.core.commands.people import PersonView
from rooms.core.commands.registry import command
from rooms.core.commands.transaction import Transaction
from rooms.core.errors import Problem
from rooms.core.links import Target
from rooms.core.text import N_, clean_line, clean_text, optional_line
from rooms.forum.questions import moderation_messages as m
from rooms.forum.questions import queries
from rooms.forum.questions import votes as vote_queries
from rooms.forum.questions.changes import current, moderate, place, recount, release_duplicate
from rooms.forum.questions.messages import QUESTION_LENGTH, OwnVotes
from rooms.forum.questions.messages import QuestionState as State
from rooms.forum.tables import questions
from rooms.people import rules
from rooms.people.desk import notify, with_desk_from
from rooms.people.messages import REASON_LENGTH

SESSION = {"session"}
with_asker = with_desk_from(questions.c.author, questions.c.id, "question")


@command(m.ApproveQuestion, kinds=SESSION, allowed=rules.moderates)
async def approve_question(tx: Transaction, actor: Actor, command: m.ApproveQuestion) -> None:
    before = await current(tx, actor, command, {State.PENDING, State.DISMISSED})
    approved = {"state": State.APPROVED.value, "approved_at": before.approved_at or tx.now, "held": False, "reason": ""}
    await moderate(tx, actor, m.QuestionApproved, before, **approved)


@command(m.DismissQuestion, kinds=SESSION, allowed=rules.moderates)
async def dismiss_question(tx: Transaction, actor: Actor, command: m.DismissQuestion) -> None:
    before = await current(tx, actor, command, {State.PENDING, State.APPROVED})
    reason = optional_line(command.reason, REASON_LENGTH, "reason")
    dismissed = {"state": State.DISMISSED.value, "reason": reason, "dismissed_by": actor.known.id}
    await moderate(tx, actor, m.QuestionDismissed, before, **dismissed, pinned=False, held=False)


@command(m.RestoreQuestion, kinds=SESSION, allowed=rules.moderates)
async def restore_question(tx: Transaction, actor: Actor, command: m.RestoreQuestion) -> None:
    before = await current(tx, actor, command, {State.APPROVED, State.DISMISSED})
    await moderate(
        tx, actor, m.QuestionRestored, before, state=State.PENDING.value, reason="", pinned=False, approved_at=None
    )


@command(m.EditQuestion, kinds=SESSION, allowed=rules.moderates)
async def edit_question(tx: Transaction, actor: Actor, command: m.EditQuestion) -> None:
    before = await current(tx, actor, command, {State.PENDING, State.APPROVED})
    text = clean_text(command.text, QUESTION_LENGTH, "text")
    original = before.original or before.text
    await moderate(tx, actor, m.QuestionEdited, before, text=text, original=None if original == text else original)


@command(m.LabelQuestion, kinds=SESSION, allowed=rules.moderates)
async def label_question(tx: Transaction, actor: Actor, command: m.LabelQuestion) -> None:
    before = await current(tx, actor, command)
    labels = list(dict.fromkeys(clean_line(label, 40, "labels") for label in command.labels))
    await moderate(tx, actor, m.QuestionLabelled, before, labels=labels)


@command(m.ClaimQuestion, kinds=SESSION, allowed=rules.moderates)
async def claim_question(tx: Transaction, actor: Actor, command: m.ClaimQuestion) -> None:
    before = await current(tx, actor, command)
    await moderate(tx, actor, m.QuestionClaimed, before, claimed_by=actor.known.id, claimed_at=tx.now)


@command(m.ReleaseQuestion, kinds=SESSION, allowed=rules.moderates)
async def release_question(tx: Transaction, actor: Actor, command: m.ReleaseQuestion) -> None:
    before = await current(tx, actor, command)
    await moderate(tx, actor, m.QuestionReleased, before, claimed_by=None, claimed_at=None)


@command(m.PinQuestion, kinds=SESSION, allowed=rules.moderates)
async def pin_question(tx: Transaction, actor: Actor, command: m.PinQuestion) -> None:
    await moderate(tx, actor, m.QuestionPinned, await current(tx, actor, command, {State.APPROVED}), pinned=True)


@command(m.UnpinQuestion, kinds=SESSION, allowed=rules.moderates)
async def unpin_question(tx: Transaction, actor: Actor, command: m.UnpinQuestion) -> None:
    await moderate(tx, actor, m.QuestionUnpinned, await current(tx, actor, command), pinned=False)


@command(m.MergeQuestion, kinds=SESSION, allowed=rules.moderates)
async def merge_question(tx: Transaction, actor: Actor, command: m.MergeQuestion) -> None:
    before = await current(tx, actor, command, {State.PENDING, State.APPROVED})
    target = await queries.question(tx.connection, actor.room.id, command.into)
    if target.id == before.id or target.state not in {State.PENDING, State.APPROVED}:
        raise Problem("conflict", N_("Choose a pending or approved question to merge this one into."), field="into")
    await moderate(tx, actor, m.QuestionMerged, before, state=State.MERGED.value, into=target.id, pinned=False)
    await recount(tx, actor.room.id, target.id)
    for person in await vote_queries.voters(tx.connection, before.id):
        tx.latest(OwnVotes(before.id, False), person=person)
        tx.latest(OwnVotes(target.id, True), person=person)


@command(m.UnmergeQuestion, kinds=SESSION, allowed=rules.moderates)
async def unmerge_question(tx: Transaction, actor: Actor, command: m.UnmergeQuestion) -> None:
    before = await current(tx, actor, command, {State.MERGED})
    await release_duplicate(tx, before, actor.known.view, decided_by=actor.known.id)


@command(m.TakeQuestion, kinds=SESSION, allowed=rules.presents, extra_rooms=with_asker)
async def take_question(tx: Transaction, actor: Actor, command: m.TakeQuestion) -> None:
    before = await current(tx, actor, command, {State.APPROVED})
    await moderate(tx, actor, m.QuestionTaken, before, answered_at=None, archived_at=None)
    await place(tx, actor, answering=before.id)
    tx.record(m.AnsweringChanged(before.id))
    await notify(tx, before.author, "answering", {"question": before.text[:80]}, Target("room", subject=actor.room.id))


@command(m.MarkAnswered, kinds=SESSION, allowed=rules.presents)
async def mark_answered(tx: Transaction, actor: Actor, command: m.MarkAnswered) -> None:
    before = await current(tx, actor, command, {State.APPROVED})
    await moderate(
        tx, actor, m.QuestionAnswered, before, answered_at=before.answered_at or tx.now, answered_by=actor.known.id
    )
    if (await queries.forum(tx.connection, actor.room.subject)).answering == before.id:
        await place(tx, actor, answering=None)
        tx.record(m.AnsweringChanged(None))


@command(m.ReopenQuestion, kinds=SESSION, allowed=rules.presents)
async def reopen_question(tx: Transaction, actor: Actor, command: m.ReopenQuestion) -> None:
    before = await current(tx, actor, command)
    await moderate(tx, actor, m.QuestionReopened, before, answered_at=None, answered_by=None)


@command(m.ArchiveQuestion, kinds=SESSION, allowed=rules.moderates)
async def archive_question(tx: Transaction, actor: Actor, command: m.ArchiveQuestion) -> None:
    before = await current(tx, actor, command, {State.APPROVED})
    await moderate(tx, actor, m.QuestionArchived, before, archived_at=tx.now, pinned=False)


@command(m.UnarchiveQuestion, kinds=SESSION, allowed=rules.moderates)
async def unarchive_question(tx: Transaction, actor: Actor, command: m.UnarchiveQuestion) -> None:
    await moderate(tx, actor, m.QuestionUnarchived, await current(tx, actor, command), archived_at=None)


@command(m.AnswerQuestion, kinds=SESSION, allowed=rules.presents, extra_rooms=with_asker)
async def answer_question(tx: Transaction, actor: Actor, command: m.AnswerQuestion) -> None:
    before = await current(
        tx, actor, command, {State.APPROVED} if command.public else {State.PENDING, State.APPROVED, State.DISMISSED}
    )
    text = clean_text(command.text, m.ANSWER_LENGTH, "text")
    answer = {"answer": text, "answer_public": command.public, "answered_by": actor.known.id, "answered_at": tx.now}
    await moderate(tx, actor, m.AnswerWritten, before, **answer)
    await notify(tx, before.author, "answer", {"question": before.text[:80]}, Target("room", subject=actor.room.id))


@command(m.UnmaskQuestion, kinds=SESSION, allowed=rules.moderates)
async def unmask_question(tx: Transaction, actor: Actor, command: m.UnmaskQuestion) -> m.Unmasked:
    question = await queries.question(tx.connection, actor.room.id, command.question)
    tx.audit(actor.room.conference, actor.known.id, "question.unmask", question.id, {"room": actor.room.id})
    return m.Unmasked(PersonView(question.author, question.author_name))


@command(m.ShowOnScreen, kinds=SESSION, allowed=rules.moderates)
async def show_on_screen(tx: Transaction, actor: Actor, command: m.ShowOnScreen) -> None:
    question = await queries.question(tx.connection, actor.room.id, command.question)
    if not question.is_public:
        raise Problem("conflict", N_("Only approved questions can be put on the big screen."), field="question")
    await place(tx, actor, screen=question.id, screen_poll=None)
    tx.record(m.ScreenChanged(question.id))


@command(m.ClearScreen, kinds=SESSION, allowed=rules.moderates)
async def clear_screen(tx: Transaction, actor: Actor, command: m.ClearScreen) -> None:
    await place(tx, actor, screen=None, screen_poll=None)
    tx.record(m.ScreenChanged(None))
