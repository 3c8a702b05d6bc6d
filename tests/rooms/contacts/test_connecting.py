"""Two people connect when both agree. Each chooses what to give, and takes it back at will."""

from typing import Any

import pytest

from rooms.contacts import messages as m
from rooms.contacts import queries
from rooms.contacts.connecting import MOST_WAITING
from rooms.contacts.queries import Contact
from rooms.people import erasure
from rooms.people.messages import BlockPerson, RemovePerson, UnblockPerson
from tests.support.contacts import ask, connect, edit_card
from tests.support.refusals import refused
from tests.support.world import World


async def contacts(world: World, who: str, words: str = "") -> list[Contact]:
    async with world.engine.database.read() as connection:
        return await queries.contacts_of(connection, world.people[who], words)


async def received(world: World, who: str) -> list[Contact]:
    async with world.engine.database.read() as connection:
        return await queries.requests_to(connection, world.people[who], world.clock())


async def sent(world: World, who: str) -> list[Contact]:
    async with world.engine.database.read() as connection:
        return await queries.requests_of(connection, world.people[who])


async def notices(world: World, who: str) -> list[str]:
    view = await world.engine.view(world.people[who], await world.desk(who))
    snapshot: Any = view.snapshot
    return [each.kind for each in snapshot.notices if each.kind.startswith("connect.")]


async def at_desk(world: World, who: str, command: Any) -> None:
    world.clock.advance(seconds=1)
    await world.do(who, command, room=await world.desk(who))


async def test_each_gives_what_they_chose_and_nothing_before_both_agree(grown_world: World) -> None:
    world = grown_world
    for who in ("attendee", "speaker"):
        await edit_card(world, who)
    asker = await ask(world, "attendee", "speaker", [m.CardField.EMAIL, m.CardField.PHONE], "Shall we talk?")
    [request] = await received(world, "speaker")
    assert (request.card.name, request.card.email, request.card.phone) == ("Attendee", "", ""), "not before agreeing"
    assert (request.text, request.offered) == ("Shall we talk?", [m.CardField.EMAIL, m.CardField.PHONE])
    assert await notices(world, "speaker") == ["connect.asked"]
    assert await contacts(world, "attendee") == await contacts(world, "speaker") == []

    await at_desk(world, "speaker", m.AgreeConnection(asker, [m.CardField.JOB]))
    [got], [given] = await contacts(world, "attendee"), await contacts(world, "speaker")
    assert (got.card.name, got.card.job, got.card.email, got.card.phone) == ("Speaker", "Head of research", "", "")
    assert (given.card.email, given.card.phone, given.card.job) == ("attendee@example.org", "+46 8 123", "")
    assert await notices(world, "attendee") == ["connect.agreed"]
    assert await received(world, "speaker") == await sent(world, "attendee") == []

    await at_desk(world, "attendee", m.ChooseFields(world.people["speaker"], [m.CardField.EMAIL]))
    assert (await contacts(world, "speaker"))[0].card.phone == "", "it takes effect at once"


async def test_a_decline_is_silent_and_lasts(grown_world: World) -> None:
    world = grown_world
    asker = await ask(world, "attendee", "speaker")
    await at_desk(world, "speaker", m.DeclineConnection(asker))
    assert await received(world, "speaker") == []
    assert [each.state for each in await sent(world, "attendee")] == ["asked"], "the asker sees no difference"
    assert await notices(world, "attendee") == []
    with refused("conflict"):
        await ask(world, "attendee", "speaker")
    await at_desk(world, "attendee", m.EndConnection(world.people["speaker"]))
    await ask(world, "attendee", "speaker")
    assert await received(world, "speaker") == []
    assert await notices(world, "speaker") == ["connect.asked"], "asked once"
    with refused("stale"):
        await at_desk(world, "speaker", m.AgreeConnection(asker))
    await ask(world, "speaker", "attendee")
    assert len(await contacts(world, "attendee")) == 1, "who declined may ask later, and both are in contact"


async def test_asking_and_withdrawing_in_turns_notifies_once(world: World) -> None:
    for _ in range(3):
        await ask(world, "attendee", "speaker")
        assert len(await received(world, "speaker")) == 1
        await at_desk(world, "attendee", m.EndConnection(world.people["speaker"]))
        assert await received(world, "speaker") == []
    assert await notices(world, "speaker") == ["connect.asked"]


@pytest.mark.parametrize("who", ["attendee", "speaker"])
async def test_either_takes_it_back_at_once(grown_world: World, who: str) -> None:
    world, other = grown_world, "speaker" if who == "attendee" else "attendee"
    await connect(world, "attendee", "speaker")
    before = await notices(world, other)
    await at_desk(world, who, m.EndConnection(world.people[other]))
    assert await contacts(world, "attendee") == await contacts(world, "speaker") == []
    await ask(world, other, who)
    assert await received(world, who) == [], "further requests of the other do not arrive"
    assert await notices(world, other) == before
    await ask(world, who, other)
    assert len(await contacts(world, other)) == 1


