"""Who is suggested to whom: only people who take part, without those who were decided on, blocked or removed."""

import msgspec
import pytest

from rooms.cooperation.messages import ApproveEntry, EntrySide, FieldKind, FieldView, SubmitEntry
from rooms.matchmaking import messages as m
from rooms.matchmaking.messages import MatchRole, WishKind
from rooms.matchmaking.queries import wishes_of
from rooms.matchmaking.suggestions import Suggestion, suggestions
from rooms.matchmaking.tables import wishes
from rooms.organisations.messages import CreateOrganisation, OrganisationCreated, OrganisationRole, SetMember
from rooms.people import erasure
from rooms.people.messages import BlockPerson, RemovePerson
from tests.support.bookings import booked, open_times, slot
from tests.support.cooperation import drafted, entry_type, published
from tests.support.matchmaking import joined, opened, wished
from tests.support.refusals import refused
from tests.support.world import World


async def of(world: World, who: str) -> list[Suggestion]:
    async with world.engine.database.read() as connection:
        return await suggestions(connection, world.conference, world.people[who], world.clock())


async def names(world: World, who: str = "attendee") -> list[str]:
    return [each.who.person.name for each in await of(world, who)]


async def test_those_who_take_part_are_suggested_with_reasons(grown_world: World) -> None:
    world = grown_world
    await joined(world, "attendee", "other")
    await joined(world, "speaker", sciences=["6.4"], languages=["fr"])
    await joined(world, "staff", found=False)
    found = await of(world, "attendee")
    assert [each.who.person.name for each in found] == ["Other"]
    assert [reason.part for reason in found[0].score.reasons] == ["sciences", "languages"]
    assert await names(world, "stranger") == [], "who does not take part sees nobody"
    await joined(world, "other", found=False)
    assert await names(world) == []


async def test_needs_and_offers_find_each_other_first(world: World) -> None:
    await joined(world, "attendee", needs=["Hydrogen storage"], wanted=["investor"])
    await joined(world, "other", sciences=["2.5"])
    await joined(world, "speaker", sciences=["6.4"], offers=["Storage of hydrogen"])
    await joined(world, "staff", sciences=["6.4"], role=MatchRole.INVESTOR)
    assert await names(world) == ["Speaker", "Other", "Staff"]


async def test_entries_of_their_organisations_fit(world: World) -> None:
    await joined(world, "attendee", "staff", sciences=[], languages=[])
    assert await names(world) == []
    offer = await entry_type(world, fields=[FieldView("field", FieldKind.SCIENCE, "Field")])
    await published(world, offer, title="Perovskite solar cells", values={"field": "2.5"})
    done = await world.do("organiser", CreateOrganisation("Roof Works"), room=world.lobby)
    seeking = msgspec.json.decode(done.reply, type=OrganisationCreated).organisation
    await world.do("organiser", SetMember(seeking, world.people["attendee"], OrganisationRole.OWNER), room=world.lobby)
    request = await entry_type(world, side=EntrySide.REQUEST, fields=[FieldView("what", FieldKind.SCIENCE, "Field")])
    drafted_by = {
        "who": "organiser",
        "organisation": seeking,
        "title": "Solar cells for roofs",
        "values": {"what": "2.5"},
    }
    entry = await drafted(world, request, **drafted_by)
    await world.do("organiser", SubmitEntry(entry), room=world.lobby)
    await world.do("organiser", ApproveEntry(entry), room=world.lobby)
    (found,) = await of(world, "attendee")
    assert found.who.organisations
    assert (found.score.reasons[0].mine, found.score.reasons[0].theirs) == (
        "Solar cells for roofs",
        "Perovskite solar cells",
    )


@pytest.mark.parametrize("wish", list(WishKind))
async def test_nobody_is_suggested_again_after_an_answer(world: World, wish: WishKind) -> None:
    await wished(world, "attendee", "other", wish)
    assert await names(world) == []
    await world.do("attendee", m.ClearWish(world.people["other"]), room=world.lobby)
    assert await names(world) == ["Other"]


async def test_people_with_a_meeting_are_not_suggested_and_free_slots_count(world: World) -> None:
    await open_times(world)
    await joined(world, "attendee", "other", "speaker")
    for number in range(6):
        await booked(world, "speaker", "owner", at=slot(number))
    found = await of(world, "attendee")
    assert [each.who.person.name for each in found] == ["Other", "Speaker"]
    assert [each.score.parts["hours"] for each in found] == [1, -1]
    await booked(world, "attendee", "other")
    assert await names(world) == ["Speaker"]


async def test_a_no_cannot_be_noticed(world: World) -> None:
    await joined(world, "attendee", "other")
    before = await of(world, "attendee")
    await world.do("other", m.SetWish(world.people["attendee"], WishKind.NO), room=world.lobby)
    assert await of(world, "attendee") == before
    await world.do("attendee", m.SetWish(world.people["other"], WishKind.MUST), room=world.lobby)


@pytest.mark.parametrize("by", ["attendee", "other"])
async def test_blocked_people_do_not_meet(world: World, by: str) -> None:
    await joined(world, "attendee", "other")
    blocked = world.people["other" if by == "attendee" else "attendee"]
    await world.do(by, BlockPerson(blocked), room=await world.desk(by))
    assert await names(world) == []
    with refused("not_found", "person"):
        await world.do("attendee", m.SetWish(world.people["other"], WishKind.MEET), room=world.lobby)


async def test_removed_and_erased_people_disappear(world: World) -> None:
    await joined(world, "attendee", "other", "speaker")
    await wished(world, "other", "attendee")
    await world.do("organiser", RemovePerson(world.people["other"]), room=world.lobby)
    assert await names(world) == ["Speaker"]
    await erasure.erase(world.engine, world.people["speaker"])
    assert await names(world) == []
    await erasure.erase(world.engine, world.people["attendee"])
    async with world.engine.database.read() as connection:
        assert (await connection.execute(wishes.select())).all() == []


async def test_wishes_need_a_profile_and_people_who_take_part(world: World) -> None:
    with refused("conflict"):
        await world.do("attendee", m.SetWish(world.people["other"], WishKind.MEET), room=world.lobby)
    await opened(world)
    with refused("conflict"):
        await world.do("attendee", m.SetWish(world.people["other"], WishKind.MEET), room=world.lobby)
    await joined(world, "attendee")
    for who in ("other", "attendee"):
        with refused("not_found", "person"):
            await world.do("attendee", m.SetWish(world.people[who], WishKind.MEET), room=world.lobby)


async def test_a_profile_is_checked(world: World) -> None:
    await opened(world, most=4)
    for wrong in ({"sciences": ["9.9"]}, {"most": 5}, {"offers": ["x" * 61]}):
        with refused("invalid", next(iter(wrong))):
            await world.do("attendee", m.SetMatchProfile(True, MatchRole.COMPANY, **wrong), room=world.lobby)
    await world.do("organiser", m.SetMatching(open=False, most=4), room=world.lobby)
    with refused("conflict"):
        await world.do("attendee", m.SetMatchProfile(True, MatchRole.COMPANY), room=world.lobby)


async def test_wishes_are_the_persons_own(world: World) -> None:
    await wished(world, "attendee", "other", WishKind.MUST)
    async with world.engine.database.read() as connection:
        assert list(await wishes_of(connection, world.conference, world.people["other"])) == []
        mine = await wishes_of(connection, world.conference, world.people["attendee"])
    assert [(row.other, row.wish) for row in mine.values()] == [(world.people["other"], "must")]
