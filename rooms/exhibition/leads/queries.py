"""Queries of leads: those of an exhibitor's staff, and each visitor's own."""

import hashlib
from collections.abc import Collection
from datetime import datetime
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from rooms.chat.tables import messages
from rooms.core.commands.people import PersonView
from rooms.core.search import search_words
from rooms.core.store.journal import rooms
from rooms.core.store.tables import conferences, persons
from rooms.exhibition.leads.messages import LeadState, OwnLead, Purpose, Rating, Source
from rooms.exhibition.leads.tables import lead_notes, leads
from rooms.exhibition.tables import booth_staff, booths, contacts, queue_places

PAGE = 50
MOST_WORDS = 8
l, asker = leads.c, persons.alias("asker")  # noqa: E741 - as the other slices name their columns
_NEWEST = (l.at.desc(), l.id)


class Note(NamedTuple):
    author: str
    text: str
    at: datetime


class Lead(NamedTuple):
    """`name` is the shared one or, while they are only asked, the one that the staff can see anyway. `email` None: none was shared."""

    id: str
    person: str
    state: LeadState
    name: str
    organisation: str
    email: str | None
    purpose: Purpose
    source: Source
    asked_by: str | None
    at: datetime
    rating: Rating
    tags: list[str]
    notes: list[Note]

    @property
    def mark(self) -> str:
        """A mark that changes with the rating and tags."""
        return mark(self.rating.value, self.tags)


def mark(rating: str, tags: list[str]) -> str:
    return hashlib.blake2b("\n".join([rating, *tags]).encode(), digest_size=8).hexdigest()


class Sought(NamedTuple):
    """Search filters of the staff; "" means no filter."""

    words: str = ""
    rating: str = ""
    tag: str = ""
    state: str = ""


EVERYTHING = Sought()


async def found(
    connection: AsyncConnection, booth: str, sought: Sought = EVERYTHING, *, skipped: int = 0, most: int | None = None
) -> list[Lead]:
    """Newest first; `most` of them after the first `skipped`."""
    passing = _passing(connection, booth, sought)
    if most is not None:
        page = sa.select(l.id).where(passing).order_by(*_NEWEST).offset(skipped).limit(most)
        passing = l.id.in_([*(await connection.execute(page)).scalars()])
    return await leads_with_notes(connection, passing)


async def number(connection: AsyncConnection, booth: str, sought: Sought = EVERYTHING) -> int:
    """The number of matching leads."""
    passing = sa.select(sa.func.count()).select_from(leads).where(_passing(connection, booth, sought))
    return (await connection.execute(passing)).scalar_one()


async def tags(connection: AsyncConnection, booth: str) -> list[str]:
    """All tags that the staff have used, in alphabetical order."""
    each = _each_tag(connection)
    select = sa.select(each.c.value).distinct().select_from(leads).join(each, sa.true()).where(l.booth == booth)
    return sorted((await connection.execute(select)).scalars(), key=lambda tag: (tag.casefold(), tag))


def _passing(connection: AsyncConnection, booth: str, sought: Sought) -> "sa.ColumnElement[bool]":
    conditions: list[sa.ColumnElement[bool]] = [l.booth == booth]
    for word in search_words(sought.words, MOST_WORDS):
        conditions.append(l.searched.contains(word, autoescape=True))
    if sought.rating:
        conditions.append(l.rating == sought.rating)
    if sought.state:
        conditions.append(l.state == sought.state)
    if sought.tag:
        each = _each_tag(connection)
        conditions.append(sa.exists(sa.select(1).select_from(each).where(each.c.value == sought.tag)))
    return sa.and_(*conditions)


def _each_tag(connection: AsyncConnection) -> "sa.TableValuedAlias":
    """The tags of a lead as rows."""
    if connection.dialect.name == "sqlite":
        return sa.func.json_each(l.tags).table_valued("value")
    return sa.func.jsonb_array_elements_text(l.tags).table_valued("value").render_derived()


async def leads_with_notes(connection: AsyncConnection, which: "sa.ColumnElement[bool]") -> list[Lead]:
    """Newest first."""
    columns = [l[name] for name in Lead._fields if name not in {"name", "asked_by", "notes"}]
    name = sa.func.coalesce(sa.func.nullif(l.name, ""), persons.c.name).label("name")
    joined = leads.join(persons, persons.c.id == l.person).outerjoin(asker, asker.c.id == l.asked_by)
    select = sa.select(*columns, name, asker.c.name.label("asked_by")).select_from(joined).where(which)
    rows = (await connection.execute(select.order_by(*_NEWEST))).mappings().all()
    notes = await _notes(connection, which)
    return [_lead(row, notes.get(row["id"], [])) for row in rows]


