"""Who stands at a booth: chosen by its owners, invited by a link; and of several who take one request, one gets it."""

import asyncio

import msgspec
import pytest

from rooms.core.commands.people import Role
from rooms.core.errors import Problem
from rooms.exhibition.booths import queries
from rooms.exhibition.booths import staff as staffing
from rooms.exhibition.booths.editing import make_booth, set_duty
from rooms.exhibition.booths.staff_messages import Duty, SetDuty
from rooms.exhibition.queue.messages import CallNext
from rooms.exhibition.requests.messages import AskContact, CloseContact, ContactAsked, ContactKind, TakeContact
from rooms.invitations import invites
from rooms.people import accounts
from tests.support.refusals import refused
from tests.support.waiting import settled
from tests.support.world import World


async def duties(world: World, booth: str = "") -> dict[str, str]:
    async with world.engine.database.read() as connection:
        staff = await queries.staff(connection, booth or world.booth)
    return {each.person.name: each.duty.value for each in staff}


async def link(world: World, role: Role, booth: str | None, **changes: object) -> str:
    given: dict[str, object] = {"conference": world.conference, "session": None, "uses": 1, "days": 7}
    async with world.engine.transaction() as tx:
        given |= {"role": role, "booth": booth, "by": world.people["owner"], **changes}
        return await invites.make(tx, **given)  # type: ignore[arg-type]


async def accept(world: World, who: str, secret: str) -> None:
    async with world.engine.database.read() as connection:
        account = await accounts.get(connection, world.people[who])
    await invites.accept(world.engine, secret, account)


async def test_owners_choose_the_staff_and_one_owner_stays(world: World) -> None:
    owner = SetDuty(world.people["owner"])
    with refused("conflict", "person"):
        await world.do("owner", owner, room=world.stand)
    with refused("conflict", "person"):
        await world.do("owner", SetDuty(world.people["owner"], Duty.STAFF), room=world.stand)
    await world.do("owner", SetDuty(world.people["other"], Duty.OWNER), room=world.stand)
    await world.do("other", owner, room=world.stand)
    assert await duties(world) == {"Other": "owner", "Staff": "staff"}
    with refused("forbidden"):
        await world.do("owner", SetDuty(world.people["attendee"], Duty.STAFF), room=world.stand)


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
        told = await asyncio.gather(
            world.do("staff", TakeContact(contact), room=world.stand, engine=0),
            world.do("owner", TakeContact(contact), room=world.stand, engine=1),
            return_exceptions=True,
        )
        losers = [each for each in told if isinstance(each, Problem)]
        assert len(losers) == 1, f"round {number}"
        winner = "Owner" if isinstance(told[0], Problem) else "Staff"
        assert (losers[0].code, losers[0].present.owner.name) == ("stale", winner)
        assert winner in str(losers[0]), "he is told by whom"
        await world.do("staff", CloseContact(contact), room=world.stand)
    await settled(*world.engines)
    assert looking.types.count("contact.changed") == 15, "asked, taken and closed, each once"


async def test_an_exhibitor_with_several_booths_has_his_duty_at_each(world: World) -> None:
    person = world.people["owner"]
    async with world.engine.database.write() as connection:
        second, room = await make_booth(connection, world.conference, world.floor, {"name": "Aurora"}, open=True)
        third, _ = await make_booth(connection, world.conference, world.floor, {"name": "Zenit"}, open=True)
        await set_duty(connection, second, person, Duty.STAFF, world.clock())
    async with world.engine.database.read() as connection:
        mine = await staffing.booths_of(connection, world.conference, person)
    assert mine == [(second, "Aurora"), (world.booth, "Lumen")]
    assert third not in dict(mine)
    with refused("forbidden"):
        await world.do("owner", SetDuty(world.people["other"], Duty.STAFF), room=room)
    await world.do("owner", SetDuty(world.people["other"], Duty.STAFF), room=world.stand)
    assert (await duties(world))["Other"] == "staff"
    assert await duties(world, second) == {"Owner": "staff"}


async def test_a_link_makes_one_of_the_staff_at_that_booth_alone(each_world: World) -> None:
    world = each_world
    _, owner = await world.join("owner", room=world.stand)
    secret = await link(world, Role.STAFF, world.booth)
    await accept(world, "other", secret)
    assert (await duties(world))["Other"] == "staff"
    await settled(world.engine)
    assert "staff.changed" in owner.types
    with refused("expired"):
        await accept(world, "attendee", secret)
    actor = await world.engine.actor(world.people["other"], world.lobby)
    assert actor.roles == {Role.ATTENDEE}


async def test_a_link_takes_no_duty_away(world: World) -> None:
    secret = await link(world, Role.CONTACT, world.booth)
    await accept(world, "owner", secret)
    assert (await duties(world))["Owner"] == "owner"
    await accept(world, "other", secret)
    assert (await duties(world))["Other"] == "contact", "the owner has used nothing up"


async def test_guests_and_those_who_were_removed_are_refused(world: World) -> None:
    secret = await link(world, Role.STAFF, world.booth)
    for who in ("guest", "banned"):
        with refused("forbidden"):
            await accept(world, who, secret)


@pytest.mark.parametrize(("role", "at_booth"), [(Role.OWNER, False), (Role.STAFF, False), (Role.SPEAKER, True)])
async def test_duties_are_given_at_booths_and_roles_elsewhere(world: World, role: Role, at_booth: bool) -> None:
    for session in (None, world.session):
        with refused("invalid"):
            await link(world, role, world.booth if at_booth else None, session=session)


async def test_people_are_found_by_their_address_or_by_a_name_that_they_show(each_world: World) -> None:
    world = each_world
    await world.person("lindgren", listed=True)
    async with world.engine.database.read() as connection:

        async def names(words: str) -> list[str]:
            return [each.name for each in await staffing.search(connection, words)]

        assert await names("OTHER@example.org") == ["Other"]
        assert await names("other") == [], "he does not show his name"
        assert await names("lindg") == ["Lindgren"]
        assert await names("%") == await names("") == await names("unverified@example.org") == []


async def test_a_message_is_a_task_of_whoever_of_the_contacts_has_the_fewest(world: World) -> None:
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
    assert visitor.joined["own"]["contacts"][0]["owner"]["name"] == "Other", "he sees who sees to it"
    await world.do("other", CloseContact(asked[0]), room=world.stand)
    _, staff = await world.join("staff", room=world.stand)
    assert len(staff.joined["snapshot"]["desk"]["contacts"]) == 2
