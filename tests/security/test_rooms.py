"""S17, S18 for rooms: who may look into which, and as what. A kind of room without a row here fails the tests."""

from typing import Any

import pytest
import sqlalchemy as sa

from rooms.chat.messages import PostMessage
from rooms.core.commands.room_kinds import KINDS
from rooms.core.delivery.member import Member
from rooms.core.errors import Problem
from rooms.core.store.journal import room_of, rooms
from rooms.core.store.tables import conferences, persons
from rooms.forum.reaction_messages import ReactionKind, SendReaction
from rooms.meetings.create import open_meeting
from rooms.people.messages import SilencePerson
from rooms.programme.actions import create_session
from rooms.programme.messages import OpenSession
from tests.support.refusals import refused
from tests.support.world import START, ListSink, World

EVERYBODY = [
    "anonymous",
    "unverified",
    "banned",
    "guest",
    "attendee",
    "stranger",
    "exhibitor",
    "interpreter",
    "speaker",
]
EVERYBODY += ["moderator", "colleague", "organiser", "admin", "owner", "staff"]

PUBLIC = dict.fromkeys(EVERYBODY, "everyone") | {"banned": "forbidden"}
ABSENT = dict.fromkeys(EVERYBODY, "not_found")

ROOMS: dict[str, dict[str, str]] = {
    "session": PUBLIC | dict.fromkeys(("moderator", "colleague", "organiser", "admin"), "moderators"),
    "session of the other conference": ABSENT | {"stranger": "moderators", "admin": "moderators"},
    "lobby": PUBLIC | dict.fromkeys(("colleague", "organiser", "admin"), "moderators"),
    "lobby of the other conference": ABSENT | {"stranger": "moderators", "admin": "moderators"},
    "booth": PUBLIC | dict.fromkeys(("organiser", "admin", "owner", "staff"), "moderators"),
    "hall": PUBLIC | dict.fromkeys(("colleague", "organiser", "admin"), "moderators"),
    "meeting": ABSENT | {"owner": "everyone", "attendee": "everyone"},  # of these two
    "desk": ABSENT | {"attendee": "everyone"},  # the attendee's
    "desk of one who left": ABSENT,
    "no room": ABSENT,
}


def test_every_kind_of_room_has_a_row() -> None:
    assert {name.partition(" ")[0] for name in ROOMS} - {"no"} == set(KINDS)


async def rooms_of(world: World) -> dict[str, str]:
    await world.person("leaver", erased_at=START)
    async with world.engine.database.write() as connection:
        other = (
            await connection.execute(sa.select(conferences.c.id).where(conferences.c.slug == "elsewhere"))
        ).scalar_one()
        times: dict[str, Any] = {"starts_at": START, "ends_at": START, "now": START}
        two = [world.people["owner"], world.people["attendee"]]
        meeting = await open_meeting(connection, world.conference, None, two, START)
        met = await room_of(connection, "meeting", meeting)
        _, session = await create_session(connection, other, title="Elsewhere", **times)
        lobby = (await connection.execute(sa.select(rooms.c.id).where(rooms.c.subject == other))).scalar_one()
        assert (await connection.execute(sa.select(persons.c.erased_at).where(persons.c.name == "Leaver"))).scalar_one()
    return {
        "session": world.room,
        "session of the other conference": session,
        "lobby": world.lobby,
        "lobby of the other conference": lobby,
        "booth": world.stand,
        "hall": world.hall,
        "meeting": met,
        "desk": await world.desk("attendee"),
        "desk of one who left": await world.desk("leaver"),
        "no room": "x" * 20,
    }


async def look(world: World, who: str, room: str) -> tuple[str, str]:
    """As what one may look into a room, or why not, by both ways that there are: joining, and reading it for a page."""
    person = None if who == "anonymous" else who
    try:
        joined = (await world.join(person, room=room))[1].joined["audience"]
    except Problem as problem:
        joined = problem.code
    try:
        view = await world.engine.view(world.people[person] if person else None, room)
        return joined, view.audience.value
    except Problem as problem:
        return joined, problem.code


async def test_everybody_sees_what_the_table_says(world: World) -> None:
    ids = await rooms_of(world)
    found = {name: {who: await look(world, who, ids[name]) for who in EVERYBODY} for name in ROOMS}
    expected = {name: {who: (code, code) for who, code in row.items()} for name, row in ROOMS.items()}
    assert found == expected


async def test_a_room_that_is_hidden_and_one_that_is_absent_are_refused_in_the_same_words(world: World) -> None:
    ids = await rooms_of(world)
    bodies: set[object] = set()
    for name in ("session of the other conference", "lobby of the other conference", "meeting", "desk", "no room"):
        for who in (None, "other", "organiser"):
            with refused("not_found") as refusal:
                await world.join(who, room=ids[name])
            bodies.add(refusal.problem.view())
    assert len(bodies) == 1


@pytest.mark.parametrize(
    "room", ["", "x", "X" * 20, "../../etc/passwd", "\x00" * 20, "\ud800", "é" * 20, "a" * 10_000, "' OR ''='"]
)
async def test_what_cannot_be_a_room_is_absent(each_world: World, room: str) -> None:
    world = each_world
    with refused("not_found"):
        await world.engine.view(world.people["admin"], room)
    with refused("not_found"):
        await world.engine.actor(world.people["admin"], room)
    for command in (
        PostMessage("Hello"),
        OpenSession(),
        SilencePerson(world.people["other"]),
        SendReaction(ReactionKind.HEART),
    ):
        with refused("not_found"):
            await world.engine.perform(world.people["admin"], room, command, "a-key")
    member = Member(ListSink(), room, world.people["admin"])
    with refused("not_found"):
        await world.engine.hub.join(member, None, lambda _: b"")