def _lead(row: Any, notes: list[Note]) -> Lead:
    values: dict[str, Any] = dict(row)
    values |= {"state": LeadState(row["state"]), "rating": Rating(row["rating"])}
    values |= {"purpose": Purpose(row["purpose"]), "source": Source(row["source"])}
    return Lead(**values, notes=notes)


async def _notes(connection: AsyncConnection, which: "sa.ColumnElement[bool]") -> dict[str, list[Note]]:
    """By lead, oldest first."""
    n = lead_notes.c
    select = sa.select(n.lead, n.author_name, n.text, n.at).join(leads, l.id == n.lead).where(which)
    by_lead: dict[str, list[Note]] = {}
    for row in await connection.execute(select.order_by(n.at, n.id)):
        by_lead.setdefault(row.lead, []).append(Note(row.author_name, row.text, row.at))
    return by_lead


async def count(connection: AsyncConnection, booth: str) -> int:
    """The number of visitors who share their contact."""
    given = sa.select(sa.func.count()).where(l.booth == booth, l.state == LeadState.GIVEN.value)
    return (await connection.execute(given)).scalar_one()


async def own(
    connection: AsyncConnection, people: Collection[str], at: Collection[str]
) -> dict[tuple[str, str], OwnLead]:
    """By (person, booth)."""
    joined = leads.outerjoin(asker, asker.c.id == l.asked_by)
    select = sa.select(leads, asker.c.name.label("asker_name")).select_from(joined)
    rows = await connection.execute(select.where(l.person.in_(people), l.booth.in_(at)))
    return {(row.person, row.booth): _own(row) for row in rows}


def _own(row: Any) -> OwnLead:
    by = PersonView(row.asked_by, row.asker_name or "") if row.asked_by else None
    return OwnLead(LeadState(row.state), Purpose(row.purpose), by, row.at)


class Shared(NamedTuple):
    """A lead for the person's account page: a contact shared with an exhibitor, or a request for it. `texts` translate the booth's name."""

    booth: str
    name: str
    texts: dict[str, dict[str, str]]
    conference: str
    slug: str
    state: LeadState
    purpose: Purpose
    at: datetime


async def shared(connection: AsyncConnection, person: str) -> list[Shared]:
    """Newest first, in all conferences."""
    b, c = booths.c, conferences.c
    joined = leads.join(booths, b.id == l.booth).join(conferences, c.id == b.conference)
    columns = (b.id, b.name, b.texts, c.title, c.slug, l.state, l.purpose, l.at)
    select = sa.select(*columns).select_from(joined).where(l.person == person).order_by(l.at.desc(), l.id)
    return [
        Shared(*row[:5], LeadState(row.state), Purpose(row.purpose), row.at) for row in await connection.execute(select)
    ]


def _in_touch(booth: str) -> "sa.CompoundSelect[Any]":
    """Everybody who has queued at a booth, asked its staff something or written in its chat."""
    wrote = messages.join(rooms, rooms.c.id == messages.c.room)
    here = sa.and_(rooms.c.kind == "booth", rooms.c.subject == booth, messages.c.removed_by.is_(None))
    return sa.union(
        sa.select(queue_places.c.person).where(queue_places.c.booth == booth),
        sa.select(contacts.c.person).where(contacts.c.booth == booth),
        sa.select(messages.c.author).select_from(wrote).where(here),
    )


async def is_in_touch(connection: AsyncConnection, booth: str, person: str) -> bool:
    """Whether the staff may ask this person: not one of them, and not erased."""
    p = persons.c
    staff = sa.select(booth_staff.c.person).where(booth_staff.c.booth == booth)
    met = sa.select(p.id).where(p.id == person, p.erased_at.is_(None), p.id.in_(_in_touch(booth)), p.id.not_in(staff))
    return (await connection.execute(met)).first() is not None


async def to_ask(connection: AsyncConnection, booth: str, refused: "sa.Select[Any]") -> list[PersonView]:
    """People the staff may still ask: those in touch with the booth who are neither staff, nor a lead, nor among the `refused`. By name."""
    p = persons.c
    staff = sa.select(booth_staff.c.person).where(booth_staff.c.booth == booth)
    known = sa.select(l.person).where(l.booth == booth)
    select = sa.select(p.id, p.name).where(p.id.in_(_in_touch(booth)), p.erased_at.is_(None))
    select = select.where(p.id.not_in(staff), p.id.not_in(known), p.id.not_in(refused))
    return [PersonView(*row) for row in await connection.execute(select.order_by(p.name, p.id).limit(PAGE))]
