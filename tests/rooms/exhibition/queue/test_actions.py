"""The queue of a booth, in a small world and in a simulated rush."""

import asyncio
import heapq
from collections.abc import Callable
from datetime import timedelta
from random import Random
from typing import Any

import msgspec
import pytest
import sqlalchemy as sa

from rooms.core.commands.people import PersonView
from rooms.core.errors import Problem
from rooms.core.store.journal import room_of
from rooms.exhibition.booths import queries
from rooms.exhibition.booths.editing import make_booth, set_duty
from rooms.exhibition.booths.queries import QueuePlace
from rooms.exhibition.booths.staff_messages import Duty
from rooms.exhibition.presence.attendance import Attendance
from rooms.exhibition.queue.abandoned import end_abandoned_talks
from rooms.exhibition.queue.actions import CALL_SECONDS, with_called
from rooms.exhibition.queue.messages import (
    AcceptCall,
    CallNext,
    FinishTalk,
    JoinQueue,
    LeaveQueue,
    LineView,
    SkipPlace,
)
from rooms.exhibition.queue.view import QueueView, follower, next_place, position, serving, with_place
from rooms.exhibition.queue.waiting_time import expected, service_seconds
from rooms.exhibition.tables import booths, queue_places
from rooms.meetings import roster
from rooms.meetings.queries import peers
from rooms.meetings.tables import call_peers
from tests.support.samples import call_between
from tests.support.waiting import settled, until
from tests.support.world import World


async def reply(world: World, who: str, command: Any, room: str = "") -> Any:
    return msgspec.json.decode((await world.do(who, command, room=room or world.stand)).reply)


async def refused(world: World, who: str, command: Any, room: str = "") -> str:
    with pytest.raises(Problem) as fault:
        await world.do(who, command, room=room or world.stand)
    return fault.value.code


async def waiting(world: World) -> list[str]:
    async with world.engine.database.read() as connection:
        here = await queries.places_under_way(connection, world.booth)
    return [each.person_name for each in here if each.state == "waiting"]


async def other_booth(world: World, *staff: str) -> str:
    """Another booth, with its staff; gives its room."""
    async with world.engine.database.write() as connection:
        hall = (await connection.execute(sa.select(booths.c.hall).where(booths.c.id == world.booth))).scalar_one()
        said = {"name": "Aurora"}
        booth, room = await make_booth(connection, world.conference, hall, said, open=True)
        for who in staff:
            await set_duty(connection, booth, world.people[who], Duty.STAFF, world.clock())
    return room


async def test_a_place_is_kept_for_one_who_asks_twice(world: World) -> None:
    assert (await reply(world, "attendee", JoinQueue()))["ticket"] == 1
    assert (await reply(world, "other", JoinQueue()))["ticket"] == 2
    assert (await reply(world, "attendee", JoinQueue()))["ticket"] == 1
    assert await waiting(world) == ["Attendee", "Other"]


async def test_a_place_survives_a_reload_and_two_minutes_without_a_connection(world: World) -> None:
    member, _ = await world.join("attendee", room=world.stand)
    await world.do("attendee", JoinQueue(), room=world.stand)
    await world.do("other", JoinQueue(), room=world.stand)
    world.engine.hub.leave(member)
    world.clock.advance(minutes=2)
    _, sink = await world.join("attendee", room=world.stand)
    assert sink.joined["own"]["place"]["ticket"] == 1
    assert sink.joined["latest"]["line"][""]["tickets"] == [1, 2]


async def test_who_accepts_gets_a_room_of_their_own(world: World) -> None:
    await world.do("attendee", JoinQueue(), room=world.stand)
    called = await reply(world, "staff", CallNext())
    meeting = (await reply(world, "attendee", AcceptCall()))["meeting"]
    assert (await reply(world, "attendee", AcceptCall()))["meeting"] == meeting, "pressed twice"
    async with world.engine.database.read() as connection:
        room = await room_of(connection, "meeting", meeting)
    for who in ("attendee", "staff"):
        view = await world.engine.view(world.people[who], room)
        assert [each.name for each in view.snapshot.people] == ["Attendee", "Staff"]
    for who in ("other", "owner", "organiser"):
        with pytest.raises(Problem, match="does not exist"):
            await world.engine.view(world.people[who], room)
    await world.do("staff", FinishTalk(called["place"]), room=world.stand)
    assert (await world.engine.view(world.people["attendee"], room)).snapshot.closed_at == world.clock()


