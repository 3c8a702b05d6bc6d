"""A code for a real table: signed, short-lived, and bound to what the person who shows it gives."""

import pytest

from rooms.contacts import codes
from rooms.contacts import messages as m
from rooms.people.messages import BlockPerson
from tests.rooms.contacts.test_connecting import at_desk, contacts, notices
from tests.support.contacts import ask, edit_card
from tests.support.refusals import refused
from tests.support.world import World


def shown(world: World, who: str, fields: list[m.CardField]) -> str:
    world.clock.advance(seconds=1)
    return codes.issue(world.engine, world.conference, world.people[who], fields)


async def redeem(world: World, who: str, code: str, *fields: str) -> None:
    world.clock.advance(seconds=1)
    await codes.redeem(world.engine, world.people[who], world.lobby, code, list(fields))


async def test_who_opens_a_code_and_agrees_is_in_contact(grown_world: World) -> None:
    world = grown_world
    await edit_card(world, "speaker", m.EditCard(phone="+46 8 123", audience=m.ProfileAudience.NOBODY))
    code = shown(world, "speaker", [m.CardField.PHONE])
    assert len(code) < 100, "a long address makes a dense picture"
    await redeem(world, "attendee", code, "email")
    await redeem(world, "attendee", code)
    [got], [given] = await contacts(world, "attendee"), await contacts(world, "speaker")
    assert (got.card.phone, got.card.email, got.how) == ("+46 8 123", "", "code")
    assert given.card.email == "attendee@example.org", "the second time changes nothing"
    assert await notices(world, "speaker") == ["connect.agreed"]


async def test_a_code_lasts_a_quarter_of_an_hour(world: World) -> None:
    code = shown(world, "speaker", [])
    world.clock.advance(seconds=codes.LASTS_SECONDS + 1)
    with refused("expired"):
        await redeem(world, "attendee", code)


async def test_a_code_from_before_a_contact_was_taken_back_does_not_connect_again(world: World) -> None:
    code = shown(world, "speaker", [])
    await redeem(world, "attendee", code)
    await at_desk(world, "speaker", m.EndConnection(world.people["attendee"]))
    with refused("expired"):
        await redeem(world, "attendee", code)
    await redeem(world, "attendee", shown(world, "speaker", []))
    assert len(await contacts(world, "speaker")) == 1


async def test_a_code_from_before_a_request_was_declined_does_not_connect(world: World) -> None:
    code = shown(world, "speaker", [])
    asker = await ask(world, "attendee", "speaker")
    await at_desk(world, "speaker", m.DeclineConnection(asker))
    with refused("expired"):
        await redeem(world, "attendee", code)


@pytest.mark.parametrize("change", ["person", "fields", "conference", "signature", "empty", "long"])
async def test_a_code_that_is_not_genuine_is_refused(world: World, change: str) -> None:
    code = shown(world, "speaker", [m.CardField.NOTE])
    if change == "conference":
        code = codes.issue(world.engine, "b" * 20, world.people["speaker"], [])
    changed = {
        "person": world.people["other"] + code[20:],
        "fields": code[:20] + "0" + code[20:],
        "signature": code[:-1] + ("a" if code[-1] != "a" else "b"),
        "empty": "",
        "long": code * 9,
    }
    with refused("not_found"):
        await redeem(world, "attendee", changed.get(change, code))
    assert await contacts(world, "speaker") == []


@pytest.mark.parametrize(
    ("who", "code"),
    [("guest", "forbidden"), ("banned", "forbidden"), ("unverified", "unverified"), ("speaker", "invalid")],
)
async def test_who_cannot_use_a_code(world: World, who: str, code: str) -> None:
    with refused(code):
        await redeem(world, who, shown(world, "speaker", []))


async def test_a_blocked_person_cannot_use_a_code(world: World) -> None:
    await at_desk(world, "speaker", BlockPerson(world.people["attendee"]))
    with refused("not_found"):
        await redeem(world, "attendee", shown(world, "speaker", []))
