"""Who comes to a booked meeting, and who takes the place of those who do not."""

import sqlalchemy as sa

from rooms.core.store.journal import room_of
from rooms.meetings import queries as calls
from rooms.meetings.bookings import messages as m
from rooms.meetings.bookings import queries, upkeep
from rooms.meetings.bookings.calendar import booking_row
from rooms.meetings.bookings.tables import bookings
from rooms.meetings.tables import invited
from rooms.organisations.messages import OrganisationRole, SetMember
from rooms.people.messages import RemovePerson
from rooms.programme.messages import StarSession
from rooms.programme.tables import sessions
from tests.support.bookings import asked, booked, demo, free, notices, open_times, requests_of, slot
from tests.support.refusals import refused
from tests.support.samples import call_between
from tests.support.world import World


async def view(world: World, who: str, booking: str) -> m.BookingView:
    async with world.engine.database.read() as connection:
        found = await queries.booking_views(connection, world.people[who], world.clock(), bookings.c.id == booking)
        return (await queries.with_clashes(connection, world.conference, world.people[who], found))[0]


async def call_room(world: World, booking: str) -> str:
    async with world.engine.database.read() as connection:
        return await room_of(connection, "meeting", (await booking_row(connection, world.conference, booking)).meeting)


def seats(view: m.BookingView) -> dict[str, tuple[bool, bool]]:
    """For each person: whether they came, and whether they missed it."""
    return {each.person.name: (each.checked_in_at is not None, each.missed) for each in view.people}


async def test_joining_the_call_is_coming(world: World) -> None:
    await open_times(world)
    booking = await booked(world, "attendee", "other")
    world.clock.now = slot(0).starts_at
    await call_between(world, await call_room(world, booking), "attendee")
    assert seats(await view(world, "other", booking)) == {"Attendee": (True, False), "Other": (False, False)}
    world.clock.now = slot(0).ends_at
    over = await view(world, "attendee", booking)
    assert seats(over) == {"Attendee": (True, False), "Other": (False, True)}  # known from the call itself
    assert over.mine is not None
    assert not over.mine.missed  # it does not count against who came


async def test_nobody_misses_a_meeting_to_which_nobody_came(world: World) -> None:
    await open_times(world)
    booking = await booked(world, "attendee", "other")
    world.clock.now = slot(0).ends_at
    assert seats(await view(world, "other", booking)) == {"Attendee": (False, False), "Other": (False, False)}


async def test_being_in_the_call_when_it_begins_is_coming(world: World) -> None:
    await open_times(world)
    booking = await booked(world, "attendee", "other")
    await call_between(world, await call_room(world, booking), "attendee")  # the day before
    assert seats(await view(world, "other", booking))["Attendee"] == (False, False)
    world.clock.now = slot(0).starts_at
    assert await upkeep.note_presence(world.engine) == 1
    assert seats(await view(world, "other", booking))["Attendee"] == (True, False)


async def test_the_call_ends_with_its_booking(world: World) -> None:
    await open_times(world)
    booking = await booked(world, "attendee", "other")
    world.clock.now = slot(0).starts_at
    await call_between(world, await call_room(world, booking), "attendee", "other")
    async with world.engine.database.read() as connection:
        row = await booking_row(connection, world.conference, booking)
        assert (await calls.call(connection, row.meeting)).ends_at == slot(0).ends_at


async def test_at_a_table_people_say_that_they_are_here(world: World) -> None:
    await open_times(world)
    await world.do("organiser", m.CreateSpot("Table 1", m.SpotKind.PHYSICAL), room=world.lobby)
    booking = await booked(world, "attendee", "other", place=m.SpotKind.PHYSICAL)
    with refused("conflict", "booking"):
        await world.do("attendee", m.CheckIn(booking), room=world.lobby)  # a day early
    world.clock.now = slot(0).starts_at
    await world.do("attendee", m.CheckIn(booking), room=world.lobby)
    with refused("not_found", "booking"):
        await world.do("owner", m.CheckIn(booking), room=world.lobby)
    assert seats(await view(world, "other", booking)) == {"Attendee": (True, False), "Other": (False, False)}


async def test_everyone_is_reminded_once(world: World) -> None:
    await open_times(world)
    booking = await booked(world, "attendee", "other")
    assert await upkeep.remind(world.engine) == 0
    world.clock.now = slot(0).starts_at
    world.clock.advance(minutes=-15)
    assert await upkeep.remind(world.engine) == 2
    assert await upkeep.remind(world.engine) == 0
    news = (await notices(world, "attendee"))[0]
    assert (news.kind, news.values["name"]) == ("meeting.soon", "Other")
    await world.do("other", m.MoveBooking(booking, slot(3).starts_at), room=world.lobby)
    world.clock.advance(minutes=90)
    assert await upkeep.remind(world.engine) == 2  # of the new time


