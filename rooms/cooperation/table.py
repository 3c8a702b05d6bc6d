"""Imports entries from a table. Documents are neither in it nor changed by it."""

from collections.abc import Iterable
from typing import Any, NamedTuple

import msgspec
from sqlalchemy.ext.asyncio import AsyncConnection

from rooms.cooperation import queries
from rooms.cooperation.editing import cleaned
from rooms.cooperation.fields import check_complete
from rooms.cooperation.messages import (
    EntryContent,
    EntryReview,
    EntrySide,
    EntryState,
    FieldKind,
    FieldView,
    TypeView,
)
from rooms.cooperation.publication import expiry, list_entry
from rooms.cooperation.roles import lines_of, role_on
from rooms.cooperation.tables import entries
from rooms.core.commands.transaction import Transaction
from rooms.core.errors import Problem
from rooms.core.files.faults import Fault, FileFaults
from rooms.core.ids import new_id
from rooms.core.imports.columns import Columns
from rooms.core.imports.places import country_code
from rooms.core.imports.plan import Act, Item
from rooms.core.imports.table_import import Row, TableImport, changes
from rooms.core.search import fold
from rooms.core.text import N_, clean_line
from rooms.organisations.table import (
    ID_LENGTH,
    StoredOrganisations,
    known_organisation,
    read_country,
    stored_organisations,
)

TRANSLATED = ("title", "about")
PUBLISHED = {"published", "publish", "yes", "已发布", "发布"}

e = entries.c


class EntryFaults(FileFaults):
    summary = N_("The entries cannot be imported. Faults found: %(count)s. Nothing was changed.")


COLUMNS = Columns(
    {
        "id": "id, key, external id, entry id, 编号, 条目编号",
        "type": "type, entry type, kind, 类型, 条目类型",
        "organisation": "organisation, organization, company, institution, institute, 机构, 机构名称, 单位, 公司",
        "title": "title, name, project, project title, offer, request, 标题, 名称, 项目, 项目名称",
        "about": "about, description, summary, abstract, 简介, 介绍, 描述, 项目简介",
        "country": "country, country/region, 国家, 国别, 国家/地区",
        "state": "state, status, published, 状态",
        "roles": "roles, roles sought, partners sought, 角色, 征集角色",
    },
    required="title",
    faults=EntryFaults,
    translated=TRANSLATED,
    keeps_others=True,
)


class StoredEntries(NamedTuple):
    """Entries by our id and that of an earlier import, and by organisation, type and folded title; types by id and by name in every language."""

    organisations: StoredOrganisations
    types: dict[str, TypeView]
    by_name: dict[str, TypeView]
    by_id: dict[str, Any]
    by_title: dict[tuple[str, str, str], Any]


async def _load(connection: AsyncConnection, conference: str, rows: list[Row]) -> StoredEntries:
    types = {each.id: each for each in await queries.types(connection, conference, archived=True)}
    by_name: dict[str, TypeView] = {}
    for each in types.values():
        for name in (each.name, *(said.get("name", "") for said in each.texts.values())):
            by_name.setdefault(fold(name), each)
    by_id: dict[str, Any] = {}
    by_title: dict[tuple[str, str, str], Any] = {}
    for row in await queries.entry_rows(connection, e.conference == conference):
        by_id[row.id] = row
        if row.external_id:
            by_id.setdefault(row.external_id, row)
        by_title.setdefault((row.organisation, row.type, fold(content_of(row)["title"])), row)
    organisations = await stored_organisations(connection, conference)
    return StoredEntries(organisations, types, by_name, by_id, by_title)


def content_of(row: Any) -> dict[str, Any]:
    """What the table shows of an entry: the published texts, or the draft of one that was never published."""
    if row.state == EntryState.HIDDEN.value and row.draft:
        return {"roles": [], **row.draft}
    return {name: getattr(row, name) or ([] if name == "roles" else getattr(row, name)) for name in CONTENT}


CONTENT = EntryContent.__struct_fields__


def _identity(row: Row) -> str:
    if row["id"]:
        return f"id {row['id']}"
    return f"title {fold(row['organisation'])} {fold(row['type'])} {fold(row['title'])}"


def _known(stored: StoredEntries, row: Row) -> Any:
    """The entry that a row means; None for a new one. Raises Problem."""
    if row["id"] in stored.by_id:
        return stored.by_id[row["id"]]
    type, organisation = _type(stored, row), _organisation(stored, row)
    found = stored.by_title.get((organisation.id, type.id, fold(row["title"])))
    return None if found and row["id"] and found.external_id else found


def _meant(stored: StoredEntries, row: Row) -> str:
    known = _known(stored, row)
    return known.id if known else ""


def _type(stored: StoredEntries, row: Row) -> TypeView:
    type = stored.types.get(row["type"]) or stored.by_name.get(fold(row["type"]))
    if type is None:
        message = N_("There is no type “%(name)s”.")
        raise Problem("invalid", message, field="type", values={"name": row["type"][:80]})
    return type


def _organisation(stored: StoredEntries, row: Row) -> Any:
    name = row["organisation"]
    known = known_organisation(stored.organisations, name, name) if name else None
    if known is None:
        message = N_("There is no organisation “%(name)s”. Import it first.")
        raise Problem("invalid", message, field="organisation", values={"name": name[:80]})
    return known


