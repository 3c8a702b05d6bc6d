"""Meet-ups: proposed by an attendee, approved by an organiser, with places and a waiting list that moves up by itself."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from rooms.core.errors import Problem
from rooms.meetings.bookings import calendar
from rooms.meetings.meetups import messages as m
from rooms.meetings.meetups.places import fill_places, move_up
from rooms.meetings.meetups.queries import next_in_line
from rooms.people import erasure
from rooms.people.messages import BlockPerson, RemovePerson
from rooms.people.tables import notices as desk_notices
from tests.support.bookings import NINE, TimeSlot, booked, cancelled
from tests.support.meetups import FIELDS, approved, cancel, edit, join, leave, proposed, seen
from tests.support.refusals import refused
from tests.support.world import World


async def notices(world: World, who: str) -> list[str]:
    view = await world.engine.view(world.people[who], await world.desk(who))
    snapshot: Any = view.snapshot
    return [each.kind for each in snapshot.notices if each.kind.startswith("meetup.")]


async def mine(world: World, meetup: str, *people: str) -> list[str]:
    return [(await seen(world, meetup, who)).mine for who in people]


async def test_a_proposal_is_approved_and_then_takes_time_in_the_calendar(grown_world: World) -> None:
    world = grown_world
    meetup = await proposed(world)
    assert await notices(world, "organiser") == ["meetup.proposed"]
    with refused("not_found"):
        await join(world, meetup, "speaker")
    await world.do("organiser", m.ApproveMeetup(meetup, "Good idea"), room=world.lobby)
    view = await seen(world, meetup)
    assert (view.state, view.comment, view.taken, view.mine) == ("approved", "Good idea", 1, "booked")
    assert await notices(world, "attendee") == ["meetup.approved"]
    async with world.engine.database.read() as connection:
        busy = await calendar.busy(
            connection, world.conference, [world.people["attendee"]], view.starts_at, view.ends_at
        )
    assert [each.title for each in busy[world.people["attendee"]]] == [FIELDS["title"]]
    with refused("stale"):
        await world.do("organiser", m.DeclineMeetup(meetup, "No"), room=world.lobby)


async def test_a_declined_proposal_is_changed_and_asks_again(world: World) -> None:
    meetup = await proposed(world)
    await world.do("organiser", m.DeclineMeetup(meetup, "Not at this time"), room=world.lobby)
    assert (await seen(world, meetup)).comment == "Not at this time"
    assert await notices(world, "attendee") == ["meetup.declined"]
    await edit(world, meetup, starts_at=NINE)
    view = await seen(world, meetup)
    assert (view.state, view.starts_at, view.comment) == ("waiting", NINE, "")
    assert await notices(world, "organiser") == ["meetup.proposed", "meetup.proposed"]


async def test_a_full_one_has_a_waiting_list_that_moves_up_by_itself(grown_world: World) -> None:
    world = grown_world
    meetup = await approved(world)
    await join(world, meetup, "speaker", "moderator", "other", "colleague")
    view = await seen(world, meetup)
    assert (view.taken, view.waiting) == (3, 2)
    assert await mine(world, meetup, "moderator", "other", "colleague") == ["booked", "standby", "standby"]
    await leave(world, meetup, "speaker")
    assert await mine(world, meetup, "speaker", "other", "colleague") == ["", "booked", "standby"]
    assert await notices(world, "other") == ["meetup.place"]
    await edit(world, meetup, capacity=4)
    assert await mine(world, meetup, "colleague") == ["booked"], "a larger one takes more people"
    assert await notices(world, "colleague") == ["meetup.place"]
    with refused("conflict"):
        await join(world, meetup, "colleague")


async def test_who_is_not_free_does_not_move_up(world: World) -> None:
    meetup = await approved(world, capacity=2)
    await join(world, meetup, "speaker", "moderator", "other")
    await booked(
        world, "moderator", "colleague", at=TimeSlot(FIELDS["starts_at"], FIELDS["starts_at"] + timedelta(minutes=20))
    )
    await leave(world, meetup, "speaker")
    assert await mine(world, meetup, "moderator", "other") == ["standby", "booked"]


async def test_a_clash_is_refused_with_its_reason(world: World) -> None:
    meetup = await approved(world)
    other = await approved(world, "speaker", title="Another one")
    await join(world, meetup, "moderator")
    with pytest.raises(Problem) as found:
        await join(world, other, "moderator")
    assert found.value.code == "conflict"
    assert FIELDS["title"] in str(found.value.values)


async def test_a_new_time_releases_those_who_are_not_free_and_everyone_is_notified(grown_world: World) -> None:
    world = grown_world
    meetup = await approved(world)
    await join(world, meetup, "speaker", "moderator", "other")
    later = FIELDS["starts_at"] + timedelta(hours=3)
    await booked(world, "speaker", "colleague", at=TimeSlot(later, later + timedelta(minutes=20)))
    await edit(world, meetup, starts_at=later)
    assert await mine(world, meetup, "speaker", "moderator", "other") == ["", "booked", "booked"]
    assert await notices(world, "speaker") == ["meetup.lost"]
    assert await notices(world, "moderator") == ["meetup.moved"]
    assert await notices(world, "other") == ["meetup.place"]
    assert (await seen(world, meetup)).changed


async def test_everyone_is_notified_when_it_is_cancelled(world: World) -> None:
    meetup = await approved(world, capacity=2)
    await join(world, meetup, "speaker", "moderator")
    with refused("forbidden"):
        await cancel(world, meetup, "speaker")
    await cancel(world, meetup, "organiser", "The room is needed")
    for who in ("attendee", "speaker", "moderator"):
        assert (await notices(world, who))[0] == "meetup.cancelled"
    with refused("closed"):
        await join(world, meetup, "other")
    await booked(
        world, "speaker", "moderator", at=TimeSlot(FIELDS["starts_at"], FIELDS["starts_at"] + timedelta(minutes=20))
    )


async def test_a_virtual_one_has_a_room_for_its_people_alone(grown_world: World) -> None:
    world = grown_world
    meetup = await approved(world)
    await join(world, meetup, "speaker")
    view = await seen(world, meetup, "speaker")
    async with world.engine.database.read() as connection:
        from rooms.core.store.journal import room_of

        room = await room_of(connection, "meeting", view.meeting)
    await world.engine.view(world.people["speaker"], room)
    assert (await seen(world, meetup, "other")).meeting == ""
    for who in ("other", "organiser"):
        with refused("not_found"):
            await world.engine.view(world.people[who], room)
    await leave(world, meetup, "speaker")
    with refused("not_found"):
        await world.engine.view(world.people["speaker"], room)


async def test_one_at_a_place_has_no_room(world: World) -> None:
    meetup = await approved(world, place="Café in hall 2")
    assert (await seen(world, meetup)).meeting == ""
    with refused("conflict", "place"):
        await edit(world, meetup, place="")
    await edit(world, meetup, place="Café in hall 3")
    assert (await seen(world, meetup)).place == "Café in hall 3"


async def test_somebody_blocked_cannot_join_and_somebody_removed_loses_the_place(world: World) -> None:
    meetup = await approved(world, capacity=2)
    await world.do("attendee", BlockPerson(world.people["speaker"]), room=await world.desk("attendee"))
    with refused("forbidden"):
        await join(world, meetup, "speaker")
    await join(world, meetup, "moderator", "other")
    await world.do("organiser", RemovePerson(world.people["moderator"]), room=world.lobby)
    world.clock.advance(seconds=1)
    assert await fill_places(world.engine) == 1
    assert await mine(world, meetup, "other") == ["booked"]


async def test_nobody_who_was_removed_is_notified(world: World) -> None:
    meetup, other = await approved(world), await proposed(world, "other")
    await join(world, meetup, "speaker", "moderator")
    for who in ("speaker", "other"):
        await world.do("organiser", RemovePerson(world.people[who]), room=world.lobby)
    await cancel(world, meetup, comment="I am ill")
    await world.do("organiser", m.DeclineMeetup(other, "Too late"), room=world.lobby)
    assert (await notices(world, "moderator"))[:1] == ["meetup.cancelled"]
    async with world.engine.database.read() as connection:
        kind, person = desk_notices.c.kind, desk_notices.c.person
        theirs = sa.select(kind).where(person.in_([world.people["speaker"], world.people["other"]]))
        assert not [each for each in (await connection.execute(theirs)).scalars() if each.startswith("meetup.")]


async def test_a_cancelled_meetup_gives_nobody_a_place(world: World) -> None:
    """Also when it is cancelled after the periodic job has found a free place in it."""
    meetup = await approved(world, capacity=2)
    await join(world, meetup, "speaker", "moderator")
    slot = TimeSlot(FIELDS["starts_at"], FIELDS["starts_at"] + timedelta(minutes=20))
    other = await booked(world, "moderator", "colleague", at=slot)
    await leave(world, meetup, "speaker")
    await cancelled(world, other)
    async with world.engine.database.read() as connection:
        (row,) = await next_in_line(connection, world.clock())
        locked = await calendar.rooms_to_lock(connection, row.conference, [], bookings=[row.booking])
    await cancel(world, meetup)
    async with world.engine.transaction(locked) as tx:
        assert await move_up(tx, row.conference, row.id) == 0
    assert "meetup.place" not in await notices(world, "moderator")


async def test_an_erasure_frees_the_place_and_cancels_what_the_person_proposed(world: World) -> None:
    meetup, own = await approved(world, capacity=2), await approved(world, "speaker", starts_at=NINE)
    await join(world, meetup, "speaker", "other")
    await erasure.erase(world.engine, world.people["speaker"])
    world.clock.advance(seconds=1)
    await fill_places(world.engine)
    assert await mine(world, meetup, "other") == ["booked"]
    view = await seen(world, own)
    assert (view.state, view.title, view.text) == ("cancelled", "—", "")


async def test_one_place_is_given_once(grown_world: World) -> None:
    world = grown_world
    meetup = await approved(world, capacity=2)
    people = ["speaker", "moderator", "other", "colleague"]
    await asyncio.gather(
        *(
            world.do(who, m.JoinMeetup(meetup), room=world.lobby, engine=n % len(world.engines))
            for n, who in enumerate(people)
        )
    )
    view = await seen(world, meetup)
    assert (view.taken, view.waiting) == (2, 3)


@pytest.mark.parametrize(
    ("who", "code"), [("guest", "forbidden"), ("banned", "forbidden"), ("unverified", "unverified")]
)
async def test_who_cannot_propose(world: World, who: str, code: str) -> None:
    with refused(code):
        await proposed(world, who)


async def test_a_proposal_is_checked(world: World) -> None:
    for changes in ({"title": " "}, {"starts_at": NINE - timedelta(days=30)}, {"starts_at": NINE + timedelta(days=30)}):
        with refused("invalid"):
            await proposed(world, **changes)
    for number in range(5):
        await proposed(world, title=f"Number {number}")
    with refused("conflict"):
        await proposed(world)
