"""People as a table: importing and exporting those with a role in a conference. Nobody is written to.

An account belongs to its person, so an import changes neither its name nor its languages: it gives roles, and makes people members of
organisations. It creates an account for an address that has none. Such an account can do nothing until the person has confirmed the address.
"""

import re
from collections.abc import AsyncIterator, Iterable
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from rooms.contacts.cards import new_card
from rooms.core.commands.people import PersonView, Role
from rooms.core.commands.transaction import Transaction
from rooms.core.errors import Problem
from rooms.core.files.faults import FileFaults
from rooms.core.imports.columns import Columns
from rooms.core.imports.places import language_tag
from rooms.core.imports.plan import Act, Item
from rooms.core.imports.table_import import Row, TableImport, changes
from rooms.core.search import fold
from rooms.core.store.tables import persons
from rooms.core.store.tables import roles as role_rows
from rooms.core.text import N_
from rooms.organisations import members
from rooms.organisations.messages import OrganisationRole
from rooms.organisations.table import StoredOrganisations, known_organisation, read_country, stored_organisations
from rooms.organisations.tables import organisation_members, organisations
from rooms.people import accounts, roles
from rooms.people.desk import desk_of, desks_of
from rooms.people.messages import RightsChanged, RoleGranted

ROLES = {
    Role.ATTENDEE: "attendee, participant, visitor, 参会者, 参会人员, 观众",
    Role.SPEAKER: "speaker, 演讲者, 讲者, 嘉宾",
    Role.MODERATOR: "moderator, 主持人",
    Role.EXHIBITOR: "exhibitor, 参展商, 展商",
    Role.ORGANISER: "organiser, organizer, 主办方, 组织者",
}
_ROLES = {fold(name.strip()): role for role, names in ROLES.items() for name in names.split(",")}
LOCALES = {"zh": "zh_Hans", "en": "en"}
"""Languages of pages that are set for a new account."""
MOST_LANGUAGES = 10

p, g, m, o = persons.c, role_rows.c, organisation_members.c, organisations.c


class PeopleFaults(FileFaults):
    summary = N_("The people cannot be imported. Faults found: %(count)s. Nothing was changed.")


COLUMNS = Columns(
    {
        "email": "email, e-mail, email address, e-mail address, mail, 邮箱, 电子邮箱, 电子邮件, 邮件",
        "name": "name, full name, person, 姓名, 名字",
        "role": "role, roles, function, 角色, 身份",
        "organisation": "organisation, organization, company, institution, affiliation, employer, 机构, 单位, 公司, 工作单位",
        "country": "country, country/region, 国家, 国别, 国家/地区",
        "languages": "languages, language, languages spoken, 语言, 语种",
    },
    required="email",
    faults=PeopleFaults,
)


class StoredPeople(NamedTuple):
    """Accounts by address; the roles of people in the whole conference; the organisations, and their members as (organisation, person)."""

    accounts: dict[str, PersonView]
    roles: dict[str, set[Role]]
    organisations: StoredOrganisations
    members: set[tuple[str, str]]


async def _load(connection: AsyncConnection, conference: str, rows: list[Row]) -> StoredPeople:
    here = sa.select(g.person, g.role).where(g.conference == conference, g.session == roles.WHOLE_CONFERENCE)
    held: dict[str, set[Role]] = {}
    for row in await connection.execute(here):
        held.setdefault(row.person, set()).add(Role(row.role))
    known: dict[str, PersonView] = {}
    addresses = sorted({row["email"].lower() for row in rows})
    for at in range(0, len(addresses), 500):
        some = sa.select(p.email, p.id, p.name).where(p.email.in_(addresses[at : at + 500]), p.erased_at.is_(None))
        known |= {row.email: PersonView(row.id, row.name) for row in await connection.execute(some)}
    joined = organisation_members.join(organisations, o.id == m.organisation)
    belong = sa.select(m.organisation, m.person).select_from(joined).where(o.conference == conference)
    found = {(row.organisation, row.person) for row in await connection.execute(belong)}
    return StoredPeople(known, held, await stored_organisations(connection, conference), found)


def _identity(row: Row) -> str:
    return row["email"].lower()


def _meant(stored: StoredPeople, row: Row) -> str:
    known = stored.accounts.get(row["email"].lower())
    return known.id if known else ""


class _Said(NamedTuple):
    """A row that has been checked."""

    email: str
    name: str
    roles: list[Role]
    organisations: list[Any]
    country: str
    languages: list[str]


def _read(stored: StoredPeople, row: Row) -> _Said:
    """Raises Problem."""
    email = accounts.clean_email(row["email"])
    name = accounts.clean_name(row["name"]) if row["name"] else ""
    if not name and email not in stored.accounts:
        raise Problem("invalid", N_("This address has no account yet. Fill in the name."), field="name")
    found = [_role(part) for part in _parts(row["role"])]
    if not found and email not in stored.accounts:
        found = [Role.ATTENDEE]
    here = [_organisation(stored, part) for part in re.split("[;；]", row["organisation"]) if part.strip()]
    languages = [_language(part) for part in _parts(row["languages"])][:MOST_LANGUAGES]
    return _Said(email, name, found, here, read_country(row["country"]), list(dict.fromkeys(languages)))


