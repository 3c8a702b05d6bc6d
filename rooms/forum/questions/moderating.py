"""Moderating: what becomes of questions. Each command carries the version that the moderator has seen."""

from collections.abc import Iterable

from sqlalchemy.ext.asyncio import AsyncConnection

from rooms.core.commands.access import Visit
from rooms.core.commands.people import PersonView
from rooms.core.commands.registry import command
from rooms.core.commands.transaction import Transaction
from rooms.core.errors import Problem
from rooms.core.text import N_, clean_line, clean_text
from rooms.forum.questions import moderation_messages as m
from rooms.forum.questions import queries
from rooms.forum.questions import votes as vote_queries
from rooms.forum.questions.changes import current, moderate, place, recount, release_duplicate
from rooms.forum.questions.messages import QUESTION_LENGTH, OwnVotes, QuestionCommand
from rooms.forum.questions.messages import QuestionState as State
from rooms.forum.tables import questions
from rooms.people import rules
from rooms.people.desk import desks_of, notify
from rooms.people.messages import REASON_LENGTH

SESSION = {"session"}


@command(m.ApproveQuestion, kinds=SESSION, allowed=rules.moderates)
async def approve_question(tx: Transaction, visit: Visit, given: m.ApproveQuestion) -> None:
    before = await current(tx, visit, given, {State.PENDING, State.DISMISSED})
    approved = {"state": State.APPROVED.value, "approved_at": before.approved_at or tx.now, "held": False, "reason": ""}
    await moderate(tx, visit, m.QuestionApproved, before, **approved)


@command(m.DismissQuestion, kinds=SESSION, allowed=rules.moderates)
async def dismiss_question(tx: Transaction, visit: Visit, given: m.DismissQuestion) -> None:
    before = await current(tx, visit, given, {State.PENDING, State.APPROVED})
    reason = clean_line(given.reason, REASON_LENGTH, "reason") if given.reason.strip() else ""
    await moderate(
        tx, visit, m.QuestionDismissed, before, state=State.DISMISSED.value, reason=reason, pinned=False, held=False
    )


@command(m.RestoreQuestion, kinds=SESSION, allowed=rules.moderates)
async def restore_question(tx: Transaction, visit: Visit, given: m.RestoreQuestion) -> None:
    before = await current(tx, visit, given, {State.APPROVED, State.DISMISSED})
    await moderate(
        tx, visit, m.QuestionRestored, before, state=State.PENDING.value, reason="", pinned=False, approved_at=None
    )


@command(m.EditQuestion, kinds=SESSION, allowed=rules.moderates)
async def edit_question(tx: Transaction, visit: Visit, given: m.EditQuestion) -> None:
    before = await current(tx, visit, given, {State.PENDING, State.APPROVED})
    text = clean_text(given.text, QUESTION_LENGTH, "text")
    original = before.original or before.text
    await moderate(tx, visit, m.QuestionEdited, before, text=text, original=None if original == text else original)


@command(m.LabelQuestion, kinds=SESSION, allowed=rules.moderates)
async def label_question(tx: Transaction, visit: Visit, given: m.LabelQuestion) -> None:
    before = await current(tx, visit, given)
    labels = list(dict.fromkeys(clean_line(label, 40, "labels") for label in given.labels))
    await moderate(tx, visit, m.QuestionLabelled, before, labels=labels)


@command(m.ClaimQuestion, kinds=SESSION, allowed=rules.moderates)
async def claim_question(tx: Transaction, visit: Visit, given: m.ClaimQuestion) -> None:
    before = await current(tx, visit, given)
    await moderate(tx, visit, m.QuestionClaimed, before, claimed_by=visit.known.id, claimed_at=tx.now)


@command(m.ReleaseQuestion, kinds=SESSION, allowed=rules.moderates)
async def release_question(tx: Transaction, visit: Visit, given: m.ReleaseQuestion) -> None:
    before = await current(tx, visit, given)
    await moderate(tx, visit, m.QuestionReleased, before, claimed_by=None, claimed_at=None)


@command(m.PinQuestion, kinds=SESSION, allowed=rules.moderates)
async def pin_question(tx: Transaction, visit: Visit, given: m.PinQuestion) -> None:
    await moderate(tx, visit, m.QuestionPinned, await current(tx, visit, given, {State.APPROVED}), pinned=True)


@command(m.UnpinQuestion, kinds=SESSION, allowed=rules.moderates)
async def unpin_question(tx: Transaction, visit: Visit, given: m.UnpinQuestion) -> None:
    await moderate(tx, visit, m.QuestionUnpinned, await current(tx, visit, given), pinned=False)


@command(m.MergeQuestion, kinds=SESSION, allowed=rules.moderates)
async def merge_question(tx: Transaction, visit: Visit, given: m.MergeQuestion) -> None:
    before = await current(tx, visit, given, {State.PENDING, State.APPROVED})
    target = await queries.question(tx.connection, visit.room.id, given.into)
    if target.id == before.id or target.state not in {State.PENDING, State.APPROVED}:
        raise Problem(
            "conflict", N_("Choose another question that is pending or approved to unite this one with."), field="into"
        )
    await moderate(tx, visit, m.QuestionMerged, before, state=State.MERGED.value, into=target.id, pinned=False)
    await recount(tx, visit.room.id, target.id)
    for person in await vote_queries.voters(tx.connection, before.id):
        tx.latest(OwnVotes(before.id, False), person=person)
        tx.latest(OwnVotes(target.id, True), person=person)