async def test_who_asks_each_other_is_in_contact(grown_world: World) -> None:
    world = grown_world
    await ask(world, "attendee", "speaker")
    await ask(world, "speaker", "attendee", [])
    assert (await contacts(world, "speaker"))[0].card.email == "attendee@example.org"
    assert (await contacts(world, "attendee"))[0].card.email == ""
    with refused("conflict"):
        await ask(world, "attendee", "speaker")


async def test_a_block_disconnects_for_good(grown_world: World) -> None:
    world = grown_world
    await connect(world, "attendee", "speaker")
    await at_desk(world, "attendee", BlockPerson(world.people["speaker"]))
    assert await contacts(world, "attendee") == await contacts(world, "speaker") == []
    with refused("not_found"):
        await ask(world, "speaker", "attendee")
    with refused("forbidden"):
        await ask(world, "attendee", "speaker")
    await at_desk(world, "attendee", UnblockPerson(world.people["speaker"]))
    assert await contacts(world, "speaker") == [], "an unblocked person is not connected again"


async def test_a_request_from_somebody_blocked_or_removed_is_not_shown(world: World) -> None:
    asker = await ask(world, "attendee", "speaker")
    await ask(world, "other", "speaker")
    await at_desk(world, "speaker", BlockPerson(asker))
    assert [each.card.name for each in await received(world, "speaker")] == ["Other"]
    await world.do("organiser", RemovePerson(world.people["other"]), room=world.lobby)
    assert await received(world, "speaker") == []


@pytest.mark.parametrize("other", ["banned", "guest", "stranger_to_all", "hidden", "self"])
async def test_who_cannot_be_asked(world: World, other: str) -> None:
    world.people["stranger_to_all"] = "a" * 20
    world.people["self"] = world.people["attendee"]
    world.people["hidden"] = world.people["other"]
    await edit_card(world, "other", m.EditCard(audience=m.ProfileAudience.NOBODY))
    with refused("invalid" if other == "self" else "not_found"):
        await ask(world, "attendee", other)


async def test_there_is_a_limit_of_waiting_requests(world: World) -> None:
    for number in range(MOST_WAITING):
        world.lift_limits()
        await world.person(f"p{number}")
        await ask(world, "attendee", f"p{number}")
    with refused("conflict"):
        await ask(world, "attendee", "speaker")


async def test_requests_have_a_rate(world: World) -> None:
    with refused("rate_limited"):
        for number in range(25):
            await world.person(f"p{number}")
            await ask(world, "attendee", f"p{number}")
    assert len(await sent(world, "attendee")) == 20


async def test_an_erased_person_is_gone_from_all_contacts(world: World) -> None:
    await connect(world, "attendee", "speaker")
    await ask(world, "attendee", "other")
    await edit_card(world, "attendee")
    async with world.engine.database.read() as connection:
        kept = await erasure.export(connection, world.people["attendee"])
    assert sorted(each["state"] for each in kept["connections"]) == ["agreed", "asked"]
    assert kept["card"][0]["phone"] == "+46 8 123"
    await erasure.erase(world.engine, world.people["attendee"])
    assert await contacts(world, "speaker") == await received(world, "other") == []


async def test_contacts_are_searched_by_what_is_given_and_where_one_met(grown_world: World) -> None:
    world = grown_world
    await edit_card(world, "speaker")
    await connect(world, "attendee", "speaker", received=[m.CardField.ORGANISATION])
    await connect(world, "attendee", "other")
    assert [each.card.name for each in await contacts(world, "attendee")] == ["Other", "Speaker"]
    assert [each.card.name for each in await contacts(world, "attendee", "VIND")] == ["Speaker"]
    assert await contacts(world, "attendee", "research") == [], "what is not given is not found"
    assert len(await contacts(world, "attendee", "forum")) == 2


async def test_a_search_prepares_the_text_of_a_contact_once(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """However many words somebody searches for: a person can have 2,000 contacts."""
    for who in ("speaker", "other"):
        await connect(world, "attendee", who)
    prepared: list[str] = []
    searched = queries._searched  # pyright: ignore[reportPrivateUsage]

    def counted(contact: Contact) -> str:
        prepared.append(contact.card.name)
        return searched(contact)

    monkeypatch.setattr(queries, "_searched", counted)
    assert len(await contacts(world, "attendee", "the for um")) == 2
    assert sorted(prepared) == ["Other", "Speaker"]


@pytest.mark.parametrize("phone", ["call me", "+", "0123 <b>"])
async def test_a_card_is_checked(world: World, phone: str) -> None:
    with refused("invalid", "phone"):
        await edit_card(world, "attendee", m.EditCard(phone=phone))
    with refused("invalid", "website"):
        await edit_card(world, "attendee", m.EditCard(website="javascript:alert(1)"))
