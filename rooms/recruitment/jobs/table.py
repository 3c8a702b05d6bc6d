"""Jobs as a table: importing and exporting. Questions to candidates are not in it, and stay as they are."""

import re
from collections import Counter
from collections.abc import AsyncIterator
from datetime import timedelta
from enum import StrEnum
from typing import Any, NamedTuple

import msgspec
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from rooms.cooperation.sciences import SCIENCES
from rooms.core.commands.transaction import Transaction
from rooms.core.errors import Problem
from rooms.core.files.faults import FileFaults
from rooms.core.ids import new_id
from rooms.core.imports.columns import Columns
from rooms.core.imports.places import language_tag
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
from rooms.organisations.tables import organisations
from rooms.recruitment.jobs import queries
from rooms.recruitment.jobs.editing import cleaned
from rooms.recruitment.jobs.messages import Contract, Degree, JobContent, JobState, Workplace
from rooms.recruitment.jobs.search import list_job
from rooms.recruitment.tables import jobs

TRANSLATED = ("title", "about", "place")
SHOWN = {"published", "publish", "yes", "已发布", "发布"}
WORDS: dict[StrEnum, str] = {
    Workplace.ON_SITE: "on site, onsite, office, 现场, 现场办公",
    Workplace.HYBRID: "hybrid, 混合, 混合办公",
    Workplace.REMOTE: "remote, home office, 远程, 远程办公",
    Contract.PERMANENT: "permanent, full time, 长期, 正式",
    Contract.FIXED_TERM: "fixed term, temporary, 固定期限",
    Contract.DOCTORAL: "doctoral, phd, phd position, 博士生",
    Contract.POSTDOC: "postdoc, postdoctoral, 博士后",
    Contract.INTERNSHIP: "internship, intern, 实习",
    Contract.FREELANCE: "freelance, contractor, 自由职业",
    Degree.NONE: "none, 不限",
    Degree.SCHOOL: "school, secondary school, 中学, 高中",
    Degree.BACHELOR: "bachelor, bachelor's degree, 学士, 本科",
    Degree.MASTER: "master, master's degree, 硕士",
    Degree.DOCTORATE: "doctorate, phd, doctor, 博士",
}
"""How people write the values of a list, beside the values themselves."""
TRUE, FALSE = {"yes", "true", "1", "x", "是", "有"}, {"", "no", "false", "0", "否", "无"}

j = jobs.c


class JobFaults(FileFaults):
    summary = N_("The jobs cannot be imported. Faults found: %(count)s. Nothing was changed.")


COLUMNS = Columns(
    {
        "id": "id, key, external id, job id, reference, 编号, 职位编号",
        "organisation": "organisation, organization, employer, company, institution, 机构, 单位, 公司, 雇主, 用人单位",
        "title": "title, job, job title, position, 标题, 职位, 职位名称, 岗位, 岗位名称",
        "about": "about, description, job description, 简介, 介绍, 描述, 职位描述, 岗位职责",
        "country": "country, country/region, 国家, 国别, 国家/地区",
        "place": "place, city, location, 城市, 地点, 工作地点",
        "workplace": "workplace, work place, remote, 办公方式",
        "contract": "contract, type, contract type, employment, 合同, 合同类型, 类型",
        "sciences": "sciences, fields, field of science, fields of science, 学科, 学科领域, 专业",
        "visa": "visa, visa support, 签证, 签证支持",
        "degree": "degree, education, qualification, 学历, 学位",
        "languages": "languages, language, 语言, 语种",
        "permit": "permit, work permit, 工作许可",
        "years": "years, experience, years of experience, 年限, 工作年限, 工作经验",
        "days": "days, 天数, 展示天数",
        "state": "state, status, published, 状态",
    },
    required="title",
    faults=JobFaults,
    translated=TRANSLATED,
)


