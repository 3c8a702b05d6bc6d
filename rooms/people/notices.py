"""A person's notifications as a list: reading them, and deleting old ones. rooms/people/desk.py publishes them."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from rooms.core.commands.access import Actor
from rooms.core.commands.registry import command
from rooms.core.commands.transaction import Transaction
from rooms.core.engine import Engine
from rooms.core.errors import Problem
from rooms.core.jobs import every
from rooms.core.store.database import in_padded
from rooms.core.text import N_
from rooms.people import rules
from rooms.people.desk import desks_of, unread
from rooms.people.messages import NoticesRead, ReadNotice, ReadNotices
from rooms.people.tables import notices

KEPT = timedelta(days=90)
ON_A_PAGE = 30
AT_ONCE = 50
"""People whose old notifications one transaction deletes."""

n = notices.c


class StoredNotice(NamedTuple):
    """One notification. `kind` selects its text (web/notice_texts.py), and `values` fill it in. `href`: what it is about, empty for nothing."""

    id: str
    kind: str
    values: dict[str, str]
    href: str
    at: datetime
    read_at: datetime | None


COLUMNS = (n.id, n.kind, n["values"], n.href, n.at, n.read_at)


async def listed(connection: AsyncConnection, person: str, page: int) -> tuple[list[StoredNotice], int]:
    """A page of the person's notifications, the newest first, and how many there are in all. Pages count from 0."""
    mine = n.person == person
    count = (await connection.execute(sa.select(sa.func.count()).where(mine))).scalar_one()
    select = sa.select(*COLUMNS).where(mine).order_by(n.at.desc(), n.id).limit(ON_A_PAGE).offset(page * ON_A_PAGE)
    return [StoredNotice(*row) for row in await connection.execute(select)], count


async def notice_of(connection: AsyncConnection, person: str, id: str) -> StoredNotice:
    """One of the person's notifications. Raises Problem "not_found"."""
    row = (await connection.execute(sa.select(*COLUMNS).where(n.id == id, n.person == person))).one_or_none()
    if row is None:
        raise Problem("not_found", N_("This notification no longer exists."))
    return StoredNotice(*row)


async def unread_each(connection: AsyncConnection, people: Sequence[str], at: datetime) -> list[int | Exception]:
    """How many notifications each person has not read. For `Engine.batched`."""
    select = sa.select(n.person, sa.func.count()).where(in_padded(n.person, people), n.read_at.is_(None))
    found = {row.person: row[1] for row in await connection.execute(select.group_by(n.person))}
    return [found.get(person, 0) for person in people]


@command(ReadNotice, kinds={"desk"}, allowed=rules.owns_desk)
async def read_notice(tx: Transaction, actor: Actor, command: ReadNotice) -> None:
    await _read(tx, actor.known.id, n.id == command.notice)


@command(ReadNotices, kinds={"desk"}, allowed=rules.owns_desk)
async def read_notices(tx: Transaction, actor: Actor, command: ReadNotices) -> None:
    await _read(tx, actor.known.id, n.at <= command.until if command.until else sa.true())


async def _read(tx: Transaction, person: str, which: "sa.ColumnElement[bool]") -> None:
    update = notices.update().where(n.person == person, n.read_at.is_(None), which).values(read_at=tx.now)
    if (await tx.connection.execute(update)).rowcount:
        tx.record(NoticesRead(await unread(tx.connection, person)), person=person)


@every(hours=1)
async def forget_old_notices(engine: Engine) -> int:
    """Deletes notifications that are older than `KEPT`, and corrects the number on their desks; returns how many."""
    before, gone = engine.clock() - KEPT, 0
    old = n.at < before
    people = sa.select(n.person).where(old).distinct().limit(AT_ONCE)
    while True:
        async with engine.database.read() as connection:
            desks = await desks_of(connection, (await connection.execute(people)).scalars())
        if not desks:
            return gone
        async with engine.transaction(desks) as tx:
            for desk in desks:
                person = tx.rooms[desk].subject
                gone += (await tx.connection.execute(notices.delete().where(n.person == person, old))).rowcount
                left = NoticesRead(await unread(tx.connection, person), deleted_before=before)
                tx.record(left, room=desk, person=person)
