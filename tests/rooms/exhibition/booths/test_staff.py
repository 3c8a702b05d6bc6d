"""The staff of a booth: chosen by its owners or invited by a link."""

import msgspec
import pytest

from rooms.chat.messages import PostMessage
from rooms.core.commands.people import Role
from rooms.core.errors import Problem
from rooms.core.store import audit
from rooms.core.store.journal import room_of
from rooms.core.store.tables import conferences
from rooms.exhibition.booths import queries
from rooms.exhibition.booths import staff as staffing
from rooms.exhibition.booths.editing import make_booth, set_duty
from rooms.exhibition.booths.messages import CreateBooth
from rooms.exhibition.booths.staff_messages import Duty, LeaveStaff, SetDuty
from rooms.exhibition.queue.messages import AcceptCall, Admitted, CallNext, JoinQueue
from rooms.invitations import invites
from rooms.people import accounts, candidates, erasure
from rooms.people.messages import GrantRole, RemovePerson, RevokeRole
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


async def test_an_exhibitor_with_several_booths_has_a_duty_at_each(world: World) -> None:
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
            return [each.name for each in await candidates.search(connection, words, by_address=True)]

        assert await names("OTHER@example.org") == ["Other"]
        assert await names("other") == [], "they do not show their name"
        assert await names("lindg") == ["Lindgren"]
        assert await names("%") == await names("") == await names("unverified@example.org") == []


async def test_people_are_found_whatever_the_case_and_the_accents(each_world: World) -> None:
    """inputs.md 10, a sibling: SQLite lowers ASCII alone, and no accent was ignored."""
    world = each_world
    name = "Élise Łagodzińska"
    async with world.engine.database.write() as connection:
        await accounts.change_profile(connection, world.people["attendee"], name=name, listed=True, relay_only=False)
    async with world.engine.database.read() as connection:
        for words in ("elise", "ÉLISE", "éli lagodz", "Łagodzińska"):
            assert [each.name for each in await candidates.search(connection, words, by_address=True)] == [name], words
        assert await candidates.search(connection, "\u0301\u0301", by_address=True) == [], "marks alone match everyone"


async def closed(world: World) -> None:
    """The conference takes members alone; the booth's staff are among them by their duty, the others by a role."""
    async with world.engine.database.write() as connection:
        await connection.execute(conferences.update().values(access="members"))
        for who in ("owner", "staff"):
            duty = Duty(who)
            await set_duty(connection, world.booth, world.people[who], duty, world.clock())


async def may_enter(world: World, who: str) -> bool:
    try:
        return bool((await world.engine.actor(world.people[who], world.lobby)).roles)
    except Problem:
        return False


async def test_the_exhibitors_role_ends_with_the_last_duty(world: World) -> None:
    await closed(world)
    secret = await link(world, Role.STAFF, world.booth)
    assert not await may_enter(world, "other")
    await accept(world, "other", secret)
    assert await may_enter(world, "other")
    await world.do("owner", SetDuty(world.people["other"]), room=world.stand)
    assert not await may_enter(world, "other")


async def test_an_exhibitors_role_that_an_organiser_granted_stays(world: World) -> None:
    await closed(world)
    await world.do("organiser", GrantRole(world.people["other"], Role.EXHIBITOR), room=world.lobby)
    await world.do("owner", SetDuty(world.people["other"], Duty.STAFF), room=world.stand)
    await world.do("owner", SetDuty(world.people["other"]), room=world.stand)
    assert await may_enter(world, "other")


@pytest.mark.parametrize("who", ["guest", "unverified", "banned"])
async def test_only_participants_with_an_account_are_made_staff(world: World, who: str) -> None:
    with refused("invalid", "person"):
        await world.do("owner", SetDuty(world.people[who], Duty.STAFF), room=world.stand)
    assert len(await duties(world)) == 2


async def test_an_owner_brings_no_outsider_into_a_closed_conference(world: World) -> None:
    await closed(world)
    with refused("invalid", "person"):
        await world.do("owner", SetDuty(world.people["other"], Duty.STAFF), room=world.stand)
    with refused("invalid", "owner"):
        await world.do("organiser", CreateBooth("New", hall="Hall 1", owner=world.people["other"]), room=world.lobby)


