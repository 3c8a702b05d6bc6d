"""Administrators of the site: they create conferences. The first one is created by a set-up link or from the command line."""

from datetime import datetime, timedelta

import sqlalchemy as sa
from itsdangerous import BadSignature
from sqlalchemy.ext.asyncio import AsyncConnection

from rooms.core.engine import Engine
from rooms.core.errors import Problem
from rooms.core.ids import new_id
from rooms.core.signing import ClockSigner
from rooms.core.store.database import insert_into
from rooms.core.store.tables import persons
from rooms.core.text import N_
from rooms.people import accounts, links, signins
from rooms.people.accounts import Account, clean_email, clean_name
from rooms.people.attempts import FROM_ADDRESS, Browser
from rooms.people.links import EmailLink, LinkPurpose, digest_of
from rooms.people.messages import RightsChanged
from rooms.people.passwords import Passwords, check_password
from rooms.people.registration import NewSignin
from rooms.people.tables import links as link_rows

SETUP_LASTS = timedelta(days=1)
LINK_LASTS = timedelta(days=1)
OVER = N_("This set-up link has been used or has expired. The operator of this site can get another one.")


def _signer(engine: Engine) -> ClockSigner:
    """Signs the secrets of set-up links: nothing is stored until one is used."""
    return ClockSigner(engine.secret, "set-up link", engine.clock)


async def exist(connection: AsyncConnection) -> bool:
    select = sa.select(persons.c.id).where(persons.c.admin, persons.c.erased_at.is_(None)).limit(1)
    return (await connection.execute(select)).first() is not None


async def setup_secret(engine: Engine) -> str | None:
    """The secret of a new set-up link; None when the site has an administrator."""
    async with engine.database.read() as connection:
        if await exist(connection):
            return None
    return _signer(engine).sign(new_id()).decode()


async def check_setup(engine: Engine, secret: str) -> None:
    """Raises Problem "expired"."""
    async with engine.database.read() as connection:
        await _check(engine, connection, secret)


async def set_up(
    engine: Engine,
    passwords: Passwords,
    browser: Browser,
    secret: str,
    *,
    name: str,
    email: str,
    password: str,
    locale: str,
) -> NewSignin:
    """Creates the first administrator and signs them in. Raises Problem "expired", "invalid" or "conflict"."""
    engine.limits.take("set-up.address", browser.address, FROM_ADDRESS)
    await check_setup(engine, secret)
    name, email = clean_name(name), clean_email(email)
    check_password(password, email=email)
    hashed = await passwords.hash(password)
    async with engine.transaction() as tx:
        await _check(engine, tx.connection, secret)
        account = await accounts.create(
            tx.connection,
            name=name,
            email=email,
            password=hashed,
            verified=True,
            admin=True,
            locale=locale,
            at=tx.now,
        )
        await _spend(tx.connection, secret, account, tx.now)
        tx.audit(None, account.id, "admin.grant", account.id)
        signin = await signins.open_signin(tx.connection, account.id, browser.device, tx.now)
        return NewSignin(account, signin, "/conferences/new")


async def find_or_create(engine: Engine, email: str, name: str = "") -> tuple[Account, str | None]:
    """The account of an address. For a new account, also the secret of a link with which its owner chooses a password. Raises Problem "invalid"."""
    email = clean_email(email)
    async with engine.transaction() as tx:
        account = await accounts.by_email(tx.connection, email)
        if account is not None and account.verified:
            return account, None
        if account is None:
            account = await accounts.create(tx.connection, name=name or email.partition("@")[0], email=email, at=tx.now)
        # Nobody has confirmed the address yet, so an existing password may be a stranger's. The link replaces it.
        link = EmailLink(LinkPurpose.RESET, account.id, email, "", "/")
        return account, await links.make(tx.connection, link, tx.now, LINK_LASTS)


async def change(engine: Engine, account: Account, *, admin: bool) -> bool:
    """Grants or revokes administration; returns False when nothing changes."""
    async with signins.on_desk(engine, account.id) as tx:
        update = persons.update().where(persons.c.id == account.id, persons.c.admin.is_not(admin))
        changed = (await tx.connection.execute(update.values(admin=admin))).rowcount > 0
        if changed:
            tx.record(RightsChanged(None), person=account.id)
            tx.audit(None, None, "admin.grant" if admin else "admin.revoke", account.id)
    return changed


async def _check(engine: Engine, connection: AsyncConnection, secret: str) -> None:
    try:
        _signer(engine).unsign(secret[:200], max_age=int(SETUP_LASTS.total_seconds()))
    except (BadSignature, UnicodeError):
        raise Problem("expired", OVER) from None
    if await exist(connection):
        raise Problem("expired", OVER)


async def _spend(connection: AsyncConnection, secret: str, account: Account, at: datetime) -> None:
    """Two requests with one link may both find no administrator; the key of this row lets only one of them through."""
    values = {
        "digest": digest_of(secret),
        "purpose": "set-up",
        "person": account.id,
        "email": account.email,
        "created_at": at,
        "expires_at": at + SETUP_LASTS,
        "used_at": at,
    }
    insert = insert_into(connection, link_rows).values(**values)
    if not (await connection.execute(insert.on_conflict_do_nothing())).rowcount:
        raise Problem("expired", OVER)
