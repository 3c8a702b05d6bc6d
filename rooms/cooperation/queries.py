"""Reads types, entries, comments and interests."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

import msgspec
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from rooms.cooperation.messages import (
    CommentView,
    EntrySide,
    EntryState,
    EntryView,
    FieldView,
    InterestState,
    InterestView,
    RoleSought,
    TypeView,
)
from rooms.cooperation.tables import entries, entry_comments, entry_types, interests
from rooms.core.commands.access import ABSENT
from rooms.core.commands.people import PersonView
from rooms.core.errors import Problem
from rooms.core.store.tables import persons
from rooms.organisations.tables import organisations

MOST_COMMENTS = 200
MOST_INTERESTS = 500

e, t, o, i, c, p = entries.c, entry_types.c, organisations.c, interests.c, entry_comments.c, persons.c
answering = persons.alias("answering")


async def is_open(connection: AsyncConnection, conference: str) -> bool:
    """Whether the organisers have defined what can be offered and sought."""
    select = sa.select(sa.exists().where(t.conference == conference))
    return (await connection.execute(select)).scalar_one()


async def types(connection: AsyncConnection, conference: str, *, archived: bool = False) -> list[TypeView]:
    """The types of entries of a conference, in their order."""
    select = sa.select(entry_types).where(t.conference == conference)
    if not archived:
        select = select.where(t.archived_at.is_(None))
    return [type_of(row) for row in await connection.execute(select.order_by(t.position, t.id))]


def type_of(row: Any) -> TypeView:
    fields = msgspec.convert(row.fields, list[FieldView])
    return TypeView(row.id, EntrySide(row.side), row.name, row.texts, fields, row.days, row.archived_at is not None)


async def type_row(connection: AsyncConnection, conference: str, type: str) -> Any:
    """Raises Problem "not_found"."""
    select = sa.select(entry_types).where(t.id == type, t.conference == conference)
    row = (await connection.execute(select)).one_or_none()
    if row is None:
        raise Problem("not_found", ABSENT, field="type")
    return row


NAMED = sa.select(
    entries, o.name.label("organisation_name"), o.texts.label("organisation_texts"), o.logo.label("logo")
).select_from(entries.join(organisations, o.id == e.organisation))


async def entry_row(connection: AsyncConnection, conference: str, entry: str) -> Any:
    """All columns, with the organisation's name. Raises Problem "not_found"."""
    row = (await connection.execute(NAMED.where(e.id == entry, e.conference == conference))).one_or_none()
    if row is None:
        raise Problem("not_found", ABSENT, field="entry")
    return row


async def entry_rows(connection: AsyncConnection, *conditions: "sa.ColumnElement[bool]") -> list[Any]:
    """Newest first."""
    select = NAMED.where(*conditions).order_by(e.created_at.desc(), e.id)
    return list((await connection.execute(select)).all())


def view_of(row: Any) -> EntryView:
    """What visitors see."""
    names = [name for name in EntryView.__struct_fields__ if name not in {"state", "roles"}]
    said = {name: getattr(row, name) for name in names}
    return EntryView(**said, state=EntryState(row.state), roles=_roles(row.roles))


def _roles(stored: list[dict[str, Any]] | None) -> list[RoleSought]:
    return msgspec.convert(stored or [], list[RoleSought])


def draft_of(row: Any) -> EntryView:
    """As `view_of`, with the texts of the draft if there is one."""
    view = view_of(row)
    if not row.draft:
        return view
    return msgspec.structs.replace(view, **{**row.draft, "roles": _roles(row.draft.get("roles"))})


async def comments(connection: AsyncConnection, entry: str) -> list[CommentView]:
    """The newest, oldest first."""
    joined = entry_comments.join(persons, p.id == c.person)
    select = sa.select(c.id, c.person, p.name, c.text, c.at).select_from(joined).where(c.entry == entry)
    rows = (await connection.execute(select.order_by(c.at.desc(), c.id).limit(MOST_COMMENTS))).all()
    return [CommentView(row.id, PersonView(row.person, row.name), row.text, row.at) for row in reversed(rows)]


async def interest_row(connection: AsyncConnection, conference: str, interest: str) -> Any:
    """An interest with the organisation, the title and the roles of its entry, as `owner`, `title` and `roles`. Raises Problem "not_found"."""
    joined = interests.join(entries, e.id == i.entry)
    select = sa.select(interests, e.organisation.label("owner"), e.conference, e.title, e.roles).select_from(joined)
    row = (await connection.execute(select.where(i.id == interest, e.conference == conference))).one_or_none()
    if row is None:
        raise Problem("not_found", ABSENT, field="interest")
    return row


async def interest_views(connection: AsyncConnection, *conditions: "sa.ColumnElement[bool]") -> list[InterestView]:
    """Those that wait first, longest first; then the newest. Addresses are read of accepted ones alone."""
    accepted = i.state == InterestState.ACCEPTED.value
    joined = interests.join(entries, e.id == i.entry).join(persons, p.id == i.person)
    joined = joined.outerjoin(organisations, o.id == i.organisation)
    joined = joined.outerjoin(answering, sa.and_(accepted, answering.c.id == i.answered_by))
    waits = i.state == InterestState.WAITING.value
    order = (sa.case((waits, 0), else_=1), sa.case((waits, i.at)), i.at.desc(), i.id)
    select = sa.select(
        interests,
        e.title,
        e.texts,
        p.name,
        o.name.label("organisation_name"),
        sa.case((accepted, p.email)).label("email"),
        answering.c.name.label("contact"),
        answering.c.email.label("contact_email"),
        answering.c.id.label("contact_id"),
    ).select_from(joined)
    rows = await connection.execute(select.where(*conditions).order_by(*order).limit(MOST_INTERESTS))
    return [
        InterestView(
            id=row.id,
            entry=row.entry,
            entry_title=row.title,
            texts={locale: {"entry_title": said["title"]} for locale, said in row.texts.items() if said.get("title")},
            person=PersonView(row.person, row.name),
            organisation_name=row.organisation_name or "",
            role=row.role,
            text=row.text,
            state=InterestState(row.state),
            reason=row.reason,
            outcome=row.outcome,
            at=row.at,
            answered_at=row.answered_at,
            email=row.email or "",
            contact=row.contact or "",
            contact_email=row.contact_email or "",
            contact_id=row.contact_id or "",
        )
        for row in rows
    ]


async def unanswered(connection: AsyncConnection, conference: str, organisations: Collection[str]) -> int:
    """How many contact requests wait for an answer of these organisations."""
    select = sa.select(sa.func.count()).select_from(interests.join(entries, e.id == i.entry))
    waits = i.state == InterestState.WAITING.value
    select = select.where(e.conference == conference, e.organisation.in_(list(organisations)), waits)
    return (await connection.execute(select)).scalar_one()


async def median_wait(connection: AsyncConnection, conference: str, now: datetime) -> float | None:
    """The median of the seconds that interests waited for an answer, or have waited so far; None without any."""
    joined = interests.join(entries, e.id == i.entry)
    select = sa.select(i.at, i.answered_at).select_from(joined)
    select = select.where(e.conference == conference, i.state != InterestState.WITHDRAWN.value)
    waits = sorted(((row.answered_at or now) - row.at).total_seconds() for row in await connection.execute(select))
    if not waits:
        return None
    middle = len(waits) // 2
    return waits[middle] if len(waits) % 2 else (waits[middle - 1] + waits[middle]) / 2
