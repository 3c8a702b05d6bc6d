"""Keeps removed guests out: a new guest account from the same browser gets the restraints of the older one.

Only keyed hashes of browsers and networks are stored, and deleted after a while (docs/decisions). A network may be a whole venue's, so it keeps
new guests out for a short time only. Registering with an email address is always possible.
"""

import hashlib
import hmac
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from rooms.core.commands.transaction import Transaction
from rooms.core.engine import LONG, Engine
from rooms.core.errors import Problem
from rooms.core.jobs import every
from rooms.core.store.database import insert_into
from rooms.core.store.tables import restraints
from rooms.core.text import N_
from rooms.people.attempts import Browser
from rooms.people.tables import guest_marks, guest_restraints

KEPT = timedelta(days=30)
"""How long a guest stays signed in, and how long a restraint is kept."""
NETWORK_SHUT = timedelta(hours=1)
"""How long the network is closed to new guests after a removal."""

g, r = guest_marks.c, guest_restraints.c


def _mark(engine: Engine, kind: str, value: str) -> str:
    return hmac.new(engine.secret, f"guest {kind} {value}".encode(), hashlib.sha256).hexdigest()


async def welcome(engine: Engine, tx: Transaction, guest: str, browser: Browser) -> None:
    """Stores the origin of a new guest and gives them the restraints of this browser. Raises Problem "forbidden"."""
    known, network = _mark(engine, "browser", browser.id), _mark(engine, "network", browser.address)
    removed = sa.select(sa.func.count()).where(r.network == network, r.kind == "ban", r.browser != known)
    if (await tx.connection.execute(removed.where(r.at > tx.now - NETWORK_SHUT))).scalar_one():
        message = N_("A guest from your network was removed a short while ago. Sign in with your email address.")
        raise Problem("forbidden", message)
    select = sa.select(r.conference, r.session, r.kind, r.until, r.at)
    select = select.where(r.browser == known, sa.or_(r.until.is_(None), r.until > tx.now), r.expires_at > tx.now)
    for row in (await tx.connection.execute(select)).mappings().all():
        await tx.connection.execute(restraints.insert().values(person=guest, reason="", by="", **row))
    marks = {"browser": known, "network": network, "expires_at": tx.now + KEPT}
    await tx.connection.execute(guest_marks.insert().values(person=guest, **marks))


async def remember(
    connection: AsyncConnection,
    *,
    person: str,
    conference: str,
    session: str,
    kind: str,
    until: datetime | None,
    at: datetime,
) -> None:
    """Extends a guest's restraint to their browser. It is stored apart from the account, because the guest can erase that."""
    mark = (await connection.execute(sa.select(g.browser, g.network).where(g.person == person))).one_or_none()
    if mark is not None:
        values = {"network": mark.network, "until": until, "at": at, "expires_at": at + KEPT}
        key = {"browser": mark.browser, "conference": conference, "session": session, "kind": kind}
        insert = insert_into(connection, guest_restraints).values(**key, **values)
        index = [r.browser, r.conference, r.session, r.kind]
        await connection.execute(insert.on_conflict_do_update(index_elements=index, set_=values))


async def release(connection: AsyncConnection, *, person: str, conference: str, session: str, kind: str) -> None:
    """Lifts the restraint from the guest's browser, too."""
    browser = sa.select(g.browser).where(g.person == person).scalar_subquery()
    this = sa.and_(r.conference == conference, r.session == session, r.kind == kind, r.browser == browser)
    await connection.execute(guest_restraints.delete().where(this))


@every(hours=1)
async def forget(engine: Engine) -> None:
    async with engine.database.write(LONG) as connection:
        await connection.execute(guest_marks.delete().where(g.expires_at < engine.clock()))
        await connection.execute(guest_restraints.delete().where(r.expires_at < engine.clock()))
