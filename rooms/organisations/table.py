"""Organisations as a table: importing and exporting."""

from collections.abc import AsyncIterator
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from rooms.core.commands.transaction import Transaction
from rooms.core.errors import Problem
from rooms.core.files.faults import FileFaults
from rooms.core.imports.columns import Columns
from rooms.core.imports.places import country_code
from rooms.core.imports.plan import Act, Item
from rooms.core.imports.table_import import Row, TableImport, changes
from rooms.core.text import N_, clean_line
from rooms.organisations import profile
from rooms.organisations.messages import Profile
from rooms.organisations.names import key_of
from rooms.organisations.tables import organisations

ID_LENGTH = 80
TRANSLATED = ("name", "about")

o = organisations.c


class OrganisationFaults(FileFaults):
    summary = N_("The organisations cannot be imported. Faults found: %(count)s. Nothing was changed.")


COLUMNS = Columns(
    {
        "id": "id, key, external id, organisation id, 编号, 机构编号",
        "name": """name, organisation, organization, organisation name, company, company name, institution, institute,
            名称, 机构, 机构名称, 单位, 单位名称, 公司, 公司名称, 企业名称""",
        "about": "about, description, profile, company profile, 简介, 机构简介, 公司简介, 介绍, 描述",
        "website": "website, web, url, homepage, web site, web address, 网站, 网址, 官网",
        "country": "country, country/region, nation, 国家, 国别, 国家/地区",
        "fields": "fields, field, fields of work, industry, sector, 领域, 行业, 专业领域",
    },
    required="name",
    faults=OrganisationFaults,
    translated=TRANSLATED,
)


class StoredOrganisations(NamedTuple):
    """The organisations of a conference, by our id and that of an earlier import, and by the name for comparisons."""

    by_id: dict[str, Any]
    by_name: dict[str, list[Any]]


async def stored_organisations(connection: AsyncConnection, conference: str) -> StoredOrganisations:
    by_id: dict[str, Any] = {}
    by_name: dict[str, list[Any]] = {}
    for row in await connection.execute(sa.select(organisations).where(o.conference == conference).order_by(o.id)):
        by_id[row.id] = row
        if row.external_id:
            by_id.setdefault(row.external_id, row)
        by_name.setdefault(row.key, []).append(row)
    return StoredOrganisations(by_id, by_name)


def known_organisation(stored: StoredOrganisations, id: str, name: str) -> Any:
    """The organisation that a row means; None if there is none. Raises Problem "conflict" if several have the name."""
    if id in stored.by_id:
        return stored.by_id[id]
    named = stored.by_name.get(key_of(name), [])
    if id:  # one that was created by hand takes the id
        named = [row for row in named if not row.external_id]
    exact = [row for row in named if row.name == name]
    if len(exact or named) > 1:
        raise Problem("conflict", N_("Several organisations have this name. Give the id of the one that is meant."))
    return (exact or named or [None])[0]


async def _load(connection: AsyncConnection, conference: str, rows: list[Row]) -> StoredOrganisations:
    return await stored_organisations(connection, conference)


def _identity(row: Row) -> str:
    return f"id {row['id']}" if row["id"] else f"name {key_of(row['name'])}"


def _meant(stored: StoredOrganisations, row: Row) -> str:
    known = known_organisation(stored, row["id"], row["name"])
    return known.id if known else ""


def _columns_of(known: Any, row: Row) -> dict[str, Any]:
    """The columns after the import: a cell that the table lacks leaves its value. Raises Problem "invalid"."""
    texts = {locale: dict(said) for locale, said in known.texts.items()} if known else {}
    for locale, said in row.translated(*TRANSLATED).items():
        texts[locale] = {**texts.get(locale, {}), **said}
    before = {name: getattr(known, name) for name in ("about", "website", "country", "fields")} if known else {}
    said: dict[str, Any] = {"about": "", "website": "", "country": "", "fields": [], **before}
    if row.has("about"):
        said["about"] = row["about"]
    if row.has("website"):
        bare = row["website"] and "://" not in row["website"]
        said["website"] = f"https://{row['website']}" if bare else row["website"]
    if row.has("country"):
        said["country"] = read_country(row["country"])
    if row.has("fields"):
        said["fields"] = [part.strip() for part in row["fields"].replace("；", ";").split(";")]
    return profile.cleaned(Profile(name=row["name"], texts=texts, **said))


def read_country(cell: str) -> str:
    """A code of ISO 3166-1 by name or code. Raises Problem "invalid"."""
    code = country_code(cell) if cell else ""
    if cell and not code:
        raise Problem("invalid", N_("“%(name)s” is not a country."), field="country", values={"name": cell[:40]})
    return code


def _compare(stored: StoredOrganisations, row: Row) -> Item | None:
    if row["id"]:
        clean_line(row["id"], ID_LENGTH, "id")
    known = known_organisation(stored, row["id"], row["name"])
    columns = _columns_of(known, row)
    if known is None:
        return Item(Act.ADDED, _identity(row), columns["name"])
    pairs = [(name, getattr(known, name), columns[name]) for name in ("name", "about", "website", "country", "fields")]
    for locale in sorted({*known.texts, *columns["texts"]}):
        before, after = known.texts.get(locale, {}), columns["texts"].get(locale, {})
        pairs += [(f"{name} ({locale})", before.get(name, ""), after.get(name, "")) for name in TRANSLATED]
    if row["id"] and row["id"] != known.id:
        pairs.append(("id", known.external_id or "", row["id"]))
    found = changes(pairs)
    return Item(Act.CHANGED, _identity(row), known.name, found) if found else None


async def _write(tx: Transaction, conference: str, stored: StoredOrganisations, row: Row, by: str | None) -> None:
    known = known_organisation(stored, row["id"], row["name"])
    columns = _columns_of(known, row)
    if known is None:
        organisation = await profile.create(tx.connection, conference, columns)
    else:
        organisation = known.id
        await profile.change(tx.connection, organisation, columns)
    if row["id"] and row["id"] != organisation:
        external = organisations.update().where(o.id == organisation).values(external_id=row["id"])
        await tx.connection.execute(external)


ORGANISATIONS = TableImport("organisations", COLUMNS, _load, _identity, _meant, _compare, _write)

HEADER = ("id", "name", "name:zh_Hans", "about", "about:zh_Hans", "website", "country", "fields")


async def rows(connection: AsyncConnection, conference: str) -> AsyncIterator[tuple[object, ...]]:
    """By name. What is imported again changes nothing."""
    select = sa.select(organisations).where(o.conference == conference).order_by(sa.func.lower(o.name), o.id)
    async for row in await connection.stream(select):
        chinese = row.texts.get("zh_Hans", {})
        names = (row.name, chinese.get("name", ""), row.about, chinese.get("about", ""))
        yield (row.external_id or row.id, *names, row.website, row.country, "; ".join(row.fields))
