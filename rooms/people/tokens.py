"""Personal access tokens: with one, a program uses the API on behalf of its owner. Only the digest of a token is stored.

A token is the sign-in of a program and has the same id. It appears among the person's devices, ends with them, and can request tickets for the
live connection.
"""

import secrets
from datetime import datetime, timedelta
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from rooms.core.engine import Engine
from rooms.core.errors import Problem
from rooms.core.text import N_, clean_line
from rooms.people import signins
from rooms.people.accounts import Account
from rooms.people.links import digest_of
from rooms.people.tables import api_tokens
from rooms.people.tables import signins as signin_rows

PREFIX = "plenary_"
"""Makes tokens recognisable: for scanners of leaked secrets, and to refuse them in URLs."""

DEVICE = "API"
NAME_LENGTH = 80
MOST_DAYS = 366
MOST_TOKENS = 20
USED_TO = timedelta(hours=1)


class Token(NamedTuple):
    """`used_at` is accurate to the hour; None if it was never used."""

    id: str
    name: str
    created_at: datetime
    expires_at: datetime
    used_at: datetime | None


_TOKEN = (
    api_tokens.c.id,
    api_tokens.c.name,
    api_tokens.c.created_at,
    api_tokens.c.expires_at,
    api_tokens.c.used_at,
)


async def make(connection: AsyncConnection, person: str, name: str, days: int, at: datetime) -> tuple[Token, str]:
    """Creates a token; returns it and its secret, which is shown once and not stored. Raises Problem "invalid", or "conflict" if there are too many."""
    name = clean_line(name, NAME_LENGTH, "name")
    if not 1 <= days <= MOST_DAYS:
        message = N_("A token lasts from 1 to %(most)s days.")
        raise Problem("invalid", message, field="days", values={"most": MOST_DAYS})
    if len(await active(connection, person, at)) >= MOST_TOKENS:
        message = N_("One person can have %(most)s tokens. Revoke one first.")
        raise Problem("conflict", message, values={"most": MOST_TOKENS})
    secret = PREFIX + secrets.token_urlsafe(32)
    signin = await signins.open_signin(connection, person, f"{DEVICE}: {name}", at, lasts=timedelta(days=days))
    token = Token(signin, name, at, at + timedelta(days=days), None)
    await connection.execute(
        api_tokens.insert().values({**token._asdict(), "digest": digest_of(secret), "person": person})
    )
    return token, secret


async def active(connection: AsyncConnection, person: str, at: datetime) -> list[Token]:
    """The valid tokens of a person, newest first. A token ends with its sign-in."""
    select = sa.select(*_TOKEN).join(signin_rows, signin_rows.c.id == api_tokens.c.id)
    select = select.where(api_tokens.c.person == person, *_in_force(at), signin_rows.c.revoked_at.is_(None))
    rows = await connection.execute(select.order_by(api_tokens.c.created_at.desc(), api_tokens.c.id))
    return [Token(*row) for row in rows]


async def revoke(engine: Engine, person: str, token: str) -> bool:
    """Revokes a token and closes its live connections; returns False if it is not theirs or has ended."""
    async with signins.on_desk(engine, person) as tx:
        update = api_tokens.update().where(api_tokens.c.id == token, api_tokens.c.person == person, *_in_force(tx.now))
        ended = (await tx.connection.execute(update.values(revoked_at=tx.now))).rowcount > 0
        if ended:
            await signins.revoke_in(tx, person, signin=token)
    return ended


async def who(connection: AsyncConnection, secret: str, at: datetime) -> tuple[Account, Token]:
    """The owner of a token. Raises Problem "not_signed_in" if it is invalid, expired or revoked."""
    select = sa.select(*_TOKEN).where(api_tokens.c.digest == digest_of(secret), *_in_force(at))
    row = (await connection.execute(select)).one_or_none()
    account = None if row is None else await signins.who(connection, row.id, at)
    if row is None or account is None:
        raise Problem("not_signed_in", N_("This token is not valid. It may have expired or been revoked."))
    return account, Token(*row)


async def note_use(connection: AsyncConnection, token: Token, at: datetime) -> None:
    """Records the use, so that owners see which of their tokens are still in use."""
    update = api_tokens.update().where(api_tokens.c.id == token.id)
    await connection.execute(update.values(used_at=at))


def is_noted(token: Token, at: datetime) -> bool:
    return token.used_at is not None and at - token.used_at < USED_TO


async def forget_old(connection: AsyncConnection, at: datetime) -> int:
    """Deletes tokens that ended over a month ago; returns how many."""
    past = at - timedelta(days=30)
    gone = api_tokens.delete().where(sa.or_(api_tokens.c.expires_at < past, api_tokens.c.revoked_at < past))
    return (await connection.execute(gone)).rowcount


def _in_force(at: datetime) -> tuple[sa.ColumnElement[bool], ...]:
    return api_tokens.c.revoked_at.is_(None), api_tokens.c.expires_at > at