def _columns_of(stored: StoredEntries, known: Any, row: Row) -> tuple[TypeView, dict[str, Any]]:
    """The content after the import: a cell that the table lacks leaves its value. Raises Problem "invalid"."""
    type = stored.types[known.type] if known else _type(stored, row)
    before: dict[str, Any] = (
        content_of(known) if known else {"about": "", "texts": {}, "country": "", "values": {}, "roles": []}
    )
    said = {**before, "title": row["title"]}
    if row.has("about"):
        said["about"] = row["about"]
    if row.has("country"):
        said["country"] = read_country(row["country"])
    texts = {locale: dict(each) for locale, each in before["texts"].items()}
    for locale, each in row.translated(*TRANSLATED).items():
        texts[locale] = {**texts.get(locale, {}), **each}
    said["texts"] = texts
    files = {field.key: before["values"][field.key] for field in type.fields if field.key in before["values"]}
    files = {key: value for key, value in files.items() if _field(type, key).kind is FieldKind.FILE}
    values = {key: value for key, value in before["values"].items() if any(key == each.key for each in type.fields)}
    for header, cell in row.others.items():
        field = next((each for each in type.fields if _names(each, header)), None)
        if field is not None and field.kind is not FieldKind.FILE:
            values[field.key] = _value(field, cell)
    said["values"] = values
    if row.has("roles") and type.side is EntrySide.IDEA and row["roles"] != lines_of(before["roles"]):
        said["roles"] = msgspec.to_builtins([role_on(line) for line in row["roles"].splitlines() if line.strip()])
    content = msgspec.convert({name: said[name] for name in CONTENT}, EntryContent, strict=False)
    return type, cleaned(content, type, {value: key for key, value in files.items()})


def _field(type: TypeView, key: str) -> FieldView:
    return next(each for each in type.fields if each.key == key)


def _names(field: FieldView, header: str) -> bool:
    names = {field.key, field.name, *(said.get("name", "") for said in field.texts.values())}
    return fold(header) in {fold(name) for name in names if name}


def _value(field: FieldView, cell: str) -> str:
    """A choice may be written in any language, and a country by its name."""
    if field.kind is FieldKind.COUNTRY:
        return country_code(cell) or cell
    if field.kind is FieldKind.CHOICE:
        named = {fold(name): option for said in field.option_texts.values() for option, name in said.items()}
        return next((each for each in field.options if fold(each) == fold(cell)), named.get(fold(cell), cell))
    return cell


def _publishes(known: Any, row: Row) -> bool:
    return row["state"].casefold() in PUBLISHED and (known is None or known.state != EntryState.PUBLISHED.value)


def _compare(stored: StoredEntries, row: Row) -> Item | None:
    if row["id"]:
        clean_line(row["id"], ID_LENGTH, "id")
    known = _known(stored, row)
    type, content = _columns_of(stored, known, row)
    publishes = _publishes(known, row)
    if publishes or (known and known.state == EntryState.PUBLISHED.value):
        check_complete(type.fields, content["values"])
    if known is None:
        return Item(Act.ADDED, _identity(row), content["title"])
    before = content_of(known)
    pairs: list[tuple[str, object, object]] = [
        (name, before[name], content[name]) for name in ("title", "about", "country")
    ]
    for locale in sorted({*before["texts"], *content["texts"]}):
        old, new = before["texts"].get(locale, {}), content["texts"].get(locale, {})
        pairs += [(f"{name} ({locale})", old.get(name, ""), new.get(name, "")) for name in TRANSLATED]
    keys = sorted({*before["values"], *content["values"]} & {each.key for each in type.fields})
    pairs += [(key, before["values"].get(key, ""), content["values"].get(key, "")) for key in keys]
    pairs.append(("roles", lines_of(before["roles"]), lines_of(content["roles"])))
    if row["id"] and row["id"] != known.id:
        pairs.append(("id", known.external_id or "", row["id"]))
    if publishes:
        pairs.append(("state", known.state, EntryState.PUBLISHED.value))
    found = changes(pairs)
    return Item(Act.CHANGED, _identity(row), before["title"], found) if found else None


async def _write(tx: Transaction, conference: str, stored: StoredEntries, row: Row, by: str | None) -> None:
    known = _known(stored, row)
    type, content = _columns_of(stored, known, row)
    publishes = _publishes(known, row)
    hidden = known is None or known.state == EntryState.HIDDEN.value
    values: dict[str, Any] = dict(content)
    if row["id"] and (known is None or row["id"] != known.id):
        values["external_id"] = row["id"]
    if publishes:
        values |= {"state": EntryState.PUBLISHED.value, "reminded_at": None}
        values |= {"published_at": (known.published_at if known else None) or tx.now}
        values["expires_at"] = await expiry(tx.connection, type.id, tx.now)
        if hidden:  # the draft is what is published
            values |= {"draft": None, "review": EntryReview.NONE.value}
    elif hidden:
        values |= {"draft": content, "review": EntryReview.DRAFT.value}
    if known is None:
        entry = new_id()
        owner = {"organisation": _organisation(stored, row).id, "type": type.id, "author": by, "created_at": tx.now}
        first = {"state": EntryState.HIDDEN.value, "review": EntryReview.NONE.value, "conference": conference}
        await tx.connection.execute(entries.insert().values({"id": entry, **owner, **first, **values}))
    else:
        entry = known.id
        await tx.connection.execute(entries.update().where(e.id == entry).values(values))
    if publishes or (known and known.state == EntryState.PUBLISHED.value):
        await list_entry(tx.connection, conference, entry)


def _ignored(stored: StoredEntries, rows: list[Row]) -> Iterable[Fault]:
    fields = [field for type in stored.types.values() for field in type.fields]
    unknown = [header for header in rows[0].others if not any(_names(field, header) for field in fields)]
    if unknown:
        what, remedy = N_("These columns are ignored: %(names)s."), N_("No type has a field of this name.")
        yield Fault("", what, remedy, {"names": ", ".join(f"“{name[:60]}”" for name in unknown)})


ENTRIES = TableImport("entries", COLUMNS, _load, _identity, _meant, _compare, _write, ignored=_ignored)
