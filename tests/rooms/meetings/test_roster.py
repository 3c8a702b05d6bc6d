"""The roster of a call: exact for concurrent joins on several processes; lost participants give up their places."""

import asyncio
from datetime import timedelta

import pytest
import sqlalchemy as sa

from rooms.core.errors import Problem
from rooms.core.store.tables import conferences, persons
from rooms.exhibition.presence.attendance import Attendance
from rooms.exhibition.queue.messages import AcceptCall, CallNext, JoinQueue
from rooms.meetings import call_expiry, roster
from rooms.meetings.create import close_meeting
from rooms.meetings.messages import CallNow
from rooms.meetings.tables import call_peers
from rooms.people.erasure import erase
from rooms.people.messages import BlockPerson, RemovePerson
from tests.rooms.meetings.conftest import Meeting, new_meeting
from tests.support.refusals import refused
from tests.support.waiting import until
from tests.support.world import World


async def set_rules(world: World, **values: object) -> None:
    async with world.engine.database.write() as connection:
        await connection.execute(conferences.update().values(values))


async def test_the_talk_ends_after_the_second_has_come(meeting: Meeting) -> None:
    world = meeting.world
    await set_rules(world, talk_minutes=12)
    _, sink = await world.join("staff", room=meeting.room)
    await meeting.take("attendee")
    assert (await meeting.call()).ends_at is None
    world.clock.advance(minutes=3)
    seat = await meeting.take("staff")
    assert [each.person.name for each in seat.others] == ["Attendee"]
    call = await meeting.call()
    assert call.ends_at == world.clock() + timedelta(minutes=12)
    assert [each.person.name for each in call.peers] == ["Attendee", "Staff"]
    await until(lambda: len(sink.latest(CallNow.name)[""]["peers"]) == 2)


async def test_nobody_is_too_many_on_two_processes(each_world: World) -> None:
    """Eight people, four places, two processes at once."""
    world = each_world
    names = [f"caller{number}" for number in range(8)]
    for name in names:
        await world.person(name)
    meeting = await new_meeting(world, *names)
    answers = await asyncio.gather(
        *(meeting.take(name, engine=number % 2) for number, name in enumerate(names)), return_exceptions=True
    )
    refusals = [answer for answer in answers if isinstance(answer, BaseException)]
    assert [(problem.code, problem.present) for problem in refusals if isinstance(problem, Problem)] == [
        ("conflict", {"limit": 4})
    ] * 4
    assert len((await meeting.call()).peers) == 4


async def test_a_person_who_joins_two_calls_at_once_is_in_one(each_world: World) -> None:
    world = each_world
    two = [await new_meeting(world, "attendee", "staff"), await new_meeting(world, "attendee", "owner")]
    answers = await asyncio.gather(
        *(meeting.take("attendee", engine=number) for number, meeting in enumerate(two)), return_exceptions=True
    )
    assert sorted(type(answer).__name__ for answer in answers) == ["Problem", "Seat"]
    assert sorted([await meeting.names() for meeting in two]) == [[], ["Attendee"]]


async def test_a_place_lost_elsewhere_is_given_up_for_a_new_call(meeting: Meeting) -> None:
    world = meeting.world
    other = await new_meeting(world, "attendee", "owner")
    seat = await meeting.take("attendee")
    with refused("conflict"):
        await other.take("attendee")
    async with world.engine.transaction([meeting.room]) as tx:
        await roster.lose(tx, meeting.room, meeting.id, seat.peer, seat.link, tx.now)
    await other.take("attendee")
    assert await meeting.names() == []
    assert await other.names() == ["Attendee"]


async def test_only_the_token_brings_the_same_peer_back(meeting: Meeting) -> None:
    seat = await meeting.take("attendee")
    again = await meeting.take("attendee", seat.token)
    assert (again.peer, again.resumed) == (seat.peer, True)
    assert again.link != seat.link
    other = await meeting.take("attendee", "guessed")
    assert other.peer != seat.peer
    assert not other.resumed
    async with meeting.world.engine.database.read() as connection:
        kept = (await connection.execute(sa.select(call_peers.c.token))).scalars().all()
    assert other.token not in kept, "what is stored opens nothing"


async def test_a_late_word_of_a_loss_does_not_hurt_one_who_is_back(meeting: Meeting) -> None:
    seat = await meeting.take("attendee")
    await meeting.take("attendee", seat.token)
    async with meeting.world.engine.transaction([meeting.room]) as tx:
        await roster.lose(tx, meeting.room, meeting.id, seat.peer, seat.link, tx.now)
    assert [each.lost for each in (await meeting.call()).peers] == [False]


