"""People as a table."""

from typing import Any

import pytest
import sqlalchemy as sa

from rooms.contacts.tables import cards
from rooms.core.commands.people import Role
from rooms.core.store.tables import persons
from rooms.invitations import people_table
from rooms.invitations.people_table import PEOPLE
from rooms.organisations import members
from rooms.organisations.messages import OrganisationRole
from rooms.organisations.profile import create
from rooms.organisations.tables import organisation_members
from rooms.people import accounts, roles
from tests.support.refusals import refused
from tests.support.tables import as_csv, cells, exported, imported, planned
from tests.support.world import World

HEADER = ("邮箱", "姓名", "角色", "单位", "国家", "语言")
LIST = as_csv(
    HEADER,
    ("Wei.Lan@Example.org", "魏岚", "主持人", "Institute", "中国", "中文, English"),
    ("sofia@example.org", "Sofia", "", "Institute; Lumen", "Sweden", ""),
)


async def account(world: World, email: str) -> Any:
    async with world.engine.database.read() as connection:
        return await accounts.by_email(connection, email)


async def held(world: World, person: str) -> frozenset[Role]:
    async with world.engine.database.read() as connection:
        return await roles.roles_in(connection, person, world.conference, None)


@pytest.fixture
async def institute(world: World) -> str:
    async with world.engine.database.write() as connection:
        return await create(connection, world.conference, {"name": "Institute", "country": "DE"})


async def test_accounts_are_created_once_and_can_do_nothing_yet(world: World, institute: str) -> None:
    plan = await planned(world, PEOPLE, LIST)
    assert [item.name for item in plan.items] == ["魏岚 · wei.lan@example.org", "Sofia · sofia@example.org"]
    assert await account(world, "sofia@example.org") is None
    await imported(world, PEOPLE, LIST)
    wei, sofia = [await account(world, email) for email in ("wei.lan@example.org", "sofia@example.org")]
    assert (wei.name, wei.locale, wei.verified, wei.has_password) == ("魏岚", "zh_Hans", False, False)
    assert await held(world, wei.id) == {Role.MODERATOR}
    assert await held(world, sofia.id) == {Role.ATTENDEE}
    world.people["wei"] = wei.id
    async with world.engine.database.read() as connection:
        assert await members.role_in(connection, institute, wei.id) is OrganisationRole.OWNER
        assert await members.role_in(connection, institute, sofia.id) is OrganisationRole.MEMBER
        assert not await members.takes_part(connection, world.conference, institute, world.clock())
        card = (await connection.execute(sa.select(cards).where(cards.c.person == wei.id))).one()
        assert (card.country, card.languages) == ("CN", ["zh", "en"])
    with refused("unverified"):
        await world.do("wei", sample(), room=world.lobby)
    assert (await planned(world, PEOPLE, LIST)).empty


def sample() -> Any:
    from rooms.organisations.messages import CreateOrganisation

    return CreateOrganisation("Mine")


async def test_existing_accounts_keep_what_belongs_to_them(world: World, institute: str) -> None:
    person = world.people["attendee"]
    data = as_csv(
        ("email", "name", "role", "organisation", "country"),
        ("attendee@example.org", "Mallory", "organizer", "Institute", "NO"),
    )
    _, desk = await world.join("attendee", room=await world.desk("attendee"))
    plan = await imported(world, PEOPLE, data)
    assert [(change.field, change.after) for change in plan.items[0].changes] == [
        ("role", "organiser"),
        ("organisation", "Institute"),
    ]
    assert "Mallory" not in str(plan)
    assert "Attendee" not in str(plan), "whose account it is stays their own"
    assert await held(world, person) == {Role.ORGANISER}
    assert desk.types == ["rights.changed"]
    assert (await account(world, "attendee@example.org")).name == "Attendee"
    assert (await planned(world, PEOPLE, data)).empty


@pytest.mark.parametrize("format", ["csv", "xlsx"])
async def test_what_is_exported_is_imported_without_a_change(world: World, institute: str, format: str) -> None:
    await imported(world, PEOPLE, LIST)
    async with world.engine.database.write() as connection:
        named = persons.update().where(persons.c.email == "sofia@example.org").values(name="=Sofia")
        await connection.execute(named)
    data = await exported(world, people_table.HEADER, people_table.rows, format)
    assert "'=Sofia" in str(cells(data))
    assert (await planned(world, PEOPLE, data)).empty


async def test_an_export_holds_only_people_whom_organisers_see(world: World) -> None:
    rows = cells(await exported(world, people_table.HEADER, people_table.rows))
    addresses = {row[0] for row in rows[1:]}
    assert "organiser@example.org" in addresses
    assert not addresses & {"attendee@example.org", "stranger@example.org", "staff@example.org", ""}


async def test_every_row_that_cannot_be_used_has_a_reason(world: World) -> None:
    data = as_csv(
        ("email", "name", "role", "organisation", "languages"),
        ("nowhere", "A", "", "", ""),
        ("b@example.org", "", "", "", ""),
        ("c@example.org", "C", "king", "", ""),
        ("d@example.org", "D", "", "Nobody", ""),
        ("e@example.org", "E", "", "", "Gibberish"),
        ("f@example.org", "F", "speaker", "", "fr"),
        ("F@example.org", "F", "", "", ""),
    )
    _, notes = await PEOPLE.read(data)
    plan = await planned(world, PEOPLE, data)
    assert [item.key for item in plan.items] == ["f@example.org"]
    reasons = [fault.text() for fault in (*notes.left_out, *plan.left_out)]
    assert len(reasons) == 6, reasons
    for word in (
        "not an email address",
        "Fill in the name",
        "“king” is not a role",
        "“Nobody”",
        "not a language",
        "row 7",
    ):
        assert any(word in each for each in reasons), (word, reasons)


async def test_no_membership_is_made_twice(world: World, institute: str) -> None:
    for _ in range(2):
        await imported(world, PEOPLE, LIST)
    async with world.engine.database.read() as connection:
        here = organisation_members.c.organisation == institute
        count = sa.select(sa.func.count()).select_from(organisation_members).where(here)
        assert (await connection.execute(count)).scalar_one() == 2
