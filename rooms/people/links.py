"""Links in emails. Each works once, for a limited time. Only the email contains the secret; the database stores its digest."""

import hashlib
import secrets
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from rooms.core.errors import Problem
from rooms.core.text import N_
from rooms.people.tables import links


class LinkPurpose(StrEnum):
    """SIGN_IN: a magic link. CONFIRM: proves the address of a new account, or of a guest who registers. RESET: a new password."""

    SIGN_IN = "sign-in"
    CONFIRM = "confirm"
    RESET = "reset"


LASTS = {
    LinkPurpose.SIGN_IN: timedelta(minutes=10),
    LinkPurpose.RESET: timedelta(minutes=30),
    LinkPurpose.CONFIRM: timedelta(days=1),
}


class EmailLink(NamedTuple):
    """`email` is the address that the link confirms; `browser` the digest of the requesting browser's id; `next` a local path."""

    purpose: LinkPurpose
    person: str
    email: str
    browser: str
    next: str


SPENT = N_("This link has already been used or has expired. Request a new one.")


def digest_of(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


async def make(connection: AsyncConnection, link: EmailLink, at: datetime, lasts: timedelta | None = None) -> str:
    """Stores a link and returns its secret, which must only go into the email. `lasts` overrides the default lifetime of the purpose."""
    secret = secrets.token_urlsafe(24)
    times = {"created_at": at, "expires_at": at + (lasts or LASTS[link.purpose])}
    values = {**link._asdict(), "purpose": link.purpose.value, "digest": digest_of(secret), **times}
    await connection.execute(links.insert().values(values))
    return secret


async def look(connection: AsyncConnection, secret: str, at: datetime) -> EmailLink:
    """Reads a link without using it, so that programs that prefetch links do not use it up. Raises Problem "expired"."""
    select = sa.select(*_LINK).where(links.c.digest == digest_of(secret), *_usable(at))
    return _link((await connection.execute(select)).one_or_none())


async def use(connection: AsyncConnection, secret: str, at: datetime) -> EmailLink:
    """Uses a link up. Only one of several concurrent attempts succeeds. Raises Problem "expired"."""
    update = (
        links.update().where(links.c.digest == digest_of(secret), *_usable(at)).values(used_at=at).returning(*_LINK)
    )
    return _link((await connection.execute(update)).one_or_none())


async def spend_all(connection: AsyncConnection, person: str, at: datetime) -> None:
    """Invalidates all links of a person, for example after a new password."""
    await connection.execute(
        links.update().where(links.c.person == person, links.c.used_at.is_(None)).values(used_at=at)
    )


async def forget_old(connection: AsyncConnection, at: datetime) -> int:
    """Deletes expired links; returns how many."""
    return (await connection.execute(links.delete().where(links.c.expires_at < at))).rowcount


_LINK = (links.c.purpose, links.c.person, links.c.email, links.c.browser, links.c.next)


def _usable(at: datetime) -> tuple[sa.ColumnElement[bool], ...]:
    return links.c.used_at.is_(None), links.c.expires_at > at


def _link(row: sa.Row[Any, Any, Any, Any, Any] | None) -> EmailLink:
    if row is None:
        raise Problem("expired", SPENT)
    return EmailLink(LinkPurpose(row.purpose), row.person, row.email, row.browser, row.next)
