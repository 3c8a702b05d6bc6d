"""Booths belong to organisations, and their staff are members of these."""

import asyncio
from typing import Any

import msgspec
import pytest
import sqlalchemy as sa

from rooms.exhibition.booths.editing import make_booth
from rooms.exhibition.booths.messages import ApproveBooth, DraftBooth
from rooms.exhibition.booths.staff_messages import Duty, SetDuty
from rooms.exhibition.organisations import link_booths
from rooms.exhibition.tables import booths
from rooms.organisations import members, queries
from rooms.organisations.messages import CreateOrganisation, MergeOrganisations, OrganisationRole
from rooms.organisations.tables import organisation_members
from tests.support.world import World


async def people(world: World) -> dict[str, str]:
    async with world.engine.database.read() as connection:
        found = await members.members_of(connection, world.organisation)
    return {each.person.name: each.role.value for each in found}


async def test_the_staff_are_members(world: World) -> None:
    assert await people(world) == {"Owner": "owner", "Staff": "member"}
    await world.do("owner", SetDuty(world.people["other"], Duty.OWNER), room=world.stand)
    assert (await people(world))["Other"] == "owner"
    await world.do("owner", SetDuty(world.people["staff"], None), room=world.stand)
    await world.do("other", SetDuty(world.people["owner"], None), room=world.stand)
    assert await people(world) == {"Other": "owner"}


async def test_staff_of_another_booth_of_the_organisation_stay_members(world: World) -> None:
    async with world.engine.database.write() as connection:
        second, room = await make_booth(connection, world.conference, world.floor, {"name": "LUMEN"}, open=True)
        belongs = (await connection.execute(sa.select(booths.c.organisation).where(booths.c.id == second))).scalar_one()
        assert belongs == world.organisation
    await world.do("organiser", SetDuty(world.people["staff"], Duty.STAFF), room=room)
    await world.do("owner", SetDuty(world.people["staff"], None), room=world.stand)
    assert (await people(world))["Staff"] == "member"
    await world.do("organiser", SetDuty(world.people["staff"], None), room=room)
    assert "Staff" not in await people(world)


async def test_the_first_approved_texts_fill_an_empty_profile(world: World) -> None:
    draft = DraftBooth(
        "Lumen Light", about="We make light.", website="https://lumen.example", country="FI", field="Optics"
    )
    await world.do("owner", draft, room=world.stand)
    await world.do("organiser", ApproveBooth(), room=world.stand)
    async with world.engine.database.read() as connection:
        view = queries.view_of(await queries.organisation_row(connection, world.conference, world.organisation))
    assert (view.name, view.about, view.website) == ("Lumen", "We make light.", "https://lumen.example")
    assert (view.country, view.fields) == ("SE", ["Energy"]), "what was there stays"


async def test_a_booth_made_by_an_older_version_gets_its_organisation(grown_world: World) -> None:
    world = grown_world
    async with world.engine.database.write() as connection:
        await connection.execute(booths.update().where(booths.c.id == world.booth).values(organisation=None))
        await connection.execute(organisation_members.delete())
    assert await link_booths(world.engine) == 1
    assert await people(world) == {"Owner": OrganisationRole.OWNER.value, "Staff": OrganisationRole.MEMBER.value}
    assert await link_booths(world.engine) == 0


async def test_who_joins_a_booth_while_its_organisation_is_merged_becomes_a_member(
    each_world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The one who joins has read the organisation, and then the other process merges it: on PostgreSQL this broke a foreign key."""
    world = each_world
    created = await world.do("organiser", CreateOrganisation("Lumen Group"), room=world.lobby)
    into = msgspec.json.decode(created.reply)["organisation"]
    has_read, may_go_on, add = asyncio.Event(), asyncio.Event(), members.add

    async def later(*args: Any, **options: Any) -> None:
        has_read.set()
        await may_go_on.wait()
        await add(*args, **options)

    monkeypatch.setattr(members, "add", later)
    join = asyncio.create_task(world.do("owner", SetDuty(world.people["other"], Duty.STAFF), room=world.stand))
    await has_read.wait()
    merging = world.do("organiser", MergeOrganisations(world.organisation, into), room=world.lobby, engine=1)
    merge = asyncio.create_task(merging)
    await asyncio.wait({merge}, timeout=0.5)
    may_go_on.set()
    await asyncio.gather(join, merge)
    async with world.engine.database.read() as connection:
        assert {"Owner", "Staff", "Other"} <= {each.person.name for each in await members.members_of(connection, into)}
        dangling = sa.select(booths.c.id).where(booths.c.organisation == world.organisation)
        assert (await connection.execute(dangling)).all() == []
