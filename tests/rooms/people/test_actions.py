"""Roles, silence, removal, presence by name: in a session for the session, in the lobby for the conference; audited, and felt at once."""

from datetime import timedelta

import pytest

from rooms.chat.messages import PostMessage
from rooms.core.commands.people import Role
from rooms.core.store import audit
from rooms.core.store.tables import conferences
from rooms.forum.questions.messages import AskQuestion
from rooms.people import messages as p
from rooms.people import roles
from rooms.people.lapsed import lift_lapsed
from tests.support.clients import audience, enter
from tests.support.refusals import refused
from tests.support.waiting import settled, until
from tests.support.world import START, World


async def roles_of(world: World, who: str) -> set[str]:
    """In the session."""
    async with world.engine.database.read() as connection:
        return set(await roles.roles_in(connection, world.people[who], world.conference, world.session))


async def audited(world: World) -> list[tuple[str, str]]:
    """What was done to whom, oldest first, and the chain is whole."""
    async with world.engine.database.read() as connection:
        assert await audit.verify(connection, world.conference) == []
        names = {id: name for name, id in world.people.items()}
        return [(entry.act, names[entry.subject]) for entry in reversed(await audit.read(connection, world.conference))]


# Roles


async def test_a_role_in_a_session_holds_there_alone(world: World) -> None:
    spectators = await audience(world)
    await world.do("moderator", p.GrantRole(world.people["attendee"], Role.SPEAKER))
    await spectators.verify()
    assert await roles_of(world, "attendee") == {"speaker"}
    assert "session.start" in spectators.of("attendee").state["own"]["can"]
    assert "speaker" not in spectators.of("attendee", "lobby").state["own"]["roles"]
    assert spectators.of("moderator").types == ["role.granted"]
    assert spectators.of("other").types == []
    assert spectators.of("attendee", "desk").state["snapshot"]["notices"][0]["kind"] == "role"
    assert (await audited(world))[-1] == ("role.grant", "attendee")


async def test_a_role_in_the_lobby_holds_in_the_whole_conference_at_once(world: World) -> None:
    spectators = await audience(world)
    await world.do("organiser", p.GrantRole(world.people["attendee"], Role.MODERATOR), room=world.lobby)
    await spectators.verify()
    for kind in ("session", "lobby"):
        client = spectators.of("attendee", kind)
        assert "moderator" in client.state["own"]["roles"]
        assert client.member.audience == "moderators"
        assert client.snapshots == 2
    await world.do("organiser", p.RevokeRole(world.people["attendee"], Role.MODERATOR), room=world.lobby)
    await spectators.verify()
    assert spectators.of("attendee").state["snapshot"]["moderation"] is None


async def test_granting_twice_or_revoking_what_is_not_held_does_nothing(world: World) -> None:
    person = world.people["attendee"]
    assert (await world.do("moderator", p.RevokeRole(person, Role.SPEAKER))).seq is None
    assert (await world.do("moderator", p.GrantRole(person, Role.SPEAKER))).seq is not None
    assert (await world.do("moderator", p.GrantRole(person, Role.SPEAKER))).seq is None
    assert [act for act, who in await audited(world) if who == "attendee"] == ["role.grant"]


@pytest.mark.parametrize("role", [Role.ORGANISER, Role.EXHIBITOR, Role.ATTENDEE])
async def test_a_session_knows_only_its_own_roles(world: World, role: Role) -> None:
    with refused("invalid", "role"):
        await world.do("organiser", p.GrantRole(world.people["attendee"], role))


async def test_roles_of_the_conference_are_for_organisers_to_give(world: World) -> None:
    for who in ("colleague", "attendee"):
        with refused("forbidden"):
            await world.do(who, p.GrantRole(world.people["attendee"], Role.ORGANISER), room=world.lobby)
        with refused("forbidden"):
            await world.do(who, p.RevokeRole(world.people["organiser"], Role.ORGANISER), room=world.lobby)
    with refused("forbidden"):
        await world.do("attendee", p.GrantRole(world.people["attendee"], Role.MODERATOR))
    assert await roles_of(world, "attendee") == set()


async def test_organisers_cannot_lock_themselves_out(world: World) -> None:
    with refused("conflict", "person"):
        await world.do("organiser", p.RevokeRole(world.people["organiser"], Role.ORGANISER), room=world.lobby)


