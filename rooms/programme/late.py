"""Notifies moderators and organisers, once, when nobody has started a session some minutes after its time."""

from datetime import timedelta

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from rooms.core.commands.people import Role
from rooms.core.engine import Engine
from rooms.core.jobs import every
from rooms.core.links import Target
from rooms.core.store.tables import roles
from rooms.people.desk import desks_of, notify_all
from rooms.people.roles import WHOLE_CONFERENCE
from rooms.programme.messages import SessionState
from rooms.programme.tables import forums, sessions

LATE_AFTER = timedelta(minutes=5)
NOT_STARTED = [SessionState.SCHEDULED.value, SessionState.LOBBY.value]

f, s = forums.c, sessions.c


@every(minutes=1)
async def notify_of_late(engine: Engine) -> int:
    """Returns how many sessions it found. A session that is moved afterwards can be late again."""
    now = engine.clock()
    unnoticed = sa.or_(f.alarmed_at.is_(None), f.alarmed_at < s.starts_at)
    due = sa.and_(s.starts_at <= now - LATE_AFTER, s.ends_at > now, s.cancelled.is_(False))
    select = sa.select(s.id, s.conference, s.title).join(forums, f.session == s.id)
    async with engine.database.read() as connection:
        late = (await connection.execute(select.where(due, f.state.in_(NOT_STARTED), unnoticed))).all()
        recipients = {each.id: await _responsible(connection, each.conference, each.id) for each in late}
        desks = {each.id: await desks_of(connection, recipients[each.id]) for each in late}
    count = 0
    for each in late:
        async with engine.transaction(desks[each.id]) as tx:
            # Only one process finds the row unchanged. In the meantime, someone may have started or moved the session.
            still = sa.select(s.id).where(s.id == each.id, due, unnoticed).correlate(forums).exists()
            mark = forums.update().where(f.session == each.id, f.state.in_(NOT_STARTED), still)
            if (await tx.connection.execute(mark.values(alarmed_at=tx.now))).rowcount:
                target = Target("session.moderate", each.conference, each.id)
                await notify_all(tx, recipients[each.id], "session.late", {"session": each.title}, target)
                count += 1
    return count


async def _responsible(connection: AsyncConnection, conference: str, session: str) -> list[str]:
    """The moderators of a session, and the organisers."""
    r = roles.c
    moderates = sa.and_(r.role == Role.MODERATOR.value, r.session.in_([session, WHOLE_CONFERENCE]))
    organises = sa.and_(r.role == Role.ORGANISER.value, r.session == WHOLE_CONFERENCE)
    select = sa.select(r.person).where(r.conference == conference, sa.or_(moderates, organises)).distinct()
    return sorted((await connection.execute(select)).scalars())
