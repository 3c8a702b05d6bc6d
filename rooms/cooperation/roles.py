"""The roles that an idea seeks: checking what people write, who fills them, and what is still missing."""

import hashlib
from collections.abc import Collection
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from rooms.cooperation.fields import COUNTRIES, NAME_LENGTH
from rooms.cooperation.messages import EntrySide, InterestOutcome, InterestState, RoleSought, TypeView
from rooms.cooperation.tables import entry_sought, interests
from rooms.core.errors import Problem
from rooms.core.ids import new_id
from rooms.core.imports.places import country_code
from rooms.core.search import fold
from rooms.core.text import N_, clean_line
from rooms.organisations.tables import organisations

ANYWHERE = ""
"""The country of a role that is open to all."""

i, o, s = interests.c, organisations.c, entry_sought.c
FILLS = sa.and_(i.state == InterestState.ACCEPTED.value, i.outcome != InterestOutcome.NONE.value, i.role != "")
"""An accepted request for a role fills it until one side records that nothing came of it."""


class Partner(NamedTuple):
    """An organisation that fills a role."""

    organisation: str
    name: str
    texts: dict[str, dict[str, str]]
    country: str


def cleaned_roles(roles: list[RoleSought], type: TypeView) -> list[RoleSought]:
    """Raises Problem "invalid"."""
    if roles and type.side is not EntrySide.IDEA:
        raise Problem("invalid", N_("Only ideas for a consortium seek roles."), field="roles")
    keys = [each.key for each in roles if each.key]
    if len(set(keys)) < len(keys):
        raise Problem("invalid", N_("Two roles have the same key."), field="roles")
    return [_cleaned(each) for each in roles]


def _cleaned(role: RoleSought) -> RoleSought:
    if unknown := [code for code in role.countries if code not in COUNTRIES]:
        raise Problem("invalid", N_("“%(name)s” is not a country."), field="roles", values={"name": unknown[0]})
    texts = {
        locale: {"name": clean_line(said["name"], NAME_LENGTH, "roles")}
        for locale, said in role.texts.items()
        if said.get("name", "").strip()
    }
    name = clean_line(role.name, NAME_LENGTH, "roles")
    return RoleSought(name, role.key or new_id()[:8], texts, list(dict.fromkeys(role.countries)), role.number)


def role_of(roles: list[RoleSought], key: str) -> RoleSought:
    """Raises Problem "not_found"."""
    for role in roles:
        if role.key == key:
            return role
    raise Problem("not_found", N_("This role is no longer sought."), field="role")


async def partners(connection: AsyncConnection, entries: Collection[str]) -> dict[str, dict[str, list[Partner]]]:
    """Entry → key of a role → the organisations that fill it, in the order in which they came."""
    joined = interests.join(organisations, o.id == i.organisation)
    select = sa.select(i.entry, i.role, o.id, o.name, o.texts, o.country).select_from(joined)
    rows = await connection.execute(select.where(i.entry.in_(list(entries)), FILLS).order_by(i.answered_at, i.id))
    found: dict[str, dict[str, list[Partner]]] = {}
    for row in rows:
        partner = Partner(row.id, row.name, row.texts, row.country)
        found.setdefault(row.entry, {}).setdefault(row.role, []).append(partner)
    return found


async def check_open(connection: AsyncConnection, entry: Any, roles: list[RoleSought], key: str) -> None:
    """Raises Problem "not_found" for a role that is not sought, "conflict" for one that is filled."""
    role = role_of(roles, key)
    if len((await partners(connection, [entry])).get(entry, {}).get(key, [])) >= role.number:
        raise Problem("conflict", N_("This role is filled."), field="role")


async def list_sought(connection: AsyncConnection, entry: str, roles: list[RoleSought]) -> None:
    """Makes an idea findable by what it is still missing."""
    await connection.execute(entry_sought.delete().where(s.entry == entry))
    filled = (await partners(connection, [entry])).get(entry, {})
    missing = [each for each in roles if len(filled.get(each.key, [])) < each.number]
    rows = [
        {"entry": entry, "role": each.key, "country": country}
        for each in missing
        for country in each.countries or [ANYWHERE]
    ]
    if rows:
        await connection.execute(entry_sought.insert(), rows)


def is_sought(entry: "sa.ColumnElement[str]", country: str) -> "sa.ColumnElement[bool]":
    """A condition on entries: they still seek somebody; with a country, somebody from there or from anywhere."""
    here = s.country.in_([country, ANYWHERE]) if country != "any" else sa.true()
    return entry.in_(sa.select(s.entry).where(here))


def role_on(line: str) -> RoleSought:
    """A line such as "cells | Maker of cells | 电芯制造商 | DE, CN | 2"; the first part may be missing. Raises Problem "invalid"."""
    parts = [part.strip() for part in line.split("|")]
    if len(parts) != 5 or not parts[4].isdecimal():
        message = N_("Write each role on a line of its own: key | name | name in Chinese | countries | number")
        raise Problem("invalid", message, field="roles")
    countries = [country_code(each) or each for each in (part.strip() for part in parts[3].split(",")) if each]
    texts = {"zh_Hans": {"name": parts[2]}} if parts[2] else {}
    key = parts[0] or hashlib.sha256(fold(parts[1]).encode()).hexdigest()[:8]  # the same in a second import
    return RoleSought(parts[1], key, texts, countries, int(parts[4]))


def lines_of(roles: list[dict[str, Any]]) -> str:
    """The roles of an idea in a cell of a table: what `role_on` reads."""
    lines: list[str] = []
    for each in roles:
        chinese = each.get("texts", {}).get("zh_Hans", {}).get("name", "")
        countries = ", ".join(each.get("countries", []))
        parts = (each["key"], each["name"].replace("|", "/"), chinese.replace("|", "/"), countries, str(each["number"]))
        lines.append(" | ".join(parts))
    return "\n".join(lines)
