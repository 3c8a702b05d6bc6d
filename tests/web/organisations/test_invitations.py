"""Inviting someone to an organisation: nobody learns from it who has an account, or who is behind an address."""

import re

import pytest
import sqlalchemy as sa

from rooms.organisations import invitations, members
from rooms.organisations.messages import InviteMember, OrganisationRole, SetMember, UninviteMember
from rooms.organisations.tables import organisation_invitations as table
from rooms.people import erasure
from rooms.people.messages import BlockPerson, ListMe
from rooms.people.tables import notices
from tests.support.refusals import refused
from tests.support.visitor import Visitor
from tests.support.world import World
from web.site import Site

UNKNOWN = "nobody@example.net"
KNOWN = "attendee@example.org"


def page(world: World) -> str:
    return f"/c/forum/organisations/{world.organisation}"


async def kinds(world: World, who: str) -> list[str]:
    """The kinds of a person's notifications."""
    async with world.engine.database.read() as connection:
        select = sa.select(notices.c.kind).where(notices.c.person == world.people[who])
        return list((await connection.execute(select)).scalars())


async def role(world: World, who: str) -> OrganisationRole | None:
    async with world.engine.database.read() as connection:
        return await members.role_in(connection, world.organisation, world.people[who])


async def invite(world: World, email: str = KNOWN) -> None:
    await world.do("owner", InviteMember(world.organisation, email), room=world.lobby)


def without_addresses(text: str) -> str:
    """A page without what differs with every request."""
    text = text.replace(UNKNOWN, "@").replace(KNOWN, "@")
    return re.sub(r'(?:name="(?:key|csrf)" value|nonce|content)="[^"]*"', "", text)


async def test_an_owner_sees_the_same_for_every_address(site: Site, world: World) -> None:
    answers: list[str] = []
    for email in (KNOWN, UNKNOWN):
        owner = await Visitor(site).sign_in(world.people["owner"])
        await owner.get(f"{page(world)}/edit", params={"words": email})
        assert "Attendee" not in owner.page, "only organisers find people by their address"
        form = {"room": world.lobby, "organisation": world.organisation, "email": email}
        await owner.post("/do/organisation.invite", {**form, "key": "a" * 8 + email[:2], "next": f"{page(world)}/edit"})
        answers.append(without_addresses(owner.page))
        assert email in owner.page
        await owner.post(
            "/do/organisation.uninvite", {**form, "key": "b" * 8 + email[:2], "next": f"{page(world)}/edit"}
        )
        assert email not in owner.page
    assert answers[0] == answers[1]


async def test_organisers_find_people_by_their_address(site: Site, world: World) -> None:
    organiser = await Visitor(site).sign_in(world.people["organiser"])
    await organiser.get(f"{page(world)}/edit", params={"words": KNOWN})
    assert 'Add<span class="visually-hidden"> · Attendee' in organiser.page


@pytest.mark.parametrize("where", ["organisations", "exhibition"])
async def test_an_address_is_no_name_for_others(site: Site, world: World, where: str) -> None:
    address = f"{page(world)}/edit" if where == "organisations" else f"/c/forum/exhibition/{world.booth}/staff"
    owner = await Visitor(site).sign_in(world.people["owner"])
    await owner.get(address, params={"words": KNOWN})
    assert "Nobody was found." in owner.page
    await world.do("attendee", ListMe(True), room=await world.desk("attendee"))
    await owner.get(address, params={"words": KNOWN})
    assert "Nobody was found." in owner.page
    await owner.get(address, params={"words": "attend"})
    assert "Attendee" in owner.page, "they agreed to be found by name"


async def test_who_is_invited_joins_by_accepting(site: Site, world: World) -> None:
    await invite(world)
    await invite(world)
    assert await kinds(world, "attendee") == ["organisation.invited"], "the second one notifies nobody"
    assert await role(world, "attendee") is None
    attendee = await Visitor(site).sign_in(world.people["attendee"])
    await attendee.get("/c/forum")
    assert "An invitation to join" in attendee.page
    await attendee.get(page(world))
    assert "Owner invites you to join this organisation" in attendee.page
    other = await Visitor(site).sign_in(world.people["other"])
    await other.get(page(world))
    assert "to join this organisation" not in other.page
    form = {"room": world.lobby, "organisation": world.organisation, "accept": "true", "next": page(world)}
    assert (await other.post("/do/organisation.answer", {**form, "key": "a" * 8})).status_code == 404
    await attendee.get(page(world))
    await attendee.post("/do/organisation.answer", {**form, "key": "a" * 8})
    assert await role(world, "attendee") is OrganisationRole.MEMBER
    assert "Leave this organisation" in attendee.page
    await attendee.get("/c/forum")
    assert "An invitation to join" not in attendee.page


async def test_a_refusal_looks_like_no_answer(site: Site, world: World) -> None:
    await invite(world)
    attendee = await Visitor(site).sign_in(world.people["attendee"])
    form = {"room": world.lobby, "organisation": world.organisation, "accept": "false", "next": "/c/forum"}
    await attendee.get(page(world))
    await attendee.post("/do/organisation.answer", {**form, "key": "a" * 8})
    owner = await Visitor(site).sign_in(world.people["owner"])
    await owner.get(f"{page(world)}/edit")
    assert KNOWN in owner.page
    await invite(world)
    assert await kinds(world, "attendee") == ["organisation.invited"]
    assert (await attendee.post("/do/organisation.answer", {**form, "key": "b" * 8})).status_code == 404
    world.clock.advance(days=invitations.KEPT.days, hours=1)
    assert await invitations.forget_old_invitations(world.engine) == 1


async def test_a_member_has_no_open_invitation(site: Site, world: World) -> None:
    await invite(world)
    await world.do(
        "owner",
        SetMember(world.organisation, world.people["attendee"], OrganisationRole.MEMBER),
        room=world.lobby,
    )
    attendee = await Visitor(site).sign_in(world.people["attendee"])
    await attendee.get("/c/forum")
    assert "An invitation to join" not in attendee.page


async def test_withdrawing_and_inviting_in_turns_notifies_once_a_day(world: World) -> None:
    for _ in range(3):
        await invite(world)
        await world.do("owner", UninviteMember(world.organisation, KNOWN), room=world.lobby)
        world.clock.advance(hours=1)
    assert await kinds(world, "attendee") == ["organisation.invited"]
    world.clock.advance(days=1)
    await invite(world)
    assert await kinds(world, "attendee") == ["organisation.invited"] * 2


async def test_who_has_blocked_the_inviter_is_left_alone(site: Site, world: World) -> None:
    await world.do("attendee", BlockPerson(world.people["owner"]), room=await world.desk("attendee"))
    await invite(world)
    assert await kinds(world, "attendee") == []
    attendee = await Visitor(site).sign_in(world.people["attendee"])
    await attendee.get(page(world))
    assert "to join this organisation" not in attendee.page
    with refused("invalid", "person"):
        member = SetMember(world.organisation, world.people["attendee"], OrganisationRole.MEMBER)
        await world.do("owner", member, room=world.lobby)


async def test_invitations_have_a_limit_and_go_with_the_people(world: World) -> None:
    world.lift_limits()
    for number in range(invitations.MOST_OPEN):
        await invite(world, f"n{number}@example.net")
    with refused("conflict"):
        await invite(world)
    with refused("invalid", "email"):
        await invite(world, "no address")
    await erasure.erase(world.engine, world.people["owner"])
    async with world.engine.database.read() as connection:
        assert (await connection.execute(sa.select(sa.func.count()).select_from(table))).scalar_one() == 0
