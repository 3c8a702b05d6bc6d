"""Row 38: guests cost nothing, so from one address there cannot be many of them, and a script of a thousand moves no rank."""

import asyncio
import contextlib
from typing import Any

import pytest
import sqlalchemy as sa

from rooms.chat.messages import PostMessage
from rooms.core.commands.people import Role
from rooms.core.errors import Problem
from rooms.core.store.tables import persons
from rooms.forum.hosting_messages import SetReview
from rooms.forum.questions.messages import VoteQuestion
from rooms.invitations import invites
from rooms.people import erasure, registration
from rooms.people.attempts import Browser
from rooms.people.guest_marks import forget
from rooms.people.messages import ReadmitPerson, RemovePerson, SilencePerson
from rooms.people.registration import GUESTS, GUESTS_INVITED, GUESTS_OF_SITE
from rooms.people.tables import guest_marks, guest_restraints
from tests.support.refusals import refused
from tests.support.visitor import Visitor
from tests.support.world import World
from web.site import Site

SCRIPTED = 1000
HERE = Browser("a browser", "203.0.113.9", "a test")


async def enter(world: World, browser: Browser = HERE, *, secret: str = "") -> str:
    """A new guest's id. `secret`: of an invitation."""
    if secret:
        return (await invites.accept_as_guest(world.engine, secret, browser, "Guest", "en")).account.id
    return (await registration.enter_as_guest(world.engine, browser, "Guest", "en")).account.id


async def invitation(world: World, **changes: Any) -> str:
    given = {"conference": world.conference, "session": None, "role": Role.ATTENDEE, "uses": None, "days": 7}
    async with world.engine.transaction() as tx:
        return await invites.make(tx, **{**given, "by": world.people["organiser"], **changes})


async def test_a_thousand_scripted_guests_of_one_address_move_no_rank(world: World) -> None:
    await world.do("moderator", SetReview(False))
    wanted, stuffed = await world.ask("What all want"), await world.ask("What one script wants", "other")
    for number in range(GUESTS.count + 10):
        await world.do(await named(world, f"person{number}"), VoteQuestion(wanted))
    made = 0
    refusals: set[tuple[str, bool]] = set()
    for number in range(SCRIPTED):
        try:
            guest = await enter(world)
        except Problem as problem:
            refusals.add((problem.code, bool(problem.retry_after)))
            continue
        world.people[f"guest{number}"] = guest
        await world.do(f"guest{number}", VoteQuestion(stuffed))
        made += 1
    assert 0 < made <= GUESTS.count + 1
    assert refusals == {("rate_limited", True)}
    assert (await world.question(stuffed)).votes == 1 + made, "a guest's vote counts"
    assert (await world.question(wanted)).votes > (await world.question(stuffed)).votes


async def named(world: World, name: str) -> str:
    await world.person(name)
    return name


async def test_others_are_not_kept_out(world: World) -> None:
    for _ in range(GUESTS.count):
        await enter(world)
    with refused("rate_limited"):
        await enter(world)
    await enter(world, HERE._replace(address="203.0.113.10"))
    secret = await invitation(world)
    for _ in range(GUESTS.count + 10):
        await enter(world, secret=secret)


async def test_one_invitation_brings_no_thousand_guests_of_one_network(world: World) -> None:
    secret, made = await invitation(world), 0
    with contextlib.suppress(Problem):
        for _ in range(SCRIPTED):
            await enter(world, secret=secret)
            made += 1
    assert GUESTS_INVITED.count <= made <= GUESTS_INVITED.count + 2


async def test_a_site_with_many_ipv6_networks_has_one_budget(world: World) -> None:
    made = 0
    with contextlib.suppress(Problem):
        for number in range(SCRIPTED):
            await enter(world, HERE._replace(address=f"2001:db8:7:{number:x}::/64"))
            made += 1
    assert GUESTS_OF_SITE.count <= made <= GUESTS_OF_SITE.count + 2
    await enter(world, HERE._replace(address="2001:db8:8::/64"))