async def test_a_cancelled_time_goes_to_the_first_on_standby(world: World) -> None:
    await open_times(world)
    booking = await booked(world, "other", "owner")
    await booked(world, "speaker", "moderator", at=slot(1))
    first = await asked(world, 1, who="attendee")
    second = await asked(world, 1, who="exhibitor")
    await world.do("other", m.MoveBooking(booking, slot(1).starts_at), room=world.lobby)
    for request in (first, second):
        await world.do("other", m.KeepOnStandby(request), room=world.lobby)
    with refused("conflict", "starts_at"):
        await world.do("attendee", m.TakeTime(first, slot(1).starts_at), room=world.lobby)
    world.clock.advance(seconds=1)
    await world.do("owner", m.CancelBooking(booking, "I am ill"), room=world.lobby)
    assert (await notices(world, "other"))[0].kind == "meeting.cancelled"
    for who in ("attendee", "exhibitor"):
        assert (await notices(world, who))[0].kind == "meeting.free"
        assert (await requests_of(world, who))[0].open_times == [slot(1).starts_at]
    world.clock.advance(seconds=1)
    await world.do("exhibitor", m.TakeTime(second, slot(1).starts_at), room=world.lobby)
    assert (await notices(world, "other"))[0].kind == "meeting.taken"
    with refused("conflict", "starts_at"):
        await world.do("attendee", m.TakeTime(first, slot(1).starts_at), room=world.lobby)


async def test_the_time_of_someone_who_does_not_come_goes_to_standby(world: World) -> None:
    await open_times(world)
    request = await asked(world, 0)
    booking = await booked(world, "other", "owner")
    await world.do("other", m.KeepOnStandby(request), room=world.lobby)
    world.clock.now = slot(0).starts_at
    await call_between(world, await call_room(world, booking), "other")
    assert await upkeep.offer_unused(world.engine) == 0  # the owner has five minutes
    world.clock.advance(minutes=5)
    assert await upkeep.offer_unused(world.engine) == 1
    assert await upkeep.offer_unused(world.engine) == 0
    assert (await notices(world, "attendee"))[0].kind == "meeting.free"
    assert (await requests_of(world, "attendee"))[0].open_times == [slot(0).starts_at]
    await world.do("attendee", m.TakeTime(request, slot(0).starts_at), room=world.lobby)
    missed = await view(world, "other", booking)
    assert (missed.state, seats(missed)) == ("missed", {"Other": (True, False), "Owner": (False, True)})
    fresh = (await requests_of(world, "attendee"))[0].booking
    assert fresh is not None
    assert (await view(world, "other", fresh)).starts_at == slot(0).starts_at


async def test_who_comes_late_keeps_the_place_if_nobody_has_taken_it(world: World) -> None:
    await open_times(world)
    request = await asked(world, 0)
    booking = await booked(world, "other", "owner")
    await world.do("other", m.KeepOnStandby(request), room=world.lobby)
    world.clock.now = slot(0).starts_at
    room = await call_room(world, booking)
    await call_between(world, room, "other")
    world.clock.advance(minutes=6)
    await upkeep.offer_unused(world.engine)
    await call_between(world, room, "owner")
    with refused("conflict", "starts_at"):
        await world.do("attendee", m.TakeTime(request, slot(0).starts_at), room=world.lobby)
    assert seats(await view(world, "other", booking)) == {"Other": (True, False), "Owner": (True, False)}


async def test_a_demo_has_places_and_standby(world: World) -> None:
    await open_times(world)
    booking = await demo(world, guests=1)
    await world.do("attendee", m.JoinBooking(booking), room=world.lobby)
    assert slot(0) not in await free(world, "attendee")  # in the visitor's own calendar
    with refused("conflict", "booking"):
        await world.do("attendee", m.JoinBooking(booking), room=world.lobby)
    for who in ("other", "exhibitor"):
        await world.do(who, m.JoinBooking(booking), room=world.lobby)
        assert slot(0) in await free(world, who)
    known = await view(world, "other", booking)
    assert (known.free, known.standby, known.mine and known.mine.state) == (0, 2, "standby")
    world.clock.advance(seconds=1)
    await world.do("attendee", m.LeaveBooking(booking), room=world.lobby)
    for who in ("other", "exhibitor"):
        assert (await notices(world, who))[0].kind == "meeting.place"
    await world.do("speaker", m.JoinBooking(booking), room=world.lobby)  # the place is kept for those on standby
    assert (await view(world, "speaker", booking)).mine.state == "standby"  # type: ignore[union-attr]
    await world.do("exhibitor", m.JoinBooking(booking), room=world.lobby)
    states = {who: (await view(world, who, booking)).mine.state for who in ("other", "exhibitor")}  # type: ignore[union-attr]
    assert states == {"other": "standby", "exhibitor": "booked"}
    async with world.engine.database.read() as connection:
        inside = set((await connection.execute(sa.select(invited.c.person))).scalars())
    assert inside == {world.people["staff"], world.people["exhibitor"]}


