"""Tickets of the live connection: once, for a minute, and only while the sign-in is in force."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from rooms.core.errors import Problem
from rooms.people import signins
from rooms.people.attempts import Browser
from rooms.people.registration import enter
from rooms.people.tickets import issue_ticket, read_ticket
from tests.support.world import World, make_world


@pytest.fixture
async def world(sqlite_url: str) -> AsyncIterator[World]:
    made = await make_world(sqlite_url, processes=2)
    yield made
    await made.close()


async def refusal(world: World, ticket: str, engine: int = 0) -> str:
    with pytest.raises(Problem) as refused:
        await read_ticket(world.engines[engine], ticket)
    return refused.value.code


async def test_a_ticket_names_its_sign_in_and_person(world: World) -> None:
    signin = await enter(world.engine, world.people["attendee"], Browser("", "", ""))
    ticket = await read_ticket(world.engine, issue_ticket(world.engine, signin))
    assert (ticket.signin, ticket.person) == (signin, world.people["attendee"])
    nobody = await read_ticket(world.engine, issue_ticket(world.engine, None))
    assert (nobody.signin, nobody.person) == (None, None)


async def test_a_ticket_is_spent_once_on_all_processes(world: World) -> None:
    ticket = issue_ticket(world.engine, None)
    await read_ticket(world.engines[1], ticket)
    assert await refusal(world, ticket, 0) == "expired"
    assert await refusal(world, ticket, 1) == "expired"


async def test_of_many_who_spend_it_at_once_one_gets_in(world: World) -> None:
    ticket = issue_ticket(world.engine, None)
    tries = [read_ticket(world.engines[n % 2], ticket) for n in range(6)]
    done = await asyncio.gather(*tries, return_exceptions=True)
    assert sum(not isinstance(each, Problem) for each in done) == 1


async def test_a_ticket_lasts_a_minute(world: World) -> None:
    young, old = issue_ticket(world.engine, None), issue_ticket(world.engine, None)
    world.clock.advance(seconds=60)
    await read_ticket(world.engine, young)
    world.clock.advance(seconds=1)
    assert await refusal(world, old) == "expired"


@pytest.mark.parametrize(
    "forge", [lambda t: t[:-1], lambda t: "x" + t, lambda t: "", lambda t: "é" * 10, lambda t: t * 50]
)
async def test_a_forged_ticket_is_refused(world: World, forge: "object") -> None:
    assert callable(forge)
    assert await refusal(world, forge(issue_ticket(world.engine, None))) == "malformed"


async def test_a_ticket_of_one_who_has_signed_out_is_refused(world: World) -> None:
    signin = await enter(world.engine, world.people["attendee"], Browser("", "", ""))
    ticket = issue_ticket(world.engine, signin)
    await signins.revoke(world.engine, world.people["attendee"], signin)
    assert await refusal(world, ticket) == "not_signed_in"