async def test_a_call_lapses_after_a_minute_and_the_place_is_kept_behind_the_next(world: World) -> None:
    for who in ("attendee", "other", "speaker"):
        await world.do(who, JoinQueue(), room=world.stand)
    await world.do("staff", CallNext(), room=world.stand)
    world.clock.advance(seconds=CALL_SECONDS)
    assert await refused(world, "attendee", AcceptCall()) == "expired"
    assert (await reply(world, "staff", CallNext()))["person"]["name"] == "Other"
    assert await waiting(world) == ["Attendee", "Speaker"]


async def test_who_is_skipped_keeps_his_place_behind_the_next(world: World) -> None:
    for who in ("attendee", "other", "speaker"):
        await world.do(who, JoinQueue(), room=world.stand)
    place = (await reply(world, "staff", CallNext()))["place"]
    await world.do("staff", SkipPlace(place), room=world.stand)
    assert await waiting(world) == ["Other", "Attendee", "Speaker"]


async def test_who_misses_three_calls_loses_his_place_and_may_come_back(world: World) -> None:
    await world.do("attendee", JoinQueue(), room=world.stand)
    for _ in range(3):
        place = (await reply(world, "staff", CallNext()))["place"]
        await world.do("staff", SkipPlace(place), room=world.stand)
    assert await waiting(world) == []
    assert (await reply(world, "attendee", JoinQueue()))["ticket"] == 2


async def test_one_of_the_staff_finishes_before_he_calls_again(world: World) -> None:
    for who in ("attendee", "other"):
        await world.do(who, JoinQueue(), room=world.stand)
    await world.do("staff", CallNext(), room=world.stand)
    assert await refused(world, "staff", CallNext()) == "conflict"
    assert (await reply(world, "owner", CallNext()))["person"]["name"] == "Other"


async def test_nobody_is_called_by_two_booths_at_once(each_world: World) -> None:
    world = each_world
    elsewhere = await other_booth(world, "speaker")
    for room in (world.stand, elsewhere):
        await world.do("attendee", JoinQueue(), room=room)
    calls = [
        world.do("staff", CallNext(), room=world.stand, engine=0),
        world.do("speaker", CallNext(), room=elsewhere, engine=1),
    ]
    outcomes = await asyncio.gather(*calls, return_exceptions=True)
    assert sorted(type(each).__name__ for each in outcomes) == ["Outcome", "Problem"]
    called = sa.select(sa.func.count()).where(queue_places.c.state == "called")
    async with world.engine.database.read() as connection:
        assert (await connection.execute(called)).scalar_one() == 1


async def test_who_is_called_learns_it_at_his_desk_wherever_he_is(world: World) -> None:
    desk = await world.desk("attendee")
    _, sink = await world.join("attendee", room=desk)
    await world.do("attendee", JoinQueue(), room=world.stand)
    await world.do("staff", CallNext(), room=world.stand)
    await settled(*world.engines)
    assert [(each["kind"], each["href"]) for each in sink.events] == [("call", f"/c/forum/exhibition/{world.booth}")]


async def test_visitors_learn_of_each_other_by_numbers_alone(world: World) -> None:
    _, sink = await world.join("other", room=world.stand)
    _, staff = await world.join("staff", room=world.stand)
    await world.do("attendee", JoinQueue(), room=world.stand)
    await settled(*world.engines)
    assert "queue.changed" in staff.types, "there is something to see"
    assert sink.types == []
    assert "Attendee" not in str(sink.messages)
    assert sink.latest("line")[""]["tickets"] == [1]


