"""Adds a logo to each booth of the demonstration, and brochures to those of partners and sponsors."""

import textwrap
from typing import Any

import sqlalchemy as sa

from rooms.core.engine import LONG, Engine
from rooms.core.files.store import Store
from rooms.core.ids import new_id
from rooms.exhibition.files.messages import FileKind
from rooms.exhibition.files.queries import address_of
from rooms.exhibition.files.tables import files
from rooms.exhibition.tables import booths
from server.demo import drawing, exhibitors

BROCHURES = (
    ("What we do", "我们做什么", exhibitors.ABOUT),
    (
        "How to work with us",
        "如何与我们合作",
        "Write to us, or leave a message at our booth. Within a week you have an answer from a person, not from a form. "
        "We agree on a first step that is small enough to begin at once, and look at it together after a month.",
    ),
)


async def furnish(engine: Engine, store: Store, conference: str) -> None:
    """Adds logos and brochures to booths without a logo. Our own drawings need no inspection."""
    async with engine.database.read() as connection:
        b = booths.c
        bare = sa.select(b.id, b.name).where(b.conference == conference, b.logo == "")
        found = {row.name: row.id for row in await connection.execute(bare)}
    rows: list[dict[str, Any]] = []
    for number, each in enumerate(exhibitors.EXHIBITORS):
        if each.name not in found:
            continue
        booth = found[each.name]
        rows.append(await _row(engine, store, booth, FileKind.LOGO, "webp", drawing.mark(number), each.name))
        for position, (title, title_zh, text) in enumerate(BROCHURES if each.tier < 3 else ()):
            drawn = drawing.brochure(number, each.name, each.tagline, textwrap.wrap(text, 78))
            row = await _row(engine, store, booth, FileKind.BROCHURE, "pdf", drawn, title)
            rows.append(row | {"texts": {"zh_Hans": {"title": title_zh}}, "position": position})
    async with engine.database.write(LONG) as connection:
        for row in rows:
            await connection.execute(files.insert().values(row))
            if row["kind"] == FileKind.LOGO:
                logo = address_of(row["id"], row["kind"], row["ending"])
                await connection.execute(booths.update().where(booths.c.id == row["booth"]).values(logo=logo))


async def _row(
    engine: Engine, store: Store, booth: str, kind: FileKind, ending: str, data: bytes, title: str
) -> dict[str, Any]:
    """Stores a file; returns its row."""
    id = new_id()
    async with store.arrival(len(data)) as arriving:
        await arriving.write(data)
        await arriving.end()
        digest = await store.keep(arriving.path, id)
    named = {"id": id, "booth": booth, "kind": kind.value, "ending": ending, "title": title, "texts": {}}
    return named | {"size": len(data), "digest": digest, "added_at": engine.clock()}