class StoredJobs(NamedTuple):
    """Jobs by our id and that of an earlier import, and by organisation and folded title."""

    organisations: StoredOrganisations
    by_id: dict[str, Any]
    by_title: dict[tuple[str, str], Any]


async def _load(connection: AsyncConnection, conference: str, rows: list[Row]) -> StoredJobs:
    by_id: dict[str, Any] = {}
    by_title: dict[tuple[str, str], Any] = {}
    for row in await queries.job_rows(connection, j.conference == conference):
        by_id[row.id] = row
        if row.external_id:
            by_id.setdefault(row.external_id, row)
        by_title.setdefault((row.organisation, fold(row.title)), row)
    return StoredJobs(await stored_organisations(connection, conference), by_id, by_title)


def _identity(row: Row) -> str:
    return f"id {row['id']}" if row["id"] else f"title {fold(row['organisation'])} {fold(row['title'])}"


def _known(stored: StoredJobs, row: Row) -> Any:
    """The job that a row means; None for a new one. Raises Problem."""
    if row["id"] in stored.by_id:
        return stored.by_id[row["id"]]
    found = stored.by_title.get((_organisation(stored, row), fold(row["title"])))
    return None if found and row["id"] and found.external_id else found


def _meant(stored: StoredJobs, row: Row) -> str:
    known = _known(stored, row)
    return known.id if known else ""


def _organisation(stored: StoredJobs, row: Row) -> str:
    name = row["organisation"]
    known = known_organisation(stored.organisations, name, name) if name else None
    if known is None:
        message = N_("There is no organisation “%(name)s”. Import it first.")
        raise Problem("invalid", message, field="organisation", values={"name": name[:80]})
    return known.id


def _columns_of(known: Any, row: Row) -> dict[str, Any]:
    """The content after the import: a cell that the table lacks leaves its value. Raises Problem "invalid"."""
    said: dict[str, Any] = queries.content_of(known) if known else msgspec.to_builtins(JobContent(title=row["title"]))
    said |= {name: row[name] for name in ("title", "about", "place") if row.has(name)}
    texts = {locale: dict(each) for locale, each in said["texts"].items()}
    for locale, each in row.translated(*TRANSLATED).items():
        texts[locale] = {**texts.get(locale, {}), **each}
    said["texts"] = texts
    if row.has("country"):
        said["country"] = read_country(row["country"])
    for name, kind in (("workplace", Workplace), ("contract", Contract), ("degree", Degree)):
        if row.has(name):
            said[name] = _chosen(name, kind, row[name])
    said |= {name: _truth(name, row[name]) for name in ("visa", "permit") if row.has(name)}
    said |= {name: _whole(name, row[name]) for name in ("years", "days") if row[name]}
    if row.has("sciences"):
        said["sciences"] = [_science(each) for each in _parts(row["sciences"])]
    if row.has("languages"):
        said["languages"] = [language_tag(each) or each for each in _parts(row["languages"])]
    try:
        return cleaned(msgspec.convert(said, JobContent))
    except msgspec.ValidationError:
        raise Problem("invalid", N_("This row has a value that a job cannot have.")) from None


def _parts(cell: str) -> list[str]:
    return [part.strip() for part in re.split("[,;，；、]", cell) if part.strip()]


def _chosen(name: str, kind: type[StrEnum], cell: str) -> str:
    if not cell:
        return next(iter(kind)).value
    for each in kind:
        if fold(cell) in {fold(each.value), *(fold(word.strip()) for word in WORDS[each].split(","))}:
            return each.value
    message = N_("“%(name)s” is not on the list: %(names)s.")
    values = {"name": cell[:40], "names": ", ".join(each.value for each in kind if each.value)}
    raise Problem("invalid", message, field=name, values=values)


def _truth(name: str, cell: str) -> bool:
    if cell.casefold() not in TRUE | FALSE:
        raise Problem("invalid", N_("Write “yes” or “no”."), field=name)
    return cell.casefold() in TRUE