async def test_a_role_taken_away_in_mid_session_refuses_the_next_command_and_hides_the_queue(world: World) -> None:
    await world.ask("In the queue")
    client = await enter(world, "moderator")
    assert client.state["snapshot"]["moderation"]["questions"]
    await world.do("organiser", p.RevokeRole(world.people["moderator"], Role.MODERATOR))
    with refused("forbidden"):
        await world.do("moderator", p.SilencePerson(world.people["other"]))
    await settled(world.engine)
    assert client.catch_up().state["snapshot"]["moderation"] is None
    await world.ask("No longer for them", "other")
    await settled(world.engine)
    assert client.catch_up().types == []


# Silence


async def test_a_silenced_person_sees_when_the_silence_ends(world: World) -> None:
    spectators = await audience(world)
    await world.do("moderator", p.SilencePerson(world.people["attendee"], 10, " Too\u202e loud "))
    await spectators.verify()
    own = spectators.of("attendee").state["own"]
    assert (own["silenced"], own["silenced_until"]) == (True, "2026-11-20T09:10:00Z")
    (restraint,) = spectators.of("moderator").state["snapshot"]["moderation"]["restraints"]
    assert (restraint["kind"], restraint["reason"]) == ("silence", "Too loud")
    assert "loud" not in str([spectators.of(who).sink.messages for who in (None, "other", "attendee", "speaker")])
    for command in (PostMessage("Hello"), AskQuestion("Why?")):
        with refused("silenced"):
            await world.do("attendee", command)
    assert await world.do("attendee", PostMessage("Hello"), room=world.lobby), "it holds for the session"
    world.clock.advance(minutes=10)
    assert await lift_lapsed(world.engine) == 1
    assert await lift_lapsed(world.engine) == 0
    await spectators.verify()
    assert spectators.of("attendee").state["own"]["silenced"] is False, "their page shows it without being loaded again"
    assert spectators.of("moderator").state["snapshot"]["moderation"]["restraints"] == []
    assert await world.do("attendee", PostMessage("Hello"))


async def test_silence_in_the_lobby_holds_in_every_session_until_it_is_lifted(world: World) -> None:
    spectators = await audience(world)
    await world.do("colleague", p.SilencePerson(world.people["attendee"]), room=world.lobby)
    await spectators.verify()
    assert spectators.of("attendee").state["own"]["silenced"]
    for room in (world.room, world.lobby):
        with refused("silenced"):
            await world.do("attendee", PostMessage("Hello"), room=room)
    world.clock.advance(days=400)
    with refused("silenced"):
        await world.do("attendee", PostMessage("Hello"))
    await world.do("moderator", p.UnsilencePerson(world.people["attendee"]))
    with refused("silenced"):
        await world.do("attendee", PostMessage("Hello"))
    await world.do("colleague", p.UnsilencePerson(world.people["attendee"]), room=world.lobby)
    await spectators.verify()
    assert not spectators.of("attendee").state["own"]["silenced"]
    assert await world.do("attendee", PostMessage("Hello"))


async def test_of_two_silences_the_longer_counts(world: World) -> None:
    await world.do("colleague", p.SilencePerson(world.people["attendee"], 60), room=world.lobby)
    await world.do("moderator", p.SilencePerson(world.people["attendee"], 5))
    actor = await world.engine.actor(world.people["attendee"], world.room)
    assert actor.silenced_until == START + timedelta(minutes=60)


# Removal


async def test_a_removed_person_is_out_of_the_session_and_sees_why(world: World) -> None:
    client = await enter(world, "attendee")
    lobby = await enter(world, "attendee", room=world.lobby)
    await world.do("moderator", p.RemovePerson(world.people["attendee"], "Spam"))
    await settled(world.engine)
    client.catch_up()
    assert client.problem is not None
    assert client.problem["code"] == "forbidden"
    with refused("forbidden"):
        await enter(world, "attendee")
    assert lobby.catch_up().problem is None
    assert await enter(world, "attendee", room=world.lobby), "it holds for the session"
    await world.do("moderator", p.ReadmitPerson(world.people["attendee"]))
    assert await enter(world, "attendee")


