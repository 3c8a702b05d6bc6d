"""The profile of an organisation: cleans what people write, and finds or creates the organisation with a name."""

from collections.abc import Awaitable, Callable
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from rooms.core.errors import Problem
from rooms.core.ids import new_id
from rooms.core.search import fold
from rooms.core.text import N_, clean_line, clean_text, optional_text
from rooms.core.web_address import clean_website
from rooms.organisations.messages import ABOUT_LENGTH, FIELD_LENGTH, NAME_LENGTH, Profile
from rooms.organisations.names import key_of
from rooms.organisations.tables import organisations

EMPTY: dict[str, Any] = {"about": "", "texts": {}, "website": "", "logo": "", "country": "", "fields": []}

o = organisations.c


def cleaned(profile: Profile) -> dict[str, Any]:
    """The columns of a profile that somebody has written. Raises Problem "invalid"."""
    texts: dict[str, dict[str, str]] = {}
    for locale, translated in profile.texts.items():
        for name, text in translated.items():
            if name not in {"name", "about"}:
                message = N_("An organisation has no text called “%(name)s”.")
                raise Problem("invalid", message, field="texts", values={"name": name[:40]})
            if text.strip():
                clean = (
                    clean_line(text, NAME_LENGTH, "texts")
                    if name == "name"
                    else clean_text(text, ABOUT_LENGTH, "texts")
                )
                texts.setdefault(locale, {})[name] = clean
    fields = [clean_line(each, FIELD_LENGTH, "fields") for each in profile.fields if each.strip()]
    return columns_of(
        {
            "name": clean_line(profile.name, NAME_LENGTH, "name"),
            "about": optional_text(profile.about, ABOUT_LENGTH, "about"),
            "texts": texts,
            "website": clean_website(profile.website),
            "country": profile.country,
            "fields": list(dict.fromkeys(fields)),
        }
    )


def columns_of(said: dict[str, Any]) -> dict[str, Any]:
    """The columns of a profile, with those by which it is compared and searched."""
    translated = [text for texts in said["texts"].values() for text in texts.values()]
    words = [said["name"], said["about"], *said["fields"], *translated]
    return {**said, "key": key_of(said["name"]), "searched": fold(" ".join(words))}


async def create(connection: AsyncConnection, conference: str, said: dict[str, Any]) -> str:
    """Creates an organisation; returns its id. `said`: the columns of its profile."""
    id = new_id()
    values = {"id": id, "conference": conference, **columns_of({**EMPTY, **said})}
    await connection.execute(organisations.insert().values(values))
    return id


Changed = Callable[[AsyncConnection, str], Awaitable[None]]
"""(connection, organisation): updates what shows the names of an organisation."""

_CHANGED: list[Changed] = []


def when_renamed(changed: Changed) -> Changed:
    """Decorator: the function is called when an organisation has other names."""
    _CHANGED.append(changed)
    return changed


async def change(connection: AsyncConnection, organisation: str, columns: dict[str, Any]) -> None:
    """Replaces the profile of an organisation with cleaned columns."""
    before = (await connection.execute(sa.select(o.name, o.texts).where(o.id == organisation))).one()
    await connection.execute(organisations.update().where(o.id == organisation).values(columns))
    if _names(before.name, before.texts) != _names(columns["name"], columns["texts"]):
        for changed in _CHANGED:
            await changed(connection, organisation)


def _names(name: str, texts: dict[str, dict[str, str]]) -> list[str]:
    return [name, *(said["name"] for _, said in sorted(texts.items()) if said.get("name"))]


async def hold(connection: AsyncConnection, organisation: str) -> bool:
    """Whether the organisation exists. It is then not merged into another before the end of the transaction."""
    select = sa.select(o.id).where(o.id == organisation).with_for_update(read=True, key_share=True)
    return (await connection.execute(select)).scalar_one_or_none() is not None


async def named(
    connection: AsyncConnection, conference: str, said: dict[str, Any], among: "sa.ColumnElement[bool]"
) -> str:
    """The organisation with the name in `said` among some of them, created if there is none."""
    select = sa.select(o.id).where(o.conference == conference, o.key == key_of(said["name"]), among)
    select = select.order_by(o.id).limit(1).with_for_update(read=True, key_share=True)
    found = (await connection.execute(select)).scalar_one_or_none()
    return found or await create(connection, conference, said)
