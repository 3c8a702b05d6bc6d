"""An invitation by email proves its address: once, for that address alone, and only when its form is sent."""

import asyncio

import pytest
import sqlalchemy as sa

from rooms.core.commands.people import Role
from rooms.core.errors import Problem
from rooms.core.store.database import Database
from rooms.exhibition.record_tables import owner_invites
from rooms.exhibition.tables import booth_staff
from rooms.invitations import invites, proven
from rooms.invitations import owner_invites as inviting
from rooms.people import accounts, links, registration, signins
from rooms.people.accounts import Account
from rooms.people.attempts import Browser
from rooms.people.links import EmailLink, LinkPurpose
from tests.support.visitor import Outbox, Visitor
from tests.support.world import World
from web.site import Site

EMAIL = "invited@example.org"
FORM = {"name": "Olga Owner", "password": "a quiet green lamp"}
BROWSER = Browser("browser", "203.0.113.9", "Firefox · Linux")


async def invited(world: World) -> str:
    """The path of the link in the email."""
    async with world.engine.transaction() as tx:
        await tx.connection.execute(
            owner_invites.insert().values(booth=world.booth, email=EMAIL, added_at=tx.now, digest="")
        )
    [made] = await inviting.invite_owners(world.engine, world.conference, by=world.people["organiser"])
    return f"/invite/{made.secret}"


async def account_of(world: World, email: str = EMAIL) -> Account | None:
    async with world.engine.database.read() as connection:
        return await accounts.by_email(connection, email)


async def owners(database: Database, booth: str) -> set[str]:
    async with database.read() as connection:
        select = sa.select(booth_staff.c.person).where(booth_staff.c.booth == booth, booth_staff.c.duty == "owner")
        return set((await connection.execute(select)).scalars())


async def test_the_link_of_an_invitation_proves_its_address(site: Site, world: World, emails: Outbox) -> None:
    path, owner = await invited(world), Visitor(site)
    await owner.get(path)
    assert f'value="{EMAIL}"' in owner.page, "the form is filled in"
    await owner.post(path, FORM)
    assert "Your invitation is accepted." in owner.page
    account = await account_of(world)
    assert account is not None
    assert account.verified
    assert account.id in await owners(world.engine.database, world.booth)
    await site.post.settled()
    assert emails.sent == [], "nothing is left to confirm"
    again = await Visitor(site).get(path)
    assert again.status_code == 410, "it works once"


async def test_programs_that_read_the_link_do_not_use_it_up(site: Site, world: World) -> None:
    path = await invited(world)
    for _ in range(3):
        scanner = Visitor(site)
        assert (await scanner.get(path)).status_code == 200
        assert (await scanner.http.head(path)).status_code == 200
    assert await account_of(world) is None
    owner = Visitor(site)
    await owner.get(path)
    await owner.post(path, FORM)
    assert "Your invitation is accepted." in owner.page


async def test_a_link_never_confirms_another_address(site: Site, world: World) -> None:
    path, owner = await invited(world), Visitor(site)
    await owner.get(path)
    await owner.post(path, {**FORM, "email": "victim@example.org"})
    assert await account_of(world, "victim@example.org") is None
    assert (await account_of(world)) is not None

    other = await invited_person(world, "unconfirmed@example.org")
    path = await second_invitation(world)
    visitor = await Visitor(site).sign_in(other)
    await visitor.get(path)
    await visitor.post(path)
    assert "Confirm your email address first" in visitor.page
    account = await account_of(world, "unconfirmed@example.org")
    assert account is not None
    assert not account.verified


async def invited_person(world: World, email: str) -> str:
    """A person who has signed up with an address and has not confirmed it."""
    async with world.engine.transaction() as tx:
        return (await accounts.create(tx.connection, name="Other", email=email, password="x", at=tx.now)).id


async def second_invitation(world: World) -> str:
    async with world.engine.transaction() as tx:
        await tx.connection.execute(owner_invites.delete())
    return await invited(world)


async def test_an_expired_link_proves_nothing(site: Site, world: World) -> None:
    path, owner = await invited(world), Visitor(site)
    await owner.get(path)
    world.clock.advance(days=inviting.DAYS, seconds=1)
    assert (await owner.post(path, FORM)).status_code == 410
    assert await account_of(world) is None


