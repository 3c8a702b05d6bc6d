"""Files that an organiser has uploaded and looked at, but not yet brought in. They are kept for a day."""

import hashlib
import re
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Generic, Protocol, TypeVar

import msgspec
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from rooms.core.engine import Engine
from rooms.core.errors import Problem
from rooms.core.ids import new_id
from rooms.core.jobs import every
from rooms.core.text import N_
from rooms.programme.imports.plan import Act
from rooms.programme.queries import Conference
from rooms.programme.tables import uploads

KEPT = timedelta(days=1)
PACKED = b"PK"
"""How a ZIP archive begins, such as an XLSX file."""
u = uploads.c

Progress = Callable[[int, int], None]
"""Told (done, of how many) after every step."""


class Planned(Protocol):
    """What an import would change, or has changed."""

    @property
    def empty(self) -> bool: ...

    def count(self, act: Act, /) -> int: ...


Told = TypeVar("Told")
Plan = TypeVar("Plan", bound=Planned)


@dataclass(frozen=True, slots=True)
class ImportKind(Generic[Told, Plan]):
    """A kind of file that is brought into a conference. `read` gives what it says, `plan` what that would change now; `bring` does it, on behalf of a
    person. The first two raise FileFaults for what is wrong in the file; each may raise another Problem."""

    name: str
    most_bytes: int
    read: Callable[[Conference, bytes], Awaitable[Told]]
    plan: Callable[[Engine, Conference, Told], Awaitable[Plan]]
    bring: Callable[[Engine, Conference, Told, str, Progress], Awaitable[Plan]]


@dataclass(frozen=True, slots=True)
class Upload(Generic[Told, Plan]):
    """What an organiser decides about: the file's name, what it says, and what it would change now."""

    id: str
    name: str
    told: Told
    plan: Plan

    @property
    def digest(self) -> str:
        """What he agrees to: when the conference has changed meanwhile, he is shown the new plan."""
        return hashlib.sha256(msgspec.json.encode(self.plan)).hexdigest()[:32]


async def keep_upload(
    engine: Engine, kind: ImportKind[Told, Plan], conference: Conference, person: str, name: str, data: bytes
) -> str:
    """Checks a file and keeps it for `find_upload`; returns its id. The person's last one, and those of yesterday, are forgotten.

    Raises FileFaults or another Problem; then nothing is kept.
    """
    await kind.plan(engine, conference, await kind.read(conference, data))
    upload = new_id()
    async with engine.transaction() as tx:
        same = sa.and_(u.conference == conference.id, u.person == person, u.kind == kind.name)
        await tx.connection.execute(uploads.delete().where(sa.or_(u.at < tx.now - KEPT, same)))
        whose = {"conference": conference.id, "person": person, "kind": kind.name}
        await tx.connection.execute(uploads.insert().values(id=upload, **whose, name=name[-200:], data=data, at=tx.now))
    return upload


async def find_upload(
    engine: Engine, kind: ImportKind[Told, Plan], conference: Conference, person: str, upload: str
) -> Upload[Told, Plan]:
    """The person's own upload to this conference, compared with it as it is now. Raises Problem "not_found", FileFaults."""
    mine = sa.and_(u.id == upload, u.conference == conference.id, u.person == person, u.kind == kind.name)
    async with engine.database.read() as connection:
        row = (await connection.execute(sa.select(u.name, u.data).where(mine))).one_or_none()
    if row is None:
        raise Problem("not_found", N_("This upload is no longer here. Choose the file again."), field="file")
    told = await kind.read(conference, bytes(row.data))
    return Upload(upload, row.name, told, await kind.plan(engine, conference, told))


async def forget_upload(engine: Engine, upload: str) -> None:
    async with engine.transaction() as tx:
        await tx.connection.execute(uploads.delete().where(u.id == upload))


async def forget_naming(connection: AsyncConnection, words: Iterable[str]) -> None:
    """Deletes the uploads that name a person, and those that cannot be searched because they are packed."""
    named = re.compile(rb"|".join(rb"\b%b\b" % re.escape(word.encode()) for word in words), re.IGNORECASE)
    rows = (await connection.execute(sa.select(u.id, u.data))).all()
    ids = [row.id for row in rows if row.data[:2] == PACKED or named.search(row.data)]
    await connection.execute(uploads.delete().where(u.id.in_(ids)))


@every(hours=1)
async def forget_old(engine: Engine) -> None:
    async with engine.transaction() as tx:
        await tx.connection.execute(uploads.delete().where(u.at < tx.now - KEPT))
