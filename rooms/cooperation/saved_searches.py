"""Saved searches: a person is notified of entries that match."""

import msgspec
import sqlalchemy as sa

from rooms.cooperation import queries, search
from rooms.cooperation.messages import DeleteSearch, SaveSearch, SearchSaved
from rooms.cooperation.search import Query
from rooms.cooperation.tables import saved_searches
from rooms.core.commands.access import ABSENT, Actor
from rooms.core.commands.registry import command
from rooms.core.commands.transaction import Transaction
from rooms.core.engine import Engine
from rooms.core.errors import Problem
from rooms.core.ids import new_id
from rooms.core.jobs import every
from rooms.core.links import Target
from rooms.core.text import N_, clean_line
from rooms.people import rules
from rooms.people.desk import desks_of, notify_all

LOBBY = {"lobby"}
MOST_SEARCHES = 20
"""Saved searches of one person in a conference."""

s = saved_searches.c


@command(SaveSearch, kinds=LOBBY, allowed=rules.takes_part)
async def save_search(tx: Transaction, actor: Actor, command: SaveSearch) -> SearchSaved:
    conference, person = actor.room.subject, actor.known.id
    count = sa.select(sa.func.count()).where(s.conference == conference, s.person == person)
    if (await tx.connection.execute(count)).scalar_one() >= MOST_SEARCHES:
        message = N_("You can save at most %(most)s searches. Delete one first.")
        raise Problem("conflict", message, values={"most": MOST_SEARCHES})
    query = search.query_of(command.query, await queries.types(tx.connection, conference, archived=True))
    search_id = new_id()
    values = {
        "id": search_id,
        "conference": conference,
        "person": person,
        "name": clean_line(command.name, 80, "name"),
        "query": msgspec.to_builtins(query),
        "seen_until": tx.now,
    }
    await tx.connection.execute(saved_searches.insert().values(values))
    return SearchSaved(search_id)


@command(DeleteSearch, kinds=LOBBY, allowed=rules.takes_part)
async def delete_search(tx: Transaction, actor: Actor, command: DeleteSearch) -> None:
    mine = sa.and_(s.id == command.search, s.person == actor.known.id, s.conference == actor.room.subject)
    if not (await tx.connection.execute(saved_searches.delete().where(mine))).rowcount:
        raise Problem("not_found", ABSENT, field="search")


@every(minutes=1)
async def notify_of_matches(engine: Engine) -> int:
    """Returns how many people were notified. With several processes, only one finds a search unchanged."""
    now = engine.clock()
    async with engine.database.read() as connection:
        rows = (await connection.execute(sa.select(saved_searches))).all()
        found = {
            row.id: await search.matches(
                connection, row.conference, msgspec.convert(row.query, Query), row.seen_until, now
            )
            for row in rows
        }
        desks = {row.id: await desks_of(connection, [row.person]) for row in rows if found[row.id]}
    count = 0
    for row in rows:
        if not found[row.id]:
            continue
        async with engine.transaction(desks[row.id]) as tx:
            unchanged = sa.and_(s.id == row.id, s.seen_until == row.seen_until)
            if (await tx.connection.execute(saved_searches.update().where(unchanged).values(seen_until=now))).rowcount:
                target = Target("search", row.conference, row.id)
                values = {"search": row.name, "entries": str(len(found[row.id]))}
                await notify_all(tx, [row.person], "search.match", values, target)
                count += 1
    return count
