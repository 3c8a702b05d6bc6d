"""Notifies people when their sessions move or are cancelled: those who starred a session, speak in it or moderate it.

A change only stores what the session was before, one row per person. A job (web/programme_news.py) delivers the rows within seconds. So a change
locks no desks however many people it concerns, and each person gets one email per import.
"""

from collections.abc import AsyncGenerator, Collection, Sequence
from datetime import datetime
from enum import StrEnum
from itertools import groupby
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from rooms.core.commands.access import resolve_many
from rooms.core.commands.people import Role
from rooms.core.commands.transaction import Transaction
from rooms.core.engine import Engine
from rooms.core.errors import Problem
from rooms.core.ids import new_id
from rooms.core.links import Target
from rooms.core.store.journal import ROOM, Room, rooms
from rooms.core.store.tables import conferences, persons, roles
from rooms.people.desk import desks_of, notify_all
from rooms.programme.queries import Conference, conference_by_id
from rooms.programme.tables import pending_news, session_speakers, sessions, speakers, stars

AT_ONCE = 50
"""People whose desks one transaction locks."""
MOST_NOTICES = 3
"""A person with more changes gets one notice for all of them."""

n, s = pending_news.c, sessions.c


class NewsKind(StrEnum):
    MOVED = "session.moved"
    CANCELLED = "session.cancelled"
    REINSTATED = "session.reinstated"


class TimeAndPlace(NamedTuple):
    """When and where a session takes place, and the conference's time zone at that time."""

    starts_at: datetime
    ends_at: datetime
    place: str
    zone: str

    @property
    def announced(self) -> tuple[datetime, datetime, str]:
        """As the programme shows it: in local time."""
        zone = ZoneInfo(self.zone)
        local = [at.astimezone(zone).replace(tzinfo=None) for at in (self.starts_at, self.ends_at)]
        return local[0], local[1], self.place


class NewsItem(NamedTuple):
    kind: NewsKind
    session: str
    title: str
    before: TimeAndPlace
    now: TimeAndPlace


class News(NamedTuple):
    """What one person learns about the sessions of one conference. `email` is None for people without a confirmed address."""

    person: str
    name: str
    email: str | None
    locale: str | None
    zone: str | None
    conference: Conference
    items: list[NewsItem]


async def followers(connection: AsyncConnection, ids: Collection[str]) -> set[tuple[str, str]]:
    """(person, session): who starred one of these sessions, speaks in it or moderates it."""
    works = roles.c.role.in_([Role.SPEAKER.value, Role.MODERATOR.value])
    speaking = session_speakers.join(speakers, speakers.c.id == session_speakers.c.speaker)
    select = sa.union(
        sa.select(stars.c.person, stars.c.session).where(stars.c.session.in_(ids)),
        sa.select(roles.c.person, roles.c.session).where(roles.c.session.in_(ids), works),
        sa.select(speakers.c.person, session_speakers.c.session)
        .select_from(speaking)
        .where(session_speakers.c.session.in_(ids), speakers.c.person.is_not(None)),
    )
    return {(row[0], row[1]) for row in await connection.execute(select)}


async def remember(tx: Transaction, ids: Collection[str], by: str | None) -> None:
    """Stores what these sessions are now, before a change. `by` makes the change, and gets no news of it."""
    columns = (s.id, s.starts_at, s.ends_at, s.place, s.cancelled, conferences.c.zone)
    joined = sa.select(*columns).join(conferences, conferences.c.id == s.conference)
    found = (await tx.connection.execute(joined.where(s.id.in_(ids)))).mappings()
    before = {row["id"]: dict(row) for row in found}
    rows: list[dict[str, Any]] = []
    for person, session in sorted(await followers(tx.connection, list(before))):
        if person != by:
            rows.append(before[session] | {"id": new_id(), "person": person, "session": session, "at": tx.now})
    if rows:
        await tx.connection.execute(pending_news.insert(), rows)


