"""Links to pages. A slice names the page (`Target`); how its path is built, the web registers (web/links.py)."""

from collections.abc import Callable
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from rooms.core.store.tables import conferences


class Target(NamedTuple):
    """`kind` is one of web.links.PATHS, such as "booth"; `conference` is an id, "" for a page of no conference; `subject` is what the page shows."""

    kind: str
    conference: str = ""
    subject: str = ""


BuildPath = Callable[[str, str, str], str]
"""(kind, slug of the conference, subject) → the path on this site."""

_builders: list[BuildPath] = []


def register(build: BuildPath) -> None:
    _builders[:] = [build]


def path(kind: str, slug: str = "", subject: str = "") -> str:
    """Empty in a process that serves no pages."""
    return _builders[0](kind, slug, subject) if _builders else ""


async def path_to(connection: AsyncConnection, target: Target) -> str:
    """As `path`, with the slug looked up."""
    slug = ""
    if target.conference:
        select = sa.select(conferences.c.slug).where(conferences.c.id == target.conference)
        slug = (await connection.execute(select)).scalar_one()
    return path(target.kind, slug, target.subject)
