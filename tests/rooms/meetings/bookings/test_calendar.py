"""A person's calendar: what takes their time, and that no time is booked twice."""

import asyncio

import pytest
import sqlalchemy as sa

from rooms.core.errors import Problem
from rooms.core.text import N_
from rooms.meetings.bookings import calendar
from rooms.meetings.bookings import messages as m
from rooms.meetings.bookings.tables import booking_people, bookings
from rooms.meetings.tables import meetings
from rooms.programme.messages import StarSession
from rooms.programme.tables import sessions
from tests.support.bookings import DAY, booked, cancelled, free, moved, open_times, slot
from tests.support.refusals import refused
from tests.support.world import World

NINE_O_CLOCK = "2026-11-21, 09:00 (Asia/Shanghai)"


async def session_at(world: World, place: int) -> None:
    """The world's session takes place in a slot."""
    async with world.engine.database.write() as connection:
        await connection.execute(sessions.update().values(starts_at=slot(place)[0], ends_at=slot(place)[1]))


async def reason(world: World, *people: str, actor: str = "", place: int = 0) -> str:
    with pytest.raises(Problem) as refusal:
        await booked(world, *people, at=slot(place), actor=actor)
    assert refusal.value.code == "conflict"
    return refusal.value.view().message


async def test_windows_have_slots_with_pauses(world: World) -> None:
    await open_times(world)
    assert await free(world, "attendee", "other") == [slot(number) for number in range(6)]
    with refused("conflict", "start"):
        await world.do("organiser", m.AddWindow(DAY, "11:00", "13:00"), room=world.lobby)
    for day, start, end in ((DAY, "15:00", "14:00"), ("2026-12-24", "09:00", "10:00"), (DAY, "25:00", "26:00")):
        with refused("invalid"):
            await world.do("organiser", m.AddWindow(day, start, end), room=world.lobby)


async def test_past_slots_are_not_offered(world: World) -> None:
    await open_times(world)
    world.clock.now = slot(2).starts_at
    assert await free(world, "attendee") == [slot(3), slot(4), slot(5)]
    with refused("conflict", "starts_at"):
        await booked(world, "attendee", "other", at=slot(2))


async def test_a_person_is_available_in_the_slots_of_their_choice(world: World) -> None:
    window = await open_times(world)
    chosen = m.SetAvailable(window, [slot(1).starts_at, slot(4).starts_at])
    await world.do("attendee", chosen, room=world.lobby)
    assert await free(world, "attendee") == [slot(1), slot(4)]
    assert await free(world, "other") == [slot(number) for number in range(6)]
    away = f"You have marked this time as not available ({NINE_O_CLOCK})."
    assert await reason(world, "other", "attendee", actor="attendee") == away
    assert await reason(world, "other", "attendee", actor="other") == "Attendee is not free at this time."
    await world.do("attendee", m.SetAvailable(window, [slot(n).starts_at for n in range(6)]), room=world.lobby)
    assert len(await free(world, "attendee")) == 6


@pytest.mark.parametrize(
    ("who", "said"),
    [
        ("speaker", f"You speak in “Opening” ({NINE_O_CLOCK})."),
        ("moderator", f"You moderate “Opening” ({NINE_O_CLOCK})."),
        ("interpreter", f"You interpret “Opening” ({NINE_O_CLOCK})."),
        ("attendee", f"You have starred “Opening” ({NINE_O_CLOCK})."),
    ],
)
async def test_the_agenda_takes_time(world: World, who: str, said: str) -> None:
    await open_times(world)
    await session_at(world, 0)
    if who == "attendee":
        await world.do(who, StarSession(world.session), room=world.lobby)
    assert await reason(world, who, "other", actor=who) == said
    private = await reason(world, who, "other", actor="other")
    assert private == f"{who.title()} is not free at this time."
    assert await free(world, who, "other") == [slot(number) for number in range(1, 6)]


async def test_a_cancelled_session_takes_no_time(world: World) -> None:
    await open_times(world)
    await session_at(world, 0)
    async with world.engine.database.write() as connection:
        await connection.execute(sessions.update().values(cancelled=True))
    await booked(world, "speaker", "other")


async def test_a_meeting_takes_time_with_a_pause(world: World) -> None:
    await open_times(world)
    await booked(world, "attendee", "other", at=slot(1))
    taken = "You have a meeting: Other (2026-11-21, 09:30 (Asia/Shanghai))."
    assert await reason(world, "attendee", "owner", actor="attendee", place=1) == taken
    assert await reason(world, "owner", "other", actor="owner", place=1) == "Other is not free at this time."
    assert await free(world, "attendee") == [slot(n) for n in (0, 2, 3, 4, 5)]
    late = slot(0)._replace(ends_at=slot(1).starts_at)  # leaves no time for the pause
    with refused("conflict", "starts_at"):
        await booked(world, "attendee", "owner", at=late)


