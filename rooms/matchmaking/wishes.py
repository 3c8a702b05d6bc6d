"""Whom a person wishes to meet. A wish is known to its author alone; the schedule uses it, and reveals no "no"."""

import sqlalchemy as sa

from rooms.core.commands.access import Actor
from rooms.core.commands.registry import command
from rooms.core.commands.transaction import Transaction
from rooms.core.errors import Problem
from rooms.core.rate_limits import Rate
from rooms.core.store.database import insert_into
from rooms.core.text import N_
from rooms.matchmaking import queries
from rooms.matchmaking.messages import ClearWish, SetWish, WishKind
from rooms.matchmaking.tables import wishes
from rooms.people import rules

LOBBY = {"lobby"}
MOST_WISHES = 100
"""Meetings that one person wishes for."""
ASKS = (WishKind.MUST.value, WishKind.MEET.value)
UNKNOWN = N_("This person does not take part in matchmaking.")

w, m = wishes.c, queries.m


@command(SetWish, kinds=LOBBY, allowed=rules.speaks_up, rate=Rate(300, 3600))
async def set_wish(tx: Transaction, actor: Actor, command: SetWish) -> None:
    conference, person = actor.room.subject, actor.known.id
    if not (await queries.settings_of(tx.connection, conference)).open:
        raise Problem("conflict", N_("Matchmaking is not open."))
    own = await queries.profile_of(tx.connection, conference, person)
    if own is None or not own.found:
        raise Problem("conflict", N_("Fill in your matchmaking profile first, and choose to take part."))
    asks = command.wish.value in ASKS
    mine = sa.and_(w.conference == conference, w.person == person)
    # A "no" must also be possible against somebody who has left, blocked or not: it is never refused once a wish exists.
    known = (await tx.connection.execute(sa.select(w.wish).where(mine, w.other == command.person))).scalar_one_or_none()
    if known is None or asks:
        here = sa.and_(queries.takes_part(conference, tx.now), queries.apart(person), m.person == command.person)
        if not await queries.people_of(tx.connection, conference, here):
            raise Problem("not_found", UNKNOWN, field="person")
    count = sa.select(sa.func.count()).select_from(wishes).where(mine, w.wish.in_(ASKS), w.other != command.person)
    if asks and (await tx.connection.execute(count)).scalar_one() >= MOST_WISHES:
        raise Problem("conflict", N_("You can wish for at most %(most)s meetings."), values={"most": MOST_WISHES})
    values = {"wish": command.wish.value, "again": command.again, "at": tx.now}
    insert = insert_into(tx.connection, wishes).values(
        conference=conference, person=person, other=command.person, **values
    )
    keys = [w.conference, w.person, w.other]
    await tx.connection.execute(insert.on_conflict_do_update(index_elements=keys, set_=values))


@command(ClearWish, kinds=LOBBY, allowed=rules.takes_part)
async def clear_wish(tx: Transaction, actor: Actor, command: ClearWish) -> None:
    mine = sa.and_(w.conference == actor.room.subject, w.person == actor.known.id, w.other == command.person)
    await tx.connection.execute(wishes.delete().where(mine))
