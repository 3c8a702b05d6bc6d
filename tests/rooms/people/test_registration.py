"""Accounts, links, sign-ins, invites and erasure in themselves, on both databases."""

import asyncio
from datetime import timedelta

import pytest
import sqlalchemy as sa
from argon2 import PasswordHasher

from rooms.core.commands.people import Role
from rooms.core.errors import Problem
from rooms.invitations import invites
from rooms.people import accounts, erasure, housekeeping, links, registration, roles, signins
from rooms.people.accounts import Account, clean_email
from rooms.people.attempts import Browser
from rooms.people.links import LinkPurpose
from rooms.people.passwords import Passwords, check_password
from rooms.people.registration import EmailKind
from rooms.people.tables import links as links_table
from rooms.people.tables import signins as signins_table
from tests.support.world import World

HERE = Browser("browser-here", "203.0.113.7", "Firefox · Linux")
THERE = Browser("browser-there", "203.0.113.8", "Safari · iPhone")
PASSWORD = "a good long sentence"


@pytest.fixture(scope="module")
def passwords() -> Passwords:
    return Passwords(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))


async def account(world: World, who: str) -> Account:
    async with world.engine.database.read() as connection:
        return await accounts.get(connection, world.people[who])


async def sign_up(world: World, passwords: Passwords, browser: Browser = HERE, email: str = "ada@new.example") -> str:
    """Signs up; returns the link's secret."""
    typed = {"name": "Ada", "email": email, "password": PASSWORD, "locale": "en", "next": "/c/forum"}
    wanted = await registration.prepare_sign_up(world.engine, passwords, browser, **typed)
    notice = await registration.sign_up(world.engine, browser, wanted)
    assert notice.kind is EmailKind.CONFIRM
    return notice.secret


async def refusal(work: object) -> str:
    with pytest.raises(Problem) as refused:
        await work  # type: ignore[misc]
    return refused.value.code


async def test_a_person_signs_up_confirms_and_comes_back(world: World, passwords: Passwords) -> None:
    secret = await sign_up(world, passwords)
    entered = await registration.use_link(world.engine, passwords, HERE, secret)
    assert (entered.account.verified, entered.account.has_password, entered.next) == (True, True, "/c/forum")
    known = await registration.by_password(world.engine, passwords, THERE, " ADA@New.example ", PASSWORD)
    assert known.id == entered.account.id
    async with world.engine.database.read() as connection:
        assert await signins.who(connection, entered.signin, world.clock()) == entered.account


async def test_two_sign_ups_at_once_make_one_account(world: World, passwords: Passwords) -> None:
    secrets = await asyncio.gather(*(sign_up(world, passwords, browser) for browser in (HERE, THERE)))
    async with world.engine.database.read() as connection:
        found = [(await links.look(connection, secret, world.clock())).person for secret in secrets]
    assert found[0] == found[1]


async def test_a_known_address_gets_an_email_that_says_so(world: World, passwords: Passwords) -> None:
    typed = {"name": "Eve", "email": "attendee@example.org", "password": PASSWORD, "locale": "en", "next": "/"}
    wanted = await registration.prepare_sign_up(world.engine, passwords, HERE, **typed)
    notice = await registration.sign_up(world.engine, HERE, wanted)
    assert (notice.kind, notice.name) == (EmailKind.KNOWN, "Attendee")
    assert not (await account(world, "attendee")).has_password


async def test_a_guest_who_registers_keeps_their_questions(world: World, passwords: Passwords) -> None:
    question = await world.ask("Mine?", "guest")
    guest = await account(world, "guest")
    notice = await registration.ask_to_confirm(world.engine, HERE, guest, "guest@new.example", "/account")
    entered = await registration.use_link(world.engine, passwords, HERE, notice.secret)
    assert (entered.account.id, entered.account.kind, entered.account.email) == (
        guest.id,
        "registered",
        "guest@new.example",
    )
    view = await world.engine.view(guest.id, world.room)
    assert [each.id for each in view.own.questions] == [question]  # type: ignore[attr-defined]


