"""Who may write in a meeting."""

import pytest

from rooms.chat.messages import PostMessage
from rooms.meetings.create import close_meeting
from rooms.people.messages import BlockPerson, UnblockPerson
from tests.rooms.meetings.conftest import Meeting, new_meeting
from tests.support.refusals import refused
from tests.support.world import World


async def test_a_blocked_person_writes_no_more(meeting: Meeting) -> None:
    world = meeting.world
    await world.do("staff", PostMessage("Before"), room=meeting.room)
    await world.do("attendee", BlockPerson(world.people["staff"]), room=meeting.room)
    with refused("closed"):
        await world.do("staff", PostMessage("Why?"), room=meeting.room)
    await world.do("attendee", PostMessage("Because."), room=meeting.room)
    await world.do("attendee", UnblockPerson(world.people["staff"]), room=meeting.room)
    await world.do("staff", PostMessage("Thank you"), room=meeting.room)


async def test_a_block_from_elsewhere_holds_in_the_meeting(meeting: Meeting) -> None:
    world = meeting.world
    await world.do("attendee", BlockPerson(world.people["staff"]), room=await world.desk("attendee"))
    with refused("closed"):
        await world.do("staff", PostMessage("Hello?"), room=meeting.room)


async def test_a_block_stops_nobody_else(world: World) -> None:
    meeting = await new_meeting(world, "attendee", "staff", "owner")
    await world.do("attendee", BlockPerson(world.people["staff"]), room=meeting.room)
    await world.do("owner", PostMessage("I can help."), room=meeting.room)
    await world.do("staff", PostMessage("In the lobby all can read"), room=world.lobby)


@pytest.mark.parametrize("who", ["attendee", "staff"])
async def test_a_meeting_that_is_over_is_read_alone(meeting: Meeting, who: str) -> None:
    world = meeting.world
    await world.do(who, PostMessage("Before"), room=meeting.room)
    async with world.engine.transaction([meeting.room]) as tx:
        await close_meeting(tx, meeting.id)
    with refused("closed"):
        await world.do(who, PostMessage("After"), room=meeting.room)
    view = await world.engine.view(world.people[who], meeting.room)
    assert [each.text for each in view.snapshot.messages] == ["Before"]  # type: ignore[attr-defined]
