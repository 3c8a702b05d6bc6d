"""Reads booths, their staff, queues and requests."""

from collections.abc import Collection
from datetime import datetime
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from rooms.core.commands.access import ABSENT
from rooms.core.commands.people import PersonView
from rooms.core.errors import Problem
from rooms.core.store.journal import rooms
from rooms.core.store.tables import persons
from rooms.exhibition.booths.messages import BoothCard, BoothView, DraftView, Review
from rooms.exhibition.booths.snapshots import HallView
from rooms.exhibition.booths.staff_messages import Duty, StaffView
from rooms.exhibition.presence.messages import BoothNow
from rooms.exhibition.queue.messages import OwnPlace, PlaceState, PlaceView
from rooms.exhibition.requests.messages import ContactKind, ContactState, ContactView, OwnContact
from rooms.exhibition.tables import booth_staff, booths, contacts, exhibition_halls, queue_places

UNDER_WAY = ("waiting", "called", "talking")
CONTACTS_SHOWN = 200
b, q, c = booths.c, queue_places.c, contacts.c
server = persons.alias("server")


class QueuePlace(NamedTuple):
    """A row of the queue."""

    id: str
    booth: str
    person: str
    person_name: str
    ticket: int
    rank: int
    state: str
    joined_at: Any
    called_by: str | None
    called_by_name: str | None
    called_at: Any
    until: Any
    accepted_at: Any
    missed: int
    meeting: str | None
    soon_at: Any = None
    late_at: Any = None

    @classmethod
    def joined(cls, id: str, booth: str, person: PersonView, ticket: int, rank: int, at: datetime) -> "QueuePlace":
        """A new place, without reading it from the database."""
        free = {"called_by": None, "called_by_name": None, "called_at": None, "until": None, "accepted_at": None}
        return cls(id, booth, person.id, person.name, ticket, rank, "waiting", at, **free, missed=0, meeting=None)

    @property
    def caller(self) -> PersonView | None:
        return PersonView(self.called_by, self.called_by_name or "") if self.called_by else None

    @property
    def lapses(self) -> datetime | None:
        """The time at which the call lapses. For a talk, `until` is when it counts as abandoned, which clients need not know."""
        return self.until if self.state == "called" else None

    def view(self) -> PlaceView:
        return PlaceView(
            id=self.id,
            ticket=self.ticket,
            rank=self.rank,
            person=PersonView(self.person, self.person_name),
            state=PlaceState(self.state),
            joined_at=self.joined_at,
            called_by=self.caller,
            called_at=self.called_at,
            until=self.lapses,
            meeting=self.meeting,
        )

    def own(self) -> OwnPlace:
        return OwnPlace(
            self.id, self.ticket, PlaceState(self.state), self.caller, self.lapses, self.missed, self.meeting
        )


async def places(connection: AsyncConnection, *conditions: "sa.ColumnElement[bool]") -> list[QueuePlace]:
    """In the order of the queue."""
    named = {"person_name": persons.c.name, "called_by_name": server.c.name}
    columns = [named[field].label(field) if field in named else q[field] for field in QueuePlace._fields]
    joined = queue_places.join(persons, persons.c.id == q.person).outerjoin(server, server.c.id == q.called_by)
    select = sa.select(*columns).select_from(joined).where(*conditions).order_by(q.rank, q.ticket)
    return [QueuePlace(*row) for row in await connection.execute(select)]


async def places_under_way(connection: AsyncConnection, booth: str) -> list[QueuePlace]:
    return await places(connection, q.booth == booth, q.state.in_(UNDER_WAY))


async def own_places(connection: AsyncConnection, people: Collection[str], at: Collection[str]) -> list[QueuePlace]:
    """The current queue places of people."""
    return await places(connection, q.person.in_(people), q.booth.in_(at), q.state.in_(UNDER_WAY))


async def engaged(connection: AsyncConnection, people: Collection[str], now: datetime, *, but: str = "") -> set[str]:
    """Those of these people who are being called or are talking, at any booth. `but`: a place that does not count."""
    engaged = sa.or_(q.state == "talking", sa.and_(q.state == "called", q.until > now))
    select = sa.select(q.person).where(q.person.in_(people), engaged, q.id != but)
    return set((await connection.execute(select)).scalars())


async def booth_row(connection: AsyncConnection, booth: str) -> Any:
    """All columns, and `hall_name`. Raises Problem "not_found"."""
    joined = booths.join(exhibition_halls, exhibition_halls.c.id == b.hall)
    select = sa.select(booths, exhibition_halls.c.name.label("hall_name")).select_from(joined).where(b.id == booth)
    row = (await connection.execute(select)).one_or_none()
    if row is None:
        raise Problem("not_found", ABSENT)
    return row


async def booth_room(connection: AsyncConnection, conference: str, booth: str) -> str:
    """The room of a booth of this conference. Raises Problem "not_found"."""
    return await _room(connection, conference, "booth", booth)


async def hall_room(connection: AsyncConnection, conference: str, hall: str) -> str:
    return await _room(connection, conference, "hall", hall)


