"""Hosting a session: its state, its stage, and how one may ask."""

import re
from collections.abc import Iterable
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from rooms.commands import command
from rooms.errors import Problem
from rooms.forum import queries
from rooms.forum.messages import session as m
from rooms.forum.messages.asking import QuestionState
from rooms.forum.messages.moderating import QuestionApproved, QuestionRestored
from rooms.forum.steps import announce, update
from rooms.forum.tables import forums, questions
from rooms.people import rules
from rooms.programme.queries import lobby_of, session_card, session_view
from rooms.text import N_, clean_line
from rooms.transaction import Transaction
from rooms.visit import Visit

SESSION = {"session"}
State = m.SessionState

# Its origin goes into the page's content security policy, so nothing that has a meaning there may stand in it.
_STAGE_ADDRESS = re.compile(r"https://[A-Za-z0-9.-]+(:\d{1,5})?([/?#][^\s\"'<>;,]*)?")

NEXT: dict[m.SessionState, set[m.SessionState]] = {
    State.SCHEDULED: {State.LOBBY, State.LIVE},
    State.LOBBY: {State.LIVE},
    State.LIVE: {State.ENDED},
    State.ENDED: {State.LIVE},
}


async def with_lobby(connection: AsyncConnection, room: str, given: Any) -> Iterable[str]:
    """The lobby lists the session, so it learns of its state in the same transaction."""
    lobby = await lobby_of(connection, room)
    return [lobby] if lobby else []


@command(m.OpenSession, kinds=SESSION, allowed=rules.presents, also=with_lobby)
async def open_session(tx: Transaction, visit: Visit, given: m.OpenSession) -> None:
    await _go(tx, visit, State.LOBBY)


@command(m.StartSession, kinds=SESSION, allowed=rules.presents, also=with_lobby)
async def start_session(tx: Transaction, visit: Visit, given: m.StartSession) -> None:
    forum = await queries.forum(tx.connection, visit.room.subject)
    await _go(tx, visit, State.LIVE, started_at=forum.started_at or tx.now, ended_at=None)


@command(m.EndSession, kinds=SESSION, allowed=rules.presents, also=with_lobby)
async def end_session(tx: Transaction, visit: Visit, given: m.EndSession) -> None:
    await _go(tx, visit, State.ENDED, ended_at=tx.now)


async def _go(tx: Transaction, visit: Visit, state: m.SessionState, **times: Any) -> None:
    now = State((await queries.forum(tx.connection, visit.room.subject)).state)
    if now is state:
        return
    if state not in NEXT[now]:
        raise Problem(
            "conflict",
            N_("The session is %(state)s; that step is not possible from there."),
            values={"state": now.value},
        )
    await _set(tx, visit, state=state.value, **times)
    await tell_session(tx, visit.room.id, visit.room.subject)
    tx.audit(visit.room.conference, visit.known.id, f"session.{state.value}", visit.room.subject)


async def tell_session(tx: Transaction, room: str, session: str) -> None:
    """Tells the session's room, and the lobby, how the session stands. Both must be locked."""
    tx.record(m.SessionChanged(await session_view(tx.connection, session)), room=room)
    lobby = await lobby_of(tx.connection, room)
    if lobby is not None:
        tx.record(m.SessionListed(await session_card(tx.connection, session)), room=lobby)


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
