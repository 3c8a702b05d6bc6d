"""Stars: the sessions that a person has saved. They are private to that person."""

from collections.abc import Collection

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from rooms.core.commands.access import Actor
from rooms.core.commands.registry import command
from rooms.core.commands.transaction import Transaction
from rooms.core.errors import Problem
from rooms.core.rate_limits import Rate
from rooms.core.store.database import insert_into
from rooms.core.text import N_
from rooms.people import rules
from rooms.programme.messages import StarChanged, StarSession, UnstarSession
from rooms.programme.tables import sessions, stars

LOBBY = {"lobby"}
PACE = Rate(30, 10)


async def starred_by(
    connection: AsyncConnection, people: Collection[str], conferences: Collection[str]
) -> dict[tuple[str, str], list[str]]:
    """(person, conference) → the sessions that they have starred there, sorted by id; pairs without stars are left out."""
    if not people:
        return {}
    select = sa.select(stars.c.person, sessions.c.conference, stars.c.session)
    select = select.select_from(stars.join(sessions, sessions.c.id == stars.c.session)).order_by(stars.c.session)
    chosen = select.where(stars.c.person.in_(people), sessions.c.conference.in_(conferences))
    found: dict[tuple[str, str], list[str]] = {}
    for row in await connection.execute(chosen):
        found.setdefault((row.person, row.conference), []).append(row.session)
    return found


async def who_starred(connection: AsyncConnection, session: str) -> list[str]:
    """Who has starred a session. Only their number is shown to anybody."""
    select = sa.select(stars.c.person).where(stars.c.session == session).order_by(stars.c.person)
    return list((await connection.execute(select)).scalars())


@command(StarSession, kinds=LOBBY, allowed=rules.takes_part, rate=PACE)
async def star_session(tx: Transaction, actor: Actor, command: StarSession) -> None:
    await check_session(tx.connection, actor, command.session)
    person = actor.known.id
    insert = insert_into(tx.connection, stars).values(person=person, session=command.session, at=tx.now)
    if (await tx.connection.execute(insert.on_conflict_do_nothing())).rowcount:
        tx.record(StarChanged(command.session, starred=True), person=person)


@command(UnstarSession, kinds=LOBBY, allowed=rules.takes_part, rate=PACE)
async def unstar_session(tx: Transaction, actor: Actor, command: UnstarSession) -> None:
    person = actor.known.id
    row = sa.and_(stars.c.person == person, stars.c.session == command.session)
    if (await tx.connection.execute(stars.delete().where(row))).rowcount:
        tx.record(StarChanged(command.session, starred=False), person=person)


async def check_session(connection: AsyncConnection, actor: Actor, session: str) -> None:
    """Raises Problem "not_found" unless the session belongs to the conference of this lobby."""
    select = sa.select(sessions.c.id).where(sessions.c.id == session, sessions.c.conference == actor.room.subject)
    if (await connection.execute(select)).scalar_one_or_none() is None:
        raise Problem("not_found", N_("This session is not in the programme."), field="session")
