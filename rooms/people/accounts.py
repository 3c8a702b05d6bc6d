"""Accounts. A registered person has an email address, confirmed or not; a guest only has a name and can register later."""

import re
from datetime import datetime
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from rooms.core.commands.people import PersonView
from rooms.core.errors import Problem
from rooms.core.ids import new_id
from rooms.core.search import fold
from rooms.core.store.database import insert_into
from rooms.core.store.journal import open_room
from rooms.core.store.tables import persons
from rooms.core.text import N_, clean_line

NAME_LENGTH = 80
EMAIL_LENGTH = 254
# What mail servers accept in practice (RFC 5321 §4.1.2 allows far stranger addresses). Some programs treat the three characters at the end as dots.
_EMAIL = re.compile(r"[^\s@<>()\[\],;:\\\"\x00-\x1f]{1,64}@[^\s@<>()\[\],;:\\\"\x00-\x1f\u3002\uff0e\uff61]+")

TAKEN = N_("An account with this address already exists. Sign in to it.")


class Account(NamedTuple):
    """A person's row. `kind` is "registered" or "guest"; `email` is None for guests."""

    id: str
    name: str
    email: str | None
    kind: str
    verified_at: datetime | None
    has_password: bool
    admin: bool
    listed: bool
    relay_only: bool
    locale: str | None
    zone: str | None
    calendar_key: str

    @property
    def verified(self) -> bool:
        """Whether they may act: their address is confirmed, or they are a guest."""
        return self.kind == "guest" or self.verified_at is not None


ACCOUNT_COLUMNS = (
    persons.c.id,
    persons.c.name,
    persons.c.email,
    persons.c.kind,
    persons.c.verified_at,
    persons.c.password.is_not(None).label("has_password"),
    persons.c.admin,
    persons.c.listed,
    persons.c.relay_only,
    persons.c.locale,
    persons.c.zone,
    persons.c.calendar_key,
)


def clean_name(name: str) -> str:
    """Raises Problem "invalid"."""
    return clean_line(name, NAME_LENGTH, "name")


def clean_email(email: str) -> str:
    """The address in lower case. Raises Problem "invalid" when it cannot be one."""
    email = email.strip().lower()
    host = email.rpartition("@")[2]
    # "=?" begins an encoded word: mail programs would decode it to somebody else's address.
    fits = len(email) <= EMAIL_LENGTH and _EMAIL.fullmatch(email) and email.isprintable() and "=?" not in email
    if not fits or host.startswith("-") or not all(host.split(".")):
        raise Problem("invalid", N_("This is not an email address."), field="email")
    return email


async def create(
    connection: AsyncConnection,
    *,
    name: str,
    at: datetime,
    email: str | None = None,
    password: str | None = None,
    verified: bool = False,
    admin: bool = False,
    locale: str | None = None,
) -> Account:
    """Creates a person (a guest if there is no address) and their desk; `password` is already hashed. Raises Problem "conflict"."""
    email = clean_email(email) if email is not None else None
    person = new_id()
    insert = insert_into(connection, persons).values(
        id=person,
        **_name(name),
        email=email,
        password=password,
        kind="guest" if email is None else "registered",
        verified_at=at if verified and email is not None else None,
        admin=admin,
        listed=False,
        locale=locale,
        calendar_key=new_id(),
        created_at=at,
    )
    if (await connection.execute(insert.on_conflict_do_nothing(index_elements=[persons.c.email]))).rowcount == 0:
        raise Problem("conflict", TAKEN, field="email")
    await open_room(connection, "desk", person, None)
    return await get(connection, person)


async def find(connection: AsyncConnection, person: str) -> Account | None:
    select = sa.select(*ACCOUNT_COLUMNS).where(persons.c.id == person, persons.c.erased_at.is_(None))
    row = (await connection.execute(select)).one_or_none()
    return None if row is None else Account(*row)


async def get(connection: AsyncConnection, person: str) -> Account:
    """Raises Problem "not_found"."""
    account = await find(connection, person)
    if account is None:
        raise Problem("not_found", N_("This person does not exist."))
    return account


async def person_named(connection: AsyncConnection, id: str) -> PersonView:
    """The person whom a command names in its field `person`. Raises Problem "not_found"."""
    select = sa.select(persons.c.name).where(persons.c.id == id, persons.c.erased_at.is_(None))
    name = (await connection.execute(select)).scalar_one_or_none()
    if name is None:
        raise Problem("not_found", N_("This person does not exist."), field="person")
    return PersonView(id, name)


async def by_email(connection: AsyncConnection, email: str) -> Account | None:
    select = sa.select(*ACCOUNT_COLUMNS).where(persons.c.email == email.strip().lower(), persons.c.erased_at.is_(None))
    row = (await connection.execute(select)).one_or_none()
    return None if row is None else Account(*row)


async def hashed_password(connection: AsyncConnection, person: str) -> str | None:
    return (await connection.execute(sa.select(persons.c.password).where(persons.c.id == person))).scalar_one_or_none()


async def give_address(connection: AsyncConnection, person: str, email: str, at: datetime) -> None:
    """Sets an address that the person has confirmed. A guest becomes registered and keeps everything they wrote. Raises Problem "conflict"."""
    other = await by_email(connection, email)
    if other is not None and other.id != person:
        raise Problem("conflict", TAKEN, field="email")
    await _change(connection, person, email=email, kind="registered", verified_at=at)


async def change_profile(
    connection: AsyncConnection, person: str, *, name: str, listed: bool, relay_only: bool
) -> None:
    """Raises Problem "invalid"."""
    await _change(connection, person, **_name(name), listed=listed, relay_only=relay_only)


async def change_password(connection: AsyncConnection, person: str, hashed: str | None) -> None:
    """`hashed` None: the person signs in with links only."""
    await _change(connection, person, password=hashed)


async def renew_calendar_key(connection: AsyncConnection, person: str) -> None:
    """Ends the addresses of the person's calendars: who has seen one could read them without signing in."""
    await _change(connection, person, calendar_key=new_id())


async def prefer(
    connection: AsyncConnection, person: str, *, locale: str | None = None, zone: str | None = None
) -> None:
    """Stores the language or time zone for the person's next device."""
    if locale is not None:
        await _change(connection, person, locale=locale)
    if zone is not None:
        await _change(connection, person, zone=zone)


async def verify(connection: AsyncConnection, person: str, at: datetime) -> bool:
    """Marks the address as confirmed; returns False if it already was."""
    update = persons.update().where(persons.c.id == person, persons.c.verified_at.is_(None))
    return (await connection.execute(update.values(verified_at=at))).rowcount > 0


def _name(name: str) -> dict[str, str]:
    """The columns of a person's name. Raises Problem "invalid"."""
    name = clean_name(name)
    return {"name": name, "searched": fold(name)}


async def _change(connection: AsyncConnection, person: str, **values: str | bool | datetime | None) -> None:
    await connection.execute(persons.update().where(persons.c.id == person).values(**values))