async def test_a_booth_is_staffed_while_its_staff_is_connected(world: World) -> None:
    attendance = Attendance(world.engine)
    _, sink = await world.join(None, room=world.hall)
    visitor, _ = await world.join("attendee", room=world.stand)

    def floor() -> Any:
        return sink.latest("floor")[world.booth]

    await attendance.look()
    await until(lambda: floor() == {"people": 1, "waiting": 0, "staffed": False})
    member, _ = await world.join("staff", room=world.stand)
    await attendance.look()
    await until(lambda: floor() == {"people": 2, "waiting": 0, "staffed": True})
    world.engine.hub.leave(member)
    await attendance.look()
    await until(lambda: floor() == {"people": 1, "waiting": 0, "staffed": False})
    # The last one leaves, and nobody vouches for the booth any more.
    world.engine.hub.leave(visitor)
    await until(lambda: world.stand not in world.engine.hub.followed)
    world.clock.advance(seconds=7)
    await attendance.look()
    await until(lambda: floor() == {"people": 0, "waiting": 0, "staffed": False})


def test_waits_are_what_the_free_hands_make_of_them(world: World) -> None:
    line = LineView([7, 8, 9], 300, 2, [world.clock()])
    assert expected(line, world.clock()) == [0, 300, 300]
    world.clock.advance(seconds=200)
    assert expected(line, world.clock()) == [0, 100, 300]
    assert service_seconds([], []) == 300
    assert service_seconds([60, 60, 600, 60, 60], [900]) == 60
    assert service_seconds([60], [200, 220]) == 210


VISITORS, BOOTHS, STAFF = 200, 20, 3


async def test_two_hundred_visitors_at_twenty_booths_with_three_staff_each(world: World) -> None:
    """No double call, no lost place, and the waits are within a fifth of what was promised where talks last five minutes, give or take one."""
    world.lift_limits()
    random = Random(7)
    visitors = [f"v{number}" for number in range(VISITORS)]
    await everybody(world, visitors + [f"s{number}" for number in range(BOOTHS * STAFF)])
    stands = [await other_booth(world, *(f"s{3 * n + i}" for i in range(STAFF))) for n in range(BOOTHS)]
    for n, room in enumerate(stands):
        for i in range(STAFF):
            await world.join(f"s{3 * n + i}", room=room)
    attendance = Attendance(world.engine)
    await attendance.look()
    events: list[tuple[float, int, Callable[[], Any]]] = []
    start, number = world.clock(), 0
    promised: dict[str, float] = {}
    came: dict[str, float] = {}
    took: dict[str, float] = {}
    talking: set[str] = set()

    def at(seconds: float, act: Callable[[], Any]) -> None:
        nonlocal number
        number += 1
        heapq.heappush(events, (seconds, number, act))

    def now() -> float:
        return (world.clock() - start).total_seconds()

    async def arrive(who: str, room: str) -> None:
        ticket = (await reply(world, who, JoinQueue(), room))["ticket"]
        line = (await world.engine.view(None, room)).latest["line"][""]
        promised[who] = expected(line, world.clock())[line.tickets.index(ticket)]
        came[who] = now()
        for i in range(STAFF):
            await call(f"s{3 * stands.index(room) + i}", room)

    async def call(staff: str, room: str) -> None:
        try:
            called = await reply(world, staff, CallNext(), room)
        except Problem:
            return
        who = next(name for name, id in world.people.items() if id == called["person"]["id"])
        assert who not in talking, "called during a talk"
        talking.add(who)
        await world.do(who, AcceptCall(), room=room)
        took[who] = now() - came[who]
        at(now() + random.uniform(240, 360), lambda: finish(staff, room, who, called["place"]))

    async def finish(staff: str, room: str, who: str, place: str) -> None:
        await world.do(staff, FinishTalk(place), room=room)
        talking.discard(who)
        await call(staff, room)

    for index, who in enumerate(visitors):
        at(random.uniform(0, 600), lambda who=who, room=stands[index % BOOTHS]: arrive(who, room))
    while events:
        seconds, _, act = heapq.heappop(events)
        world.clock.advance(seconds=seconds - now())
        await act()
    assert len(took) == VISITORS, "nobody lost their place"
    waited = [who for who in visitors if promised[who] > 0]
    assert len(waited) > VISITORS / 2, "there was a rush"
    total, told = sum(took[who] for who in waited), sum(promised[who] for who in waited)
    assert abs(total - told) < 0.2 * told
    missed = sum(abs(took[who] - promised[who]) for who in waited)
    assert missed < 0.2 * told


async def everybody(world: World, names: list[str]) -> None:
    for name in names:
        await world.person(name)


