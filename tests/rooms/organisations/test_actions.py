"""Organisations: their profile, their members, and merging duplicates."""

from typing import Any

import msgspec
import sqlalchemy as sa

from rooms.core.store import audit
from rooms.exhibition.tables import booths
from rooms.organisations import members, queries
from rooms.organisations.messages import (
    CreateOrganisation,
    EditOrganisation,
    LeaveOrganisation,
    MergeOrganisations,
    OrganisationCreated,
    OrganisationRole,
    OrganisationView,
    SetMember,
)
from rooms.organisations.profile import create
from rooms.people import erasure
from tests.support.refusals import refused
from tests.support.world import World

OWNER, MEMBER = OrganisationRole.OWNER, OrganisationRole.MEMBER


async def made(world: World, who: str = "attendee", **said: Any) -> str:
    done = await world.do(who, CreateOrganisation(**{"name": "Aurora Institute", **said}), room=world.lobby)
    return msgspec.json.decode(done.reply, type=OrganisationCreated).organisation


async def profile(world: World, organisation: str) -> OrganisationView:
    async with world.engine.database.read() as connection:
        return queries.view_of(await queries.organisation_row(connection, world.conference, organisation))


async def people(world: World, organisation: str) -> dict[str, str]:
    async with world.engine.database.read() as connection:
        return {each.person.name: each.role.value for each in await members.members_of(connection, organisation)}


async def test_the_creator_of_an_organisation_owns_it(grown_world: World) -> None:
    world = grown_world
    texts = {"zh_Hans": {"name": "极光研究所", "about": " "}}
    organisation = await made(world, about="Polar light", texts=texts, country="NO", fields=["Physics", "Physics", " "])
    view = await profile(world, organisation)
    assert (view.name, view.country, view.fields) == ("Aurora Institute", "NO", ["Physics"])
    assert view.texts == {"zh_Hans": {"name": "极光研究所"}}
    assert await people(world, organisation) == {"Attendee": "owner"}


async def test_one_person_owns_at_most_five(world: World) -> None:
    for number in range(5):
        await made(world, name=f"Firm {number}")
    with refused("conflict"):
        await made(world, name="One more")


async def test_owners_edit_the_profile(world: World) -> None:
    organisation = await made(world)
    edit = EditOrganisation("Aurora", organisation=organisation, website="https://aurora.example")
    await world.do("attendee", edit, room=world.lobby)
    assert (await profile(world, organisation)).website == "https://aurora.example"
    await world.do("organiser", edit, room=world.lobby)
    for who in ("other", "owner", "moderator"):
        with refused("forbidden"):
            await world.do(who, edit, room=world.lobby)
    for field, said in (
        ("website", {"website": "aurora"}),
        ("texts", {"texts": {"de": {"motto": "x"}}}),
        ("name", {"name": " "}),
    ):
        with refused("invalid", field):
            values: dict[str, Any] = {"name": "Aurora", "organisation": organisation, **said}
            await world.do("attendee", EditOrganisation(**values), room=world.lobby)


async def test_an_organisation_of_another_conference_is_not_found(world: World) -> None:
    async with world.engine.database.write() as connection:
        other = sa.select(sa.text("id")).select_from(sa.text("conferences")).where(sa.text("id != :id"))
        elsewhere = (await connection.execute(other, {"id": world.conference})).scalar_one()
        organisation = await create(connection, elsewhere, {"name": "Far away"})
    with refused("not_found"):
        await world.do("organiser", EditOrganisation("Mine", organisation=organisation), room=world.lobby)
    with refused("not_found"):
        await world.do("organiser", MergeOrganisations(organisation, world.organisation), room=world.lobby)


async def test_owners_choose_the_members_and_one_owner_stays(world: World) -> None:
    organisation, other = await made(world), world.people["other"]
    notified, _ = await world.join("other", room=await world.desk("other"))
    await world.do("attendee", SetMember(organisation, other, MEMBER), room=world.lobby)
    assert await people(world, organisation) == {"Attendee": "owner", "Other": "member"}
    news = world.client_of(notified).catch_up().state["snapshot"]["notices"]
    assert [each["kind"] for each in news] == ["organisation.member"]
    with refused("forbidden"):
        await world.do("other", SetMember(organisation, world.people["staff"], MEMBER), room=world.lobby)
    for role in (None, MEMBER):
        with refused("conflict", "person"):
            await world.do("attendee", SetMember(organisation, world.people["attendee"], role), room=world.lobby)
    with refused("conflict", "person"):
        await world.do("attendee", LeaveOrganisation(organisation), room=world.lobby)
    await world.do("attendee", SetMember(organisation, other, OWNER), room=world.lobby)
    await world.do("attendee", LeaveOrganisation(organisation), room=world.lobby)
    assert await people(world, organisation) == {"Other": "owner"}


async def test_only_participants_with_an_account_become_members(world: World) -> None:
    organisation = await made(world)
    for who in ("guest", "banned", "unverified"):
        with refused("invalid", "person"):
            await world.do("attendee", SetMember(organisation, world.people[who], MEMBER), room=world.lobby)


async def test_two_organisations_become_one(grown_world: World) -> None:
    world = grown_world
    organisation = await made(world, name="LUMEN, Inc.")
    await world.do("attendee", SetMember(organisation, world.people["staff"], OWNER), room=world.lobby)
    async with world.engine.database.read() as connection:
        groups = await queries.duplicates(connection, world.conference)
    assert [{each.id for each in group} for group in groups] == [{organisation, world.organisation}]
    with refused("invalid", "into"):
        await world.do("organiser", MergeOrganisations(organisation, organisation), room=world.lobby)
    await world.do("organiser", MergeOrganisations(world.organisation, organisation), room=world.lobby)
    assert await people(world, organisation) == {"Attendee": "owner", "Owner": "owner", "Staff": "owner"}
    async with world.engine.database.read() as connection:
        belongs = (
            await connection.execute(sa.select(booths.c.organisation).where(booths.c.id == world.booth))
        ).scalar_one()
        entries = await audit.read(connection, world.conference)
    assert belongs == organisation
    assert (entries[0].act, entries[0].details) == ("organisation.merge", {"into": organisation})
    with refused("not_found"):
        await world.do("organiser", MergeOrganisations(world.organisation, organisation), room=world.lobby)


async def test_an_erased_person_is_no_member(world: World) -> None:
    organisation = await made(world)
    await erasure.erase(world.engine, world.people["attendee"])
    assert await people(world, organisation) == {}