async def notices_of(world: World, who: str) -> list[str]:
    view = await world.engine.view(world.people[who], await world.desk(who))
    return [each["kind"] for each in msgspec.to_builtins(view.snapshot)["notices"]]


async def test_new_staff_are_notified_and_can_leave(world: World) -> None:
    await world.do("owner", SetDuty(world.people["other"], Duty.STAFF), room=world.stand)
    assert await notices_of(world, "other") == ["staff.you"]
    await world.do("other", LeaveStaff(), room=world.stand)
    assert "Other" not in await duties(world)
    await world.do("other", JoinQueue(), room=world.stand)
    with refused("conflict", "person"):
        await world.do("owner", LeaveStaff(), room=world.stand)


async def test_owners_learn_that_an_organiser_has_joined_the_staff(world: World) -> None:
    await world.do("organiser", SetDuty(world.people["organiser"], Duty.STAFF), room=world.stand)
    assert await notices_of(world, "owner") == ["staff.new"]
    async with world.engine.database.read() as connection:
        entries = await audit.read(connection, world.conference, limit=1)
    assert (entries[0].act, entries[0].actor) == ("staff.set", world.people["organiser"])


async def test_removed_staff_leave_their_talk_and_the_booths_meetings(each_world: World) -> None:
    world = each_world
    await world.do("owner", SetDuty(world.people["other"], Duty.STAFF), room=world.stand)
    await world.do("attendee", JoinQueue(), room=world.stand)
    await world.do("other", CallNext(), room=world.stand)
    admitted = await world.do("attendee", AcceptCall(), room=world.stand)
    meeting = msgspec.json.decode(admitted.reply, type=Admitted).meeting
    async with world.engine.database.read() as connection:
        room = await room_of(connection, "meeting", meeting)
    assert await world.engine.actor(world.people["other"], room)
    await world.do("owner", SetDuty(world.people["other"]), room=world.stand)
    with refused("closed"):
        await world.do("attendee", PostMessage("Are you there?"), room=room)
    await world.do("attendee", JoinQueue(), room=world.stand)


async def test_one_invitation_brings_no_crowd_to_a_booth(world: World) -> None:
    for uses in (None, invites.MOST_STAFF_USES + 1):
        with refused("invalid", "uses"):
            await link(world, Role.STAFF, world.booth, uses=uses)


@pytest.mark.parametrize("lost", ["duty", "ban", "erasure"])
async def test_an_invitation_ends_when_its_maker_may_not_invite(world: World, lost: str) -> None:
    await world.do("owner", SetDuty(world.people["other"], Duty.OWNER), room=world.stand)
    secret = await link(world, Role.OWNER, world.booth, uses=50, days=365)
    match lost:
        case "duty":
            await world.do("other", SetDuty(world.people["owner"]), room=world.stand)
        case "ban":
            await world.do("organiser", RemovePerson(world.people["owner"]), room=world.lobby)
        case _:
            await erasure.erase(world.engine, world.people["owner"])
    for who in ("owner", "attendee") if lost == "duty" else ("attendee",):
        with refused("expired"):
            await accept(world, who, secret)
    async with world.engine.database.read() as connection:
        assert await invites.in_force(connection, world.conference, world.clock(), booth=world.booth) == []


async def test_a_demoted_organiser_does_not_come_back_by_their_own_invitation(world: World) -> None:
    await world.do("organiser", GrantRole(world.people["other"], Role.ORGANISER), room=world.lobby)
    secret = await link(world, Role.ORGANISER, None, by=world.people["other"], uses=None)
    await world.do("organiser", RevokeRole(world.people["other"], Role.ORGANISER), room=world.lobby)
    with refused("expired"):
        await accept(world, "other", secret)
    await world.do("organiser", GrantRole(world.people["other"], Role.ORGANISER), room=world.lobby)
    await accept(world, "attendee", secret)
