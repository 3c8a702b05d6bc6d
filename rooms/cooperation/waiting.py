"""What waits in project cooperation: interest and readers to answer, second looks to write, entries to review."""

from collections.abc import AsyncIterator, Iterable
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from rooms.cooperation.documents.messages import ReaderState
from rooms.cooperation.documents.tables import entry_readers
from rooms.cooperation.messages import EntryReview, EntryState, InterestState
from rooms.cooperation.peer_reviews.tables import peer_reviews
from rooms.cooperation.tables import entries, interests
from rooms.core.commands.access import Actor
from rooms.core.commands.people import Role
from rooms.core.links import Target
from rooms.core.waiting import Waiting, waits
from rooms.organisations.tables import organisation_members

e, i, m, r, p = entries.c, interests.c, organisation_members.c, entry_readers.c, peer_reviews.c


@waits
async def waiting(connection: AsyncConnection, actor: Actor, now: datetime) -> Iterable[Waiting]:
    return [each async for each in _waiting(connection, actor)]


async def _waiting(connection: AsyncConnection, actor: Actor) -> AsyncIterator[Waiting]:
    conference, person, count = actor.room.subject, actor.known.id, sa.func.count()
    own = e.organisation.in_(sa.select(m.organisation).where(m.person == person))
    here = sa.and_(e.conference == conference, own)
    asked = sa.select(count).select_from(interests.join(entries, e.id == i.entry))
    number = await connection.execute(asked.where(here, i.state == InterestState.WAITING.value))
    yield Waiting("interests", number.scalar_one(), Target("interests", conference))
    readers = sa.select(e.id, e.title, count).select_from(entry_readers.join(entries, e.id == r.entry))
    readers = readers.where(here, r.state == ReaderState.WAITING.value).group_by(e.id, e.title).order_by(e.title)
    for entry, title, number in await connection.execute(readers):
        yield Waiting("readers", number, Target("documents", conference, entry), title)
    reviews = sa.select(p.id, sa.func.coalesce(e.draft["title"].as_string(), e.title))
    reviews = reviews.select_from(peer_reviews.join(entries, e.id == p.entry))
    unwritten = sa.and_(e.conference == conference, p.person == person, p.written_at.is_(None))
    for review, title in await connection.execute(reviews.where(unwritten).order_by(p.asked_at)):
        yield Waiting("peer_review", 1, Target("peer_review", conference, review), title)
    if Role.ORGANISER in actor.roles:
        waits = sa.and_(e.conference == conference, e.review == EntryReview.WAITING.value)
        number = await connection.execute(sa.select(count).where(waits, e.state != EntryState.WITHDRAWN.value))
        yield Waiting("entries", number.scalar_one(), Target("organise.cooperation", conference))
