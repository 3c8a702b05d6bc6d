"""Rounds of short talks: talks begin and end by themselves, and a person who is alone gets another partner within seconds."""

import asyncio
import time
from itertools import combinations

from rooms.meetings.rounds import messages as m
from rooms.meetings.rounds import queries
from rooms.meetings.rounds.running import mark_present
from rooms.people import erasure
from rooms.people.messages import BlockPerson, RemovePerson
from tests.support.refusals import refused
from tests.support.rounds import enter, groups, now, pass_time, set_up, state_of
from tests.support.world import World

FOUR = ("attendee", "speaker", "moderator", "other")


async def test_talks_begin_and_end_by_themselves_and_nobody_meets_twice(grown_world: World) -> None:
    world = grown_world
    round = await set_up(world)
    await enter(world, round, *FOUR)
    assert (await now(world, round, "attendee")).state == "waiting"
    await pass_time(world, round, 30)
    assert (await state_of(world, round)).state == "waiting"
    met: set[frozenset[str]] = set()
    for number in (1, 2, 3):
        await pass_time(world, round, 60)
        row = await state_of(world, round)
        assert (row.state, row.number) == ("talk", number)
        made = await groups(world, round)
        assert sorted(map(len, made)) == [2, 2]
        pairs = {frozenset(pair) for group in made for pair in combinations(group, 2)}
        assert not pairs & met
        met |= pairs
        view = await now(world, round, "attendee")
        assert view.meeting.startswith("/c/forum/meetings/")
        assert view.until == row.until
        for _ in range(10):
            await pass_time(world, round, 29)
        assert await groups(world, round) == made
        await pass_time(world, round, 11)
        assert (await state_of(world, round)).state == ("pause" if number < 3 else "ended")
        assert (await now(world, round, "attendee")).meeting == ""
    assert len(met) == 6
    async with world.engine.database.read() as connection:
        people = await queries.met_by(connection, round, world.people["attendee"])
    assert {each.name for each in people} == {"Speaker", "Moderator", "Other"}
    with refused("closed"):
        await enter(world, round, "colleague")


async def test_an_odd_number_makes_a_group_of_three(world: World) -> None:
    round = await set_up(world)
    await enter(world, round, *FOUR, "colleague")
    await pass_time(world, round, 60)
    assert sorted(map(len, await groups(world, round))) == [2, 3]


async def test_a_lost_partner_is_replaced_within_ten_seconds(grown_world: World) -> None:
    world = grown_world
    round = await set_up(world)
    await enter(world, round, *FOUR)
    await pass_time(world, round, 60)
    one, other = await groups(world, round)
    lost = sorted(one)[0], sorted(other)[0]
    stayed = (one | other) - set(lost)
    seconds = 0
    while stayed not in await groups(world, round):
        seconds += 1
        assert seconds < 10
        await pass_time(world, round, 1, *lost)
    assert (await now(world, round, sorted(stayed)[0])).meeting == (await now(world, round, sorted(stayed)[1])).meeting


async def test_who_is_alone_becomes_the_third_of_a_pair(grown_world: World) -> None:
    world = grown_world
    round = await set_up(world)
    await enter(world, round, *FOUR)
    await pass_time(world, round, 60)
    one, other = await groups(world, round)
    lost = sorted(one)[0]
    for _ in range(8):
        await pass_time(world, round, 1, lost)
    assert await groups(world, round) == [one - {lost} | other]


async def test_who_comes_back_to_somebody_who_waits_talks_to_them_again(world: World) -> None:
    round = await set_up(world)
    await enter(world, round, "attendee", "speaker")
    await pass_time(world, round, 60)
    for _ in range(8):
        await pass_time(world, round, 1, "speaker")
    assert await groups(world, round) == [{"attendee"}]
    await pass_time(world, round, 1)
    assert await groups(world, round) == [{"attendee", "speaker"}]


async def test_who_comes_late_gets_a_partner_at_once(world: World) -> None:
    round = await set_up(world)
    await enter(world, round, "attendee", "speaker")
    await pass_time(world, round, 60)
    await enter(world, round, "moderator", "other")
    await pass_time(world, round, 1)
    assert await groups(world, round) == [{"attendee", "speaker"}, {"moderator", "other"}]


async def test_who_leaves_is_out_and_the_other_gets_a_partner(world: World) -> None:
    round = await set_up(world)
    await enter(world, round, *FOUR)
    await pass_time(world, round, 60)
    pair = next(group for group in await groups(world, round) if "attendee" in group)
    await world.do("attendee", m.LeaveRound(round), room=world.lobby)
    assert not (await now(world, round, "attendee")).here
    await pass_time(world, round, 1)
    [group] = await groups(world, round)
    assert pair - {"attendee"} <= group
    await pass_time(world, round, 400)
    await pass_time(world, round, 60)
    assert all("attendee" not in group for group in await groups(world, round))


async def test_who_does_not_join_the_call_must_enter_again(world: World) -> None:
    round = await set_up(world)
    await enter(world, round, "attendee", "speaker")
    await pass_time(world, round, 60, absent=True)
    await pass_time(world, round, 41, absent=True)
    assert not (await now(world, round, "attendee")).here
    await enter(world, round, "attendee")
    assert (await now(world, round, "attendee")).here


