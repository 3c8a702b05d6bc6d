"""The state of a session: scheduled, lobby, live, ended. The commands that change it are in rooms/forum/states.py."""

from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from rooms.core.commands.access import Actor
from rooms.core.commands.transaction import Transaction
from rooms.core.errors import Problem
from rooms.core.text import N_
from rooms.programme import messages as m
from rooms.programme.queries import lobby_of, session_card, session_view
from rooms.programme.tables import forums

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


async def go(tx: Transaction, actor: Actor, state: m.SessionState, **times: Any) -> bool:
    """Brings the session into a state; False when it is in it. Raises Problem "conflict"."""
    here = forums.c.session == actor.room.subject
    now = State((await tx.connection.execute(sa.select(forums.c.state).where(here))).scalar_one())
    if now is state:
        return False
    if state not in NEXT[now]:
        raise Problem(
            "conflict",
            N_("The session is %(state)s; that step is not possible from there."),
            values={"state": now.value},
        )
    await tx.connection.execute(forums.update().where(here).values(state=state.value, **times))
    await tell_session(tx, actor.room.id, actor.room.subject)
    tx.audit(actor.room.conference, actor.known.id, f"session.{state.value}", actor.room.subject)
    return True


async def tell_session(tx: Transaction, room: str, session: str) -> None:
    """Publishes the state of the session to its room and to the lobby. Both must be locked."""
    tx.record(m.SessionChanged(await session_view(tx.connection, session)), room=room)
    lobby = await lobby_of(tx.connection, room)
    if lobby is not None:
        tx.record(m.SessionListed(await session_card(tx.connection, session)), room=lobby)
