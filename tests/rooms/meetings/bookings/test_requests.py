"""Requests for meetings: asked, answered, countered, lapsed; and that they hold nobody's time."""

import asyncio
from datetime import timedelta
from typing import Any

import msgspec
import pytest
import sqlalchemy as sa

from rooms.cooperation.messages import AcceptInterest
from rooms.core.errors import Problem
from rooms.meetings.bookings import messages as m
from rooms.meetings.bookings import queries, upkeep
from rooms.meetings.bookings.tables import bookings, meeting_requests
from rooms.meetings.tables import meetings
from rooms.people.messages import BlockPerson, RemovePerson, SilencePerson
from tests.support.bookings import DAY, asked, booked, free, notices, open_times, requests_of, slot
from tests.support.cooperation import interested
from tests.support.refusals import refused
from tests.support.world import World


async def own_bookings(world: World, who: str) -> list[m.BookingView]:
    async with world.engine.database.read() as connection:
        mine = queries.of_person(world.people[who], m.SeatState.BOOKED)
        return await queries.booking_views(connection, world.people[who], world.clock(), mine)


async def test_a_request_is_accepted(world: World) -> None:
    await open_times(world)
    request = await asked(world, 0, 2, text="About batteries")
    assert await free(world, "attendee", "other") == [slot(number) for number in range(6)]
    assert (await notices(world, "other"))[0].kind == "meeting.requested"
    view = (await requests_of(world, "other"))[0]
    assert (view.person.name, view.turn, view.mine, view.text) == ("Attendee", True, False, "About batteries")
    assert view.open_times == [slot(0).starts_at, slot(2).starts_at]
    with refused("conflict", "request"):
        await world.do("attendee", m.AcceptRequest(request, slot(0).starts_at), room=world.lobby)
    with refused("invalid", "starts_at"):
        await world.do("other", m.AcceptRequest(request, slot(1).starts_at), room=world.lobby)
    world.clock.advance(seconds=1)
    await world.do("other", m.AcceptRequest(request, slot(2).starts_at), room=world.lobby)
    news = (await notices(world, "attendee"))[0]
    assert (news.kind, news.values["name"], news.values["moment"]) == (
        "meeting.accepted",
        "Other",
        slot(2).starts_at.isoformat(),
    )
    for who in ("attendee", "other"):
        (booking,) = await own_bookings(world, who)
        assert (booking.starts_at, booking.text, len(booking.people)) == (slot(2).starts_at, "About batteries", 2)
        assert booking.meeting is not None
    assert (await requests_of(world, "attendee"))[0].state == "accepted"
    with refused("stale"):
        await world.do("other", m.DeclineRequest(request), room=world.lobby)


async def test_a_decline_has_a_reason(world: World) -> None:
    await open_times(world)
    request = await asked(world, 0)
    world.clock.advance(seconds=1)
    await world.do("other", m.DeclineRequest(request, "I leave early"), room=world.lobby)
    view = (await requests_of(world, "attendee"))[0]
    assert (view.state, view.reason) == ("declined", "I leave early")
    assert (await notices(world, "attendee"))[0].kind == "meeting.declined"
    await asked(world, 1)  # they may ask again


async def test_other_times_are_proposed(world: World) -> None:
    await open_times(world)
    request = await asked(world, 0)
    await world.do("other", m.ProposeTimes(request, [slot(4).starts_at, slot(5).starts_at]), room=world.lobby)
    with refused("conflict", "request"):
        await world.do("other", m.AcceptRequest(request, slot(4).starts_at), room=world.lobby)
    await world.do("attendee", m.AcceptRequest(request, slot(5).starts_at), room=world.lobby)
    (booking,) = await own_bookings(world, "other")
    assert booking.starts_at == slot(5).starts_at


async def test_pending_requests_hold_nobodys_time(world: World) -> None:
    """Two people are asked for the same slot, and the one who accepts second receives a clear answer."""
    await open_times(world)
    first, second = await asked(world, 0), await asked(world, 0, to="owner")
    third = await asked(world, 0, who="speaker")
    assert await free(world, "attendee", "other", "owner") == [slot(number) for number in range(6)]
    await world.do("owner", m.AcceptRequest(second, slot(0).starts_at), room=world.lobby)
    with pytest.raises(Problem) as refusal:
        await world.do("other", m.AcceptRequest(first, slot(0).starts_at), room=world.lobby)
    said = refusal.value.message % refusal.value.values
    assert (refusal.value.code, said) == ("conflict", "Attendee is not free at this time.")
    views = await requests_of(world, "other")
    assert {view.id: view.open_times for view in views} == {first: [], third: [slot(0).starts_at]}
    await world.do("other", m.AcceptRequest(third, slot(0).starts_at), room=world.lobby)


