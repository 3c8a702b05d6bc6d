"""Commands of hosts: the stage of a session, and the rules for asking."""

import re
from typing import Any

from rooms.core.commands.access import Actor
from rooms.core.commands.registry import command
from rooms.core.commands.transaction import Transaction
from rooms.core.errors import Problem
from rooms.core.ids import new_id
from rooms.core.text import N_, clean_line, optional_line
from rooms.forum import hosting_messages as m
from rooms.forum.questions import queries
from rooms.forum.questions.changes import announce, update
from rooms.forum.questions.messages import QuestionState
from rooms.forum.questions.moderation_messages import QuestionApproved, QuestionRestored
from rooms.forum.tables import questions
from rooms.people import rules
from rooms.programme.tables import forums

SESSION = {"session"}

# The origin goes into the page's content security policy, so it must not contain characters with a meaning there.
_STAGE_ADDRESS = re.compile(r"https://[A-Za-z0-9.-]+(:\d{1,5})?([/?#][^\s\"'<>;,]*)?")


def clean_stage(kind: m.StageKind, address: str, title: str) -> m.StageView:
    """Raises Problem "invalid" naming the field."""
    if kind in {m.StageKind.SLATE, m.StageKind.LIVE}:
        address = ""
    else:
        address = clean_line(address, m.ADDRESS_LENGTH, "address")
        if not _STAGE_ADDRESS.fullmatch(address):
            raise Problem("invalid", N_("Give a full address that begins with https://."), field="address")
    return m.StageView(kind, address, optional_line(title, m.STAGE_TITLE_LENGTH, "title"))


@command(m.ShowStage, kinds=SESSION, allowed=rules.moderates)
async def show_stage(tx: Transaction, actor: Actor, command: m.ShowStage) -> None:
    stage = clean_stage(command.kind, command.address, command.title)
    forum = await queries.forum(tx.connection, actor.room.subject)
    shown = {"kind": stage.kind.value, "address": stage.address, "title": stage.title}
    await _show(tx, actor.room.subject, actor.room.id, {**forum.stage, **shown})


@command(m.RenewStreamKeys, kinds=SESSION, allowed=rules.presents)
async def renew_stream_keys(tx: Transaction, actor: Actor, command: m.RenewStreamKeys) -> None:
    forum = await queries.forum(tx.connection, actor.room.subject)
    await _set(tx, actor, stage={**forum.stage, "salt": new_id()})
    tx.audit(actor.room.conference, actor.known.id, "stage.rekey", actor.room.subject, {})


async def note_air(tx: Transaction, session: str, room: str, air: m.StageAir) -> None:
    """Somebody begins or ceases to publish on a session's stage. Instead of a title card, they are then what it shows."""
    forum = await queries.forum(tx.connection, session)
    stage = {**forum.stage, "air": air.value}
    if air is m.StageAir.LIVE and forum.stage_view.kind is m.StageKind.SLATE:
        stage["kind"] = m.StageKind.LIVE.value
    if stage != {"air": m.StageAir.OFF.value, **forum.stage}:
        await _show(tx, session, room, stage)


async def _show(tx: Transaction, session: str, room: str, stage: dict[str, str]) -> None:
    await tx.connection.execute(forums.update().where(forums.c.session == session).values(stage=stage))
    forum = await queries.forum(tx.connection, session)
    tx.record(m.StageChanged(forum.public_stage), room=room)
    if not forum.stage_is_public:
        tx.record(m.StagePrepared(forum.stage_view), room=room)


@command(m.SetAsking, kinds=SESSION, allowed=rules.moderates)
async def set_asking(tx: Transaction, actor: Actor, command: m.SetAsking) -> None:
    await change_asking(tx, actor, command.asking)


async def change_asking(tx: Transaction, actor: Actor, asking: m.Asking) -> None:
    before = await queries.forum(tx.connection, actor.room.subject)
    await _tell_asking(tx, actor, asking=asking.value)
    if before.asking is m.Asking.PAUSED and asking is not m.Asking.PAUSED:
        await _release_held(tx, actor, publish=not before.review)


async def _release_held(tx: Transaction, actor: Actor, *, publish: bool) -> None:
    """Processes the questions held during a pause as if there had been none."""
    for question in await queries.questions_of(tx.connection, actor.room.id, questions.c.held.is_(True)):
        changes: dict[str, Any] = {"held": False}
        if publish and question.state is QuestionState.PENDING:
            changes |= {"state": QuestionState.APPROVED.value, "approved_at": tx.now}
        await announce(
            tx,
            QuestionApproved if publish else QuestionRestored,
            question,
            await update(tx, question, **changes),
            actor.known.view,
        )


@command(m.SetReview, kinds=SESSION, allowed=rules.moderates)
async def set_review(tx: Transaction, actor: Actor, command: m.SetReview) -> None:
    await _tell_asking(tx, actor, review=command.required)


@command(m.SetAnonymity, kinds=SESSION, allowed=rules.moderates)
async def set_anonymity(tx: Transaction, actor: Actor, command: m.SetAnonymity) -> None:
    await _tell_asking(tx, actor, anonymous=command.allowed)


async def _tell_asking(tx: Transaction, actor: Actor, **changes: Any) -> None:
    before = (await queries.forum(tx.connection, actor.room.subject)).asking_view
    await _set(tx, actor, **changes)
    after = (await queries.forum(tx.connection, actor.room.subject)).asking_view
    if after != before:
        tx.record(m.AskingChanged(after))
        tx.audit(
            actor.room.conference,
            actor.known.id,
            "asking.change",
            actor.room.subject,
            {k: str(v) for k, v in changes.items()},
        )


async def _set(tx: Transaction, actor: Actor, **values: Any) -> None:
    await tx.connection.execute(forums.update().where(forums.c.session == actor.room.subject).values(**values))
