"""Booked interviews with buffers, which the candidate moves, and group sessions that one may join late."""

import asyncio
from typing import Any

import msgspec

from rooms.core.engine import Engine
from rooms.core.errors import Problem
from rooms.organisations.messages import SetMember
from rooms.people.messages import BlockPerson
from rooms.recruitment.applications import messages as am
from rooms.recruitment.candidates.messages import UnshareProfile
from rooms.recruitment.interviews import messages as m
from rooms.recruitment.interviews import queries
from rooms.recruitment.interviews.booking import free_times
from rooms.recruitment.interviews.cancelling import cancel_ended_interviews
from tests.rooms.recruitment.test_jobs import notices
from tests.support.bookings import slot
from tests.support.recruitment import applied, group_session, job_shown, offered, share_of, state_of
from tests.support.refusals import refused
from tests.support.world import World


async def interview(world: World, application: str) -> m.InterviewView:
    async with world.engine.database.read() as connection:
        return (await queries.interviews(connection, [application], world.clock()))[application]


async def times(world: World, application: str, who: str = "attendee") -> list[Any]:
    async with world.engine.database.read() as connection:
        people = (world.people[who], world.people["staff"])
        return await free_times(connection, world.conference, application, *people, world.clock())


async def test_a_candidate_books_moves_and_cancels_an_interview(grown_world: World) -> None:
    world = grown_world
    application = await offered(world)
    assert await state_of(world, application) == "interview"
    assert (await notices(world, "attendee"))[0].kind == "interview.offered"
    assert [each.starts_at for each in await times(world, application)] == [slot(each).starts_at for each in range(6)]
    await world.do("attendee", m.BookInterview(application, slot(0).starts_at), room=world.lobby)
    assert slot(0).starts_at not in [each.starts_at for each in await times(world, application)]  # it is booked already
    news = (await notices(world, "staff"))[0]
    assert (news.kind, news.values["name"], news.values["starts_at"]) == (
        "interview.booked",
        "Attendee",
        slot(0).starts_at.isoformat(),
    )
    first = await interview(world, application)
    assert (first.starts_at, first.interviewer.name) == (slot(0).starts_at, "Staff")
    world.clock.advance(seconds=1)
    await world.do("attendee", m.BookInterview(application, slot(2).starts_at), room=world.lobby)
    moved = await interview(world, application)
    assert (moved.starts_at, moved.meeting) == (slot(2).starts_at, first.meeting), "moved, not booked again"
    assert (await notices(world, "staff"))[0].kind == "interview.moved"
    world.clock.advance(seconds=1)
    await world.do("staff", m.CancelInterview(application, "The plant is on fire."), room=world.lobby)
    assert (await notices(world, "attendee"))[0].kind == "interview.cancelled"
    assert (await interview(world, application)).starts_at is None
    await world.do("attendee", m.BookInterview(application, slot(0).starts_at), room=world.lobby)
    assert (await interview(world, application)).starts_at == slot(0).starts_at


async def test_interviews_of_one_interviewer_keep_a_pause(world: World) -> None:
    job = await job_shown(world)
    first, second = await offered(world, await applied(world, job)), await applied(world, job, "other")
    await world.do("staff", m.OfferInterview(second, world.people["staff"]), room=world.lobby)
    await world.do("attendee", m.BookInterview(first, slot(1).starts_at), room=world.lobby)
    assert slot(1).starts_at not in [each.starts_at for each in await times(world, second, "other")]
    with refused("conflict", "starts_at"):
        await world.do("other", m.BookInterview(second, slot(1).starts_at), room=world.lobby)
    with refused("invalid", "starts_at"):
        early = slot(1).ends_at  # within the pause, and no slot
        await world.do("other", m.BookInterview(second, early), room=world.lobby)
    await world.do("other", m.BookInterview(second, slot(2).starts_at), room=world.lobby)
    start, end = (await interview(world, second)).starts_at, (await interview(world, first)).ends_at
    assert start is not None
    assert end is not None
    assert (start - end).total_seconds() >= 600


async def test_of_simultaneous_candidates_one_gets_the_time(grown_world: World) -> None:
    world = grown_world
    job = await job_shown(world)
    first, second = await offered(world, await applied(world, job)), await applied(world, job, "other")
    await world.do("staff", m.OfferInterview(second, world.people["staff"]), room=world.lobby)

    async def book(engine: Engine, who: str, application: str) -> str:
        try:
            command = m.BookInterview(application, slot(0).starts_at)
            await engine.perform(world.people[who], world.lobby, command, f"key-{who}")
        except Problem as problem:
            return problem.code
        return ""

    engines = [world.engines[0], world.engines[-1]]
    answers = await asyncio.gather(book(engines[0], "attendee", first), book(engines[1], "other", second))
    assert sorted(answers) == ["", "conflict"]