async def test_a_person_with_another_account_is_asked(site: Site, world: World) -> None:
    path = await invited(world)
    other = await Visitor(site).sign_in(world.people["attendee"])
    await other.get(path)
    assert f"This invitation was sent to {EMAIL}. You are signed in with another account." in other.page
    assert "Use another account" in other.page
    stale = other.csrf
    signed_out = Visitor(site)
    await signed_out.get(path)
    assert (await signed_out.post(path, FORM, csrf=stale)).status_code == 403, (
        "the page of one account is not of another"
    )
    await other.post(path)
    assert world.people["attendee"] in await owners(world.engine.database, world.booth)
    assert await account_of(world) is None, "the address is not theirs"


async def test_an_account_that_exists_is_only_opened_by_signing_in(site: Site, world: World) -> None:
    path = await invited(world)
    async with world.engine.transaction() as tx:
        await accounts.create(tx.connection, name="Olga", email=EMAIL, password="x", verified=True, at=tx.now)
    visitor = Visitor(site)
    await visitor.get(path)
    assert f"This invitation was sent to {EMAIL}. Sign in with this address to accept it." in visitor.page
    await visitor.post(path, FORM)
    assert visitor.signin_cookie is None
    secret = path.removeprefix("/invite/")
    with pytest.raises(Problem) as refused:
        await proven.sign_up(
            world.engine, site.passwords, BROWSER, secret, name="X", password=FORM["password"], locale="en"
        )
    assert refused.value.code == "conflict"
    await visitor.get(f"/sign-in?next={path}")
    assert f'value="{EMAIL}"' in visitor.page


async def test_who_signed_up_with_the_address_before_loses_that_account(site: Site, world: World) -> None:
    person = await invited_person(world, EMAIL)
    signin = await registration.enter(world.engine, person, BROWSER)
    async with world.engine.transaction() as tx:
        link = await links.make(tx.connection, EmailLink(LinkPurpose.SIGN_IN, person, EMAIL, "", "/"), tx.now)
    path, owner = await invited(world), Visitor(site)
    await owner.get(path)
    await owner.post(path, FORM)
    assert "Your invitation is accepted." in owner.page
    account = await account_of(world)
    assert account is not None
    assert (account.id, account.name, account.verified) == (person, "Olga Owner", True)
    attacker = await Visitor(site).sign_in(person)
    assert signin != attacker.signin_cookie
    async with world.engine.database.read() as connection:
        assert await accounts.hashed_password(connection, person) != "x"
        with pytest.raises(Problem):
            await links.look(connection, link, world.clock())
    with pytest.raises(Problem):
        await signins.find(world.engine, signin)


async def test_a_guest_gets_the_address_of_the_invitation(site: Site, world: World) -> None:
    path, guest = await invited(world), await Visitor(site).sign_in(world.people["guest"])
    await guest.get(path)
    assert "this becomes the address of your account" in guest.page
    await guest.post(path)
    account = await account_of(world)
    assert account is not None
    assert (account.id, account.kind, account.verified) == (world.people["guest"], "registered", True)
    assert account.id in await owners(world.engine.database, world.booth)


async def test_of_two_at_once_one_signs_up(site: Site, world: World) -> None:
    secret = (await invited(world)).removeprefix("/invite/")

    async def sign_up(browser: str) -> object:
        who = Browser(browser, "203.0.113.9", "Firefox · Linux")
        return await proven.sign_up(
            world.engine, site.passwords, who, secret, name="Olga", password=FORM["password"], locale="en"
        )

    done = await asyncio.gather(sign_up("one"), sign_up("two"), return_exceptions=True)
    assert sum(not isinstance(each, Exception) for each in done) == 1
    assert all(isinstance(each, Problem) for each in done if isinstance(each, Exception))


async def test_a_link_that_is_passed_on_proves_no_address(site: Site, world: World) -> None:
    async with world.engine.transaction() as tx:
        made = {"conference": world.conference, "session": None, "role": Role.MODERATOR, "uses": 1, "days": 7}
        secret = await invites.make(tx, **made, by=world.people["organiser"])  # type: ignore[arg-type]
    with pytest.raises(Problem) as refused:
        await proven.sign_up(
            world.engine, site.passwords, BROWSER, secret, name="X", password=FORM["password"], locale="en"
        )
    assert refused.value.code == "forbidden"
    visitor = Visitor(site)
    await visitor.get(f"/invite/{secret}")
    assert "Create the account and accept" not in visitor.page