async def test_blocked_people_never_meet_and_part_when_one_blocks(grown_world: World) -> None:
    world = grown_world
    await world.do("attendee", BlockPerson(world.people["speaker"]), room=await world.desk("attendee"))
    round = await set_up(world)
    await enter(world, round, "attendee", "speaker")
    await pass_time(world, round, 60)
    assert await groups(world, round) == []
    await enter(world, round, "moderator", "other")
    await pass_time(world, round, 1)
    pairs = await groups(world, round)
    assert sorted(map(len, pairs)) == [2, 2] or sorted(map(len, pairs)) == [2]
    assert {"attendee", "speaker"} not in pairs
    mine = next(group for group in pairs if "attendee" in group)
    partner = next(iter(mine - {"attendee"}))
    await world.do("attendee", BlockPerson(world.people[partner]), room=await world.desk("attendee"))
    await pass_time(world, round, 1)
    assert {"attendee", partner} not in await groups(world, round)


async def test_removed_and_erased_people_are_out(world: World) -> None:
    round = await set_up(world)
    await enter(world, round, *FOUR)
    await world.do("organiser", RemovePerson(world.people["other"]), room=world.lobby)
    await erasure.erase(world.engine, world.people["moderator"])
    await pass_time(world, round, 60)
    assert await groups(world, round) == [{"attendee", "speaker"}]


async def test_presence_is_a_connection_on_any_process(grown_world: World) -> None:
    world = grown_world
    round = await set_up(world)
    await enter(world, round, "attendee", "speaker")
    last = len(world.engines) - 1
    await world.join("attendee", room=await world.desk("attendee"))
    await world.join("speaker", room=await world.desk("speaker"), engine=last)
    world.clock.advance(seconds=30)
    for engine in world.engines:
        await mark_present(engine)
    async with world.engine.database.read() as connection:
        here = await queries.present(connection, await state_of(world, round), world.clock())
    assert set(here) == {world.people["attendee"], world.people["speaker"]}


async def test_people_of_different_organisations_are_preferred(world: World) -> None:
    round = await set_up(world, prefers=m.RoundPreference.ORGANISATIONS)
    await enter(world, round, "owner", "staff", "attendee", "speaker")
    await pass_time(world, round, 60)
    assert {"owner", "staff"} not in await groups(world, round)


async def test_rounds_for_members_of_an_organisation(world: World) -> None:
    round = await set_up(world, audience=m.RoundAudience.MEMBERS)
    await enter(world, round, "staff")
    with refused("forbidden"):
        await enter(world, round, "attendee")


async def test_an_organiser_edits_starts_and_cancels(world: World) -> None:
    round = await set_up(world)
    await enter(world, round, "attendee", "speaker")
    said = {"title": "In pairs", "talk_minutes": 4, "pause_seconds": 30, "talks": 2, "starts_at": world.clock()}
    await world.do("organiser", m.EditRound(round=round, **said), room=world.lobby)
    await world.do("organiser", m.StartRound(round), room=world.lobby)
    await pass_time(world, round, 1)
    row = await state_of(world, round)
    assert (row.title, row.state) == ("In pairs", "talk")
    with refused("closed"):
        await world.do("organiser", m.EditRound(round=round, **said), room=world.lobby)
    await world.do("organiser", m.CancelRound(round), room=world.lobby)
    assert (await now(world, round, "attendee")).state == "cancelled"
    with refused("closed"):
        await enter(world, round, "other")


async def test_rounds_without_people_end(world: World) -> None:
    round = await set_up(world)
    await enter(world, round, "attendee")
    await pass_time(world, round, 60)
    assert (await state_of(world, round)).state == "waiting", "one person cannot talk"
    await pass_time(world, round, 2 * 3600)
    assert (await state_of(world, round)).state == "ended"


async def test_two_hundred_people_are_paired_quickly(world: World) -> None:
    world.unchecked("many people")
    round = await set_up(world)
    everyone = [f"p{number:03}" for number in range(200)]
    for who in everyone:
        await world.person(who)
        world.lift_limits()
        await enter(world, round, who)
    begun = time.perf_counter()
    await pass_time(world, round, 60)
    assert time.perf_counter() - begun < 10
    assert sum(map(len, await groups(world, round))) == 200


async def test_what_comes_next_arrives_on_the_desk(grown_world: World) -> None:
    world = grown_world
    round = await set_up(world)
    await enter(world, round, "attendee", "speaker")
    last = len(world.engines) - 1
    followers = [await world.join(who, room=await world.desk(who), engine=last) for who in ("attendee", "speaker")]
    await pass_time(world, round, 60)
    await asyncio.sleep(0.2)
    shown = [world.client_of(member).catch_up().state["latest"]["rounds"][round] for member, _ in followers]
    assert [each["state"] for each in shown] == ["talk", "talk"]
    assert shown[0]["meeting"] == shown[1]["meeting"] != ""