@command(m.UnmergeQuestion, kinds=SESSION, allowed=rules.moderates)
async def unmerge_question(tx: Transaction, visit: Visit, given: m.UnmergeQuestion) -> None:
    before = await current(tx, visit, given, {State.MERGED})
    await release_duplicate(tx, before, visit.known.view, decided_by=visit.known.id)


async def with_asker(connection: AsyncConnection, room: str, given: QuestionCommand) -> Iterable[str]:
    """The asker's desk, to tell him."""
    found = await queries.questions_of(connection, room, questions.c.id == given.question)
    return await desks_of(connection, [question.author for question in found])


@command(m.TakeQuestion, kinds=SESSION, allowed=rules.presents, also=with_asker)
async def take_question(tx: Transaction, visit: Visit, given: m.TakeQuestion) -> None:
    before = await current(tx, visit, given, {State.APPROVED})
    await moderate(tx, visit, m.QuestionTaken, before, answered_at=None, archived_at=None)
    await place(tx, visit, answering=before.id)
    tx.record(m.AnsweringChanged(before.id))
    await notify(tx, before.author, "answering", {"question": before.text[:80]}, f"/rooms/{visit.room.id}")


@command(m.MarkAnswered, kinds=SESSION, allowed=rules.presents)
async def mark_answered(tx: Transaction, visit: Visit, given: m.MarkAnswered) -> None:
    before = await current(tx, visit, given, {State.APPROVED})
    await moderate(
        tx, visit, m.QuestionAnswered, before, answered_at=before.answered_at or tx.now, answered_by=visit.known.id
    )
    if (await queries.forum(tx.connection, visit.room.subject)).answering == before.id:
        await place(tx, visit, answering=None)
        tx.record(m.AnsweringChanged(None))


@command(m.ReopenQuestion, kinds=SESSION, allowed=rules.presents)
async def reopen_question(tx: Transaction, visit: Visit, given: m.ReopenQuestion) -> None:
    before = await current(tx, visit, given)
    await moderate(tx, visit, m.QuestionReopened, before, answered_at=None, answered_by=None)


@command(m.ArchiveQuestion, kinds=SESSION, allowed=rules.moderates)
async def archive_question(tx: Transaction, visit: Visit, given: m.ArchiveQuestion) -> None:
    before = await current(tx, visit, given, {State.APPROVED})
    await moderate(tx, visit, m.QuestionArchived, before, archived_at=tx.now, pinned=False)


@command(m.UnarchiveQuestion, kinds=SESSION, allowed=rules.moderates)
async def unarchive_question(tx: Transaction, visit: Visit, given: m.UnarchiveQuestion) -> None:
    await moderate(tx, visit, m.QuestionUnarchived, await current(tx, visit, given), archived_at=None)


@command(m.AnswerQuestion, kinds=SESSION, allowed=rules.presents, also=with_asker)
async def answer_question(tx: Transaction, visit: Visit, given: m.AnswerQuestion) -> None:
    before = await current(
        tx, visit, given, {State.APPROVED} if given.public else {State.PENDING, State.APPROVED, State.DISMISSED}
    )
    text = clean_text(given.text, m.ANSWER_LENGTH, "text")
    answer = {"answer": text, "answer_public": given.public, "answered_by": visit.known.id, "answered_at": tx.now}
    await moderate(tx, visit, m.AnswerWritten, before, **answer)
    await notify(tx, before.author, "answer", {"question": before.text[:80]}, f"/rooms/{visit.room.id}")


@command(m.UnmaskQuestion, kinds=SESSION, allowed=rules.moderates)
async def unmask_question(tx: Transaction, visit: Visit, given: m.UnmaskQuestion) -> m.Unmasked:
    question = await queries.question(tx.connection, visit.room.id, given.question)
    tx.audit(visit.room.conference, visit.known.id, "question.unmask", question.id, {"room": visit.room.id})
    return m.Unmasked(PersonView(question.author, question.author_name))


@command(m.ShowOnScreen, kinds=SESSION, allowed=rules.moderates)
async def show_on_screen(tx: Transaction, visit: Visit, given: m.ShowOnScreen) -> None:
    question = await queries.question(tx.connection, visit.room.id, given.question)
    if not question.is_public:
        raise Problem("conflict", N_("Only approved questions can be put on the big screen."), field="question")
    await place(tx, visit, screen=question.id, screen_poll=None)
    tx.record(m.ScreenChanged(question.id))


@command(m.ClearScreen, kinds=SESSION, allowed=rules.moderates)
async def clear_screen(tx: Transaction, visit: Visit, given: m.ClearScreen) -> None:
    await place(tx, visit, screen=None, screen_poll=None)
    tx.record(m.ScreenChanged(None))
