"""Exports entries as a table, as table.py imports it."""

from collections import Counter
from collections.abc import AsyncIterator

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from rooms.cooperation import queries
from rooms.cooperation.messages import FieldKind
from rooms.cooperation.roles import lines_of
from rooms.cooperation.table import content_of
from rooms.cooperation.tables import entries

e = entries.c

BASE = ("id", "type", "organisation", "title", "title:zh_Hans", "about", "about:zh_Hans", "country", "state", "roles")


async def header(connection: AsyncConnection, conference: str) -> tuple[str, ...]:
    return (*BASE, *await _keys(connection, conference))


async def _keys(connection: AsyncConnection, conference: str) -> list[str]:
    types = await queries.types(connection, conference, archived=True)
    keys = [field.key for type in types for field in type.fields if field.kind is not FieldKind.FILE]
    return list(dict.fromkeys(keys))


async def rows(connection: AsyncConnection, conference: str) -> AsyncIterator[tuple[object, ...]]:
    """Oldest first. What is imported again changes nothing."""
    keys = await _keys(connection, conference)
    types = {each.id: each for each in await queries.types(connection, conference, archived=True)}
    o = queries.o
    known = Counter((await connection.execute(sa.select(o.name).where(o.conference == conference))).scalars())
    select = queries.NAMED.where(e.conference == conference)
    async for row in await connection.stream(select.order_by(e.created_at, e.id)):
        organisation = row.organisation_name if known[row.organisation_name] == 1 else row.organisation
        content = content_of(row)
        chinese = content["texts"].get("zh_Hans", {})
        names = (row.external_id or row.id, types[row.type].name, organisation)
        texts = (content["title"], chinese.get("title", ""), content["about"], chinese.get("about", ""))
        values = [content["values"].get(key, "") for key in keys]
        yield (*names, *texts, content["country"], row.state, lines_of(content["roles"]), *values)