def _whole(name: str, cell: str) -> int:
    if not cell.isascii() or not cell.isdigit() or len(cell) > 4:
        raise Problem("invalid", N_("Enter a whole number."), field=name)
    return int(cell)


def _science(text: str) -> str:
    """A code, or the name of a field in English."""
    named = {fold(name): code for code, name in SCIENCES.items()}
    return text if text in SCIENCES else named.get(fold(text), text)


def _shows(known: Any, row: Row) -> bool:
    return row["state"].casefold() in SHOWN and (known is None or known.state != queries.PUBLISHED)


def _compare(stored: StoredJobs, row: Row) -> Item | None:
    if row["id"]:
        clean_line(row["id"], ID_LENGTH, "id")
    known = _known(stored, row)
    content = _columns_of(known, row)
    if known is None:
        return Item(Act.ADDED, _identity(row), content["title"])
    pairs: list[tuple[str, object, object]] = []
    for name, value in content.items():
        if name == "texts":
            for locale in sorted({*known.texts, *value}):
                old, new = known.texts.get(locale, {}), value.get(locale, {})
                pairs += [(f"{each} ({locale})", old.get(each, ""), new.get(each, "")) for each in TRANSLATED]
        elif name != "questions":
            pairs.append((name, getattr(known, name), value))
    if row["id"] and row["id"] != known.id:
        pairs.append(("id", known.external_id or "", row["id"]))
    if _shows(known, row):
        pairs.append(("state", known.state, queries.PUBLISHED))
    found = changes(pairs)
    return Item(Act.CHANGED, _identity(row), known.title, found) if found else None


async def _write(tx: Transaction, conference: str, stored: StoredJobs, row: Row, by: str | None) -> None:
    known = _known(stored, row)
    values = _columns_of(known, row)
    shows = _shows(known, row)
    if row["id"] and (known is None or row["id"] != known.id):
        values["external_id"] = row["id"]
    if shows:
        values |= {"state": queries.PUBLISHED, "reminded_at": None}
        values |= {"published_at": (known.published_at if known else None) or tx.now}
        values["expires_at"] = tx.now + timedelta(days=values["days"])
    if known is None:
        job = new_id()
        owner = {"conference": conference, "organisation": _organisation(stored, row), "author": by}
        first = {"id": job, "state": JobState.DRAFT.value, "created_at": tx.now, **owner}
        await tx.connection.execute(jobs.insert().values({**first, **values}))
    else:
        job = known.id
        await tx.connection.execute(jobs.update().where(j.id == job).values(values))
    if shows or (known and known.state == queries.PUBLISHED):
        await list_job(tx.connection, conference, job)


JOBS = TableImport("jobs", COLUMNS, _load, _identity, _meant, _compare, _write)

HEADER = (
    *("id", "organisation", "title", "title:zh_Hans", "about", "about:zh_Hans", "country", "place", "place:zh_Hans"),
    *("workplace", "contract", "sciences", "visa", "degree", "languages", "permit", "years", "days", "state"),
)


async def rows(connection: AsyncConnection, conference: str) -> AsyncIterator[tuple[object, ...]]:
    """Oldest first. What is imported again changes nothing."""
    o = organisations.c
    named = Counter((await connection.execute(sa.select(o.name).where(o.conference == conference))).scalars())
    select = queries.NAMED.where(j.conference == conference).order_by(j.created_at, j.id)
    async for row in await connection.stream(select):
        chinese = row.texts.get("zh_Hans", {})
        name = row.organisation_name
        organisation = name if named[name] == 1 else row.organisation
        texts = [each for key in ("title", "about") for each in (getattr(row, key), chinese.get(key, ""))]
        place = (row.country, row.place, chinese.get("place", ""))
        lists = ("; ".join(row.sciences), row.visa, row.degree, "; ".join(row.languages), row.permit)
        kind = (row.workplace, row.contract)
        yield (row.external_id or row.id, organisation, *texts, *place, *kind, *lists, row.years, row.days, row.state)
