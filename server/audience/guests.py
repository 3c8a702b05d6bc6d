"""Guests for a simulated audience, created directly in the database: the server would rightly refuse two hundred sign-ins from one address."""

import random
from collections.abc import Sequence
from typing import NamedTuple

import sqlalchemy as sa

from rooms.core.engine import LONG, Engine
from rooms.core.errors import Problem
from rooms.core.store.journal import rooms
from rooms.core.store.tables import conferences
from rooms.people import accounts, signins, tickets
from rooms.people.tables import signins as signin_rows
from rooms.programme.tables import forums, sessions
from server.audience import words

DEVICE = "plenary audience"


class Destination(NamedTuple):
    """The session that the audience attends, and its room."""

    session: str
    title: str
    room: str
    state: str


class Guest(NamedTuple):
    """`signin` issues tickets until the audience leaves."""

    person: str
    name: str
    signin: str

    def ticket(self, engine: Engine) -> str:
        return tickets.issue_ticket(engine, self.signin)


async def find_place(engine: Engine, session: str | None) -> Destination:
    """The given session, or a live one, or the next one to begin that is open to guests. Raises Problem "not_found"."""
    rank = sa.case({"live": 0, "lobby": 1, "scheduled": 2, "ended": 3}, value=forums.c.state)
    select = (
        sa.select(sessions.c.id, sessions.c.title, rooms.c.id.label("room"), forums.c.state)
        .select_from(sessions)
        .join(forums, forums.c.session == sessions.c.id)
        .join(conferences, conferences.c.id == sessions.c.conference)
        .join(rooms, sa.and_(rooms.c.kind == "session", rooms.c.subject == sessions.c.id))
        .where(conferences.c.guests.is_(True), conferences.c.access == "public", sessions.c.cancelled.is_(False))
        .order_by(rank, sessions.c.starts_at)
    )
    if session is not None:
        select = select.where(sessions.c.id == session)
    async with engine.database.read() as connection:
        row = (await connection.execute(select.limit(1))).one_or_none()
    if row is None:
        raise Problem("not_found", "There is no such session, or its conference is not open to guests.")
    return Destination(*row)


async def invite(engine: Engine, count: int, chance: random.Random) -> list[Guest]:
    """Makes guests and signs them in."""
    guests: list[Guest] = []
    async with engine.transaction(patience=LONG) as tx:
        for _ in range(count):
            account = await accounts.create(tx.connection, name=words.name(chance), at=tx.now)
            signin = await signins.open_signin(tx.connection, account.id, DEVICE, tx.now)
            guests.append(Guest(account.id, account.name, signin))
    return guests


async def dismiss(engine: Engine, guests: Sequence[Guest]) -> None:
    """Ends the sign-ins; what the guests said stays."""
    ids = [guest.signin for guest in guests]
    async with engine.transaction(patience=LONG) as tx:
        await tx.connection.execute(signin_rows.update().where(signin_rows.c.id.in_(ids)).values(revoked_at=tx.now))
