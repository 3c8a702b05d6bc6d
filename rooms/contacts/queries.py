"""Reads contacts, requests and profiles."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from rooms.contacts.cards import COLUMNS, Card, card_of
from rooms.contacts.connecting import MOST_CONTACTS
from rooms.contacts.messages import CardField, ConnectionState, HowMet
from rooms.contacts.tables import cards, connections
from rooms.core.search import fold, search_words
from rooms.core.store.tables import conferences, persons
from rooms.people.restraints import not_removed
from rooms.people.tables import blocks

mine, theirs = connections.alias("mine"), connections.alias("theirs")
p, v, b = persons.c, conferences.c, blocks.c

AGREED = ConnectionState.AGREED.value


class Contact(NamedTuple):
    """How a person stands to another. `card` holds what the other gives (in a request: nothing but the name), `gives` what the person gives or offers,
    `offered` what the other gives or offers, and `text` the other's message. `slug` and `title` are those of the conference where they met."""

    card: Card
    state: ConnectionState
    gives: list[CardField]
    offered: list[CardField]
    how: HowMet
    text: str
    slug: str
    title: str
    texts: dict[str, dict[str, str]]
    at: datetime


def _select(person: str) -> "sa.Select[Any]":
    m, t = mine.c, theirs.c
    both = sa.and_(t.person == m.other, t.other == m.person)
    joined = mine.outerjoin(theirs, both).join(persons, p.id == m.other).outerjoin(cards, cards.c.person == m.other)
    joined = joined.join(conferences, v.id == m.conference)
    blocked = sa.or_(
        sa.and_(b.person == m.person, b.blocked == m.other), sa.and_(b.person == m.other, b.blocked == m.person)
    )
    return (
        sa.select(
            *COLUMNS,
            m.state,
            m.fields,
            m.how,
            m.at,
            t.state.label("their_state"),
            t.fields.label("their_fields"),
            t.text.label("their_text"),
            v.slug,
            v.title,
            v.texts,
        )
        .select_from(joined)
        .where(m.person == person, p.erased_at.is_(None), ~sa.exists().where(blocked))
    )


def _contact(row: Any) -> Contact:
    agreed = row.state == AGREED and row.their_state == AGREED
    asked = row.state == ConnectionState.REQUESTED.value
    offered = [CardField(name) for name in row.their_fields or ()] if agreed or asked else []
    return Contact(
        card=card_of(row).only(offered if agreed else ()),
        state=ConnectionState(row.state),
        gives=[CardField(name) for name in row.fields],
        offered=offered,
        how=HowMet(row.how),
        text=row.their_text or "" if asked else "",
        slug=row.slug,
        title=row.title,
        texts=row.texts,
        at=row.at,
    )


async def contacts_of(connection: AsyncConnection, person: str, words: str = "") -> list[Contact]:
    """Both agreed; by name. `words`: all of them appear in what the other gives, or where the two met."""
    select = _select(person).where(mine.c.state == AGREED, theirs.c.state == AGREED)
    found = await connection.execute(select.order_by(sa.func.coalesce(p.searched, p.name), p.id).limit(MOST_CONTACTS))
    wanted = search_words(words)
    contacts = [_contact(row) for row in found]
    if not wanted:
        return contacts
    return [each for each in contacts if _has_all(_searched(each), wanted)]


async def requests_to(connection: AsyncConnection, person: str, now: datetime) -> list[Contact]:
    """Requests that wait for the person's answer, oldest first. Those of people who were removed from the conference are left out."""
    m, t = mine.c, theirs.c
    select = _select(person).where(m.state == ConnectionState.REQUESTED.value, t.state == ConnectionState.ASKED.value)
    select = select.where(not_removed(m.other, m.conference, now))
    return [_contact(row) for row in await connection.execute(select.order_by(m.at, m.other).limit(MOST_CONTACTS))]


async def requests_of(connection: AsyncConnection, person: str) -> list[Contact]:
    """Requests of the person that have no answer, newest first."""
    select = _select(person).where(mine.c.state == ConnectionState.ASKED.value)
    return [_contact(row) for row in await connection.execute(select.order_by(mine.c.at.desc(), mine.c.other))]


async def contact_with(connection: AsyncConnection, person: str, other: str) -> Contact | None:
    """How a person stands to another, if anything is known."""
    row = (await connection.execute(_select(person).where(mine.c.other == other))).one_or_none()
    return _contact(row) if row else None


def _has_all(text: str, words: Iterable[str]) -> bool:
    return all(word in text for word in words)


def _searched(contact: Contact) -> str:
    card = contact.card
    said = [card.name, card.email, card.phone, card.organisation, card.job, card.website, card.note, contact.title]
    return fold(" ".join([*said, *(text.get("title", "") for text in contact.texts.values())]))
