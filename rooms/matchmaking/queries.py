"""Reads settings, profiles and wishes, and who takes part."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any, NamedTuple

import msgspec
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from rooms.core.commands.people import PersonView
from rooms.core.search import search_words
from rooms.core.store.tables import conferences, persons, roles
from rooms.matchmaking.messages import SetMatching, SetMatchProfile, WishKind
from rooms.matchmaking.tables import match_keys, match_profiles, match_settings, wishes
from rooms.organisations.tables import organisation_members, organisations
from rooms.people.restraints import not_removed
from rooms.people.tables import blocks

CLOSED = SetMatching(open=False, most=8)
"""The settings of a conference whose organisers have not opened matchmaking yet."""
MOST_FOUND = 20

m, k, w = match_profiles.c, match_keys.c, wishes.c
p, r, b, o, om = persons.c, roles.c, blocks.c, organisations.c, organisation_members.c

KEYED = {"science": "sciences", "wants": "wanted", "language": "languages", "country": "countries"}
"""Kinds of keys, and the field of a profile that holds their values."""


async def settings_of(connection: AsyncConnection, conference: str) -> SetMatching:
    s = match_settings.c
    row = (
        await connection.execute(sa.select(s.open, s.most, s.together).where(s.conference == conference))
    ).one_or_none()
    return SetMatching(*row) if row is not None else CLOSED


async def profile_of(connection: AsyncConnection, conference: str, person: str) -> SetMatchProfile | None:
    select = sa.select(match_profiles).where(m.conference == conference, m.person == person)
    row = (await connection.execute(select)).one_or_none()
    if row is None:
        return None
    keys = (await keys_of(connection, conference, [person])).get(person, {})
    listed = {field: keys.get(kind, []) for kind, field in KEYED.items()}
    names = ("found", "role", "home", "offers", "needs", "alone", "most")
    return msgspec.convert({**{name: getattr(row, name) for name in names}, **listed}, SetMatchProfile)


async def keys_of(
    connection: AsyncConnection, conference: str, people: Collection[str]
) -> dict[str, dict[str, list[str]]]:
    """By person and kind, without the words of what they offer and need."""
    select = sa.select(k.person, k.kind, k.value).where(k.conference == conference, k.person.in_(list(people)))
    found: dict[str, dict[str, list[str]]] = {}
    for person, kind, value in await connection.execute(select.where(k.kind.in_(list(KEYED))).order_by(k.value)):
        found.setdefault(person, {}).setdefault(kind, []).append(value)
    return found


def takes_part(conference: str, now: datetime) -> "sa.ColumnElement[bool]":
    """A condition on `match_profiles` joined with `persons`: chose to be found, and may still enter the conference."""
    open_to_all = sa.exists().where(conferences.c.id == conference, conferences.c.access == "public")
    has_role = sa.exists().where(r.person == m.person, r.conference == conference, r.session == "")
    here = sa.or_(open_to_all, has_role, p.admin)
    registered = sa.and_(p.erased_at.is_(None), p.kind == "registered", p.verified_at.is_not(None))
    return sa.and_(m.conference == conference, m.found, registered, here, not_removed(m.person, conference, now))


def apart(person: str) -> "sa.ColumnElement[bool]":
    """A condition on `match_profiles`: neither of the two has blocked the other, and they are two."""
    blocked = sa.exists().where(
        sa.or_(
            sa.and_(b.person == person, b.blocked == m.person),
            sa.and_(b.person == m.person, b.blocked == person),
        )
    )
    return sa.and_(m.person != person, ~blocked)


PEOPLE = match_profiles.join(persons, p.id == m.person)


class Met(NamedTuple):
    """A person as others see them in matchmaking."""

    person: PersonView
    role: str
    home: str
    organisations: list[str]


async def people_of(
    connection: AsyncConnection, conference: str, *conditions: "sa.ColumnElement[bool]"
) -> dict[str, Met]:
    """Of the profiles that meet the conditions, by name."""
    select = sa.select(m.person, p.name, m.role, m.home).select_from(PEOPLE).where(*conditions)
    rows = (await connection.execute(select.order_by(p.name, m.person))).all()
    named = await organisations_of(connection, conference, [row.person for row in rows])
    return {
        row.person: Met(PersonView(row.person, row.name), row.role, row.home, named.get(row.person, [])) for row in rows
    }


async def organisations_of(
    connection: AsyncConnection, conference: str, people: Collection[str]
) -> Mapping[str, list[str]]:
    """The names of people's organisations."""
    select = sa.select(om.person, o.name).join(organisations, o.id == om.organisation)
    found: dict[str, list[str]] = {}
    rows = await connection.execute(select.where(o.conference == conference, om.person.in_(list(people))))
    for person, name in sorted(tuple(row) for row in rows):
        found.setdefault(person, []).append(name)
    return found


async def search(connection: AsyncConnection, conference: str, person: str, words: str, now: datetime) -> list[Met]:
    """People who take part and whose name holds all the words."""
    wanted = search_words(words, 8)
    if not wanted or len(words.strip()) < 2:
        return []
    folded = sa.func.coalesce(p.searched, sa.func.lower(p.name))
    named = (folded.contains(word, autoescape=True) for word in wanted)
    select = sa.select(m.person).select_from(PEOPLE).where(takes_part(conference, now), apart(person), *named)
    ids = list((await connection.execute(select.order_by(p.name, m.person).limit(MOST_FOUND))).scalars())
    return list((await people_of(connection, conference, m.conference == conference, m.person.in_(ids))).values())


async def wishes_of(connection: AsyncConnection, conference: str, person: str) -> dict[str, Any]:
    """A person's own wishes by the other person, newest first. Nobody else may read them."""
    select = sa.select(w.other, w.wish, w.again, w.at).where(w.conference == conference, w.person == person)
    rows = await connection.execute(select.order_by(w.at.desc(), w.other))
    return {row.other: row for row in rows}


async def wish_about(
    connection: AsyncConnection, conference: str, person: str, other: str, now: datetime
) -> str | None:
    """A person's own wish about another, "" without one; None where they cannot wish to meet: both must take part."""
    if not (await settings_of(connection, conference)).open:
        return None
    both = sa.and_(takes_part(conference, now), m.person.in_([person, other]))
    apart_from = sa.or_(m.person == person, apart(person))
    people = sa.select(sa.func.count()).select_from(PEOPLE).where(both, apart_from)
    if person == other or (await connection.execute(people)).scalar_one() < 2:
        return None
    wish = sa.select(w.wish).where(w.conference == conference, w.person == person, w.other == other)
    return (await connection.execute(wish)).scalar_one_or_none() or ""


async def counts(connection: AsyncConnection, conference: str, now: datetime) -> dict[str, int]:
    """How many people take part, and how many wishes ask for a meeting."""
    people = sa.select(sa.func.count()).select_from(PEOPLE).where(takes_part(conference, now))
    asked = w.wish.in_([WishKind.MUST.value, WishKind.MEET.value])
    wished = sa.select(sa.func.count()).select_from(wishes).where(w.conference == conference, asked)
    return {
        "people": (await connection.execute(people)).scalar_one(),
        "wishes": (await connection.execute(wished)).scalar_one(),
    }
