"""Shifts of the staff: who calls, what visitors are promised, and what happens when the last shift ends. It is 9:00 when a test begins."""

from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from rooms.core.errors import Problem
from rooms.exhibition.booths.staff_messages import SetDuty
from rooms.exhibition.presence.attendance import Attendance
from rooms.exhibition.queue.crew_messages import NewShift, PlanShifts, RemoveShift
from rooms.exhibition.queue.messages import AcceptCall, CallNext, FinishTalk, JoinQueue
from rooms.exhibition.queue.watch import watch_queues
from rooms.people.tables import notices
from tests.support.queues import reply
from tests.support.refusals import refused
from tests.support.waiting import settled
from tests.support.world import START, World


def at(hours: float) -> datetime:
    return START + timedelta(hours=hours - 9)


async def plan(world: World, who: str, starts: float, ends: float, by: str = "owner") -> str:
    """Gives the id of the new shift."""
    before = {each.id for each in (await desk(world)).shifts}
    shift = NewShift(world.people[who], at(starts), at(ends))
    await world.do(by, PlanShifts([shift]), room=world.stand)
    return next(each.id for each in (await desk(world)).shifts if each.id not in before)


async def desk(world: World) -> Any:
    return (await world.engine.view(world.people["owner"], world.stand)).snapshot.desk


async def noticed(world: World, who: str) -> list[str]:
    """The kinds of the person's notices, in order."""
    n = notices.c
    select = sa.select(n.kind).where(n.person == world.people[who]).order_by(n.at, n.id)
    async with world.engine.database.read() as connection:
        return list((await connection.execute(select)).scalars())


async def place_of(world: World, who: str) -> Any:
    return (await world.engine.view(world.people[who], world.stand)).own.place


async def crowd(world: World, count: int) -> list[str]:
    names = [f"v{number}" for number in range(count)]
    for name in names:
        await world.person(name)
    return names


async def test_owners_plan_several_shifts_a_day_and_they_may_overlap(world: World) -> None:
    await plan(world, "staff", 10, 12)
    await plan(world, "staff", 11, 13, by="organiser")
    last = await plan(world, "owner", 14, 17)
    shown = [(each.person.name, each.starts_at, each.ends_at) for each in (await desk(world)).shifts]
    assert shown == [("Staff", at(10), at(12)), ("Staff", at(11), at(13)), ("Owner", at(14), at(17))]
    await world.do("owner", PlanShifts([NewShift(world.people["owner"], at(14), at(17))]), room=world.stand)
    assert len((await desk(world)).shifts) == 3, "planned twice by mistake"
    await world.do("owner", RemoveShift(last), room=world.stand)
    assert len((await desk(world)).shifts) == 2
    with refused("not_found"):
        await world.do("owner", RemoveShift(last), room=world.stand)
    with refused("forbidden"):
        await world.do("staff", PlanShifts([NewShift(world.people["staff"], at(14), at(17))]), room=world.stand)


async def test_a_shift_that_cannot_be_is_refused(world: World) -> None:
    for starts, ends in ((12, 12), (12, 11), (7, 9), (10, 27), (9 + 24 * 731, 10 + 24 * 731)):
        with refused("invalid"):
            await world.do(
                "owner", PlanShifts([NewShift(world.people["staff"], at(starts), at(ends))]), room=world.stand
            )
    for who in ("attendee", "organiser"):
        with refused("not_found"):
            await world.do("owner", PlanShifts([NewShift(world.people[who], at(10), at(12))]), room=world.stand)
    assert (await desk(world)).shifts == []


async def test_only_those_on_a_shift_call_visitors(world: World) -> None:
    await plan(world, "staff", 10, 12)
    await world.do("attendee", JoinQueue(), room=world.stand)
    for who in ("staff", "owner"):
        with pytest.raises(Problem, match="not on a shift"):
            await world.do(who, CallNext(), room=world.stand)
    world.clock.advance(hours=1)
    with pytest.raises(Problem, match="not on a shift"):
        await world.do("owner", CallNext(), room=world.stand)
    place = (await reply(world, "staff", CallNext()))["place"]
    await world.do("attendee", AcceptCall(), room=world.stand)
    world.clock.advance(hours=2)
    await world.do("staff", FinishTalk(place), room=world.stand)  # a talk may take longer than the shift
    await plan(world, "owner", 12, 14)
    await world.do("other", JoinQueue(), room=world.stand)
    with pytest.raises(Problem, match="not on a shift"):
        await world.do("staff", CallNext(), room=world.stand)
    assert (await reply(world, "owner", CallNext()))["person"]["name"] == "Other"


async def test_who_would_probably_not_be_called_learns_it_when_they_join(world: World) -> None:
    world.lift_limits()
    names = await crowd(world, 4)
    await plan(world, "staff", 9, 9.25)
    answers = [await reply(world, name, JoinQueue()) for name in names]
    # Nobody is here yet, so the first talk is expected ten minutes from now, and one more before the end.
    assert [answer.get("late", False) for answer in answers] == [False, True, True, True]
    assert answers[0]["closes_at"] == at(9.25).isoformat().replace("+00:00", "Z")
    await watch_queues(world.engine)
    assert await noticed(world, names[3]) == [], "the page has said so already"


