"""Sign-ins: one row for each device on which a person is signed in. The cookie refers to the row, so revoking the row ends the sign-in everywhere."""

from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from rooms.core.commands.transaction import Transaction
from rooms.core.engine import Engine
from rooms.core.errors import Problem
from rooms.core.ids import new_id
from rooms.core.store.database import in_padded
from rooms.core.store.journal import rooms
from rooms.core.store.tables import persons
from rooms.core.text import N_
from rooms.people.accounts import ACCOUNT_COLUMNS, Account
from rooms.people.desk import desk_of
from rooms.people.messages import SignInRevoked
from rooms.people.tables import signins

LASTS = timedelta(days=30)
DEVICE_LENGTH = 200


class SignIn(NamedTuple):
    id: str
    person: str
    device: str
    created_at: datetime
    expires_at: datetime


SHOWN = 200

_SIGNIN = (signins.c.id, signins.c.person, signins.c.device, signins.c.created_at, signins.c.expires_at)


async def open_signin(
    connection: AsyncConnection, person: str, device: str, at: datetime, *, lasts: timedelta = LASTS
) -> str:
    """Creates a sign-in and returns its id. Ids are never reused, which prevents session fixation."""
    signin = new_id()
    values = {
        "id": signin,
        "person": person,
        "device": device[:DEVICE_LENGTH],
        "created_at": at,
        "expires_at": at + lasts,
    }
    await connection.execute(signins.insert().values(values))
    return signin


async def who(connection: AsyncConnection, signin: str, at: datetime) -> Account | None:
    """The person of a sign-in; None if it was revoked, has expired or never existed."""
    select = sa.select(*ACCOUNT_COLUMNS).join(signins, signins.c.person == persons.c.id)
    select = select.where(signins.c.id == signin, *_in_force(at), persons.c.erased_at.is_(None))
    row = (await connection.execute(select)).one_or_none()
    return None if row is None else Account(*row)


class SignedIn(NamedTuple):
    """`desk` is the person's private room."""

    account: Account
    desk: str


async def signed_in(connection: AsyncConnection, ids: Sequence[str], at: datetime) -> list[SignedIn | Exception]:
    """The person of each sign-in, or a Problem "not_signed_in" if it is no longer valid."""
    joined = signins.join(persons, persons.c.id == signins.c.person)
    joined = joined.join(rooms, sa.and_(rooms.c.kind == "desk", rooms.c.subject == persons.c.id))
    select = sa.select(signins.c.id.label("signin"), rooms.c.id.label("desk"), *ACCOUNT_COLUMNS).select_from(joined)
    select = select.where(in_padded(signins.c.id, ids), *_in_force(at), persons.c.erased_at.is_(None))
    found = {row[0]: SignedIn(Account(*row[2:]), row[1]) for row in await connection.execute(select)}
    return [found.get(id) or Problem("not_signed_in", N_("You have been signed out. Sign in again.")) for id in ids]


async def find(engine: Engine, signin: str) -> SignedIn:
    """The person of a sign-in. Raises Problem "not_signed_in" if it is not valid."""
    return await engine.batched(signed_in, signin)


async def active(connection: AsyncConnection, person: str, at: datetime) -> list[SignIn]:
    """The newest valid sign-ins of a person."""
    select = sa.select(*_SIGNIN).where(signins.c.person == person, *_in_force(at))
    select = select.order_by(signins.c.created_at.desc()).limit(SHOWN)
    return [SignIn(*row) for row in await connection.execute(select)]


async def revoke(engine: Engine, person: str, signin: str) -> bool:
    """Ends one sign-in of a person, on all processes; returns False if it is not theirs or has ended."""
    async with on_desk(engine, person) as tx:
        return await revoke_in(tx, person, signin=signin) > 0


async def revoke_all(engine: Engine, person: str, *, spared: str | None = None) -> int:
    """Ends all sign-ins of a person except one; returns how many."""
    async with on_desk(engine, person) as tx:
        return await revoke_in(tx, person, spared=spared)


@asynccontextmanager
async def on_desk(engine: Engine, person: str) -> AsyncGenerator[Transaction]:
    """A transaction on a person's desk, which is locked."""
    async with engine.database.read() as connection:
        desk = await desk_of(connection, person)
    async with engine.transaction([desk]) as tx:
        tx.room = desk
        yield tx


async def revoke_in(tx: Transaction, person: str, *, signin: str | None = None, spared: str | None = None) -> int:
    """Ends one sign-in or, if none is given, all except the spared one; returns how many. The desk's event closes their sockets everywhere."""
    which = signins.c.id == signin if signin is not None else signins.c.id != (spared or "")
    update = signins.update().where(signins.c.person == person, signins.c.revoked_at.is_(None), which)
    ended = (await tx.connection.execute(update.values(revoked_at=tx.now))).rowcount
    if ended:
        tx.record(SignInRevoked(signin, spared), person=person)
    return ended


async def forget_old(connection: AsyncConnection, at: datetime) -> int:
    """Deletes sign-ins that ended more than their own length ago; returns how many."""
    past = at - LASTS
    gone = signins.delete().where(sa.or_(signins.c.expires_at < past, signins.c.revoked_at < past))
    return (await connection.execute(gone)).rowcount


def _in_force(at: datetime) -> tuple[sa.ColumnElement[bool], ...]:
    return signins.c.revoked_at.is_(None), signins.c.expires_at > at
