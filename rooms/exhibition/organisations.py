"""The organisations behind the booths: who staffs a booth is a member of its organisation."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from rooms.core.engine import LONG, Engine
from rooms.core.jobs import every
from rooms.exhibition.booths.staff_messages import Duty
from rooms.exhibition.tables import booth_staff, booths
from rooms.organisations import members
from rooms.organisations.merging import moves_with_organisation
from rooms.organisations.messages import OrganisationRole
from rooms.organisations.profile import EMPTY, columns_of, hold, named
from rooms.organisations.tables import organisation_members, organisations

b, s, o = booths.c, booth_staff.c, organisations.c


def profile_of(said: Mapping[Any, Any]) -> dict[str, Any]:
    """The profile of an organisation of which only its booth is known. `said`: the texts of the booth."""
    texts = {
        locale: {name: text for name, text in texts.items() if name in {"name", "about"}}
        for locale, texts in said.get("texts", {}).items()
    }
    kept = {name: said[name] for name in ("name", "about", "website", "country", "logo") if name in said}
    return {**kept, "texts": texts, "fields": [said["field"]] if said.get("field") else []}


async def organisation_for(connection: AsyncConnection, conference: str, said: Mapping[Any, Any]) -> str:
    """The organisation of a new booth with these texts: the exhibitor of this name, or a new one.

    An organisation without a booth that has members was created by one of the visitors, who may have taken the exhibitor's name. Organisers
    merge the two if they are one.
    """
    exhibits = sa.exists().where(b.organisation == o.id)
    has_members = sa.exists().where(organisation_members.c.organisation == o.id)
    return await named(connection, conference, profile_of(said), exhibits | ~has_members)


async def join_organisation(connection: AsyncConnection, booth: str, person: str, duty: Duty, now: datetime) -> None:
    """Owners of a booth own its organisation."""
    organisation = await _hold_organisation_of(connection, booth)
    if organisation is not None:
        role = OrganisationRole.OWNER if duty is Duty.OWNER else OrganisationRole.MEMBER
        await members.add(connection, organisation, person, role, now)


async def leave_organisation(connection: AsyncConnection, booth: str, person: str) -> None:
    """Someone who has left the last booth of the organisation is no longer a member, unless nobody else owns it."""
    organisation = await _hold_organisation_of(connection, booth)
    if organisation is None:
        return
    joined = booth_staff.join(booths, b.id == s.booth)
    others = sa.select(sa.func.count()).select_from(joined).where(s.person == person, b.organisation == organisation)
    duties = (await connection.execute(others)).scalar_one()
    if not duties and await members.owners_of(connection, organisation) != [person]:
        await members.remove(connection, organisation, person)


async def organisation_of(connection: AsyncConnection, booth: str) -> str | None:
    return (await connection.execute(sa.select(b.organisation).where(b.id == booth))).scalar_one()


async def _hold_organisation_of(connection: AsyncConnection, booth: str) -> str | None:
    """The organisation of a booth, which is not merged into another before the end of the transaction."""
    for _ in range(3):
        organisation = await organisation_of(connection, booth)
        if organisation is None or await hold(connection, organisation):
            return organisation
        # It has been merged in this moment; the booth says into which.
    return None


async def complete_profile(connection: AsyncConnection, booth: str) -> None:
    """Fills what is empty in the profile of a booth's organisation with what the booth shows."""
    if await _hold_organisation_of(connection, booth) is None:
        return
    joined = booths.join(organisations, o.id == b.organisation)
    row = (await connection.execute(sa.select(organisations).select_from(joined).where(b.id == booth))).one_or_none()
    if row is None:
        return
    shown = (await connection.execute(sa.select(booths).where(b.id == booth))).mappings().one()
    before = {name: getattr(row, name) for name in ("name", *EMPTY)}
    after = {**before, **{name: value for name, value in profile_of(shown).items() if not before[name]}}
    if after != before:
        await connection.execute(organisations.update().where(o.id == row.id).values(columns_of(after)))


@moves_with_organisation
async def move_booths(connection: AsyncConnection, organisation: str, into: str) -> None:
    await connection.execute(booths.update().where(b.organisation == organisation).values(organisation=into))


@every(minutes=15)
async def link_booths(engine: Engine) -> int:
    """Gives booths that an older version has created to an organisation. Returns how many."""
    unlinked = sa.select(booths).where(b.organisation.is_(None)).order_by(b.id)
    async with engine.database.write(LONG) as connection:
        rows = (await connection.execute(unlinked)).mappings().all()
        for row in rows:
            organisation = await organisation_for(connection, row["conference"], row)
            await connection.execute(booths.update().where(b.id == row["id"]).values(organisation=organisation))
            staff = sa.select(booth_staff).where(s.booth == row["id"]).order_by(s.added_at, s.person)
            for each in (await connection.execute(staff)).all():
                await join_organisation(connection, row["id"], each.person, Duty(each.duty), each.added_at)
    return len(rows)