async def talk(world: World, who: str = "attendee") -> str:
    """A talk between the visitor and the staff; gives the id of its meeting."""
    await world.do(who, JoinQueue(), room=world.stand)
    await world.do("staff", CallNext(), room=world.stand)
    return (await reply(world, who, AcceptCall()))["meeting"]


async def test_a_visitor_can_leave_a_talk(world: World) -> None:
    meeting = await talk(world)
    _, staff = await world.join("staff", room=world.stand)
    async with world.engine.database.read() as connection:
        room = await room_of(connection, "meeting", meeting)
    _, inside = await world.join("attendee", room=room)
    world.clock.advance(minutes=4)
    await world.do("attendee", LeaveQueue(), room=world.stand)
    await settled(world.engine)
    assert "meeting.closed" in inside.types
    assert [each["place"]["state"] for each in staff.events if each.get("type") == "queue.changed"] == ["done"]
    assert (await reply(world, "attendee", JoinQueue()))["ticket"] == 2, "and may come back"
    assert (await reply(world, "staff", CallNext()))["person"]["name"] == "Attendee", "and the staff are free"


async def test_a_talk_that_nobody_ends_ends_by_itself(each_world: World) -> None:
    world = each_world
    elsewhere = await other_booth(world, "speaker")
    await talk(world)
    await world.do("attendee", JoinQueue(), room=elsewhere)
    assert await end_abandoned_talks(world.engine) == 0, "it has just begun"
    assert await refused(world, "speaker", CallNext(), elsewhere) == "conflict"
    world.clock.advance(minutes=31)
    assert await end_abandoned_talks(world.engine) == 1
    assert (await reply(world, "speaker", CallNext(), elsewhere))["person"]["name"] == "Attendee"
    assert (await refused(world, "staff", CallNext())) == "conflict", "nobody waits there, but the staff are free"


async def test_a_talk_goes_on_as_long_as_someone_is_in_its_call(world: World) -> None:
    meeting = await talk(world)
    async with world.engine.database.read() as connection:
        room = await room_of(connection, "meeting", meeting)
    await call_between(world, room, "attendee")
    for _ in range(10):
        world.clock.advance(minutes=20)
        assert await end_abandoned_talks(world.engine) == 0
    async with world.engine.transaction([room]) as tx:
        (peer,) = await peers(tx.connection, call_peers.c.meeting == meeting)
        await roster.leave(tx, room, meeting, [peer.peer])
    world.clock.advance(minutes=31)
    assert await end_abandoned_talks(world.engine) == 1


async def test_a_call_that_lapsed_cannot_be_accepted_while_another_booth_calls(world: World) -> None:
    elsewhere = await other_booth(world, "speaker")
    for room in (world.stand, elsewhere):
        await world.do("attendee", JoinQueue(), room=room)
    await world.do("staff", CallNext(), room=world.stand)
    async with world.engine.database.write() as connection:  # as if the first booth's clock were a little behind
        late = world.clock() + timedelta(seconds=CALL_SECONDS * 3)
        await connection.execute(queue_places.update().where(queue_places.c.state == "called").values(until=late))
        other = queue_places.c.booth != world.booth
        called = {"state": "called", "called_by": world.people["speaker"], "until": late}
        await connection.execute(queue_places.update().where(other).values(called))
    assert await refused(world, "attendee", AcceptCall()) == "expired"
    async with world.engine.database.read() as connection:
        locked = set(await with_called(connection, world.stand, AcceptCall()))
    assert locked == {await world.desk("attendee"), world.hall}, "both booths lock the visitor's desk"


def test_the_place_in_a_queue_follows_from_the_view_alone(world: World) -> None:
    person = PersonView("p", "P")
    first, second, third = (QueuePlace.joined(str(n), "b", person, n, 2 * n, world.clock()) for n in (1, 2, 3))
    view = QueueView(None, "room", "hall", (first, second, third))
    assert [position(view, place) for place in (first, second, third)] == [0, 1, 2]
    assert follower(view, first) == second
    assert follower(view, third) is None
    assert next_place(view, {"p"}, 8) is None
    called = first._replace(state="called", called_by="s")
    view = with_place(view, called)
    assert next_place(view, set(), 8) == second
    assert serving(view, "s") == [called]
    assert position(view, second) == 0
    assert with_place(view, called._replace(state="left")).places == (second, third)
