"""Meet-ups for tests, on the day of the world's conference."""

from datetime import timedelta
from typing import Any

import msgspec

from rooms.meetings.meetups import messages as m
from rooms.meetings.meetups import queries
from tests.support.bookings import NINE
from tests.support.world import World

FIELDS: dict[str, Any] = {
    "title": "Solar cells in the cold",
    "text": "Bring your questions.",
    "language": "en",
    "starts_at": NINE + timedelta(hours=2),
    "minutes": 60,
    "capacity": 3,
}


async def proposed(world: World, who: str = "attendee", **changes: Any) -> str:
    """Returns the id of a meet-up that waits for an organiser."""
    world.clock.advance(seconds=1)
    done = await world.do(who, m.ProposeMeetup(**{**FIELDS, **changes}), room=world.lobby)
    return msgspec.json.decode(done.reply, type=m.MeetupProposed).meetup


async def approved(world: World, who: str = "attendee", **changes: Any) -> str:
    meetup = await proposed(world, who, **changes)
    world.clock.advance(seconds=1)
    await world.do("organiser", m.ApproveMeetup(meetup, "Good idea"), room=world.lobby)
    return meetup


async def join(world: World, meetup: str, *people: str) -> None:
    for who in people:
        world.clock.advance(seconds=1)
        await world.do(who, m.JoinMeetup(meetup), room=world.lobby)


async def leave(world: World, meetup: str, who: str) -> None:
    world.clock.advance(seconds=1)
    await world.do(who, m.LeaveMeetup(meetup), room=world.lobby)


async def edit(world: World, meetup: str, who: str = "attendee", **changes: Any) -> None:
    world.clock.advance(seconds=1)
    await world.do(who, m.EditMeetup(meetup=meetup, **{**FIELDS, **changes}), room=world.lobby)


async def cancel(world: World, meetup: str, who: str = "attendee", comment: str = "") -> None:
    world.clock.advance(seconds=1)
    await world.do(who, m.CancelMeetup(meetup, comment), room=world.lobby)


async def seen(world: World, meetup: str, who: str = "attendee") -> m.MeetupView:
    async with world.engine.database.read() as connection:
        return (await queries.views(connection, world.people[who], queries.m.id == meetup))[0]
