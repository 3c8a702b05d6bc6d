"""Row 38: guests cost nothing, so from one address there cannot be many of them, and a script of a thousand moves no rank."""

import pytest

from rooms.core.errors import Problem
from rooms.forum.hosting_messages import SetReview
from rooms.forum.questions.messages import VoteQuestion
from rooms.people import registration
from rooms.people.attempts import Browser
from rooms.people.registration import GUESTS
from tests.support.refusals import refused
from tests.support.visitor import Visitor
from tests.support.world import World
from web.site import Site

SCRIPTED = 1000
HERE = Browser("a browser", "203.0.113.9", "a test")


async def enter(world: World, browser: Browser = HERE, *, invited: bool = False) -> str:
    """A new guest's id."""
    entered = await registration.enter_as_guest(world.engine, browser, "Guest", "en", invited=invited)
    return entered.account.id


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
    for _ in range(GUESTS.count + 10):
        await enter(world, invited=True)


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