async def test_an_invitation_that_lapses_leaves_no_guest_behind(world: World) -> None:
    secret = await invitation(world, uses=1)
    people = sa.select(sa.func.count()).select_from(persons)
    async with world.engine.database.read() as connection:
        before = (await connection.execute(people)).scalar_one()
    answers = await asyncio.gather(*(enter(world, secret=secret) for _ in range(3)), return_exceptions=True)
    codes = sorted(each.code if isinstance(each, Problem) else "entered" for each in answers)
    assert codes == ["entered", "expired", "expired"]
    async with world.engine.database.read() as connection:
        assert (await connection.execute(people)).scalar_one() == before + 1


@pytest.mark.parametrize("header", ["X-Forwarded-For", "X-Real-IP", "Forwarded", "CF-Connecting-IP", "True-Client-IP"])
async def test_an_invented_address_gives_no_more_guests(site: Site, world: World, header: str) -> None:
    for _ in range(GUESTS.count - 1):
        await enter(world, Browser("another", "203.0.113.7", "a test"))
    statuses: list[int] = []
    for number in range(4):
        visitor = Visitor(site, address="203.0.113.7")
        await visitor.get("/sign-in", params={"next": "/c/forum"})
        form = {"name": "Guest", "next": "/c/forum"}
        invented = {header: f"198.51.100.{number}" if header != "Forwarded" else f"for=198.51.100.{number}"}
        statuses.append((await visitor.post("/sign-in/guest", form, follow=False, headers=invented)).status_code)
    assert statuses == [303, 429, 429, 429]


async def test_where_guests_may_not_act_their_votes_are_refused(site: Site, world: World) -> None:
    from rooms.core.store.tables import conferences

    question = await world.ask("Why?")
    world.people["late"] = await enter(world)
    async with world.engine.database.write() as connection:
        await connection.execute(conferences.update().values(guests=False))
    with refused("forbidden"):
        await world.do("late", VoteQuestion(question))


async def test_a_removed_guest_does_not_return_by_a_new_account(world: World) -> None:
    world.people["troll"] = await enter(world)
    await world.do("organiser", RemovePerson(world.people["troll"]), room=world.lobby)
    await world.do("organiser", SilencePerson(world.people["troll"], minutes=60), room=world.room)
    world.people["again"] = await enter(world, HERE._replace(address="198.51.100.1"))
    with refused("forbidden"):
        await world.do("again", PostMessage("Here I am"), room=world.lobby)
    await erasure.erase(world.engine, world.people["troll"])
    world.people["third"] = await enter(world)
    with refused("forbidden"):
        await world.do("third", PostMessage("Here I am"))


async def test_a_guest_who_was_readmitted_is_free_with_the_next_account_too(world: World) -> None:
    world.people["troll"] = await enter(world)
    await world.do("organiser", RemovePerson(world.people["troll"]), room=world.lobby)
    await world.do("organiser", ReadmitPerson(world.people["troll"]), room=world.lobby)
    world.people["again"] = await enter(world)
    await world.do("again", PostMessage("Thank you"), room=world.lobby)


async def test_the_network_of_a_removed_guest_is_shut_for_guests_for_an_hour(world: World) -> None:
    world.people["troll"] = await enter(world)
    elsewhere = HERE._replace(id="another browser", address="198.51.100.1")
    here = HERE._replace(id="another browser")
    await world.do("organiser", SilencePerson(world.people["troll"]), room=world.lobby)
    await enter(world, here)
    await world.do("organiser", RemovePerson(world.people["troll"]), room=world.lobby)
    with refused("forbidden"):
        await enter(world, here)
    with refused("forbidden"):
        await enter(world, here, secret=await invitation(world))
    await enter(world, elsewhere)
    world.clock.advance(minutes=61)
    await enter(world, here)


async def test_where_guests_come_from_is_a_keyed_hash_and_forgotten(world: World) -> None:
    world.people["troll"] = await enter(world)
    await world.do("organiser", RemovePerson(world.people["troll"]), room=world.lobby)
    async with world.engine.database.read() as connection:
        rows = [
            *(await connection.execute(sa.select(guest_marks))).mappings(),
            *(await connection.execute(sa.select(guest_restraints))).mappings(),
        ]
    assert len(rows) == 2
    assert not any(value in {HERE.id, HERE.address} for row in rows for value in row.values())
    world.clock.advance(days=31)
    await forget(world.engine)
    async with world.engine.database.read() as connection:
        for table in (guest_marks, guest_restraints):
            assert not (await connection.execute(sa.select(table))).all()
