"""The state of a session: scheduled, lobby, live, ended."""

from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from rooms.core.commands.access import Actor
from rooms.core.commands.registry import command
from rooms.core.commands.transaction import Transaction
from rooms.core.errors import Problem
from rooms.core.text import N_
from rooms.people import rules
from rooms.programme import messages as m
from rooms.programme.queries import lobby_of, session_card, session_view
from rooms.programme.tables import forums

SESSION = {"session"}
State = m.SessionState


NEXT: dict[m.SessionState, set[m.SessionState]] = {
    State.SCHEDULED: {State.LOBBY, State.LIVE},
    State.LOBBY: {State.LIVE},
    State.LIVE: {State.ENDED},
    State.ENDED: {State.LIVE},
}


async def with_lobby(connection: AsyncConnection, room: str, command: Any) -> Iterable[str]:
    """The lobby lists the session, so it learns of its state in the same transaction."""
    lobby = await lobby_of(connection, room)
    return [lobby] if lobby else []


@command(m.OpenSession, kinds=SESSION, allowed=rules.presents, extra_rooms=with_lobby)
async def open_session(tx: Transaction, actor: Actor, command: m.OpenSession) -> None:
    await _go(tx, actor, State.LOBBY)


@command(m.StartSession, kinds=SESSION, allowed=rules.presents, extra_rooms=with_lobby)
async def start_session(tx: Transaction, actor: Actor, command: m.StartSession) -> None:
    started = sa.func.coalesce(forums.c.started_at, tx.now)
    await _go(tx, actor, State.LIVE, started_at=started, ended_at=None)


@command(m.EndSession, kinds=SESSION, allowed=rules.presents, extra_rooms=with_lobby)
async def end_session(tx: Transaction, actor: Actor, command: m.EndSession) -> None:
    await _go(tx, actor, State.ENDED, ended_at=tx.now)


async def _go(tx: Transaction, actor: Actor, state: m.SessionState, **times: Any) -> None:
    here = forums.c.session == actor.room.subject
    now = State((await tx.connection.execute(sa.select(forums.c.state).where(here))).scalar_one())
    if now is state:
        return
    if state not in NEXT[now]:
        raise Problem(
            "conflict",
            N_("The session is %(state)s; that step is not possible from there."),
            values={"state": now.value},
        )
    await tx.connection.execute(forums.update().where(here).values(state=state.value, **times))
    await tell_session(tx, actor.room.id, actor.room.subject)
    tx.audit(actor.room.conference, actor.known.id, f"session.{state.value}", actor.room.subject)


async def tell_session(tx: Transaction, room: str, session: str) -> None:
    """Publishes the state of the session to its room and to the lobby. Both must be locked."""
    tx.record(m.SessionChanged(await session_view(tx.connection, session)), room=room)
    lobby = await lobby_of(tx.connection, room)
    if lobby is not None:
        tx.record(m.SessionListed(await session_card(tx.connection, session)), room=lobby)
