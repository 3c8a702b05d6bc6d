"""S16: guesses and emails are limited, and nobody is locked out."""

from tests.support.passwords import PASSWORD, with_password
from tests.support.visitor import Outbox, Visitor
from tests.support.world import World
from web.site import Site


async def test_guesses_at_one_account_are_limited(site: Site, world: World) -> None:
    email = await with_password(world, "attendee")
    visitor = Visitor(site)
    await visitor.get("/sign-in")

    async def guess(password: str, **headers: str) -> int:
        form = {"email": email, "password": password, "by": "password"}
        return (await visitor.post("/sign-in", form, follow=False, headers=headers)).status_code

    statuses = [await guess(f"guess number {n}") for n in range(10)]
    assert statuses == [422] * 10
    assert await guess(PASSWORD) == 429
    assert await guess(PASSWORD, **{"X-Forwarded-For": "198.51.100.9"}) == 429
    elsewhere = Visitor(site, address="198.51.100.9")
    await elsewhere.get("/sign-in")
    form = {"email": email, "password": PASSWORD, "by": "password"}
    assert (await elsewhere.post("/sign-in", form, follow=False)).status_code == 303


async def test_emails_to_one_address_are_limited(site: Site, emails: Outbox) -> None:
    statuses: list[int] = []
    for n in range(7):
        visitor = Visitor(site, address=f"198.51.100.{n}")
        await visitor.get("/sign-in")
        statuses.append((await visitor.post("/sign-in", {"email": "ada@example.org", "by": "link"})).status_code)
        await visitor.settled()
    assert statuses == [200] * 7
    assert "Several emails were sent" in visitor.page
    assert len(emails.sent) == 5


async def by_link(visitor: Visitor, email: str) -> int:
    await visitor.get("/sign-in")
    return (await visitor.post("/sign-in", {"email": email, "by": "link"})).status_code


async def by_password(visitor: Visitor, email: str, password: str) -> int:
    await visitor.get("/sign-in")
    form = {"email": email, "password": password, "by": "password"}
    return (await visitor.post("/sign-in", form, follow=False)).status_code


async def test_strangers_lock_nobody_out(site: Site, world: World, emails: Outbox) -> None:
    """L1: neither at the computer where the account is known, nor elsewhere, where a link always helps."""
    email = await with_password(world, "attendee")
    at_home, elsewhere = Visitor(site, address="203.0.113.7"), Visitor(site, address="203.0.113.99")
    assert await by_password(at_home, email, PASSWORD) == 303
    await at_home.post("/sign-out")
    strangers = [Visitor(site, address=f"198.51.100.{n}") for n in range(6)] + [Visitor(site, address="203.0.113.7")]
    for stranger in strangers:
        for n in range(10):
            assert await by_password(stranger, email, f"guess {n}") in {422, 429}
        for _ in range(6):
            await by_link(stranger, email)
    assert await by_password(elsewhere, email, PASSWORD) == 429, "the premise: the account's limit is reached"
    assert "email link" in elsewhere.page
    sent = len(emails.sent)
    assert await by_link(elsewhere, email) == 200
    await elsewhere.settled()
    assert len(emails.sent) == sent
    assert (await elsewhere.post(emails.link(), follow=False)).status_code == 303, "the newest link works"
    assert await by_password(at_home, email, PASSWORD) == 303
    assert await by_link(at_home, email) == 200
    await at_home.settled()
    assert len(emails.sent) == sent + 1


async def test_a_known_browser_is_not_known_for_others_and_still_limited(site: Site, world: World) -> None:
    email, other = await with_password(world, "attendee"), await with_password(world, "other")
    known, thief = Visitor(site), Visitor(site, address="198.51.100.1")
    assert await by_password(known, email, PASSWORD) == 303
    assert [await by_password(known, email, f"guess {n}") for n in range(11)] == [422] * 10 + [429]
    name = site.cookie("known")
    thief.http.cookies.set(name, known.http.cookies[name], domain=site.authority)
    assert [await by_password(thief, email, f"guess {n}") for n in range(11)] == [422] * 10 + [429]
    assert [await by_password(known, other, f"guess {n}") for n in range(11)] == [422] * 10 + [429]