async def deliver(engine: Engine) -> AsyncGenerator[News]:
    """Publishes all pending news on people's desks, exactly once, and yields it for their emails."""
    while True:
        async with engine.database.read() as connection:
            select = sa.select(n.person).distinct().order_by(n.person).limit(AT_ONCE)
            people = list((await connection.execute(select)).scalars())
            desks = await desks_of(connection, people)
        if not people:
            return
        found: list[News] = []
        async with engine.transaction(desks) as tx:
            taken = pending_news.delete().where(n.person.in_(people)).returning(*n)
            rows = sorted(await tx.connection.execute(taken), key=lambda row: (row.person, row.at, row.id))
            for person, own in groupby(rows, lambda row: row.person):
                found.extend(await _news(tx.connection, person, list(own), tx.now))
            for news in found:
                await _notify(tx, news)
        for news in found:
            yield news


async def _news(connection: AsyncConnection, person: str, rows: Sequence[Any], at: datetime) -> list[News]:
    """What a person learns, by conference."""
    p = persons.c
    select = sa.select(p.name, p.email, p.verified_at, p.locale, p.zone).where(p.id == person)
    who = (await connection.execute(select)).one()
    first: dict[str, Any] = {}
    for row in rows:
        first.setdefault(row.session, row)  # of several changes, the state before the first one counts
    open_to_them = await _open_to(connection, person, list(first), at)
    select = sa.select(s.id, s.conference, s.title, s.texts, s.starts_at, s.ends_at, s.place, s.cancelled)
    current = await connection.execute(select.where(s.id.in_(open_to_them)).order_by(s.conference, s.starts_at, s.id))
    found: list[News] = []
    for conference, listed in groupby(current, lambda row: row.conference):
        where = await conference_by_id(connection, conference)
        items: list[NewsItem] = []
        for row in listed:
            was = first[row.id]
            before = TimeAndPlace(was.starts_at, was.ends_at, was.place, was.zone)
            now = TimeAndPlace(row.starts_at, row.ends_at, row.place, where.zone)
            kind = _kind(was.cancelled, row.cancelled, before, now)
            if kind is not None and max(before.ends_at, now.ends_at) > at:
                items.append(NewsItem(kind, row.id, _title(row, who.locale), before, now))
        if items:
            email = who.email if who.verified_at is not None else None
            found.append(News(person, who.name, email, who.locale, who.zone, where, items))
    return found


async def _open_to(connection: AsyncConnection, person: str, ids: Collection[str], at: datetime) -> list[str]:
    """Those of the sessions that a person may enter: they may have been removed since they starred it, or the conference closed to visitors."""
    select = sa.select(*ROOM)
    found = [
        Room(*row)
        for row in await connection.execute(select.where(rooms.c.kind == "session", rooms.c.subject.in_(ids)))
    ]
    actors = await resolve_many(connection, [(person, room) for room in found], at)
    return [room.subject for room, actor in zip(found, actors, strict=True) if not isinstance(actor, Problem)]


def _title(row: Any, locale: str | None) -> str:
    """The title of a session in a person's language."""
    return row.texts.get(locale or "", {}).get("title") or row.title


def _kind(was_cancelled: bool, cancelled: bool, before: TimeAndPlace, now: TimeAndPlace) -> NewsKind | None:
    if cancelled != was_cancelled:
        return NewsKind.CANCELLED if cancelled else NewsKind.REINSTATED
    return NewsKind.MOVED if not cancelled and before.announced != now.announced else None


async def _notify(tx: Transaction, news: News) -> None:
    conference = news.conference.id
    if len(news.items) > MOST_NOTICES:
        values = {"count": str(len(news.items)), "conference": news.conference.title}
        await notify_all(tx, [news.person], "programme.changed", values, Target("programme", conference))
        return
    for item in news.items:
        values = {"session": item.title, "place": item.now.place, "zone": item.now.zone}
        values |= {"starts_at": item.now.starts_at.isoformat(), "ends_at": item.now.ends_at.isoformat()}
        values = values if item.kind is NewsKind.MOVED else {"session": item.title}
        await notify_all(tx, [news.person], item.kind, values, Target("session", conference, item.session))