def _parts(cell: str) -> list[str]:
    return [part.strip() for part in re.split("[,;/，；、]", cell) if part.strip()]


def _role(text: str) -> Role:
    role = _ROLES.get(fold(text))
    if role is None:
        message = N_("“%(name)s” is not a role. Write one of: %(roles)s.")
        values = {"name": text[:40], "roles": ", ".join(each.value for each in ROLES)}
        raise Problem("invalid", message, field="role", values=values)
    return role


def _organisation(stored: StoredPeople, text: str) -> Any:
    known = known_organisation(stored.organisations, text.strip(), text.strip())
    if known is None:
        message = N_("There is no organisation “%(name)s”. Import it first.")
        raise Problem("invalid", message, field="organisation", values={"name": text.strip()[:80]})
    return known


def _language(text: str) -> str:
    tag = language_tag(text)
    if not tag:
        raise Problem("invalid", N_("“%(value)s” is not a language."), field="languages", values={"value": text[:40]})
    return tag


def _compare(stored: StoredPeople, row: Row) -> Item | None:
    said = _read(stored, row)
    known = stored.accounts.get(said.email)
    if known is None:
        return Item(Act.ADDED, said.email, f"{said.name} · {said.email}")
    held = stored.roles.get(known.id, set())
    joins = [each.name for each in said.organisations if (each.id, known.id) not in stored.members]
    pairs = [("role", _shown(held), _shown(held | set(said.roles))), ("organisation", "", ", ".join(joins))]
    found = changes(pairs)
    return Item(Act.CHANGED, said.email, said.email, found) if found else None


def _shown(held: Iterable[Role]) -> str:
    return ", ".join(role.value for role in ROLES if role in held)


async def _rooms(connection: AsyncConnection, stored: StoredPeople) -> Iterable[str]:
    return await desks_of(connection, sorted(person.id for person in stored.accounts.values()))


async def _write(tx: Transaction, conference: str, stored: StoredPeople, row: Row, by: str | None) -> None:
    said = _read(stored, row)
    known = stored.accounts.get(said.email)
    if known is None:
        locale = next((LOCALES[tag] for tag in said.languages if tag in LOCALES), None)
        account = await accounts.create(tx.connection, name=said.name, email=said.email, locale=locale, at=tx.now)
        person = account.id
        if said.country or said.languages:
            await new_card(tx.connection, person, country=said.country, languages=said.languages, at=tx.now)
    else:
        person = known.id
    for role in said.roles:
        if await roles.grant(
            tx.connection, person=person, conference=conference, session=None, role=role, by=by, at=tx.now
        ):
            tx.audit(conference, by, "role.grant", person, {"role": role.value, "session": None})
            if known is not None:
                tx.record(RoleGranted(known, role), person=person)
    if known is not None:
        tx.record(RightsChanged(conference), room=await desk_of(tx.connection, person), person=person)
    for organisation in said.organisations:
        if (organisation.id, person) not in stored.members:
            owned = await members.owners_of(tx.connection, organisation.id)
            duty = OrganisationRole.MEMBER if owned else OrganisationRole.OWNER
            await members.add(tx.connection, organisation.id, person, duty, tx.now)
            details = {"person": person, "role": duty.value}
            tx.audit(conference, by, "organisation.member", organisation.id, details)


PEOPLE = TableImport("people", COLUMNS, _load, _identity, _meant, _compare, _write, _rooms)

HEADER = COLUMNS.names


async def rows(connection: AsyncConnection, conference: str) -> AsyncIterator[tuple[object, ...]]:
    """Those with a role in the whole conference, whom organisers see on their page of people; by address. Guests have no address."""
    held: dict[str, set[Role]] = {}
    here = sa.select(g.person, g.role).where(g.conference == conference, g.session == roles.WHOLE_CONFERENCE)
    for row in await connection.execute(here):
        held.setdefault(row.person, set()).add(Role(row.role))
    belong: dict[str, list[Any]] = {}
    joined = organisation_members.join(organisations, o.id == m.organisation)
    every = sa.select(m.person, o.id, o.name, o.country).select_from(joined).where(o.conference == conference)
    named: dict[str, int] = {}
    for row in (await connection.execute(every.order_by(m.added_at, o.id))).all():
        belong.setdefault(row.person, []).append(row)
    for name in (await connection.execute(sa.select(o.name).where(o.conference == conference))).scalars():
        named[name] = named.get(name, 0) + 1
    ids = sa.select(g.person).where(g.conference == conference, g.session == roles.WHOLE_CONFERENCE)
    select = sa.select(p.id, p.name, p.email, p.locale).where(p.id.in_(ids), p.email.is_not(None))
    async for row in await connection.stream(select.order_by(p.email)):
        theirs = belong.get(row.id, [])
        names = [each.name if named[each.name] == 1 and ";" not in each.name else each.id for each in theirs]
        country = next((each.country for each in theirs if each.country), "")
        language = next((tag for tag, locale in LOCALES.items() if locale == row.locale), "")
        yield (row.email, row.name, _shown(held[row.id]), "; ".join(names), country, language)
