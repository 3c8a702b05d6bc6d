"""The figures of a booth: counted without names, from what happened, by day and hour."""

from datetime import date, timedelta
from zoneinfo import ZoneInfo

import msgspec
import sqlalchemy as sa

from rooms.chat.messages import PostMessage
from rooms.exhibition.jobs import forget_old
from rooms.exhibition.leads.messages import Purpose, ShareLead, WithdrawLead
from rooms.exhibition.presence.attendance import Attendance
from rooms.exhibition.queue.messages import AcceptCall, CallNext, FinishTalk, JoinQueue
from rooms.exhibition.record_tables import booth_visits, visit_salts
from rooms.exhibition.statistics import FEW, Figures, figures
from tests.support.waiting import until
from tests.support.world import World

SHANGHAI = ZoneInfo("Asia/Shanghai")
TODAY = date(2026, 11, 20)


async def read(world: World, day: date | None = None) -> Figures:
    async with world.engine.database.read() as connection:
        return await figures(connection, world.booth, world.stand, SHANGHAI, day)


async def stay(world: World, attendance: Attendance, seconds: int) -> None:
    """Everybody who is there stays so long, while their process looks on."""
    for _ in range(seconds // 2):
        await attendance.look()
        world.clock.advance(seconds=2)
    await attendance.look()


async def rows(world: World) -> list[sa.Row]:
    async with world.engine.database.read() as connection:
        return list((await connection.execute(sa.select(booth_visits))).all())


async def test_visitors_are_counted_once_a_day_and_their_stay_is_measured(world: World) -> None:
    attendance = Attendance(world.engine)
    for who in ("attendee", "other", "speaker", "staff", "owner"):
        await world.join(who, room=world.stand)
    await world.join(None, room=world.stand)
    await world.join("attendee", room=world.stand)
    await stay(world, attendance, 120)
    found = await read(world)
    assert found.visits == 3, "staff and those who have not signed in are no visitors, and two windows are one"
    assert found.dwell is not None
    assert abs(found.dwell - 120) <= 30, "but for what is not written yet"
    assert found.days == [TODAY]
    world.clock.advance(hours=2)
    await stay(world, attendance, 60)
    assert (await read(world)).visits == 3
    hours = (await read(world, TODAY)).moments
    assert [(moment.start.hour, moment.visits) for moment in hours] == [(17, 3), (18, 0), (19, 3)]


async def test_time_in_which_the_process_was_frozen_counts_for_nobody(world: World) -> None:
    attendance = Attendance(world.engine)
    for who in ("attendee", "other", "speaker"):
        await world.join(who, room=world.stand)
    await attendance.look()
    world.clock.advance(minutes=20)
    await attendance.look()
    assert (await read(world)).dwell == 10


async def test_nobody_can_be_found_again_in_what_is_kept(world: World) -> None:
    attendance = Attendance(world.engine)
    await world.join("attendee", room=world.stand)
    await stay(world, attendance, 60)
    [first] = await rows(world)
    assert world.people["attendee"] not in str(first)
    world.clock.advance(days=1)
    await stay(world, attendance, 60)
    second = next(row for row in await rows(world) if row.day != first.day)
    assert second.visitor != first.visitor, "another day, another hash"
    world.clock.advance(days=3)
    await stay(world, attendance, 60)
    await forget_old(world.engine)
    async with world.engine.database.read() as connection:
        kept = (await connection.execute(sa.select(visit_salts.c.day))).scalars().all()
    assert kept == [TODAY + timedelta(days=4)], "the salts of days gone by are forgotten"


async def test_visits_cost_one_statement_now_and_then(world: World) -> None:
    attendance = Attendance(world.engine)
    for who in ("attendee", "other", "speaker"):
        await world.join(who, room=world.stand)
    await attendance.look()
    for _ in range(10):
        world.clock.advance(seconds=2)
        await attendance.look()
    assert await rows(world) == [], "nothing is written while half a minute is not over"
    await stay(world, attendance, 12)
    assert len(await rows(world)) == 3


async def test_from_a_visit_to_a_contact(world: World) -> None:
    await world.do("attendee", PostMessage("Hello"), room=world.stand)
    await world.do("attendee", PostMessage("Anybody here?"), room=world.stand)
    await world.do("staff", PostMessage("Welcome"), room=world.stand)
    for who in ("attendee", "other"):
        await world.do(who, JoinQueue(), room=world.stand)
    called = await world.do("staff", CallNext(), room=world.stand)
    await world.do("attendee", AcceptCall(), room=world.stand)
    await world.do("staff", FinishTalk(msgspec.json.decode(called.reply)["place"]), room=world.stand)
    await world.do("attendee", ShareLead(Purpose.NEWS), room=world.stand)
    await world.do("other", ShareLead(Purpose.NEWS), room=world.stand)
    await world.do("other", WithdrawLead(), room=world.stand)
    found = await read(world)
    assert (found.chats, found.joins, found.talks, found.leads) == (1, 2, 1, 1)
    assert [moment[1:] for moment in found.moments] == [(0, 2, 2, 1, 1, 0)]
    world.clock.advance(days=2)
    await world.do("other", PostMessage("Still here?"), room=world.stand)
    assert [moment.chats for moment in (await read(world)).moments] == [2, 0, 1], (
        "days without anything stand there too"
    )
    assert (await read(world, TODAY)).chats == 1


async def test_with_few_visitors_no_length_of_stay_is_shown(world: World) -> None:
    attendance = Attendance(world.engine)
    for who in ("attendee", "other", "speaker")[: FEW - 1]:
        await world.join(who, room=world.stand)
    await stay(world, attendance, 60)
    found = await read(world)
    assert (found.visits, found.dwell) == (FEW - 1, None)


async def test_each_process_counts_the_visitors_it_sees(each_world: World) -> None:
    world = each_world
    both = [Attendance(engine) for engine in world.engines]
    for engine, who in ((0, "attendee"), (0, "other"), (1, "speaker")):
        await world.join(who, room=world.stand, engine=engine)
    people = {world.people[who] for who in ("attendee", "other", "speaker")}
    await until(lambda: all(set(engine.hub.presence.people(world.stand)) == people for engine in world.engines))
    for _ in range(31):
        for attendance in both:
            await attendance.look()
        world.clock.advance(seconds=2)
    found = await read(world)
    assert found.visits == 3
    assert found.dwell is not None
    assert 30 <= found.dwell <= 60, "and nobody's stay is counted twice"
