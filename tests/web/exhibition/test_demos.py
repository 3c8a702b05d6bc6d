"""Demos of booths: published by the staff, and added by visitors to their own calendar."""

import msgspec
import pytest

from rooms.exhibition.demos import DemoPublished, PublishDemo
from rooms.meetings.bookings import messages as m
from rooms.programme.messages import StarSession
from rooms.programme.tables import sessions
from tests.support.bookings import free, free_slot, notices, slot
from tests.support.refusals import refused
from tests.support.visitor import Visitor
from tests.support.world import World

DAY = "2026-11-21"


async def published(world: World, start: str = "09:00", guests: int = 2, who: str = "staff") -> str:
    command = PublishDemo("Lamps that listen", DAY, start, 20, guests, "Bring a question.")
    done = await world.do(who, command, room=world.stand)
    return msgspec.json.decode(done.reply, type=DemoPublished).booking


async def test_a_visitor_adds_a_demo_to_their_calendar(visitor: Visitor, world: World) -> None:
    await free_slot(world, "attendee")
    booking = await published(world)
    await visitor.sign_in(world.people["attendee"])
    assert "1 demo is planned" in (await visitor.get(f"/c/forum/exhibition/{world.booth}")).text
    for address in ("/c/forum/demos", f"/c/forum/exhibition/{world.booth}/demos"):
        page = await visitor.get(address)
        assert "Lamps that listen" in page.text
        assert "Sat, Nov 21, 09:00" in page.text
    form = {"room": world.lobby, "key": "one", "next": "/c/forum/demos", "booking": booking}
    answer = await visitor.post("/do/booking.join", form)
    assert "In my calendar" in answer.text
    page = await visitor.get("/c/forum/meetings")
    assert "Lamps that listen" in page.text
    assert "Join the call" in page.text
    assert slot(0) not in await free(world, "attendee")
    assert slot(0) not in await free(world, "staff")
    answer = await visitor.post("/do/booking.leave", {**form, "key": "two", "next": "/c/forum/meetings"})
    assert "Lamps that listen" not in answer.text


async def test_a_demo_in_the_subscribed_calendar(visitor: Visitor, world: World) -> None:
    from rooms.people import accounts

    booking = await published(world)
    await world.do("attendee", m.JoinBooking(booking), room=world.lobby)
    async with world.engine.database.read() as connection:
        key = (await accounts.get(connection, world.people["attendee"])).calendar_key
    text = (await visitor.get(f"/c/forum/my.ics?key={key}")).text
    assert "Demo: Lamps that listen" in text
    assert f"{booking}@" in text


async def test_a_demo_clashes_with_the_agenda(world: World) -> None:
    booking = await published(world)
    async with world.engine.database.write() as connection:
        await connection.execute(sessions.update().values(starts_at=slot(0)[0], ends_at=slot(0)[1]))
    await world.do("attendee", StarSession(world.session), room=world.lobby)
    with refused("conflict", "starts_at"):
        await world.do("attendee", m.JoinBooking(booking), room=world.lobby)
    with refused("conflict", "starts_at"):  # the staff already show one
        await published(world)


async def test_only_staff_publish_and_only_as_many_as_a_call_holds(world: World) -> None:
    for who in ("attendee", "organiser"):
        with refused("forbidden"):
            await published(world, who=who)
    with refused("invalid", "capacity"):
        await published(world, guests=4)
    with refused("invalid", "day"):
        await world.do("staff", PublishDemo("Late", "2026-12-24", "09:00", 20, 2), room=world.stand)


async def test_a_cancelled_demo_is_gone_from_everyones_calendar(visitor: Visitor, world: World) -> None:
    await free_slot(world, "attendee")
    booking = await published(world)
    await world.do("attendee", m.JoinBooking(booking), room=world.lobby)
    with refused("forbidden"):
        await world.do("attendee", m.CancelBooking(booking), room=world.lobby)
    world.clock.advance(seconds=1)
    await world.do("staff", m.CancelBooking(booking, "The lamp is broken"), room=world.lobby)
    assert (await notices(world, "attendee"))[0].kind == "meeting.cancelled"
    assert slot(0) in await free(world, "attendee")
    await visitor.sign_in(world.people["attendee"])
    assert "Lamps that listen" not in (await visitor.get("/c/forum/demos")).text


@pytest.mark.parametrize("who", ["staff", "attendee"])
async def test_the_form_is_for_the_staff(visitor: Visitor, world: World, who: str) -> None:
    await visitor.sign_in(world.people[who])
    page = await visitor.get(f"/c/forum/exhibition/{world.booth}/demos")
    assert ("/do/demo.publish" in page.text) is (who == "staff")