async def test_only_the_candidate_books_and_only_members_offer(world: World) -> None:
    application = await offered(world)
    for who in ("other", "staff", "organiser"):
        with refused("not_found", "application"):
            await world.do(who, m.BookInterview(application, slot(0).starts_at), room=world.lobby)
    for who in ("other", "organiser", "attendee"):
        with refused("not_found", "application"):
            await world.do(who, m.OfferInterview(application, world.people["staff"]), room=world.lobby)
    with refused("invalid", "person"):
        await world.do("staff", m.OfferInterview(application, world.people["other"]), room=world.lobby)
    await world.do("attendee", m.BookInterview(application, slot(0).starts_at), room=world.lobby)
    for who in ("other", "organiser"):
        with refused("not_found", "application"):
            await world.do(who, m.CancelInterview(application), room=world.lobby)


async def test_an_interview_with_somebody_who_has_left_or_is_blocked_is_not_booked(world: World) -> None:
    application = await offered(world)
    await world.do("attendee", BlockPerson(world.people["staff"]), room=await world.desk("attendee"))
    with refused("closed"):
        await world.do("attendee", m.BookInterview(application, slot(0).starts_at), room=world.lobby)
    second = await offered(world, await applied(world, await job_shown(world), "other"))
    await world.do("owner", SetMember(world.organisation, world.people["staff"]), room=world.lobby)
    with refused("closed"):
        await world.do("other", m.BookInterview(second, slot(0).starts_at), room=world.lobby)


async def test_the_end_of_an_application_cancels_its_interview(grown_world: World) -> None:
    world = grown_world
    application = await offered(world)
    await world.do("attendee", m.BookInterview(application, slot(0).starts_at), room=world.lobby)
    assert await cancel_ended_interviews(world.engine) == 0
    await world.do("attendee", UnshareProfile(world.organisation), room=world.lobby)
    world.clock.advance(seconds=1)
    assert await cancel_ended_interviews(world.engine) == 1
    assert await cancel_ended_interviews(world.engine) == 0
    assert (await interview(world, application)).starts_at is None
    assert (await notices(world, "staff"))[0].kind == "interview.cancelled"
    assert await share_of(world)


async def test_a_decision_cancels_the_interview(world: World) -> None:
    application = await offered(world)
    await world.do("attendee", m.BookInterview(application, slot(0).starts_at), room=world.lobby)
    move = am.MoveApplication(application, am.JobApplicationState.DECLINED)
    await world.do("staff", move, room=world.lobby)
    assert await cancel_ended_interviews(world.engine) == 1


async def sessions(world: World, who: str) -> list[m.InfoSessionView]:
    async with world.engine.database.read() as connection:
        return await queries.info_sessions(connection, world.conference, world.people[who], world.clock())


async def test_candidates_join_a_group_session_also_late(grown_world: World) -> None:
    world = grown_world
    booking = await group_session(world, capacity=2)
    [before] = await sessions(world, "attendee")
    assert (before.taken, before.joined, before.meeting) == (0, False, None), "the call is for those who join"
    await world.do("attendee", m.JoinInfoSession(booking), room=world.lobby)
    [mine] = await sessions(world, "attendee")
    assert (mine.taken, mine.joined, mine.meeting is not None) == (1, True, True)
    world.clock.now = slot().starts_at
    world.clock.advance(minutes=15)
    await world.do("other", m.JoinInfoSession(booking), room=world.lobby)
    assert (await sessions(world, "other"))[0].joined, "five minutes before the end"
    with refused("closed", "booking"):
        await world.do("moderator", m.JoinInfoSession(booking), room=world.lobby)
    await world.do("attendee", m.LeaveInfoSession(booking), room=world.lobby)
    await world.do("moderator", m.JoinInfoSession(booking), room=world.lobby)
    world.clock.advance(minutes=10)
    with refused("closed", "booking"):
        await world.do("attendee", m.JoinInfoSession(booking), room=world.lobby)
    assert await sessions(world, "attendee") == []


async def test_who_creates_cancels_and_joins_a_group_session(world: World) -> None:
    booking = await group_session(world)
    said = {"title": "x", "starts_at": slot(2).starts_at, "capacity": 5, "organisation": world.organisation}
    for who in ("attendee", "organiser"):
        with refused("forbidden"):
            await world.do(who, m.CreateInfoSession(**said), room=world.lobby)
        with refused("not_found", "booking"):
            await world.do(who, m.CancelInfoSession(booking), room=world.lobby)
    with refused("forbidden"):
        await world.do("guest", m.JoinInfoSession(booking), room=world.lobby)
    await world.do("staff", BlockPerson(world.people["attendee"]), room=await world.desk("staff"))
    with refused("forbidden", "booking"):
        await world.do("attendee", m.JoinInfoSession(booking), room=world.lobby)
    await world.do("owner", m.CancelInfoSession(booking), room=world.lobby)
    assert await sessions(world, "attendee") == []


async def test_an_interview_cannot_be_joined_as_a_session(world: World) -> None:
    application = await offered(world)
    await world.do("attendee", m.BookInterview(application, slot(0).starts_at), room=world.lobby)
    async with world.engine.database.read() as connection:
        row = await queries.interview_booking(connection, application, world.clock())
    for command in (m.JoinInfoSession(row.id), m.CancelInfoSession(row.id), m.LeaveInfoSession(row.id)):
        with refused("not_found", "booking"):
            await world.do("other", command, room=world.lobby)
    assert msgspec.json.encode(await interview(world, application))
