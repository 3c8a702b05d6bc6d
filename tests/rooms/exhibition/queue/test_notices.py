"""A minute's warning before a call, and what visitors learn who wait at several booths."""

import asyncio
from typing import Any

import sqlalchemy as sa

from rooms.exhibition.presence.attendance import Attendance
from rooms.exhibition.queue.crew_messages import EndBreak, TakeBreak
from rooms.exhibition.queue.messages import AcceptCall, CallNext, FinishTalk, JoinQueue, SkipPlace
from rooms.exhibition.queue.watch import watch_queues
from rooms.people.messages import RemovePerson
from rooms.people.tables import notices
from tests.support.queues import other_booth, reply
from tests.support.world import World


async def noticed(world: World, who: str) -> list[Any]:
    n = notices.c
    select = sa.select(n.kind, n["values"], n.href).where(n.person == world.people[who]).order_by(n.at, n.id)
    async with world.engine.database.read() as connection:
        return list((await connection.execute(select)).all())


async def kinds(world: World, who: str) -> list[str]:
    return [each.kind for each in await noticed(world, who)]


async def staffed(world: World, *who: str, room: str = "") -> None:
    for name in who:
        await world.join(name, room=room or world.stand)
    await Attendance(world.engine).look()


async def test_a_visitor_is_warned_about_a_minute_before_their_turn(each_world: World) -> None:
    world = each_world
    await staffed(world, "staff")
    for who in ("attendee", "other", "speaker"):
        await world.do(who, JoinQueue(), room=world.stand)
    place = (await reply(world, "staff", CallNext()))["place"]
    await world.do("attendee", AcceptCall(), room=world.stand)
    world.clock.advance(seconds=220)
    await watch_queues(world.engine)
    assert await kinds(world, "other") == [], "80 seconds before"
    world.clock.advance(seconds=10)
    await asyncio.gather(*(watch_queues(engine) for engine in world.engines))
    [notice] = await noticed(world, "other")
    assert (notice.kind, notice.href) == ("queue.soon", f"/c/forum/exhibition/{world.booth}")
    assert await kinds(world, "speaker") == []
    world.clock.advance(seconds=30)
    await watch_queues(world.engine)
    assert await kinds(world, "other") == ["queue.soon"], "warned once"
    await world.do("staff", FinishTalk(place), room=world.stand)
    again = (await reply(world, "staff", CallNext()))["place"]
    await world.do("staff", SkipPlace(again), room=world.stand)
    world.clock.advance(seconds=5)
    await watch_queues(world.engine)
    assert (await kinds(world, "other"))[-2:] == ["queue.soon", "call"], "behind the next one"


async def test_who_has_just_joined_is_not_warned_of_what_their_page_says(world: World) -> None:
    await staffed(world, "staff")
    await world.do("attendee", JoinQueue(), room=world.stand)
    for _ in range(20):
        world.clock.advance(seconds=5)
        await watch_queues(world.engine)
    assert await kinds(world, "attendee") == []


async def test_who_is_removed_from_the_conference_leaves_the_queue_without_a_notice(each_world: World) -> None:
    world = each_world
    await staffed(world, "staff")
    for who in ("attendee", "other"):
        await world.do(who, JoinQueue(), room=world.stand)
    await world.do("organiser", RemovePerson(world.people["attendee"]), room=world.lobby)
    before = await kinds(world, "attendee")
    world.clock.advance(minutes=2)
    await watch_queues(world.engine)
    assert await kinds(world, "attendee") == before
    view = await world.engine.view(world.people["staff"], world.stand)
    assert view.latest["line"][""].tickets == [2]
    world.clock.advance(seconds=5)
    await watch_queues(world.engine)
    assert await kinds(world, "other") == ["queue.soon"], "who waits behind them is next"


async def test_nobody_is_warned_while_nobody_could_call_them(world: World) -> None:
    await world.do("attendee", JoinQueue(), room=world.stand)
    world.clock.advance(minutes=2)
    await watch_queues(world.engine)
    assert await kinds(world, "attendee") == [], "nobody is at the booth"
    await world.do("staff", TakeBreak(), room=world.stand)
    await watch_queues(world.engine)
    assert await kinds(world, "attendee") == [], "they are on a break"
    await staffed(world, "staff")
    await world.do("staff", EndBreak(), room=world.stand)
    await watch_queues(world.engine)
    assert await kinds(world, "attendee") == ["queue.soon"]


async def test_who_is_next_at_two_booths_is_called_at_one_and_keeps_the_other_place(world: World) -> None:
    elsewhere = await other_booth(world, "speaker")
    await staffed(world, "staff")
    await staffed(world, "speaker", room=elsewhere)
    for room in (world.stand, elsewhere):
        await world.do("attendee", JoinQueue(), room=room)
    await world.do("other", JoinQueue(), room=elsewhere)
    place = (await reply(world, "staff", CallNext()))["place"]
    [call] = await noticed(world, "attendee")
    assert (call.kind, call.values["booth"], call.values["keeps"]) == ("call", "Lumen", "Aurora")
    await world.do("attendee", AcceptCall(), room=world.stand)
    world.clock.advance(minutes=2)
    await watch_queues(world.engine)
    assert await kinds(world, "attendee") == ["call"], "no warning during a talk"
    called = await reply(world, "speaker", CallNext(), elsewhere)
    assert called["person"]["name"] == "Other", "who is talking elsewhere is passed over"
    await world.do("other", AcceptCall(), room=elsewhere)
    await world.do("staff", FinishTalk(place), room=world.stand)
    await world.do("speaker", FinishTalk(called["place"]), room=elsewhere)
    assert (await reply(world, "speaker", CallNext(), elsewhere))["person"]["name"] == "Attendee"
    assert "keeps" not in (await noticed(world, "attendee"))[-1].values