async def test_without_heartbeats_a_participant_is_lost_and_after_a_minute_out(meeting: Meeting) -> None:
    """As after a process was killed: nobody could say anything."""
    world = meeting.world
    await meeting.take("attendee")
    here = await meeting.take("staff")
    for _ in range(2):
        world.clock.advance(seconds=8)
        assert set(await call_expiry.confirm_here(world.engine, [here.peer])) == {here.peer}
        await call_expiry.expire_lost(world.engine)
    assert [each.lost for each in (await meeting.call()).peers] == [True, False]
    world.clock.advance(seconds=62)
    await call_expiry.confirm_here(world.engine, [here.peer])
    assert await call_expiry.expire_lost(world.engine) == 1
    assert await meeting.names() == ["Staff"]
    assert await call_expiry.expire_lost(world.engine) == 0


async def test_a_process_that_was_slow_finds_its_peers_again(meeting: Meeting) -> None:
    world = meeting.world
    seat = await meeting.take("attendee")
    world.clock.advance(seconds=20)
    await call_expiry.expire_lost(world.engine)
    known = await call_expiry.confirm_here(world.engine, [seat.peer])
    assert known[seat.peer].lost
    await call_expiry.find_again(world.engine, seat.peer, seat.link)
    assert [each.lost for each in (await meeting.call()).peers] == [False]


async def test_a_meeting_that_is_closed_has_no_call(meeting: Meeting) -> None:
    world = meeting.world
    await meeting.take("attendee")
    async with world.engine.transaction([meeting.room]) as tx:
        await close_meeting(tx, meeting.id)
    assert await meeting.names() == []
    with refused("closed"):
        await meeting.take("attendee")


async def test_one_who_is_removed_from_the_conference_gets_into_no_call(meeting: Meeting) -> None:
    world = meeting.world
    await world.do("organiser", RemovePerson(world.people["attendee"]), room=world.lobby)
    with refused("forbidden"):
        await meeting.take("attendee")
    with refused("not_found"):
        await meeting.take("other")


@pytest.mark.parametrize("blocker", ["attendee", "staff"])
async def test_a_blocked_pair_is_never_put_together(world: World, blocker: str) -> None:
    blocked = ({"attendee", "staff"} - {blocker}).pop()
    meeting = await new_meeting(world, "attendee", "staff")
    await world.do(blocker, BlockPerson(world.people[blocked]), room=await world.desk(blocker))
    await meeting.take("attendee")
    with refused("forbidden"):
        await meeting.take("staff")
    # The queue skips this visitor: the next one is called.
    for who in ("attendee", "other"):
        await world.do(who, JoinQueue(), room=world.stand)
    called = await world.do("staff", CallNext(), room=world.stand)
    assert world.people["other"].encode() in called.reply
    free = await world.do("owner", CallNext(), room=world.stand)
    assert world.people["attendee"].encode() in free.reply


async def test_a_block_between_call_and_acceptance_lets_the_call_lapse(world: World) -> None:
    await world.do("attendee", JoinQueue(), room=world.stand)
    await world.do("staff", CallNext(), room=world.stand)
    await world.do("attendee", BlockPerson(world.people["staff"]), room=await world.desk("attendee"))
    with refused("expired"):
        await world.do("attendee", AcceptCall(), room=world.stand)


async def test_staff_in_a_call_of_their_booth_count_as_there(meeting: Meeting) -> None:
    world = meeting.world
    attendance = Attendance(world.engine)
    _, sink = await world.join(None, room=world.hall)
    assert not sink.latest("floor")[world.booth]["staffed"]
    seat = await meeting.take("staff")
    await attendance.look()
    await until(lambda: sink.latest("floor")[world.booth] == {"people": 1, "waiting": 0, "staffed": True})
    # It stays so, round after round, though nobody is at the booth itself.
    received = len(sink.messages)
    for _ in range(4):
        world.clock.advance(seconds=3)
        await attendance.look()
    assert len(sink.messages) == received
    async with world.engine.transaction([meeting.room]) as tx:
        await roster.leave(tx, meeting.room, meeting.id, [seat.peer])
    world.clock.advance(seconds=7)
    await attendance.look()
    await until(lambda: not sink.latest("floor")[world.booth]["staffed"])


async def test_an_erased_person_is_in_no_call(meeting: Meeting) -> None:
    await meeting.take("attendee")
    await meeting.take("staff")
    await erase(meeting.world.engine, meeting.world.people["attendee"])
    assert await meeting.names() == ["Staff"]


async def test_a_wish_for_the_relay_applies_to_its_person_only(meeting: Meeting) -> None:
    world = meeting.world
    async with world.engine.database.write() as connection:
        shy = persons.update().where(persons.c.id == world.people["attendee"])
        await connection.execute(shy.values(relay_only=True))
    assert (await meeting.take("attendee")).relay_only
    assert not (await meeting.take("staff")).relay_only
    assert not (await meeting.call()).relay_only
    await set_rules(world, relay_only=True)
    assert (await meeting.take("staff")).relay_only
    assert (await meeting.call()).relay_only
