"""Reads organisations."""

from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from rooms.core.commands.access import ABSENT
from rooms.core.errors import Problem
from rooms.core.search import search_words
from rooms.organisations.messages import OrganisationView
from rooms.organisations.tables import organisation_members, organisations

PAGE = 50
MOST_WORDS = 8
MOST_GROUPS = 50
"""Groups of duplicates shown at once."""

o, m = organisations.c, organisation_members.c


async def organisation_row(connection: AsyncConnection, conference: str, organisation: str) -> Any:
    """All columns. Raises Problem "not_found"."""
    select = sa.select(organisations).where(o.id == organisation, o.conference == conference)
    row = (await connection.execute(select)).one_or_none()
    if row is None:
        raise Problem("not_found", ABSENT, field="organisation")
    return row


def view_of(row: Any) -> OrganisationView:
    return OrganisationView(**{name: getattr(row, name) for name in OrganisationView.__struct_fields__})


class ListedOrganisation(NamedTuple):
    """An organisation in the organisers' list."""

    view: OrganisationView
    members: int


def _passing(conference: str, words: str) -> "sa.ColumnElement[bool]":
    found = (o.searched.contains(word, autoescape=True) for word in search_words(words, MOST_WORDS))
    return sa.and_(o.conference == conference, *found)


async def count(connection: AsyncConnection, conference: str, words: str) -> int:
    """How many organisations match the words."""
    select = sa.select(sa.func.count()).select_from(organisations).where(_passing(conference, words))
    return (await connection.execute(select)).scalar_one()


async def page(connection: AsyncConnection, conference: str, words: str, number: int) -> list[ListedOrganisation]:
    """A page of the organisations that match the words, by name; `number` counts from 0."""
    members = sa.select(sa.func.count()).where(m.organisation == o.id).scalar_subquery().label("members")
    select = sa.select(organisations, members).where(_passing(conference, words)).order_by(sa.func.lower(o.name), o.id)
    rows = await connection.execute(select.limit(PAGE).offset(number * PAGE))
    return [ListedOrganisation(view_of(row), row.members) for row in rows]


async def mine(connection: AsyncConnection, conference: str, person: str) -> list[tuple[OrganisationView, str]]:
    """The organisations of a person in a conference, with their role, by name."""
    joined = organisations.join(organisation_members, m.organisation == o.id)
    select = sa.select(organisations, m.role).select_from(joined).where(o.conference == conference, m.person == person)
    return [(view_of(row), row.role) for row in await connection.execute(select.order_by(o.name, o.id))]


async def duplicates(connection: AsyncConnection, conference: str) -> list[list[OrganisationView]]:
    """Groups of organisations whose names differ only in case, punctuation or legal form."""
    here = o.conference == conference
    repeated = (
        sa.select(o.key).where(here).group_by(o.key).having(sa.func.count() > 1).order_by(o.key).limit(MOST_GROUPS)
    )
    select = sa.select(organisations).where(here, o.key.in_(repeated)).order_by(o.key, o.id)
    groups: dict[str, list[OrganisationView]] = {}
    for row in await connection.execute(select):
        groups.setdefault(row.key, []).append(view_of(row))
    return list(groups.values())