async def test_a_guest_cannot_take_the_address_of_another(world: World, passwords: Passwords) -> None:
    guest = await account(world, "guest")
    notice = await registration.ask_to_confirm(world.engine, HERE, guest, "late@new.example", "/account")
    async with world.engine.database.write() as connection:
        await accounts.create(connection, name="Late", email="late@new.example", verified=True, at=world.clock())
    assert await refusal(registration.use_link(world.engine, passwords, HERE, notice.secret)) == "conflict"
    notice = await registration.ask_to_confirm(world.engine, HERE, guest, "attendee@example.org", "/account")
    assert notice.kind is EmailKind.KNOWN


async def test_a_link_of_another_browser_drops_the_password_and_the_sign_ins(
    world: World, passwords: Passwords
) -> None:
    secret = await sign_up(world, passwords)
    thief = await registration.by_password(world.engine, passwords, HERE, "ada@new.example", PASSWORD)
    signin = await registration.enter(world.engine, thief.id, HERE)
    opened = await registration.open_link(world.engine, THERE, secret)
    assert (opened.asks_password, opened.needs_password) == (True, False)
    entered = await registration.use_link(world.engine, passwords, THERE, secret)
    assert not entered.account.has_password
    async with world.engine.database.read() as connection:
        assert await signins.who(connection, signin, world.clock()) is None
        assert await signins.who(connection, entered.signin, world.clock()) is not None


async def test_taking_an_account_over_ends_its_old_calendar_addresses(world: World, passwords: Passwords) -> None:
    secret = await sign_up(world, passwords, THERE)  # an attacker signs up with the address of somebody else
    async with world.engine.database.read() as connection:
        before = await accounts.by_email(connection, "ada@new.example")
    assert before is not None
    taken = await registration.use_link(world.engine, passwords, HERE, secret, PASSWORD)
    assert taken.account.id == before.id
    assert taken.account.calendar_key != before.calendar_key
    reset = await registration.ask_for_link(world.engine, HERE, LinkPurpose.RESET, "ada@new.example", "/")
    again = await registration.use_link(world.engine, passwords, HERE, reset.secret, PASSWORD)
    assert again.account.calendar_key != taken.account.calendar_key


async def test_a_reset_needs_a_password_and_spends_all_links(world: World, passwords: Passwords) -> None:
    email = "attendee@example.org"
    reset = await registration.ask_for_link(world.engine, HERE, LinkPurpose.RESET, email, "/")
    other = await registration.ask_for_link(world.engine, HERE, LinkPurpose.SIGN_IN, email, "/")
    assert await refusal(registration.use_link(world.engine, passwords, HERE, reset.secret)) == "invalid"
    await registration.use_link(world.engine, passwords, HERE, reset.secret, PASSWORD)
    assert await refusal(registration.use_link(world.engine, passwords, HERE, other.secret)) == "expired"
    assert (await registration.by_password(world.engine, passwords, HERE, email, PASSWORD)).email == email


@pytest.mark.parametrize("password", ["short", "a" * 201, "aaaaaaaaaaaaaaa", "ada@new.example"])
def test_bad_passwords_are_refused(password: str) -> None:
    with pytest.raises(Problem) as refused:
        check_password(password, email="ada@new.example")
    assert (refused.value.code, refused.value.field) == ("invalid", "password")


@pytest.mark.parametrize(
    "email",
    [
        "",
        "ada",
        "@b.c",
        "a@",
        "a b@c.d",
        "a@b@c.d",
        "a@b..c",
        "a@.b",
        "a@b\n.c",
        "<a@b.c>",
        "a" * 300,
        "a@b.c.",
        "=?utf-8?q?m=6fdC?=@t.example",
        "a@b。c",
        "a\u200b@b.c",
    ],
)
def test_bad_addresses_are_refused(email: str) -> None:
    with pytest.raises(Problem) as refused:
        clean_email(email)
    assert refused.value.field == "email"


