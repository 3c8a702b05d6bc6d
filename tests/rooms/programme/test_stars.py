"""Stars: private to a person, on all their devices."""

from rooms.programme import stars
from rooms.programme.messages import StarSession, UnstarSession
from tests.support.clients import SPECTATORS, Audience, verify_action
from tests.support.refusals import refused
from tests.support.waiting import settled
from tests.support.world import World


async def starred(world: World, who: str) -> list[str]:
    async with world.engine.database.read() as connection:
        found = await stars.starred_by(connection, [world.people[who]], [world.conference])
    return found.get((world.people[who], world.conference), [])


async def test_a_star_is_given_and_taken_back(world: World) -> None:
    spectators = await Audience(world).gather(SPECTATORS)
    await verify_action(spectators, "attendee", StarSession(world.session), room=world.lobby)
    assert await starred(world, "attendee") == [world.session]
    await verify_action(spectators, "attendee", UnstarSession(world.session), room=world.lobby)
    assert await starred(world, "attendee") == []


async def test_only_its_owner_is_notified(world: World) -> None:
    _, own = await world.join("attendee", room=world.lobby)
    _, second_device = await world.join("attendee", room=world.lobby)
    _, other = await world.join("organiser", room=world.lobby)
    await world.do("attendee", StarSession(world.session), room=world.lobby)
    await settled(world.engine)
    assert own.types == second_device.types == ["star.changed"]
    assert other.types == []
    assert other.seqs == own.seqs


async def test_a_second_star_for_the_same_session_changes_nothing(world: World) -> None:
    await world.do("attendee", StarSession(world.session), room=world.lobby)
    again = await world.do("attendee", StarSession(world.session), room=world.lobby)
    assert again.seq is None
    assert await starred(world, "attendee") == [world.session]


async def test_a_join_brings_the_stars(world: World) -> None:
    await world.do("attendee", StarSession(world.session), room=world.lobby)
    _, mine = await world.join("attendee", room=world.lobby)
    _, other = await world.join("other", room=world.lobby)
    assert mine.joined["own"]["stars"] == [world.session]
    assert other.joined["own"]["stars"] == []


async def test_who_may_not_star(world: World) -> None:
    with refused("not_signed_in"):
        await world.do(None, StarSession(world.session), room=world.lobby)
    with refused("unverified"):
        await world.do("unverified", StarSession(world.session), room=world.lobby)
    with refused("not_found", "session"):
        await world.do("attendee", StarSession("a" * 20), room=world.lobby)
    with refused("not_found"):
        await world.do("attendee", StarSession(world.session), room=world.room)
