"""The directory of a conference's exhibitors. The database searches, filters and pages it."""

from collections import Counter
from datetime import datetime
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from rooms.core.ids import ID_LENGTH
from rooms.core.search import search_words
from rooms.exhibition.booths import queries
from rooms.exhibition.booths.messages import BoothCard
from rooms.exhibition.presence.messages import BoothNow
from rooms.exhibition.tables import booths, exhibition_halls

PAGE = 24
MOST_WORDS = 8
b = booths.c


class Wanted(NamedTuple):
    """Search filters; "" or False: no filter."""

    words: str = ""
    country: str = ""
    field: str = ""
    language: str = ""
    staffed: bool = False


class DirectoryEntry(NamedTuple):
    """A booth in the directory, and its current activity."""

    card: BoothCard
    hall: str
    now: BoothNow


class Facets(NamedTuple):
    """The filter values, with the number of booths for each."""

    countries: dict[str, int]
    fields: dict[str, int]
    languages: dict[str, int]


class HallOption(NamedTuple):
    id: str
    name: str
    texts: dict[str, dict[str, str]]
    booths: int
    people: int


def _passing(conference: str, wanted: Wanted) -> "sa.ColumnElement[bool]":
    conditions: list[sa.ColumnElement[bool]] = [b.conference == conference, b.open]
    for word in search_words(wanted.words, MOST_WORDS):
        conditions.append(b.searched.contains(word, autoescape=True))
    if wanted.country:
        conditions.append(b.country == wanted.country)
    if wanted.field:
        conditions.append(b.field == wanted.field)
    if wanted.language:
        conditions.append(b.spoken.contains(f"|{wanted.language}|", autoescape=True))
    if wanted.staffed:
        conditions.append(b.staff_here > 0)
    return sa.and_(*conditions)


async def count(connection: AsyncConnection, conference: str, wanted: Wanted) -> int:
    select = sa.select(sa.func.count()).select_from(booths).where(_passing(conference, wanted))
    return (await connection.execute(select)).scalar_one()


async def page(
    connection: AsyncConnection, conference: str, wanted: Wanted, number: int, now: datetime
) -> list[DirectoryEntry]:
    """One page of matching booths, numbered from 0: partners first. Inside a tier the order changes every hour, so that nobody is always last."""
    # Ids are random, so comparing them from a different character on gives a different fair order.
    begin = int(now.timestamp()) // 3600 % (ID_LENGTH - 5) + 1
    joined = booths.join(exhibition_halls, exhibition_halls.c.id == b.hall)
    select = sa.select(booths, exhibition_halls.c.name.label("hall_name")).select_from(joined)
    select = select.where(_passing(conference, wanted)).order_by(b.tier, sa.func.substr(b.id, begin), b.id)
    rows = await connection.execute(select.limit(PAGE).offset(number * PAGE))
    return [DirectoryEntry(queries.card_of(row), row.hall_name, queries.now_of(row)) for row in rows]


async def facets(connection: AsyncConnection, conference: str) -> Facets:
    number = sa.func.count()
    select = sa.select(b.country, b.field, b.spoken, number).where(b.conference == conference, b.open)
    found = Facets(Counter(), Counter(), Counter())
    for country, field, spoken, many in await connection.execute(select.group_by(b.country, b.field, b.spoken)):
        found.countries[country] = found.countries.get(country, 0) + many
        found.fields[field] = found.fields.get(field, 0) + many
        for language in filter(None, spoken.split("|")):
            found.languages[language] = found.languages.get(language, 0) + many
    return Facets(*({name: each[name] for name in sorted(each) if name} for each in found))


async def halls(connection: AsyncConnection, conference: str) -> list[HallOption]:
    """The halls with an open booth, in their order."""
    h = exhibition_halls.c
    joined = exhibition_halls.join(booths, sa.and_(b.hall == h.id, b.open))
    columns = (h.id, h.name, sa.func.count(), sa.func.sum(b.people))
    select = sa.select(*columns).select_from(joined).where(h.conference == conference)
    rows = (await connection.execute(select.group_by(h.id, h.name, h.position).order_by(h.position))).all()
    texts = {
        row.id: row.texts
        for row in await connection.execute(sa.select(h.id, h.texts).where(h.conference == conference))
    }
    return [HallOption(row[0], row[1], texts[row[0]], row[2], int(row[3])) for row in rows]


class Pending(NamedTuple):
    """A booth for the organisers to review. `review` is a state of rooms.exhibition.booths.messages.Review."""

    id: str
    name: str
    review: str


async def pending(connection: AsyncConnection, conference: str) -> list[Pending]:
    """Booths with new texts to approve, then other booths that are not public yet."""
    unseen = sa.or_(sa.not_(b.open), b.review == "waiting")
    select = sa.select(b.id, b.name, b.review).where(b.conference == conference, unseen)
    first = sa.case((b.review == "waiting", 0), else_=1)
    return [Pending(*row) for row in await connection.execute(select.order_by(first, b.name, b.id))]


class ListedBooth(NamedTuple):
    """A booth as organisers list it, open or not."""

    id: str
    name: str
    texts: dict[str, dict[str, str]]
    hall: str
    number: str
    tier: int
    open: bool


async def exhibitors(connection: AsyncConnection, conference: str) -> list[ListedBooth]:
    """All booths of a conference, by hall and number."""
    h = exhibition_halls.c
    joined = booths.join(exhibition_halls, h.id == b.hall)
    select = sa.select(b.id, b.name, b.texts, h.name.label("hall"), b.number, b.tier, b.open).select_from(joined)
    ordered = select.where(b.conference == conference).order_by(h.position, b.number, b.name, b.id)
    return [ListedBooth(*row) for row in await connection.execute(ordered)]
