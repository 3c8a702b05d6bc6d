"""Files that an organiser has uploaded and not yet imported. The parsed content is kept for at least a day."""

import asyncio
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
from rooms.core.files.faults import Fault, Notes
from rooms.core.ids import new_id
from rooms.core.imports.plan import Act
from rooms.core.imports.tables import uploads
from rooms.core.jobs import every
from rooms.core.text import N_

KEPT = timedelta(days=1)
PACKED = b"PK"
"""The first bytes of a ZIP archive, such as an XLSX file."""
u = uploads.c

Progress = Callable[[int, int], None]
"""Called with (done, total) after every step."""


class Planned(Protocol):
    """What an import would change, or has changed."""

    @property
    def empty(self) -> bool: ...

    @property
    def left_out(self) -> tuple[Fault, ...]:
        """Rows of the file that do not fit the conference."""
        ...

    @property
    def warnings(self) -> tuple[Fault, ...]:
        """What is ignored of the others."""
        ...

    def count(self, act: Act, /) -> int: ...


class IntoConference(Protocol):
    """The conference into which a file is imported; `room` is its lobby."""

    @property
    def id(self) -> str: ...

    @property
    def room(self) -> str: ...


Into = TypeVar("Into", bound=IntoConference)
Content = TypeVar("Content")
Plan = TypeVar("Plan", bound=Planned)


class PlanChanged(Problem):
    """The conference has changed since the organiser saw the plan. Nothing was imported."""

    def __init__(self) -> None:
        super().__init__("stale", N_("Someone else has changed the conference. Review the changes again."))


@dataclass(frozen=True, slots=True)
class ImportKind(Generic[Into, Content, Plan]):
    """A kind of file that can be imported into a conference.

    `content` is the type that `read` returns for the bytes. `plan` compares it with the conference now. `apply` imports it on behalf
    of a person, if the plan still has the digest that they agreed to. `read` and `plan` raise FileFaults; each may raise another
    Problem, `apply` PlanChanged.
    """

    name: str
    most_bytes: int
    content: type[Content]
    read: Callable[[Into, bytes], Awaitable[tuple[Content, Notes]]]
    plan: Callable[[Engine, Into, Content], Awaitable[Plan]]
    apply: Callable[[Engine, Into, Content, str, Progress, str], Awaitable[Plan]]


@dataclass(frozen=True, slots=True)
class Upload(Generic[Content, Plan]):
    """A checked file: its name, its content, notes from reading it, and what it would change now."""

    id: str
    name: str
    content: Content
    notes: Notes
    plan: Plan

    @property
    def digest(self) -> str:
        """Identifies the plan that the organiser agrees to. If the plan changes before that, they see the new one."""
        return digest_of(self.plan)


def digest_of(plan: Planned) -> str:
    return hashlib.sha256(msgspec.json.encode(plan)).hexdigest()[:32]


async def keep_upload(
    engine: Engine, kind: ImportKind[Into, Content, Plan], conference: Into, person: str, name: str, data: bytes
) -> str:
    """Reads a file and keeps its content for `find_upload`; returns its id. Removes the person's previous upload, and uploads older than a day.

    Raises FileFaults or another Problem; then nothing is kept.
    """
    parsed = await kind.read(conference, data)
    await kind.plan(engine, conference, parsed[0])  # may raise FileFaults too
    document = await asyncio.to_thread(msgspec.json.encode, parsed)
    upload = new_id()
    async with engine.transaction() as tx:
        same = sa.and_(u.conference == conference.id, u.person == person, u.kind == kind.name)
        await tx.connection.execute(uploads.delete().where(sa.or_(u.at < tx.now - KEPT, same)))
        owner = {"conference": conference.id, "person": person, "kind": kind.name}
        row = {"id": upload, **owner, "name": name[-200:], "data": document, "at": tx.now}
        await tx.connection.execute(uploads.insert().values(row))
    return upload


async def find_upload(
    engine: Engine, kind: ImportKind[Into, Content, Plan], conference: Into, person: str, upload: str
) -> Upload[Content, Plan]:
    """The person's own upload to this conference, compared with it as it is now. Raises Problem "not_found", FileFaults."""
    name, content, notes = await read_upload(engine, kind, conference, person, upload)
    return Upload(upload, name, content, notes, await kind.plan(engine, conference, content))


async def read_upload(
    engine: Engine, kind: ImportKind[Into, Content, Plan], conference: Into, person: str, upload: str
) -> tuple[str, Content, Notes]:
    """The name and content of the person's own upload, without a plan. Raises Problem "not_found"."""
    own = sa.and_(u.id == upload, u.conference == conference.id, u.person == person, u.kind == kind.name)
    async with engine.database.read() as connection:
        row = (await connection.execute(sa.select(u.name, u.data).where(own))).one_or_none()
    gone = Problem("not_found", N_("This upload is no longer available. Choose the file again."), field="file")
    if row is None:
        raise gone
    try:
        content, notes = await asyncio.to_thread(msgspec.json.decode, bytes(row.data), type=tuple[kind.content, Notes])
    except msgspec.DecodeError as error:  # written by another version
        raise gone from error
    return row.name, content, notes


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
