"""The consortium board: ideas seek partners in roles, organisations apply, and what is missing is searched for."""

import pytest
import sqlalchemy as sa

from rooms.cooperation import messages as m
from rooms.cooperation import search
from rooms.cooperation.roles import partners
from rooms.cooperation.saved_searches import notify_of_matches
from rooms.cooperation.search import Query
from rooms.cooperation.search_messages import SaveSearch
from rooms.cooperation.tables import entry_sought
from tests.support.cooperation import applicant, applies, drafted, entry_type, idea, interested, published
from tests.support.refusals import refused
from tests.support.world import World


async def missing(world: World) -> set[tuple[str, str]]:
    async with world.engine.database.read() as connection:
        rows = await connection.execute(sa.select(entry_sought.c.role, entry_sought.c.country))
        return {(row.role, row.country) for row in rows}


async def found(world: World, **query: str) -> int:
    async with world.engine.database.read() as connection:
        return await search.count(connection, world.conference, Query(**query))  # type: ignore[arg-type]


async def fills(world: World, entry: str) -> dict[str, list[str]]:
    async with world.engine.database.read() as connection:
        here = (await partners(connection, [entry])).get(entry, {})
    return {role: [each.name for each in them] for role, them in here.items()}


async def test_a_role_is_applied_for_filled_and_freed(world: World) -> None:
    entry = await idea(world)
    assert await missing(world) == {("cells", "DE"), ("cells", "CN"), ("site", "")}
    cellworks = await applicant(world)
    with refused("invalid", "organisation"):
        await interested(world, entry, role="cells")
    with refused("not_found", "role"):
        await interested(world, entry, role="other", organisation=cellworks)
    interest = await applies(world, entry, organisation=cellworks)
    assert await fills(world, entry) == {}, "nobody is named before they are accepted"
    await world.do("staff", m.AcceptInterest(interest), room=world.lobby)
    assert await fills(world, entry) == {"cells": ["Cellworks"]}
    assert await missing(world) == {("site", "")}
    with refused("conflict", "role"):
        await applies(world, entry, who="speaker")
    await world.do("staff", m.RecordOutcome(interest, m.InterestOutcome.NONE), room=world.lobby)
    assert await fills(world, entry) == {}
    assert ("cells", "DE") in await missing(world)


async def test_a_role_takes_as_many_as_are_sought(world: World) -> None:
    entry = await idea(world, roles=[m.RoleSought("Test site", "site", number=1)])
    first, second = [await applies(world, entry, "site", who) for who in ("attendee", "speaker")]
    await world.do("staff", m.AcceptInterest(first), room=world.lobby)
    with refused("conflict", "role"):
        await world.do("staff", m.AcceptInterest(second), room=world.lobby)
    await world.do("attendee", m.WithdrawInterest(first), room=world.lobby)
    assert await missing(world) == {("site", "")}
    await world.do("staff", m.AcceptInterest(second), room=world.lobby)
    assert await missing(world) == set()


async def test_what_is_missing_is_searched_for(world: World) -> None:
    entry = await idea(world)
    await published(world, title="No idea")
    assert await found(world, side="idea") == 1
    assert await found(world, sought="any") == 1
    assert await found(world, sought="DE", words="电芯制造商") == 1
    assert await found(world, sought="FR") == 1, "a test site is sought from anywhere"
    await world.do("staff", m.WithdrawEntry(entry), room=world.lobby)
    assert await found(world, sought="any") == 0
    await idea(world, roles=[m.RoleSought("Cells", "cells", countries=["DE"])])
    assert await found(world, sought="FR") == 0
    assert await found(world, sought="DE") == 1


async def test_a_saved_search_notifies_of_ideas_that_seek_my_country(world: World) -> None:
    await world.do("attendee", SaveSearch("For us", {"side": "idea", "sought": "DE"}), room=world.lobby)
    world.clock.advance(seconds=1)
    await idea(world, roles=[m.RoleSought("Cells", "cells", countries=["FR"])])
    world.clock.advance(seconds=1)
    assert await notify_of_matches(world.engine) == 0
    await idea(world)
    world.clock.advance(seconds=1)
    assert await notify_of_matches(world.engine) == 1


@pytest.mark.parametrize(
    "role",
    [m.RoleSought(" "), m.RoleSought("Cells", countries=["QQ"]), m.RoleSought("Cells", countries=["DE", "AA"])],
)
async def test_roles_are_checked(world: World, role: m.RoleSought) -> None:
    type = await entry_type(world, side=m.EntrySide.IDEA, fields=[])
    with refused("invalid", "roles"):
        await drafted(world, type, values={}, roles=[role])


async def test_only_ideas_seek_roles_and_need_one(world: World) -> None:
    with refused("invalid", "roles"):
        await drafted(world, roles=[m.RoleSought("Cells")])
    type = await entry_type(world, side=m.EntrySide.IDEA, fields=[])
    with refused("invalid", "roles"):
        await drafted(world, type, values={}, roles=[m.RoleSought("A", "a"), m.RoleSought("B", "a")])
    entry = await drafted(world, type, values={}, roles=[])
    with refused("invalid", "roles"):
        await world.do("staff", m.SubmitEntry(entry), room=world.lobby)
