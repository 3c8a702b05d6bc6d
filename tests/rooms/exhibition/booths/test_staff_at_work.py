"""Staff at work: of several who take one request, one gets it; calls and messages go to one of them."""

import asyncio

import msgspec

from rooms.core.errors import Problem
from rooms.exhibition.booths import queries
from rooms.exhibition.booths.editing import make_booth, set_duty
from rooms.exhibition.booths.staff_messages import Duty, SetDuty
from rooms.exhibition.queue.messages import Called, CallNext, JoinQueue
from rooms.exhibition.requests.messages import AskContact, CloseContact, ContactAsked, ContactKind, TakeContact
from rooms.exhibition.tables import queue_places
from rooms.people.messages import RemovePerson
from tests.support.refusals import refused
from tests.support.waiting import settled
from tests.support.world import World


async def test_a_contact_answers_messages_but_calls_nobody(world: World) -> None:
    await world.do("owner", SetDuty(world.people["other"], Duty.CONTACT), room=world.stand)
    asked = await world.do("attendee", AskContact(ContactKind.CONTACT, "Call me"), room=world.stand)
    contact = msgspec.json.decode(asked.reply, type=ContactAsked).contact
    await world.do("other", TakeContact(contact), room=world.stand)
    with refused("forbidden"):
        await world.do("other", CallNext(), room=world.stand)


async def test_of_two_who_take_one_contact_one_wins_and_the_other_learns_of_it(each_world: World) -> None:
    world = each_world
    _, looking = await world.join("owner", room=world.stand, engine=1)
    for number in range(5):
        asked = await world.do("attendee", AskContact(ContactKind.CONTACT, "Call me"), room=world.stand)
        contact = msgspec.json.decode(asked.reply, type=ContactAsked).contact
        outcomes = await asyncio.gather(
            world.do("staff", TakeContact(contact), room=world.stand, engine=0),
            world.do("owner", TakeContact(contact), room=world.stand, engine=1),
            return_exceptions=True,
        )
        losers = [each for each in outcomes if isinstance(each, Problem)]
        assert len(losers) == 1, f"round {number}"
        winner = "Owner" if isinstance(outcomes[0], Problem) else "Staff"
        assert (losers[0].code, losers[0].present.owner.name) == ("stale", winner)
        assert winner in str(losers[0]), "the refusal names who took it"
        await world.do("staff", CloseContact(contact), room=world.stand)
    await settled(*world.engines)
    assert looking.types.count("contact.changed") == 15, "asked, taken and closed, each once"


async def test_a_message_goes_to_the_contact_with_the_fewest_tasks(world: World) -> None:
    for who in ("other", "speaker"):
        await world.do("owner", SetDuty(world.people[who], Duty.CONTACT), room=world.stand)
        world.clock.advance(seconds=1)
    asked: list[str] = []
    for number, who in enumerate(("attendee", "exhibitor", "interpreter")):
        message = AskContact(ContactKind.MESSAGE, f"Call me back, {number}")
        done = await world.do(who, message, room=world.stand)
        asked.append(msgspec.json.decode(done.reply, type=ContactAsked).contact)
    _, staff = await world.join("staff", room=world.stand)
    tasks = {each["id"]: each for each in staff.joined["snapshot"]["desk"]["contacts"]}
    assert [tasks[id]["owner"]["name"] for id in asked] == ["Other", "Speaker", "Other"]
    assert {task["state"] for task in tasks.values()} == {"taken"}
    _, visitor = await world.join("attendee", room=world.stand)
    assert visitor.joined["own"]["contacts"][0]["owner"]["name"] == "Other", "the visitor sees who handles it"
    await world.do("other", CloseContact(asked[0]), room=world.stand)
    _, staff = await world.join("staff", room=world.stand)
    assert len(staff.joined["snapshot"]["desk"]["contacts"]) == 2


async def test_one_of_two_booths_staff_calls_at_one_booth_at_a_time(each_world: World) -> None:
    world = each_world
    async with world.engine.database.write() as connection:
        second, room = await make_booth(connection, world.conference, world.floor, {"name": "Aurora"}, open=True)
        await set_duty(connection, second, world.people["staff"], Duty.STAFF, world.clock())
    await world.do("attendee", JoinQueue(), room=world.stand)
    await world.do("other", JoinQueue(), room=room)
    answers = await asyncio.gather(
        world.do("staff", CallNext(), room=world.stand, engine=0),
        world.do("staff", CallNext(), room=room, engine=1),
        return_exceptions=True,
    )
    codes = sorted(each.code if isinstance(each, Problem) else "called" for each in answers)
    assert codes == ["called", "conflict"]


async def test_a_person_who_was_removed_is_not_called(world: World) -> None:
    await world.do("attendee", JoinQueue(), room=world.stand)
    await world.do("other", JoinQueue(), room=world.stand)
    await world.do("organiser", RemovePerson(world.people["attendee"]), room=world.lobby)
    called = msgspec.json.decode((await world.do("staff", CallNext(), room=world.stand)).reply, type=Called)
    assert called.person.name == "Other"
    async with world.engine.database.read() as connection:
        left = await queries.places(connection, queue_places.c.person == world.people["attendee"])
    assert [each.state for each in left] == ["left"]
