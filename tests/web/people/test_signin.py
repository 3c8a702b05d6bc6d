"""Registration, sign-in and sign-out; links in emails; guests."""

import pytest

from rooms.people import accounts
from rooms.people.accounts import Account
from tests.support.visitor import Outbox, Visitor
from tests.support.world import World
from web.site import Site

PASSWORD = "a good long sentence"
NEW = {"name": "Ada Lovelace", "email": "ada@example.org", "password": PASSWORD}


async def account(world: World, email: str) -> Account | None:
    async with world.engine.database.read() as connection:
        return await accounts.by_email(connection, email)


async def signed_up(visitor: Visitor, **changes: str) -> None:
    await visitor.get("/sign-up")
    answer = await visitor.post("/sign-up", {**NEW, "next": "/c/forum", **changes})
    assert answer.status_code == 200, visitor.page
    await visitor.settled()


async def test_an_account_is_made_confirmed_and_signed_in(visitor: Visitor, world: World, emails: Outbox) -> None:
    await signed_up(visitor)
    made = await account(world, "ada@example.org")
    assert made is not None
    assert made.verified_at is None
    assert emails.sent[-1].to == "ada@example.org"

    shown = await visitor.get(emails.link())
    assert "Confirm your address" in shown.text
    assert "New password" not in shown.text
    answer = await visitor.post(emails.link(), follow=False)
    assert (answer.status_code, answer.headers["location"]) == (303, "/c/forum")
    confirmed = await account(world, "ada@example.org")
    assert confirmed is not None
    assert confirmed.verified_at == world.clock()
    assert confirmed.has_password
    assert visitor.signin_cookie


async def test_a_password_signs_in_and_a_wrong_one_does_not(visitor: Visitor, world: World, emails: Outbox) -> None:
    await signed_up(visitor)
    await visitor.get("/sign-in?next=/account")
    refused = await visitor.post("/sign-in", {"email": NEW["email"], "password": "something else", "by": "password"})
    assert refused.status_code == 422
    assert "incorrect" in visitor.page
    assert 'value="ada@example.org"' in visitor.page
    assert visitor.signin_cookie is None
    answer = await visitor.post(
        "/sign-in",
        {"email": " ADA@example.org", "password": PASSWORD, "by": "password", "next": "/account"},
        follow=False,
    )
    assert answer.headers["location"] == "/account"
    assert visitor.signin_cookie


async def test_a_link_in_an_email_signs_in_once(visitor: Visitor, emails: Outbox, world: World) -> None:
    await visitor.get("/sign-in")
    await visitor.post("/sign-in", {"email": "attendee@example.org", "by": "link", "next": "/account"})
    await visitor.settled()
    answer = await visitor.post(emails.link(), follow=False)
    assert answer.headers["location"] == "/account"
    page = await visitor.get("/account")
    assert "Attendee" in page.text


async def test_a_link_does_nothing_for_a_program_that_fetches_it_ahead(visitor: Visitor, emails: Outbox) -> None:
    await visitor.get("/sign-in")
    await visitor.post("/sign-in", {"email": "attendee@example.org", "by": "link"})
    await visitor.settled()
    for _ in range(3):
        assert (await visitor.get(emails.link())).status_code == 200
    assert visitor.signin_cookie is None
    assert (await visitor.post(emails.link(), follow=False)).status_code == 303
    assert visitor.signin_cookie


async def test_a_new_password_is_chosen_by_a_link(visitor: Visitor, site: Site, emails: Outbox, world: World) -> None:
    await signed_up(visitor)
    await visitor.post(emails.link())
    elsewhere = Visitor(site)
    await elsewhere.get("/sign-in/forgotten")
    await elsewhere.post("/sign-in/forgotten", {"email": NEW["email"]})
    await elsewhere.settled()
    await elsewhere.get(emails.link())
    short = await elsewhere.post(emails.link(), {"password": "short"})
    assert short.status_code == 422
    assert "at least 10" in elsewhere.page
    assert (await elsewhere.post(emails.link(), {"password": "another good sentence"}, follow=False)).status_code == 303
    assert (await visitor.get("/account", follow=False)).status_code in {303, 401}
    await visitor.get("/sign-in")
    old = await visitor.post("/sign-in", {"email": NEW["email"], "password": PASSWORD, "by": "password"})
    assert old.status_code == 422
    new = await visitor.post(
        "/sign-in", {"email": NEW["email"], "password": "another good sentence", "by": "password"}, follow=False
    )
    assert new.status_code == 303


async def test_who_registers_an_address_in_advance_gains_nothing(
    visitor: Visitor, site: Site, emails: Outbox, world: World
) -> None:
    thief = Visitor(site)
    await signed_up(thief)
    await thief.post("/sign-in", {"email": NEW["email"], "password": PASSWORD, "by": "password"})
    assert (await thief.get("/account")).status_code == 200
    stolen = thief.signin_cookie

    await visitor.get(emails.link())
    assert "New password" in visitor.page
    await visitor.post(emails.link(), {"password": ""})
    assert thief.signin_cookie == stolen
    assert (await thief.get("/account", follow=False)).status_code in {303, 401}
    again = await thief.post("/sign-in", {"email": NEW["email"], "password": PASSWORD, "by": "password"})
    assert again.status_code in {403, 422}
    confirmed = await account(world, NEW["email"])
    assert confirmed is not None
    assert not confirmed.has_password


async def test_a_guest_enters_where_the_conference_allows_it(visitor: Visitor, world: World) -> None:
    page = await visitor.get("/sign-in?next=/c/forum")
    assert "as a guest" in page.text
    answer = await visitor.post("/sign-in/guest", {"name": "Bo ", "next": "/c/forum"}, follow=False)
    assert answer.headers["location"] == "/c/forum"
    assert visitor.signin_cookie
    assert "as a guest" not in (await visitor.get("/sign-in?next=/c/elsewhere")).text
    refused = await visitor.post("/sign-in/guest", {"name": "Bo", "next": "/c/elsewhere"})
    assert refused.status_code == 403


async def test_signing_out_ends_the_sign_in(visitor: Visitor, world: World, site: Site) -> None:
    await visitor.sign_in(world.people["attendee"])
    kept = visitor.signin_cookie
    assert kept
    await visitor.post("/sign-out", follow=False)
    assert not visitor.signin_cookie
    visitor.http.cookies.set(site.cookie("signin"), kept, domain=site.authority)
    assert (await visitor.get("/account", follow=False)).status_code in {303, 401}


@pytest.mark.parametrize("field", ["name", "email", "password"])
async def test_a_refused_sign_up_keeps_what_was_typed(visitor: Visitor, field: str) -> None:
    await visitor.get("/sign-up")
    answer = await visitor.post("/sign-up", {**NEW, field: " "})
    assert answer.status_code == 422
    assert 'class="field-fault"' in answer.text
    for name in {"name", "email"} - {field}:
        assert f'value="{NEW[name]}"' in visitor.page
    assert PASSWORD not in visitor.page


async def test_pages_and_emails_use_the_language_of_the_visitor(site: Site, emails: Outbox) -> None:
    visitor = Visitor(site, language="zh-CN,zh;q=0.9,en;q=0.5")
    await visitor.get("/sign-in")
    assert '<html lang="zh-Hans"' in visitor.page
    await visitor.post("/preferences", {"locale": "en", "next": "/sign-in"})
    assert '<html lang="en"' in visitor.page