async def test_after_the_last_shift_nobody_joins(world: World) -> None:
    await plan(world, "staff", 9, 10)
    world.clock.advance(hours=1)
    with pytest.raises(Problem, match="has closed"):
        await world.do("attendee", JoinQueue(), room=world.stand)
    await plan(world, "staff", 33, 40)
    answer = await reply(world, "attendee", JoinQueue())
    assert answer["closes_at"] == at(40).isoformat().replace("+00:00", "Z"), "for tomorrow"


async def test_those_who_wait_are_notified_when_the_plan_changes(world: World) -> None:
    world.lift_limits()
    names = await crowd(world, 4)
    await plan(world, "staff", 9, 12)
    for name in names:
        await world.do(name, JoinQueue(), room=world.stand)
    short = await plan(world, "staff", 9, 9.25)
    assert await noticed(world, names[3]) == []
    world.clock.advance(seconds=1)
    [long] = [each.id for each in (await desk(world)).shifts if each.id != short]
    await world.do("owner", RemoveShift(long), room=world.stand)
    assert [await noticed(world, name) for name in names] == [[], ["queue.late"], ["queue.late"], ["queue.late"]]
    world.clock.advance(seconds=5)
    await watch_queues(world.engine)
    assert await noticed(world, names[3]) == ["queue.late"], "once"
    await plan(world, "staff", 9, 10)
    assert await noticed(world, names[3]) == ["queue.late", "queue.in_time"]


async def test_talks_that_take_too_long_make_it_too_late_for_those_at_the_end(world: World) -> None:
    names = await crowd(world, 2)
    await plan(world, "staff", 9, 9.5)
    await world.join("staff", room=world.stand)
    await Attendance(world.engine).look()
    for name in names:
        await world.do(name, JoinQueue(), room=world.stand)
    await world.do("staff", CallNext(), room=world.stand)
    await world.do(names[0], AcceptCall(), room=world.stand)
    world.clock.advance(minutes=29)
    await watch_queues(world.engine)
    assert await noticed(world, names[1]) == ["queue.soon"]
    world.clock.advance(seconds=50)
    await watch_queues(world.engine)
    assert await noticed(world, names[1]) == ["queue.soon", "queue.late"]


async def test_places_are_kept_through_a_pause_between_shifts(world: World) -> None:
    await plan(world, "staff", 9, 12)
    await plan(world, "owner", 13, 17)
    await world.do("attendee", JoinQueue(), room=world.stand)
    world.clock.advance(hours=3.5)
    await watch_queues(world.engine)
    assert (await place_of(world, "attendee")).state == "waiting"
    assert "queue.released" not in await noticed(world, "attendee")
    world.clock.advance(hours=0.5)
    assert (await reply(world, "owner", CallNext()))["person"]["name"] == "Attendee"


async def test_at_the_end_of_the_day_those_who_wait_are_released_with_an_apology(world: World) -> None:
    await plan(world, "staff", 9, 17)
    await plan(world, "staff", 33, 41)
    for who in ("attendee", "other", "speaker"):
        await world.do(who, JoinQueue(), room=world.stand)
    world.clock.advance(hours=7.99)
    await world.do("staff", CallNext(), room=world.stand)
    await world.do("attendee", AcceptCall(), room=world.stand)
    _, sink = await world.join("other", room=await world.desk("other"))
    world.clock.advance(minutes=1)
    await watch_queues(world.engine)
    await settled(world.engine)
    assert (await place_of(world, "attendee")).state == "talking", "a talk goes on"
    assert [await place_of(world, who) for who in ("other", "speaker")] == [None, None]
    [notice] = [each for each in sink.events if each["kind"] == "queue.reopens"]
    assert notice["values"]["moment"] == at(33).isoformat()
    assert notice["href"] == f"/c/forum/exhibition/{world.booth}"
    await world.do("other", JoinQueue(), room=world.stand)
    world.clock.advance(hours=1)
    await watch_queues(world.engine)
    assert (await place_of(world, "other")).state == "waiting", "for tomorrow"


async def test_visitors_see_shifts_without_names(world: World) -> None:
    _, visitor = await world.join("attendee", room=world.stand)
    _, colleague = await world.join("staff", room=world.stand)
    await plan(world, "staff", 10, 12)
    await settled(world.engine)
    assert "shifts.changed" in colleague.types
    assert visitor.types == []
    assert visitor.latest("hours")[""] == {
        "shifts": [{"hand": 1, "starts_at": "2026-11-20T10:00:00Z", "ends_at": "2026-11-20T12:00:00Z"}]
    }
    assert world.people["staff"] not in str(visitor.messages)


async def test_who_leaves_the_staff_has_no_shifts(world: World) -> None:
    await plan(world, "staff", 10, 12)
    await plan(world, "owner", 10, 12)
    await world.do("owner", SetDuty(world.people["staff"]), room=world.stand)
    assert [each.person.name for each in (await desk(world)).shifts] == ["Owner"]
