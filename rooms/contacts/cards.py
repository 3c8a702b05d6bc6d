"""A person's card: what they can give to others, and who sees their profile page."""

from collections.abc import Collection
from datetime import datetime
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from rooms.contacts.messages import (
    LINE_LENGTH,
    NOTE_LENGTH,
    OFFERS_LENGTH,
    PHONE_LENGTH,
    WEBSITE_LENGTH,
    CardField,
    EditCard,
    ProfileAudience,
)
from rooms.contacts.tables import cards
from rooms.core.commands.access import Actor
from rooms.core.commands.registry import command
from rooms.core.commands.transaction import Transaction
from rooms.core.errors import Problem
from rooms.core.rate_limits import Rate
from rooms.core.store.database import insert_into
from rooms.core.store.tables import persons
from rooms.core.text import N_, optional_line, optional_text
from rooms.core.web_address import clean_website
from rooms.people import rules

TELEPHONE = frozenset("+0123456789 ()-./#*extEXT")

p, c = persons.c, cards.c


class Card(NamedTuple):
    """What is written on a card. Empty: not given."""

    person: str
    name: str
    email: str = ""
    phone: str = ""
    organisation: str = ""
    job: str = ""
    website: str = ""
    country: str = ""
    languages: tuple[str, ...] = ()
    note: str = ""

    def only(self, fields: Collection[str]) -> "Card":
        """The card with the name and these fields alone."""
        return Card(self.person, self.name, **{name: getattr(self, name) for name in CardField if name in fields})


class OwnCard(NamedTuple):
    """A card with what only its owner sees."""

    card: Card
    offers: str
    audience: ProfileAudience
    usual: list[CardField]


USUAL = [CardField.EMAIL, CardField.ORGANISATION, CardField.JOB]

COLUMNS = (
    p.id.label("card_person"),
    p.name.label("card_name"),
    sa.case((p.verified_at.is_not(None), p.email)).label("card_email"),
    *(c[name].label(f"card_{name}") for name in CardField if name != CardField.EMAIL),
)
"""For a query over persons, outer-joined with their cards."""


def card_of(row: "sa.Row[tuple[object, ...]]") -> Card:
    """The card in the `COLUMNS` of a row."""
    values = {name: getattr(row, f"card_{name}") or "" for name in CardField if name != CardField.LANGUAGES}
    return Card(row.card_person, row.card_name, **values, languages=tuple(row.card_languages or ()))


async def own_card(connection: AsyncConnection, person: str) -> OwnCard:
    """Raises Problem "not_found" for a person who does not exist."""
    select = sa.select(*COLUMNS, c.offers, c.audience, c.usual).select_from(persons.outerjoin(cards, c.person == p.id))
    row = (await connection.execute(select.where(p.id == person, p.erased_at.is_(None)))).one_or_none()
    if row is None:
        raise Problem("not_found", N_("This person does not exist."), field="person")
    usual = [CardField(name) for name in row.usual] if row.usual is not None else USUAL
    return OwnCard(card_of(row), row.offers or "", ProfileAudience(row.audience or ProfileAudience.CONTACTS), usual)


@command(EditCard, kinds={"desk"}, allowed=rules.owns_desk, rate=Rate(30, 600))
async def edit_card(tx: Transaction, actor: Actor, command: EditCard) -> None:
    website = clean_website(command.website)
    if len(website) > WEBSITE_LENGTH:
        raise Problem("invalid", N_("This address is too long."), field="website")
    values = {
        "phone": _telephone(command.phone),
        "organisation": optional_line(command.organisation, LINE_LENGTH, "organisation"),
        "job": optional_line(command.job, LINE_LENGTH, "job"),
        "website": website,
        "country": command.country,
        "languages": list(dict.fromkeys(command.languages)),
        "note": optional_text(command.note, NOTE_LENGTH, "note"),
        "offers": optional_text(command.offers, OFFERS_LENGTH, "offers"),
        "audience": command.audience.value,
        "usual": [name.value for name in dict.fromkeys(command.usual)],
        "changed_at": tx.now,
    }
    insert = insert_into(tx.connection, cards).values(person=actor.known.id, **values)
    await tx.connection.execute(insert.on_conflict_do_update(index_elements=[c.person], set_=values))


async def new_card(
    connection: AsyncConnection, person: str, *, country: str, languages: list[str], at: datetime
) -> None:
    """Fills the card of an account that organisers have just created. Nothing on it is shown to anybody before the person chooses to."""
    values: dict[str, Any] = dict.fromkeys(("phone", "organisation", "job", "website", "note", "offers"), "")
    values |= {
        "country": country,
        "languages": languages,
        "audience": ProfileAudience.CONTACTS.value,
        "usual": ["email"],
    }
    await connection.execute(cards.insert().values(person=person, changed_at=at, **values))


def _telephone(number: str) -> str:
    number = optional_line(number, PHONE_LENGTH, "phone")
    if not set(number) <= TELEPHONE or (number and not any(sign.isdigit() for sign in number)):
        raise Problem("invalid", N_("A telephone number has digits, spaces and + ( ) - only."), field="phone")
    return number
