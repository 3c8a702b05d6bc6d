"""Times for meetings, and bookings, for tests."""

from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec

from rooms.meetings.bookings import calendar, queries
from rooms.meetings.bookings import messages as m
from rooms.meetings.bookings.calendar import NewBooking
from rooms.meetings.bookings.messages import BookingKind, BookingRole
from rooms.meetings.bookings.slots import TimeSlot, spots_of, windows
from tests.support.world import World

DAY = "2026-11-21"
NINE = datetime(2026, 11, 21, 1, 0, tzinfo=UTC)
"""9:00 in the zone of the world's conference."""


def slot(number: int = 0) -> TimeSlot:
    """The slots of the window that `open_times` adds: 9:00, 9:30, 10:00, …"""
    start = NINE + timedelta(minutes=30 * number)
    return TimeSlot(start, start + timedelta(minutes=20))


async def open_times(world: World) -> str:
    """A window from 9 to 12 with six slots, if there is none yet. Returns its id."""
    async with world.engine.database.read() as connection:
        found = [each for each in await windows(connection, world.conference) if each.starts_at == NINE]
    if found:
        return found[0].id
    await world.do("organiser", m.SetMeetings(20, 10, 48, 20), room=world.lobby)
    await world.do("organiser", m.AddWindow(DAY, "09:00", "12:00"), room=world.lobby)
    return await open_times(world)


async def free_slot(world: World, *people: str) -> TimeSlot:
    """A slot in which these people are free. The day is opened until the evening."""
    await open_times(world)
    async with world.engine.database.read() as connection:
        known = await windows(connection, world.conference)
    if not any(each.starts_at > NINE for each in known):
        await world.do("organiser", m.AddWindow(DAY, "13:00", "20:00"), room=world.lobby)
    return (await free(world, *people))[-1]


async def table(world: World) -> str:
    """A table for one meeting. Returns its id."""
    await world.do("organiser", m.CreateSpot("Table 1", m.SpotKind.PHYSICAL), room=world.lobby)
    async with world.engine.database.read() as connection:
        return (await spots_of(connection, world.conference))[-1].id


async def booked(
    world: World, *people: str, at: TimeSlot | None = None, actor: str = "", engine: int = 0, **changes: Any
) -> str:
    """A booking of these people, the first of whom is the host."""
    ids = [world.people[who] for who in people]
    roles = {id: BookingRole.GUEST if number else BookingRole.HOST for number, id in enumerate(ids)}
    new = NewBooking(world.conference, BookingKind.MEETING, roles, at or slot())._replace(**changes)
    async with world.engines[engine].database.read() as connection:
        rooms = await calendar.rooms_to_lock(connection, world.conference, ids)
    async with world.engines[engine].transaction(rooms) as tx:
        return await calendar.book(tx, new, actor=world.people[actor] if actor else None)


async def demo(world: World, *, guests: int = 3, at: TimeSlot | None = None) -> str:
    """A demo that the world's booth shows, with a number of places for guests."""
    return await booked(world, "staff", kind=BookingKind.DEMO, title="Live demo", capacity=guests, at=at or slot())


async def moved(world: World, booking: str, to: TimeSlot, actor: str = "") -> None:
    async with world.engine.database.read() as connection:
        rooms = await calendar.rooms_to_lock(connection, world.conference, [], bookings=[booking])
    async with world.engine.transaction(rooms) as tx:
        row = await calendar.booking_row(tx.connection, world.conference, booking)
        await calendar.move(tx, row, to, actor=world.people[actor] if actor else None)


async def cancelled(world: World, booking: str, reason: str = "") -> None:
    async with world.engine.database.read() as connection:
        rooms = await calendar.rooms_to_lock(connection, world.conference, [], bookings=[booking])
    async with world.engine.transaction(rooms) as tx:
        row = await calendar.booking_row(tx.connection, world.conference, booking)
        await calendar.cancel(tx, row, reason)


async def free(world: World, *people: str) -> list[TimeSlot]:
    async with world.engine.database.read() as connection:
        ids = [world.people[who] for who in people]
        return await calendar.free_slots(connection, world.conference, ids, world.clock())


async def asked(
    world: World, *slots: int, who: str = "attendee", to: str = "other", engine: int = 0, **changes: Any
) -> str:
    """A request for these slots. Returns its id."""
    times = [slot(number).starts_at for number in slots]
    command = m.RequestMeeting(world.people[to], times, **changes)
    done = await world.do(who, command, room=world.lobby, engine=engine)
    return msgspec.json.decode(done.reply, type=m.MeetingRequested).request


async def requests_of(world: World, who: str) -> list[m.RequestView]:
    async with world.engine.database.read() as connection:
        return await queries.request_views(connection, world.conference, world.people[who], world.clock())


async def notices(world: World, who: str) -> list[Any]:
    """What is on a person's desk, newest first."""
    view = await world.engine.view(world.people[who], await world.desk(who))
    return view.snapshot.notices  # type: ignore[attr-defined]
