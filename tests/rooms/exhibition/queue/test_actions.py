"""The queue of a booth, in a small world."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from rooms.core.commands.people import PersonView
from rooms.core.errors import Problem
from rooms.core.store.journal import room_of
from rooms.exhibition.booths import queries
from rooms.exhibition.booths.queries import QueuePlace
from rooms.exhibition.presence.attendance import Attendance
from rooms.exhibition.queue.abandoned import end_abandoned_talks
from rooms.exhibition.queue.actions import CALL_SECONDS, with_called
from rooms.exhibition.queue.messages import AcceptCall, CallNext, FinishTalk, JoinQueue, LeaveQueue, LineView, SkipPlace
from rooms.exhibition.queue.view import QueueView, follower, next_place, position, serving, with_place
from rooms.exhibition.queue.waiting_time import expected, service_seconds
from rooms.exhibition.tables import queue_places
from rooms.meetings import roster
from rooms.meetings.queries import peers
from rooms.meetings.tables import call_peers
from tests.support.queues import other_booth, reply
from tests.support.samples import call_between
from tests.support.waiting import settled, until
from tests.support.world import World


async def refused(world: World, who: str, command: Any, room: str = "") -> str:
    with pytest.raises(Problem) as fault:
        await world.do(who, command, room=room or world.stand)
    return fault.value.code


async def waiting(world: World) -> list[str]:
    async with world.engine.database.read() as connection:
        here = await queries.places_under_way(connection, world.booth)
    return [each.person_name for each in here if each.state == "waiting"]


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


async def test_a_skipped_visitor_keeps_a_place_behind_the_next(world: World) -> None:
    for who in ("attendee", "other", "speaker"):
        await world.do(who, JoinQueue(), room=world.stand)
    place = (await reply(world, "staff", CallNext()))["place"]
    await world.do("staff", SkipPlace(place), room=world.stand)
    assert await waiting(world) == ["Other", "Attendee", "Speaker"]


async def test_after_three_missed_calls_a_visitor_loses_their_place_and_may_rejoin(world: World) -> None:
    await world.do("attendee", JoinQueue(), room=world.stand)
    for _ in range(3):
        place = (await reply(world, "staff", CallNext()))["place"]
        await world.do("staff", SkipPlace(place), room=world.stand)
    assert await waiting(world) == []
    assert (await reply(world, "attendee", JoinQueue()))["ticket"] == 2


async def test_staff_finish_a_talk_before_they_call_again(world: World) -> None:
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


async def test_a_called_visitor_is_notified_on_every_page(world: World) -> None:
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