async def test_a_demo_clashes_like_everything_else(world: World) -> None:
    await open_times(world)
    booking = await demo(world)
    await booked(world, "attendee", "other")
    with refused("conflict", "starts_at"):
        await world.do("attendee", m.JoinBooking(booking), room=world.lobby)
    private = await booked(world, "speaker", "moderator", at=slot(2))
    with refused("not_found", "booking"):
        await world.do("attendee", m.JoinBooking(private), room=world.lobby)
    with refused("not_found", "booking"):  # only those in it can change it
        await world.do("attendee", m.CancelBooking(private), room=world.lobby)
    await world.do("other", m.CancelBooking(await booked(world, "attendee", "other", at=slot(3))), room=world.lobby)


async def test_a_star_set_later_is_shown_as_a_clash(world: World) -> None:
    await open_times(world)
    booking = await booked(world, "attendee", "other")
    async with world.engine.database.write() as connection:
        await connection.execute(sessions.update().values(starts_at=slot(0)[0], ends_at=slot(0)[1]))
    await world.do("attendee", StarSession(world.session), room=world.lobby)
    assert (await view(world, "attendee", booking)).clash == "Opening"
    assert (await view(world, "other", booking)).clash == ""


async def test_a_colleague_takes_over_unless_there_is_a_conflict(world: World) -> None:
    await open_times(world)
    booking = await booked(world, "staff", "attendee")
    await booked(world, "owner", "other")
    give = m.ReassignBooking(booking, world.people["staff"], world.people["owner"])
    with refused("conflict", "starts_at"):
        await world.do("staff", give, room=world.lobby)
    with refused("not_found", "to"):
        await world.do(
            "staff", m.ReassignBooking(booking, world.people["staff"], world.people["speaker"]), room=world.lobby
        )
    with refused("not_found", "booking"):
        await world.do("attendee", give, room=world.lobby)
    await world.do(
        "owner", SetMember(world.organisation, world.people["speaker"], OrganisationRole.MEMBER), room=world.lobby
    )
    world.clock.advance(seconds=1)
    to = m.ReassignBooking(booking, world.people["staff"], world.people["speaker"])
    await world.do("owner", to, room=world.lobby)  # a colleague may do it, too
    assert set(seats(await view(world, "attendee", booking))) == {"Attendee", "Speaker"}
    news = (await notices(world, "attendee"))[0]
    assert (news.kind, news.values["name"]) == ("meeting.reassigned", "Speaker")
    assert slot(0) in await free(world, "staff")
    assert slot(0) not in await free(world, "speaker")


async def test_nobody_who_was_removed_is_notified(world: World) -> None:
    await open_times(world)
    booking = await booked(world, "attendee", "other")
    await world.do("organiser", RemovePerson(world.people["other"]), room=world.lobby)
    before = len(await notices(world, "other"))
    world.clock.advance(seconds=1)
    await world.do("attendee", m.MoveBooking(booking, slot(2).starts_at), room=world.lobby)
    world.clock.now = slot(2).starts_at
    world.clock.advance(minutes=-10)
    await upkeep.remind(world.engine)
    assert len(await notices(world, "other")) == before
    assert (await notices(world, "attendee"))[0].kind == "meeting.soon"


async def test_what_other_slices_manage_is_not_changed_here(world: World) -> None:
    """A meet-up or an interview has more to it than its time."""
    await open_times(world)
    booking = await booked(world, "staff", "attendee", kind=m.BookingKind.INTERVIEW)
    for command in (
        m.MoveBooking(booking, slot(2).starts_at),
        m.CancelBooking(booking),
        m.ReassignBooking(booking, world.people["staff"], world.people["owner"]),
    ):
        with refused("forbidden", "booking"):
            await world.do("staff", command, room=world.lobby)
    with refused("not_found", "booking"):
        await world.do("attendee", m.LeaveBooking(booking), room=world.lobby)
