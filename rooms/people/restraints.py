"""Database access for silences and bans, in a whole conference or in one session."""

from collections.abc import Iterable
from datetime import datetime
from typing import Literal, NamedTuple

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from rooms.core.commands.people import PersonView
from rooms.core.store.database import insert_into
from rooms.core.store.tables import persons, restraints
from rooms.people import guest_marks
from rooms.people.messages import RestraintView

Kind = Literal["silence", "ban"]


def not_removed(
    person: "sa.ColumnElement[str]", conference: "sa.ColumnElement[str] | str", at: datetime
) -> "sa.ColumnElement[bool]":
    """A condition on people: they have not been removed from a conference."""
    r = restraints.c
    lasts = sa.or_(r.until.is_(None), r.until > at)
    return ~sa.exists().where(r.person == person, r.conference == conference, r.session == "", r.kind == "ban", lasts)


async def still_here(connection: AsyncConnection, conference: str, people: Iterable[str], at: datetime) -> list[str]:
    """Those of these people who have not been removed from a conference, sorted by id."""
    p = persons.c
    here = sa.and_(p.id.in_(list(people)), not_removed(p.id, conference, at))
    return list((await connection.execute(sa.select(p.id).where(here).order_by(p.id))).scalars())


async def views(connection: AsyncConnection, conference: str, session: str) -> list[RestraintView]:
    """The restraints in a session or, with session "", in the whole conference; by name."""
    r = restraints.c
    select = sa.select(r.person, persons.c.name, r.kind, r.until, r.reason).join(persons, persons.c.id == r.person)
    select = select.where(r.conference == conference, r.session == session).order_by(persons.c.name, r.person, r.kind)
    return [
        RestraintView(PersonView(x.person, x.name), x.kind, x.until, x.reason) for x in await connection.execute(select)
    ]


class Standing(NamedTuple):
    """An active restraint; `session` None: in the whole conference."""

    person: PersonView
    session: str | None
    kind: str
    until: datetime | None
    reason: str


async def everywhere(connection: AsyncConnection, conference: str, at: datetime) -> list[Standing]:
    """The active restraints in a conference and all its sessions, by name."""
    r = restraints.c
    select = sa.select(r.person, persons.c.name, r.session, r.kind, r.until, r.reason)
    select = select.join(persons, persons.c.id == r.person).order_by(persons.c.name, r.person, r.session, r.kind)
    select = select.where(r.conference == conference, sa.or_(r.until.is_(None), r.until > at))
    return [
        Standing(PersonView(x.person, x.name), x.session or None, x.kind, x.until, x.reason)
        for x in await connection.execute(select)
    ]


async def impose(
    connection: AsyncConnection,
    *,
    person: str,
    conference: str,
    session: str,
    kind: Kind,
    until: datetime | None,
    reason: str,
    by: str,
    at: datetime,
) -> None:
    """Sets a restraint, replacing one of the same kind."""
    values = {"until": until, "reason": reason, "by": by, "at": at}
    insert = insert_into(connection, restraints).values(
        person=person, conference=conference, session=session, kind=kind, **values
    )
    keys = [restraints.c.person, restraints.c.conference, restraints.c.session, restraints.c.kind]
    await connection.execute(insert.on_conflict_do_update(index_elements=keys, set_=values))
    this = {"person": person, "conference": conference, "session": session, "kind": kind}
    await guest_marks.remember(connection, **this, until=until, at=at)


async def lift(connection: AsyncConnection, *, person: str, conference: str, session: str, kind: Kind) -> bool:
    """Returns False if there was none."""
    await guest_marks.release(connection, person=person, conference=conference, session=session, kind=kind)
    r = restraints.c
    gone = await connection.execute(
        restraints.delete().where(r.person == person, r.conference == conference, r.session == session, r.kind == kind)
    )
    return gone.rowcount > 0
