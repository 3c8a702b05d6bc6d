"""Saved searches: a person is notified of entries that match."""

from datetime import datetime, timedelta

import msgspec
import sqlalchemy as sa

from rooms.cooperation import queries, search
from rooms.cooperation.messages import EntryState
from rooms.cooperation.search import Query
from rooms.cooperation.search_messages import DeleteSearch, SaveSearch, SearchSaved
from rooms.cooperation.tables import entries, saved_searches
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
from rooms.people.restraints import not_removed

LOBBY = {"lobby"}
MOST_SEARCHES = 20
"""Saved searches of one person in a conference."""

LATE = timedelta(minutes=1)
"""An entry may be committed this long after its time."""
BATCH = 500

PUBLISHED = EntryState.PUBLISHED.value

s, e = saved_searches.c, entries.c


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


async def _pass_over(engine: Engine, ids: list[str], until: datetime) -> None:
    """Notes that nothing published until then matches these searches, so that they are not run again before something new is published."""
    for at in range(0, len(ids), BATCH):
        async with engine.database.write() as connection:
            old = sa.and_(s.id.in_(ids[at : at + BATCH]), s.seen_until < until)
            await connection.execute(saved_searches.update().where(old).values(seen_until=until))


@every(minutes=1)
async def notify_of_matches(engine: Engine) -> int:
    """Returns how many people were notified. With several processes, only one finds a search unchanged."""
    now = engine.clock()
    async with engine.database.read() as connection:
        here = not_removed(s.person, s.conference, now)
        new = sa.exists().where(e.conference == s.conference, e.state == PUBLISHED, e.published_at > s.seen_until)
        rows = (await connection.execute(sa.select(saved_searches).where(new, here))).all()
        found = {
            row.id: await search.matches(
                connection, row.conference, msgspec.convert(row.query, Query), row.seen_until, now
            )
            for row in rows
        }
        desks = {row.id: await desks_of(connection, [row.person]) for row in rows if found[row.id]}
    await _pass_over(engine, [row.id for row in rows if not found[row.id]], now - LATE)
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