async def test_only_slots_free_for_both_can_be_proposed(world: World) -> None:
    window = await open_times(world)
    await world.do("other", m.SetAvailable(window, [slot(3).starts_at]), room=world.lobby)
    assert await free(world, "attendee", "other") == [slot(3)]
    with refused("conflict"):
        await asked(world, 0)
    with refused("conflict", "times"):
        await world.do(
            "attendee",
            m.RequestMeeting(world.people["other"], [slot(3).starts_at + timedelta(minutes=1)]),
            room=world.lobby,
        )
    await asked(world, 3)


async def test_a_request_lapses_and_both_are_notified(world: World) -> None:
    await open_times(world)
    await world.do("organiser", m.SetMeetings(20, 10, 4, 20), room=world.lobby)
    await asked(world, 0)
    world.clock.advance(hours=3)
    assert await upkeep.lapse(world.engine) == 0
    world.clock.advance(hours=1)
    assert await upkeep.lapse(world.engine) == 1
    assert await upkeep.lapse(world.engine) == 0
    for who, other in (("attendee", "Other"), ("other", "Attendee")):
        news = (await notices(world, who))[0]
        assert (news.kind, news.values["name"]) == ("meeting.lapsed", other)
        assert (await requests_of(world, who))[0].state == "lapsed"
    assert await free(world, "attendee", "other") == [slot(number) for number in range(6)]


async def test_a_request_lapses_at_the_latest_when_its_last_slot_begins(world: World) -> None:
    await open_times(world)
    await asked(world, 0, 1)
    world.clock.now = slot(1).starts_at
    assert await upkeep.lapse(world.engine) == 1


async def test_people_who_have_met_are_asked_to_confirm(world: World) -> None:
    await open_times(world)
    await booked(world, "attendee", "other", at=slot(0))
    with pytest.raises(Problem) as refusal:
        await asked(world, 1)
    assert (refusal.value.code, refusal.value.field) == ("conflict", "again")
    assert "already have a meeting" in refusal.value.message
    assert "(2026-11-21, 09:00 (Asia/Shanghai))" in str(refusal.value)
    await asked(world, 1, again=True)


async def test_a_talk_at_a_booth_counts_as_met(world: World) -> None:
    from rooms.meetings.create import open_meeting

    await open_times(world)
    pair = [world.people["attendee"], world.people["staff"]]
    async with world.engine.database.write() as connection:
        await open_meeting(connection, world.conference, world.booth, pair, world.clock())
    await asked(world, 0, to="staff")  # the talk is not over
    async with world.engine.database.write() as connection:
        await connection.execute(meetings.update().values(closed_at=world.clock()))
        await connection.execute(meeting_requests.delete())
    with pytest.raises(Problem) as refusal:
        await asked(world, 0, to="staff")
    assert "already met" in refusal.value.message


async def test_who_cannot_be_asked(world: World) -> None:
    await open_times(world)
    for who in ("attendee", "guest", "banned", "unverified"):
        with refused("invalid" if who == "attendee" else "not_found", "person"):
            await asked(world, 0, to=who)
    await world.do("other", BlockPerson(world.people["attendee"]), room=await world.desk("other"))
    with pytest.raises(Problem) as refusal:
        await asked(world, 0)
    assert refusal.value.message == "You cannot ask this person for a meeting."  # as for anyone who cannot be asked
    with refused("forbidden"):
        await asked(world, 0, who="other", to="attendee")


@pytest.mark.parametrize(
    ("who", "code"), [("guest", "forbidden"), ("banned", "forbidden"), ("unverified", "unverified")]
)
async def test_who_cannot_ask(world: World, who: str, code: str) -> None:
    await open_times(world)
    with refused(code):
        await asked(world, 0, who=who)