async def test_a_booking_moves_in_place_and_is_cancelled(world: World) -> None:
    await open_times(world)
    booking = await booked(world, "attendee", "other", at=slot(0))
    await booked(world, "other", "owner", at=slot(2))
    with refused("conflict"):
        await moved(world, booking, slot(2))
    nearly = slot(0)._replace(starts_at=slot(0).starts_at, ends_at=slot(0).ends_at)
    await moved(world, booking, nearly)  # its own time is no conflict
    await moved(world, booking, slot(3))
    assert await free(world, "attendee") == [slot(n) for n in (0, 1, 2, 4, 5)]
    await cancelled(world, booking, "I am ill")
    assert await free(world, "attendee") == [slot(number) for number in range(6)]
    with refused("closed"):
        await moved(world, booking, slot(4))
    async with world.engine.database.read() as connection:
        row = await calendar.booking_row(connection, world.conference, booking)
        closed = sa.select(meetings.c.closed_at).where(meetings.c.id == row.meeting)
        assert (await connection.execute(closed)).scalar_one() == world.clock()
    assert (row.state, row.reason, row.sequence) == ("cancelled", "I am ill", 3)


async def test_tables_hold_as_many_meetings_as_they_should(world: World) -> None:
    await open_times(world)
    with refused("conflict", "starts_at"):
        await booked(world, "attendee", "other", place=m.SpotKind.PHYSICAL)
    await world.do("organiser", m.CreateSpot("Table 1", m.SpotKind.PHYSICAL, 1, 2), room=world.lobby)
    await world.do("organiser", m.CreateSpot("Round table", m.SpotKind.PHYSICAL, 1, 6), room=world.lobby)
    first = await booked(world, "attendee", "other", place=m.SpotKind.PHYSICAL)
    await booked(world, "owner", "staff", place=m.SpotKind.PHYSICAL)
    with refused("conflict", "starts_at"):
        await booked(world, "speaker", "exhibitor", place=m.SpotKind.PHYSICAL)
    with refused("conflict", "starts_at"):  # the table for six is taken, the other one is too small
        await booked(world, "speaker", "exhibitor", "guest", place=m.SpotKind.PHYSICAL)
    await cancelled(world, first)
    await booked(world, "speaker", "exhibitor", place=m.SpotKind.PHYSICAL)
    async with world.engine.database.read() as connection:
        rows = (await connection.execute(sa.select(bookings.c.meeting))).scalars().all()
    assert rows == [None] * 3  # at a table there is no call


async def test_a_limit_of_calls_holds(world: World) -> None:
    await open_times(world)
    await world.do("organiser", m.CreateSpot("Calls", m.SpotKind.VIRTUAL, 1, 4), room=world.lobby)
    await booked(world, "attendee", "other")
    with refused("conflict", "starts_at"):
        await booked(world, "owner", "staff")
    await booked(world, "owner", "staff", at=slot(1))


async def test_a_calendar_that_is_not_locked_is_a_bug(world: World) -> None:
    await open_times(world)
    people = {world.people["attendee"]: m.BookingRole.HOST, world.people["other"]: m.BookingRole.GUEST}
    new = calendar.NewBooking(world.conference, m.BookingKind.MEETING, people, slot())
    with pytest.raises(LookupError, match="not locked"):
        async with world.engine.transaction([world.lobby, await world.desk("attendee")]) as tx:
            await calendar.book(tx, new)


async def test_a_slot_is_booked_once_on_two_processes(each_world: World) -> None:
    world = each_world
    await open_times(world)
    rivals = [f"rival{number}" for number in range(20)]
    for rival in rivals:
        await world.person(rival)
    tries = [booked(world, "attendee", rival, engine=number % 2) for number, rival in enumerate(rivals)]
    stars = [world.do(rival, StarSession(world.session), room=world.lobby) for rival in rivals]
    found, _ = await asyncio.gather(asyncio.gather(*tries, return_exceptions=True), asyncio.gather(*stars))
    refusals = [each for each in found if isinstance(each, Problem)]
    assert {(each.code, each.message) for each in refusals} == {("conflict", N_("%(name)s is not free at this time."))}
    assert len(refusals) == 19
    async with world.engine.database.read() as connection:
        taken = sa.select(booking_people.c.person).where(booking_people.c.person == world.people["attendee"])
        assert len((await connection.execute(taken)).all()) == 1


async def test_a_star_and_a_booking_at_once_are_both_kept_or_refused(each_world: World) -> None:
    """An agenda entry is never lost, and a booking never takes its time unseen."""
    world = each_world
    await open_times(world)
    await session_at(world, 0)
    star = world.do("attendee", StarSession(world.session), room=world.lobby, engine=1)
    booking, _ = await asyncio.gather(booked(world, "attendee", "other"), star, return_exceptions=True)
    async with world.engine.database.read() as connection:
        times = (slot().starts_at, slot().ends_at)
        person = world.people["attendee"]
        kinds = [each.kind for each in (await calendar.busy(connection, world.conference, [person], *times))[person]]
    assert kinds == (["star"] if isinstance(booking, Problem) else ["booking", "star"])
