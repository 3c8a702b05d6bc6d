"""Hosting a session: its state, its stage, and how one may ask."""

import re
from typing import Any

from rooms.core.commands.access import Visit
from rooms.core.commands.registry import command
from rooms.core.commands.transaction import Transaction
from rooms.core.errors import Problem
from rooms.core.text import N_, clean_line
from rooms.forum import hosting_messages as m
from rooms.forum.questions import queries
from rooms.forum.questions.changes import announce, update
from rooms.forum.questions.messages import QuestionState
from rooms.forum.questions.moderation_messages import QuestionApproved, QuestionRestored
from rooms.forum.tables import questions
from rooms.people import rules
from rooms.programme.tables import forums

SESSION = {"session"}

# Its origin goes into the page's content security policy, so nothing that has a meaning there may stand in it.
_STAGE_ADDRESS = re.compile(r"https://[A-Za-z0-9.-]+(:\d{1,5})?([/?#][^\s\"'<>;,]*)?")


@command(m.ShowStage, kinds=SESSION, allowed=rules.moderates)
async def show_stage(tx: Transaction, visit: Visit, given: m.ShowStage) -> None:
    address = ""
    if given.kind is not m.StageKind.SLATE:
        address = clean_line(given.address, m.ADDRESS_LENGTH, "address")
        if not _STAGE_ADDRESS.fullmatch(address):
            raise Problem("invalid", N_("Give a full address that begins with https://."), field="address")
    title = clean_line(given.title, m.STAGE_TITLE_LENGTH, "title") if given.title.strip() else ""
    stage = m.StageView(given.kind, address, title)
    await _set(tx, visit, stage={"kind": stage.kind.value, "address": stage.address, "title": stage.title})
    tx.record(m.StageChanged(stage))


@command(m.SetAsking, kinds=SESSION, allowed=rules.moderates)
async def set_asking(tx: Transaction, visit: Visit, given: m.SetAsking) -> None:
    before = await queries.forum(tx.connection, visit.room.subject)
    await _tell_asking(tx, visit, asking=given.asking.value)
    if before.asking is m.Asking.PAUSED and given.asking is not m.Asking.PAUSED:
        await _release_held(tx, visit, publish=not before.review)


async def _release_held(tx: Transaction, visit: Visit, *, publish: bool) -> None:
    """What came in during a pause takes the way that it would have taken without one."""
    for question in await queries.questions_of(tx.connection, visit.room.id, questions.c.held.is_(True)):
        changes: dict[str, Any] = {"held": False}
        if publish and question.state is QuestionState.PENDING:
            changes |= {"state": QuestionState.APPROVED.value, "approved_at": tx.now}
        await announce(
            tx,
            QuestionApproved if publish else QuestionRestored,
            question,
            await update(tx, question, **changes),
            visit.known.view,
        )


@command(m.SetReview, kinds=SESSION, allowed=rules.moderates)
async def set_review(tx: Transaction, visit: Visit, given: m.SetReview) -> None:
    await _tell_asking(tx, visit, review=given.required)


@command(m.SetAnonymity, kinds=SESSION, allowed=rules.moderates)
async def set_anonymity(tx: Transaction, visit: Visit, given: m.SetAnonymity) -> None:
    await _tell_asking(tx, visit, anonymous=given.allowed)


async def _tell_asking(tx: Transaction, visit: Visit, **changes: Any) -> None:
    before = (await queries.forum(tx.connection, visit.room.subject)).asking_view
    await _set(tx, visit, **changes)
    after = (await queries.forum(tx.connection, visit.room.subject)).asking_view
    if after != before:
        tx.record(m.AskingChanged(after))
        tx.audit(
            visit.room.conference,
            visit.known.id,
            "asking.change",
            visit.room.subject,
            {k: str(v) for k, v in changes.items()},
        )


async def _set(tx: Transaction, visit: Visit, **values: Any) -> None:
    await tx.connection.execute(forums.update().where(forums.c.session == visit.room.subject).values(**values))