async def test_someone_silenced_cannot_ask_and_someone_removed_cannot_be_met(world: World) -> None:
    await open_times(world)
    request = await asked(world, 0)
    await world.do("organiser", RemovePerson(world.people["attendee"]), room=world.lobby)
    with refused("not_found"):
        await world.do("other", m.AcceptRequest(request, slot(0).starts_at), room=world.lobby)
    await world.do("organiser", SilencePerson(world.people["other"]), room=world.lobby)
    with refused("silenced"):
        await asked(world, 0, who="other", to="owner")


async def test_open_requests_are_limited(world: World) -> None:
    await open_times(world)
    await world.do("organiser", m.SetMeetings(20, 10, 48, 1), room=world.lobby)
    request = await asked(world, 0)
    with refused("conflict", "person"):
        await asked(world, 0, who="other", to="attendee")
    with refused("conflict"):
        await asked(world, 0, to="owner")
    await world.do("attendee", m.WithdrawRequest(request), room=world.lobby)
    await asked(world, 0, to="owner")


async def test_nobody_else_answers_a_request(world: World) -> None:
    await open_times(world)
    request = await asked(world, 0)
    commands: list[Any] = [
        m.AcceptRequest(request, slot(0).starts_at),
        m.DeclineRequest(request),
        m.ProposeTimes(request, [slot(1).starts_at]),
        m.WithdrawRequest(request),
        m.KeepOnStandby(request),
        m.TakeTime(request, slot(0).starts_at),
    ]
    for command in commands:
        for who in ("owner", "organiser"):
            with refused("not_found", "request"):
                await world.do(who, command, room=world.lobby)


async def test_from_interest_to_a_meeting_with_the_entry_attached(world: World) -> None:
    await open_times(world)
    interest = await interested(world)
    async with world.engine.database.read() as connection:
        from rooms.cooperation.tables import interests

        entry = (await connection.execute(sa.select(interests.c.entry))).scalar_one()
    with refused("not_found", "entry"):
        await asked(world, 0, to="staff", entry=entry)  # not accepted yet
    await world.do("staff", AcceptInterest(interest), room=world.lobby)
    with refused("not_found", "entry"):
        await asked(world, 0, to="other", entry=entry)  # a stranger to the entry
    request = await asked(world, 0, to="staff", entry=entry)
    view = (await requests_of(world, "staff"))[0]
    assert (view.entry, view.entry_title) == (entry, "Perovskite solar cells")
    await world.do("staff", m.AcceptRequest(request, slot(0).starts_at), room=world.lobby)
    (booking,) = await own_bookings(world, "attendee")
    assert (booking.about_kind, booking.about, booking.title) == ("entry", entry, "Perovskite solar cells")


async def test_a_hundred_requests_for_one_slot_give_one_booking(grown_world: World) -> None:
    """All are accepted at once, on two processes."""
    world = grown_world
    world.lift_limits()
    await open_times(world)
    crowd = [f"visitor{number}" for number in range(100)]
    for who in crowd:
        await world.person(who)
    sent: list[str] = []
    for start in range(0, 100, 25):
        some = enumerate(crowd[start : start + 25])
        sent += await asyncio.gather(*(asked(world, 0, who=who, engine=n % 2) for n, who in some))

    async def accept(number: int) -> None:
        command = m.AcceptRequest(sent[number], slot(0).starts_at)
        for patience in (True, True, False):
            try:
                await world.do("other", command, room=world.lobby, engine=number % 2, key=f"accept-{number}")
            except Problem as problem:  # a busy machine: as a client does, with the same key
                if problem.code != "unavailable" or not patience:
                    raise
            else:
                return

    found = await asyncio.gather(*map(accept, range(100)), return_exceptions=True)
    refusals = [each for each in found if isinstance(each, BaseException)]
    assert len(refusals) == 99
    assert all(isinstance(each, Problem) and each.code == "conflict" for each in refusals)
    assert {str(each.message) for each in refusals if isinstance(each, Problem)} == {
        "You have a meeting: %(title)s (%(time)s)."
    }
    async with world.engine.database.read() as connection:
        assert len((await connection.execute(sa.select(bookings.c.id))).all()) == 1
        states = (await connection.execute(sa.select(meeting_requests.c.state))).scalars().all()
    assert sorted(states) == ["accepted", *["waiting"] * 99]


def test_three_times_at_most() -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert(
            {"op": "meeting.request", "person": "a" * 20, "times": [f"{DAY}T09:00:00Z"] * 4}, m.RequestMeeting
        )