async def meeting_room(connection: AsyncConnection, conference: str, meeting: str) -> str:
    return await _room(connection, conference, "meeting", meeting)


async def _room(connection: AsyncConnection, conference: str, kind: str, subject: str) -> str:
    here = sa.and_(rooms.c.kind == kind, rooms.c.subject == subject, rooms.c.conference == conference)
    room = (await connection.execute(sa.select(rooms.c.id).where(here))).scalar_one_or_none()
    if room is None:
        raise Problem("not_found", ABSENT)
    return room


async def room_of_hall(connection: AsyncConnection, booth: str) -> str:
    """The room of a booth's hall."""
    hall = sa.select(b.hall).where(b.id == booth).scalar_subquery()
    select = sa.select(rooms.c.id).where(rooms.c.kind == "hall", rooms.c.subject == hall)
    return (await connection.execute(select)).scalar_one()


def view_of(row: Any) -> BoothView:
    names = [field for field in BoothView.__struct_fields__ if field != "hall"]
    return BoothView(**{name: getattr(row, name) for name in names}, hall=row.hall_name)


def card_of(row: Any) -> BoothCard:
    texts = {
        locale: {name: text for name, text in fields.items() if name != "about"} for locale, fields in row.texts.items()
    }
    names = [field for field in BoothCard.__struct_fields__ if field != "texts"]
    return BoothCard(**{name: getattr(row, name) for name in names}, texts=texts)


def draft_of(row: Any) -> DraftView:
    draft = row.draft
    if draft is None:
        return DraftView(Review(row.review), row.note, None)
    fixed = {"id": row.id, "number": row.number, "tier": row.tier, "hall": row.hall_name, "logo": row.logo}
    return DraftView(Review(row.review), row.note, BoothView(**{**draft, **fixed}))


def now_of(row: Any) -> BoothNow:
    return BoothNow(row.people, row.waiting, row.staff_here > 0)


async def cards(connection: AsyncConnection, *conditions: "sa.ColumnElement[bool]") -> list[BoothCard]:
    select = sa.select(booths).where(b.open, *conditions).order_by(b.tier, b.number, b.id)
    return [card_of(row) for row in await connection.execute(select)]


async def floor(connection: AsyncConnection, *conditions: "sa.ColumnElement[bool]") -> dict[str, BoothNow]:
    select = sa.select(b.id, b.people, b.waiting, b.staff_here).where(*conditions)
    return {row.id: now_of(row) for row in await connection.execute(select)}


async def hall(connection: AsyncConnection, id: str) -> HallView:
    h = exhibition_halls.c
    return HallView(*(await connection.execute(sa.select(h.id, h.name, h.texts).where(h.id == id))).one())


async def hall_of_booth(connection: AsyncConnection, booth: str) -> HallView:
    """The hall of a booth."""
    return await hall(connection, (await connection.execute(sa.select(b.hall).where(b.id == booth))).scalar_one())


async def staff(connection: AsyncConnection, booth: str) -> list[StaffView]:
    """Sorted by name."""
    s = booth_staff.c
    joined = booth_staff.join(persons, persons.c.id == s.person)
    select = sa.select(persons.c.id, persons.c.name, s.duty).select_from(joined).where(s.booth == booth)
    rows = await connection.execute(select.order_by(persons.c.name, persons.c.id))
    return [StaffView(PersonView(row.id, row.name), Duty(row.duty)) for row in rows]


async def listed_staff(connection: AsyncConnection, booth: str, conference: str) -> list[PersonView]:
    """The staff of a booth who chose to be named to others, by name."""
    s = booth_staff.c
    joined = booth_staff.join(persons, persons.c.id == s.person).join(booths, b.id == s.booth)
    select = sa.select(persons.c.id, persons.c.name).select_from(joined)
    shown = sa.and_(s.booth == booth, b.conference == conference, persons.c.listed)
    rows = await connection.execute(select.where(shown).order_by(persons.c.name, persons.c.id))
    return [PersonView(*row) for row in rows]


async def contact_views(connection: AsyncConnection, *conditions: "sa.ColumnElement[bool]") -> list[ContactView]:
    """The newest, oldest first."""
    joined = contacts.join(persons, persons.c.id == c.person).outerjoin(server, server.c.id == c.owner)
    columns = (c.id, c.kind, c.state, c.person, persons.c.name, c.text, c.owner, server.c.name.label("owner_name"))
    select = sa.select(*columns, c.at).select_from(joined).where(*conditions)
    rows = (await connection.execute(select.order_by(c.at.desc(), c.id.desc()).limit(CONTACTS_SHOWN))).all()
    return [
        ContactView(
            row.id,
            ContactKind(row.kind),
            ContactState(row.state),
            PersonView(row.person, row.name),
            row.text,
            PersonView(row.owner, row.owner_name or "") if row.owner else None,
            row.at,
        )
        for row in reversed(rows)
    ]


def own_contact(view: ContactView) -> OwnContact:
    return OwnContact(view.id, view.kind, view.state, view.text, view.owner, view.at)
