"""A session opens, starts and ends: what that does to its stage, its polls, its questions and its chat."""

from typing import Any

import sqlalchemy as sa
from msgspec.structs import replace

from rooms.chat.actions import change_chat
from rooms.chat.queries import chat
from rooms.core.commands.access import Actor
from rooms.core.commands.registry import command
from rooms.core.commands.transaction import Transaction
from rooms.forum.hosting import change_asking
from rooms.forum.hosting_messages import Asking, StageChanged
from rooms.forum.polls.actions import close
from rooms.forum.polls.messages import PollState
from rooms.forum.polls.queries import polls_of
from rooms.forum.polls.tables import polls
from rooms.forum.questions import queries
from rooms.forum.questions.changes import place
from rooms.forum.questions.moderation_messages import AnsweringChanged, ScreenChanged
from rooms.people import rules
from rooms.programme.messages import EndSession, OpenSession, SessionState, StartSession
from rooms.programme.sessions import go, with_lobby
from rooms.programme.tables import forums

SESSION = {"session"}


@command(OpenSession, kinds=SESSION, allowed=rules.presents, extra_rooms=with_lobby)
async def open_session(tx: Transaction, actor: Actor, command: OpenSession) -> None:
    await _show_stage(tx, actor)
    await go(tx, actor, SessionState.LOBBY)


@command(StartSession, kinds=SESSION, allowed=rules.presents, extra_rooms=with_lobby)
async def start_session(tx: Transaction, actor: Actor, command: StartSession) -> None:
    await _show_stage(tx, actor)
    started = sa.func.coalesce(forums.c.started_at, tx.now)
    if await go(tx, actor, SessionState.LIVE, started_at=started, ended_at=None):
        await _reopen(tx, actor)


async def _reopen(tx: Transaction, actor: Actor) -> None:
    """Undoes what the end of the session closed, unless a moderator has opened it meanwhile."""
    here = forums.c.session == actor.room.subject
    kept = (await tx.connection.execute(sa.select(forums.c.before_end).where(here))).scalar_one()
    before: dict[str, Any] = kept or {}
    if "asking" in before and (await queries.forum(tx.connection, actor.room.subject)).asking is Asking.LOCKED:
        await change_asking(tx, actor, Asking(before["asking"]))
    if before.get("chat"):
        await change_chat(tx, actor.room.id, replace(await chat(tx.connection, actor.room.id), open=True))
    await tx.connection.execute(forums.update().where(here).values(before_end=None))


async def _show_stage(tx: Transaction, actor: Actor) -> None:
    """A prepared stage becomes visible to everyone when its session is no longer only scheduled."""
    forum = await queries.forum(tx.connection, actor.room.subject)
    if not forum.stage_is_public:
        tx.record(StageChanged(forum.stage_view))


@command(EndSession, kinds=SESSION, allowed=rules.presents, extra_rooms=with_lobby)
async def end_session(tx: Transaction, actor: Actor, command: EndSession) -> None:
    if not await go(tx, actor, SessionState.ENDED, ended_at=tx.now):
        return
    for poll in await polls_of(tx.connection, actor.room.id, polls.c.state == PollState.OPEN.value):
        await close(tx, poll)
    forum = await queries.forum(tx.connection, actor.room.subject)
    await place(tx, actor, answering=None, screen=None, screen_poll=None)
    if forum.answering is not None:
        tx.record(AnsweringChanged(None))
    if forum.screen is not None or forum.screen_poll is not None:
        tx.record(ScreenChanged(None))
    before: dict[str, Any] = {}
    if not command.leave_open:
        before["asking"] = forum.asking.value
        await change_asking(tx, actor, Asking.LOCKED)
    chatting = await chat(tx.connection, actor.room.id)
    if chatting.open and not command.leave_chat:
        before["chat"] = True
        await change_chat(tx, actor.room.id, replace(chatting, open=False))
    here = forums.c.session == actor.room.subject
    await tx.connection.execute(forums.update().where(here).values(before_end=before))
