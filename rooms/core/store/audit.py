"""The audit log: who did what to whom, in a chain of SHA-256 digests per conference (and one for the platform), so that an edit shows.

Entries hold ids and values chosen from lists alone, never names or free text, so that erasing a person leaves the chain intact
(docs/decisions/0015-what-an-erasure-leaves.md).
"""

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from rooms.core.store.database import insert_into
from rooms.core.store.tables import audit, audit_heads

PLATFORM = ""
"""The chain of the platform, for acts outside of any conference."""


class AuditEntry(NamedTuple):
    number: int
    at: datetime
    actor: str | None
    act: str
    subject: str
    details: dict[str, Any]


async def write(
    connection: AsyncConnection,
    *,
    conference: str | None,
    actor: str | None,
    act: str,
    subject: str,
    details: Mapping[str, str | int | bool | None],
    at: datetime,
) -> None:
    """Adds an entry to a conference's chain (None: the platform's). It holds the chain's lock until the commit: lock it after all rooms."""
    chain = conference or PLATFORM
    number, previous = await _lock_head(connection, chain)
    kept = dict(details)
    digest = _digest(chain, number, at, actor, act, subject, kept, previous)
    await connection.execute(
        audit.insert().values(
            conference=chain,
            number=number,
            at=at,
            actor=actor,
            act=act,
            subject=subject,
            details=kept,
            previous=previous,
            digest=digest,
        )
    )
    await connection.execute(audit_heads.update().where(audit_heads.c.conference == chain).values(digest=digest))


async def _lock_head(connection: AsyncConnection, chain: str) -> tuple[int, str]:
    """The number of the next entry and the digest before it. One statement makes or locks the head, so no two writers fork it."""
    statement = insert_into(connection, audit_heads).values(conference=chain, number=1, digest="")
    statement = statement.on_conflict_do_update(
        index_elements=[audit_heads.c.conference], set_={"number": audit_heads.c.number + 1}
    ).returning(audit_heads.c.number, audit_heads.c.digest)
    row = (await connection.execute(statement)).one()
    return row.number, row.digest


async def verify(connection: AsyncConnection, conference: str | None) -> list[int]:
    """The numbers at which a chain breaks: entries that were edited, removed, inserted or cut off. Empty: the chain is intact."""
    chain = conference or PLATFORM
    broken: set[int] = set()
    number, previous = 0, ""
    entries = sa.select(audit).where(audit.c.conference == chain).order_by(audit.c.number)
    async for row in await connection.stream(entries):
        if row.number != number + 1:
            broken.add(number + 1)
        content = _digest(chain, row.number, row.at, row.actor, row.act, row.subject, row.details, row.previous)
        if row.digest != content or (row.previous != previous and row.number == number + 1):
            broken.add(row.number)
        number, previous = row.number, row.digest
    head = (await connection.execute(sa.select(audit_heads).where(audit_heads.c.conference == chain))).one_or_none()
    if head is None:
        return sorted(broken | ({number} if number else set()))
    if head.number != number:
        broken.add(min(head.number, number) + 1)
    elif head.digest != previous:
        broken.add(number)
    return sorted(broken)


async def read(
    connection: AsyncConnection, conference: str | None, *, before: int | None = None, limit: int = 100
) -> list[AuditEntry]:
    """The newest entries of a chain, newest first; `before` a number for the older ones."""
    select = sa.select(audit.c.number, audit.c.at, audit.c.actor, audit.c.act, audit.c.subject, audit.c.details)
    select = select.where(audit.c.conference == (conference or PLATFORM)).order_by(audit.c.number.desc()).limit(limit)
    if before is not None:
        select = select.where(audit.c.number < before)
    return [AuditEntry(*row) for row in await connection.execute(select)]


def _digest(
    chain: str,
    number: int,
    at: datetime,
    actor: str | None,
    act: str,
    subject: str,
    details: Mapping[str, Any],
    previous: str,
) -> str:
    content = [chain, number, at.isoformat(timespec="microseconds"), actor, act, subject, details, previous]
    return hashlib.sha256(json.dumps(content, sort_keys=True, separators=(",", ":")).encode()).hexdigest()