async def test_the_same_password_typed_otherwise_is_the_same(passwords: Passwords) -> None:
    hashed = await passwords.hash("Ａ ﬁne sentence")
    assert await passwords.matches("A fine sentence", hashed)
    assert not await passwords.matches("A fine sentences", hashed)
    assert not await passwords.matches("A fine sentence", None)


async def make_invite(world: World, **changes: object) -> str:
    wanted: dict[str, object] = {
        "conference": world.conference,
        "session": None,
        "role": Role.MODERATOR,
        "uses": 1,
        "days": 7,
    }
    async with world.engine.transaction() as tx:
        return await invites.make(tx, **{**wanted, **changes}, by=world.people["organiser"])  # type: ignore[arg-type]


async def test_of_many_who_want_the_last_use_of_an_invite_one_gets_it(world: World) -> None:
    secret = await make_invite(world, uses=1)
    wanting = [await account(world, who) for who in ("attendee", "other", "speaker", "exhibitor")]
    done = await asyncio.gather(
        *(invites.accept(world.engine, secret, each) for each in wanting), return_exceptions=True
    )
    assert sum(not isinstance(each, Problem) for each in done) == 1
    async with world.engine.database.read() as connection:
        held = [await roles.roles_in(connection, each.id, world.conference, None) for each in wanting]
    assert sum(Role.MODERATOR in each for each in held) == 1


async def test_an_invite_for_any_number_lasts(world: World) -> None:
    secret = await make_invite(world, uses=None)
    for who in ("attendee", "other", "speaker"):
        await invites.accept(world.engine, secret, await account(world, who))
    async with world.engine.database.read() as connection:
        assert (await invites.look(connection, secret, world.clock())).uses_left is None


async def test_an_accepted_role_is_published_in_the_rooms_of_its_person(world: World) -> None:
    _, own = await world.join("attendee")
    _, theirs = await world.join("moderator")
    secret = await make_invite(world, session=world.session)
    await invites.accept(world.engine, secret, await account(world, "attendee"))
    for _ in range(100):
        if any("snapshot" in message for message in own.messages[1:]):
            break
        await asyncio.sleep(0.02)
    assert [message["audience"] for message in own.messages if "snapshot" in message] == ["everyone", "moderators"]
    assert "role.granted" in theirs.types


@pytest.mark.parametrize("changes", [{"days": 0}, {"days": 366}, {"uses": 0}, {"session": "x", "role": Role.ORGANISER}])
async def test_bad_invites_are_refused(world: World, changes: dict[str, object]) -> None:
    assert await refusal(make_invite(world, **changes)) == "invalid"


async def test_an_erased_person_is_gone_and_their_duplicates_stay(world: World) -> None:
    from rooms.forum.questions.moderation_messages import ApproveQuestion, MergeQuestion

    first, second = await world.ask("One?", "attendee"), await world.ask("Two?", "other")
    await world.do("moderator", ApproveQuestion(first, version=1))
    await world.do("moderator", ApproveQuestion(second, version=1))
    await world.do("moderator", MergeQuestion(second, version=2, into=first))
    await erasure.erase(world.engine, world.people["attendee"])
    assert (await world.question(second)).state == "approved"
    assert (await world.question(first)).text == ""
    assert await refusal(erasure.erase(world.engine, world.people["attendee"])) == "not_found"
    async with world.engine.database.read() as connection:
        assert await accounts.by_email(connection, "attendee@example.org") is None


async def test_what_ended_long_ago_is_forgotten(world: World, passwords: Passwords) -> None:
    signin = await registration.enter(world.engine, world.people["attendee"], HERE)
    await sign_up(world, passwords)
    await signins.revoke(world.engine, world.people["attendee"], signin)
    later = world.clock() + timedelta(days=2)
    for at in (later, later + timedelta(days=30)):
        world.clock.now = at
        assert await housekeeping.forget_old(world.engine) == 1
    async with world.engine.database.read() as connection:
        for table in (links_table, signins_table):
            assert (await connection.execute(sa.select(table))).first() is None
