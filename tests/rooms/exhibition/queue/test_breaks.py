"""Breaks of the staff: nobody is called by someone on a break, and no forecast counts them."""

from datetime import timedelta
from typing import Any

import pytest

from rooms.core.errors import Problem
from rooms.exhibition.booths.staff_messages import Duty, SetDuty
from rooms.exhibition.presence.attendance import Attendance
from rooms.exhibition.queue.crew_messages import EndBreak, TakeBreak
from rooms.exhibition.queue.messages import AcceptCall, CallNext, FinishTalk, JoinQueue, SkipPlace
from rooms.exhibition.queue.waiting_time import expected
from rooms.exhibition.queue.watch import watch_queues
from tests.support.queues import reply
from tests.support.refusals import refused
from tests.support.waiting import settled
from tests.support.world import World


async def desk(world: World) -> Any:
    return (await world.engine.view(world.people["staff"], world.stand)).snapshot.desk


async def line(world: World) -> Any:
    return (await world.engine.view(None, world.stand)).latest["line"][""]


async def test_nobody_is_called_by_someone_on_a_break(world: World) -> None:
    await world.do("attendee", JoinQueue(), room=world.stand)
    await world.do("staff", TakeBreak(minutes=15), room=world.stand)
    with pytest.raises(Problem, match="You are on a break"):
        await world.do("staff", CallNext(), room=world.stand)
    [pause] = (await desk(world)).breaks
    assert (pause.person.name, pause.until) == ("Staff", world.clock() + timedelta(minutes=15))
    world.clock.advance(minutes=16)
    with pytest.raises(Problem, match="You are on a break"):
        await world.do("staff", CallNext(), room=world.stand)
    assert (await reply(world, "owner", CallNext()))["person"]["name"] == "Attendee", "a colleague still calls"
    await world.do("staff", EndBreak(), room=world.stand)
    assert (await desk(world)).breaks == []
    await world.do("other", JoinQueue(), room=world.stand)
    assert (await reply(world, "staff", CallNext()))["person"]["name"] == "Other"


async def test_a_break_after_this_one_begins_when_the_talk_has_ended(world: World) -> None:
    for who in ("attendee", "other"):
        await world.do(who, JoinQueue(), room=world.stand)
    place = (await reply(world, "staff", CallNext()))["place"]
    await world.do("attendee", AcceptCall(), room=world.stand)
    with pytest.raises(Problem, match="You are in a call"):
        await world.do("staff", TakeBreak(), room=world.stand)
    await world.do("staff", TakeBreak(minutes=10, after=True), room=world.stand)
    [pause] = (await desk(world)).breaks
    assert (pause.since, pause.minutes) == (None, 10)
    world.clock.advance(minutes=4)
    await world.do("staff", FinishTalk(place), room=world.stand)
    [pause] = (await desk(world)).breaks
    assert (pause.since, pause.until) == (world.clock(), world.clock() + timedelta(minutes=10))
    with pytest.raises(Problem, match="You are on a break"):
        await world.do("staff", CallNext(), room=world.stand)
    [hand] = (await line(world)).hands
    assert (hand.paused, hand.back_at, hand.busy_since) == (True, pause.until, None)


async def test_after_this_one_begins_at_once_when_there_is_none(world: World) -> None:
    await world.do("staff", TakeBreak(after=True), room=world.stand)
    [pause] = (await desk(world)).breaks
    assert (pause.since, pause.until) == (world.clock(), None)


async def test_who_is_called_when_a_break_begins_loses_nothing(world: World) -> None:
    for who in ("attendee", "other"):
        await world.do(who, JoinQueue(), room=world.stand)
    await world.do("staff", CallNext(), room=world.stand)
    await world.do("staff", TakeBreak(), room=world.stand)
    view = await world.engine.view(world.people["attendee"], world.stand)
    assert (view.own.place.state, view.own.place.missed) == ("waiting", 0)
    with refused("expired"):
        await world.do("attendee", AcceptCall(), room=world.stand)
    assert (await reply(world, "owner", CallNext()))["person"]["name"] == "Attendee", "first in line"


async def test_after_a_call_that_nobody_answered_the_break_begins(world: World) -> None:
    for who in ("attendee", "other"):
        await world.do(who, JoinQueue(), room=world.stand)
    await world.do("staff", CallNext(), room=world.stand)
    await world.do("staff", TakeBreak(after=True), room=world.stand)
    world.clock.advance(seconds=30)
    await watch_queues(world.engine)
    assert (await desk(world)).breaks[0].since is None, "the visitor may still come"
    world.clock.advance(seconds=31)
    await watch_queues(world.engine)
    assert (await desk(world)).breaks[0].since == world.clock()
    assert [each.person.name for each in (await desk(world)).places] == ["Other", "Attendee"]
    await world.do("owner", CallNext(), room=world.stand)
    await world.do("owner", TakeBreak(after=True), room=world.stand)
    [place] = [each for each in (await desk(world)).places if each.state == "called"]
    await world.do("owner", SkipPlace(place.id), room=world.stand)
    assert all(each.since for each in (await desk(world)).breaks)


async def test_the_promised_wait_never_counts_someone_on_a_break(world: World) -> None:
    attendance = Attendance(world.engine)
    for who in ("staff", "owner"):
        await world.join(who, room=world.stand)
    await world.join("attendee", room=world.stand)
    await attendance.look()
    for who in ("attendee", "other", "speaker"):
        await world.do(who, JoinQueue(), room=world.stand)
    assert expected(await line(world), world.clock()) == [0, 0, 300]
    await world.do("owner", TakeBreak(), room=world.stand)
    assert expected(await line(world), world.clock()) == [0, 300, 600]
    assert (await line(world)).staff == 1
    await world.do("owner", TakeBreak(minutes=2), room=world.stand)
    assert expected(await line(world), world.clock()) == [0, 120, 300]
    await world.do("owner", EndBreak(), room=world.stand)
    await settled(world.engine)
    assert expected(await line(world), world.clock()) == [0, 0, 300]


async def test_visitors_do_not_learn_who_is_on_a_break(world: World) -> None:
    _, visitor = await world.join("attendee", room=world.stand)
    _, colleague = await world.join("owner", room=world.stand)
    await world.do("staff", TakeBreak(minutes=5), room=world.stand)
    await settled(world.engine)
    assert "break.changed" in colleague.types
    assert visitor.types == []
    assert world.people["staff"] not in str(visitor.messages)
    assert visitor.latest("line")[""]["hands"][0]["paused"]


async def test_who_no_longer_takes_visitors_is_on_no_break(world: World) -> None:
    await world.do("staff", TakeBreak(), room=world.stand)
    await world.do("owner", SetDuty(world.people["staff"], Duty.CONTACT), room=world.stand)
    assert (await desk(world)).breaks == []
    with refused("forbidden"):
        await world.do("staff", TakeBreak(), room=world.stand)
    await world.do("owner", SetDuty(world.people["staff"], Duty.STAFF), room=world.stand)
    await world.do("staff", TakeBreak(), room=world.stand)
    await world.do("owner", SetDuty(world.people["staff"]), room=world.stand)
    view = await world.engine.view(world.people["owner"], world.stand)
    assert view.snapshot.desk.breaks == []


async def test_an_organiser_without_a_duty_takes_no_break(world: World) -> None:
    with refused("forbidden"):
        await world.do("organiser", TakeBreak(), room=world.stand)
