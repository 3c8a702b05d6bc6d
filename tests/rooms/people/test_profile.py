"""A person changes their name: every room that shows them shows the new one."""

from rooms.chat.messages import PostMessage
from rooms.exhibition.queue.messages import JoinQueue
from rooms.people.profile import NEW_NAMES, change_profile
from tests.support.clients import audience_everywhere
from tests.support.refusals import refused
from tests.support.world import World


async def rename(world: World, who: str, name: str) -> None:
    await change_profile(world.engine, world.people[who], name=name, listed=False, relay_only=False)


async def test_a_new_name_reaches_everyone_who_sees_the_person(world: World) -> None:
    await world.ask("Why?", "attendee")
    await world.do("attendee", JoinQueue(), room=world.stand)
    await world.do("attendee", PostMessage("Hello"), room=world.lobby)
    here = await audience_everywhere(world, ["attendee", "moderator", "organiser", "staff"])
    for who in ("attendee", "moderator", "staff"):
        await rename(world, who, f"New {who}")
        await here.verify()
    assert here.of("attendee", "desk").state["snapshot"]["person"]["name"] == "New attendee"
    assert here.of("staff", "booth").state["snapshot"]["desk"]["places"][0]["person"]["name"] == "New attendee"
    written = here.of("organiser", "lobby").state["snapshot"]["messages"][0]["author"]["name"]
    assert written == "Attendee", "what was written keeps the name under which it was written"
    roles = here.of("organiser").state["snapshot"]["moderation"]["roles"]
    assert "New moderator" in [held["person"]["name"] for held in roles]
    staff = here.of("staff", "booth").state["snapshot"]["desk"]["staff"]
    assert "New staff" in [each["person"]["name"] for each in staff]


async def test_names_are_not_changed_without_end(world: World) -> None:
    for number in range(NEW_NAMES.count):
        await rename(world, "attendee", f"Name {number}")
    with refused("rate_limited"):
        await rename(world, "attendee", "Another")
    await rename(world, "attendee", f"Name {NEW_NAMES.count - 1}")