async def test_one_who_is_removed_in_the_lobby_is_out_of_every_room_of_the_conference(world: World) -> None:
    spectators = await audience(world)
    await world.do("organiser", p.RemovePerson(world.people["attendee"]), room=world.lobby)
    await spectators.verify()
    for kind in ("session", "lobby"):
        assert spectators.of("attendee", kind).problem, kind
    assert spectators.of("attendee", "desk").problem is None
    await until(lambda: spectators.of("other").catch_up().state["latest"]["present"][""]["count"] == 4)


@pytest.mark.parametrize("command", [p.SilencePerson, p.RemovePerson])
async def test_people_who_cannot_be_silenced_or_removed(
    world: World, command: type[p.SilencePerson | p.RemovePerson]
) -> None:
    for who, whom, code in (
        ("moderator", "moderator", "conflict"),
        ("moderator", "organiser", "conflict"),
        ("moderator", "admin", "conflict"),
        ("moderator", "colleague", "forbidden"),
        ("colleague", "moderator", "forbidden"),
        ("organiser", "organiser", "conflict"),
        ("attendee", "other", "forbidden"),
        ("speaker", "other", "forbidden"),
    ):
        with refused(code):
            await world.do(who, command(world.people[whom]))
    with refused("not_found", "person"):
        await world.do("moderator", command("x" * 20))
    assert await world.do("organiser", command(world.people["moderator"]))


async def test_restraints_and_their_lifting_are_audited_and_lifting_nothing_is_not(world: World) -> None:
    person = world.people["attendee"]
    for command in (p.UnsilencePerson(person), p.ReadmitPerson(person)):
        assert (await world.do("moderator", command)).seq is None
    before = await audited(world)
    for command in (
        p.SilencePerson(person),
        p.UnsilencePerson(person),
        p.RemovePerson(person),
        p.ReadmitPerson(person),
    ):
        await world.do("moderator", command)
    acts = [act for act, _ in (await audited(world))[len(before) :]]
    assert acts == ["person.silence", "person.unsilence", "person.ban", "person.unban"]


# Being named


async def test_people_are_listed_as_present_only_if_they_wish(world: World) -> None:
    spectators = await audience(world, ["attendee", "other"])
    other = spectators.of("other")
    assert other.state["latest"]["present"][""]["people"] == []
    await world.do("attendee", p.ListMe(True), room=await world.desk("attendee"))
    await until(lambda: other.catch_up().state["latest"]["present"][""]["people"])
    assert other.state["latest"]["present"][""]["people"] == [{"id": world.people["attendee"], "name": "Attendee"}]
    await world.do("attendee", p.ListMe(False), room=await world.desk("attendee"))
    await until(lambda: not other.catch_up().state["latest"]["present"][""]["people"])
    assert other.state["latest"]["present"][""]["count"] == 2, "they are counted all the same"
    with refused("not_found"):
        await world.do("attendee", p.ListMe(True), room=await world.desk("other"))


async def test_a_moderator_of_a_session_ends_no_moderators_role(world: World) -> None:
    """R1: taking the role first would open the way to remove the person."""
    await world.do("organiser", p.GrantRole(world.people["attendee"], Role.MODERATOR))
    with refused("forbidden", "person"):
        await world.do("moderator", p.RevokeRole(world.people["attendee"], Role.MODERATOR))
    with refused("forbidden", "person"):
        await world.do("moderator", p.RemovePerson(world.people["attendee"]))
    await world.do("moderator", p.RevokeRole(world.people["speaker"], Role.SPEAKER))
    await world.do("attendee", p.RevokeRole(world.people["attendee"], Role.MODERATOR))
    await world.do("moderator", p.RemovePerson(world.people["attendee"]))


async def test_a_moderator_of_a_session_admits_nobody_to_a_closed_conference(world: World) -> None:
    async with world.engine.database.write() as connection:
        await connection.execute(conferences.update().values(access="members"))
    with refused("forbidden", "person"):
        await world.do("moderator", p.GrantRole(world.people["attendee"], Role.SPEAKER))
    with refused("not_found"):
        await world.engine.actor(world.people["attendee"], world.room)
    await world.do("moderator", p.GrantRole(world.people["exhibitor"], Role.SPEAKER))
    await world.do("organiser", p.GrantRole(world.people["attendee"], Role.SPEAKER))
    await world.do("moderator", p.GrantRole(world.people["attendee"], Role.INTERPRETER))
