"""Deleting entries, so that the limit of an organisation is none for its lifetime; and entries that nobody could answer for."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from rooms.cooperation import queries
from rooms.cooperation.documents.tables import entry_files, entry_readers
from rooms.cooperation.editing import own_entry
from rooms.cooperation.messages import DeleteEntry, EntryState, InterestState
from rooms.cooperation.peer_reviews.tables import peer_reviews
from rooms.cooperation.publication import unlist
from rooms.cooperation.tables import entries, entry_comments, interests
from rooms.core.commands.access import Actor
from rooms.core.commands.registry import command
from rooms.core.commands.transaction import Transaction
from rooms.core.errors import Problem
from rooms.core.links import Target
from rooms.core.text import N_
from rooms.organisations import members
from rooms.organisations.tables import organisation_members
from rooms.people import rules
from rooms.people.desk import desks_of, notify_all
from rooms.people.restraints import not_removed

LOBBY = {"lobby"}
WAITING, ACCEPTED = InterestState.WAITING.value, InterestState.ACCEPTED.value

e, i, m = entries.c, interests.c, organisation_members.c


def _asking(entry: str) -> "sa.Select[str]":
    return sa.select(i.person).where(i.entry == entry, i.state == WAITING)


async def with_asking(connection: AsyncConnection, room: str, command: DeleteEntry) -> Iterable[str]:
    """The desks of the people whose interest waits for an answer."""
    return await desks_of(connection, (await connection.execute(_asking(command.entry))).scalars())


@command(DeleteEntry, kinds=LOBBY, allowed=rules.takes_part, extra_rooms=with_asking)
async def delete_entry(tx: Transaction, actor: Actor, command: DeleteEntry) -> None:
    conference = actor.room.subject
    row = await own_entry(tx.connection, actor, command.entry)
    if row.state == EntryState.PUBLISHED.value:
        raise Problem("conflict", N_("Withdraw the entry before you delete it."), field="entry")
    accepted = sa.select(sa.exists().where(i.entry == row.id, i.state == ACCEPTED))
    if (await tx.connection.execute(accepted)).scalar_one():
        text = N_("A contact request for this entry was accepted, so the entry is kept with its result. Withdraw it.")
        raise Problem("conflict", text, field="entry")
    reachable = _asking(row.id).where(not_removed(i.person, conference, tx.now))
    people = (await tx.connection.execute(reachable)).scalars().all()
    await unlist(tx.connection, [row.id])
    for table in (entry_files, entry_readers, peer_reviews, entry_comments, interests):
        await tx.connection.execute(table.delete().where(table.c.entry == row.id))
    await tx.connection.execute(entries.delete().where(e.id == row.id))
    tx.audit(conference, actor.known.id, "entry.delete", row.id)
    await notify_all(tx, people, "interest.closed", {"entry": row.title}, Target("interests", conference))


class Unanswerable(NamedTuple):
    """An entry of an organisation without anybody who could answer. `waiting`: how many contact requests wait."""

    entry: Any
    waiting: int


async def unanswerable(connection: AsyncConnection, conference: str, now: datetime) -> list[Unanswerable]:
    """Published entries, and those with contact requests that wait, of organisations of which nobody takes part any more."""
    answers = sa.exists().where(m.organisation == e.organisation, members.can_answer(e.conference, now))
    waits = sa.select(sa.func.count()).where(i.entry == e.id, i.state == WAITING).scalar_subquery()
    concerned = sa.or_(e.state == EntryState.PUBLISHED.value, waits > 0)
    select = queries.NAMED.add_columns(waits.label("waiting")).where(e.conference == conference, ~answers, concerned)
    rows = await connection.execute(select.order_by(waits.desc(), e.title, e.id))
    return [Unanswerable(row, row.waiting) for row in rows]
