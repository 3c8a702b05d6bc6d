"""Sessions edited by hand: fields, events and permissions."""

from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest
import sqlalchemy as sa

from rooms.programme import timetable
from rooms.programme.messages import (
    CancelSession,
    ChangeSession,
    CreateSession,
    ReinstateSession,
    SessionCreated,
    SpeakerLine,
)
from rooms.programme.tables import sessions, speakers
from rooms.programme.timetable import TimetableEntry
from tests.support.clients import SPECTATORS, Audience, enter, verify_action
from tests.support.refusals import refused
from tests.support.waiting import settled
from tests.support.world import START, World


def described(**changes: Any) -> dict[str, Any]:
    fields: dict[str, Any] = {
        "title": "Talent centres",
        "starts_at": START + timedelta(hours=2),
        "ends_at": START + timedelta(hours=3),
        "track": "Forum",
        "place": "Hall 1",
        "texts": {"zh_Hans": {"title": "人才中心"}},
        "speakers": [SpeakerLine("Li Wei", "Peking University"), SpeakerLine("Sofia Andersson")],
    }
    return fields | changes


async def entry(world: World, session: str) -> TimetableEntry:
    async with world.engine.database.read() as connection:
        return (await timetable.entries(connection, world.conference, sessions.c.id == session))[0]


async def created(world: World, **changes: Any) -> str:
    outcome = await world.do("organiser", CreateSession(**described(**changes)), room=world.lobby)
    return msgspec.json.decode(outcome.reply, type=SessionCreated).session


async def test_a_new_session_has_all_that_was_said_and_a_room_to_enter(world: World) -> None:
    spectators = await Audience(world).gather(SPECTATORS)
    outcome = await verify_action(spectators, "organiser", CreateSession(**described()), room=world.lobby)
    session = msgspec.json.decode(outcome.reply, type=SessionCreated).session
    found = await entry(world, session)
    assert (found.title, found.track, found.place) == ("Talent centres", "Forum", "Hall 1")
    assert found.texts == {"zh_Hans": {"title": "人才中心"}}
    assert [(one.name, one.affiliation) for one in found.speakers] == [
        ("Li Wei", "Peking University"),
        ("Sofia Andersson", ""),
    ]
    _, sink = await world.join("attendee", room=found.room)
    assert sink.joined["snapshot"]["session"]["title"] == "Talent centres"


async def test_a_change_is_announced_in_the_lobby_and_in_the_session(world: World) -> None:
    spectators = await Audience(world).gather(SPECTATORS)
    change = ChangeSession(session=world.session, **described(title="Grand opening"))
    await verify_action(spectators, "organiser", change, room=world.lobby)
    found = await entry(world, world.session)
    assert (found.title, found.starts_at, found.revision) == ("Grand opening", START + timedelta(hours=2), 1)


async def test_the_same_said_again_is_no_change(world: World) -> None:
    change = ChangeSession(session=world.session, **described())
    await world.do("organiser", change, room=world.lobby)
    again = await world.do("organiser", change, room=world.lobby)
    assert again.seq is None
    assert (await entry(world, world.session)).revision == 1


async def test_cancelled_and_reinstated(world: World) -> None:
    spectators = await Audience(world).gather(SPECTATORS)
    await verify_action(spectators, "organiser", CancelSession(world.session), room=world.lobby)
    assert (await entry(world, world.session)).cancelled
    await verify_action(spectators, "organiser", ReinstateSession(world.session), room=world.lobby)
    found = await entry(world, world.session)
    assert not found.cancelled
    assert found.revision == 2


async def test_a_speaker_of_a_known_name_stays_and_one_without_sessions_goes(world: World) -> None:
    first = await created(world)
    second = await created(world, title="Again", speakers=[SpeakerLine("Li Wei", "Tsinghua University")])
    assert (await entry(world, first)).speakers[0].id == (await entry(world, second)).speakers[0].id
    change = ChangeSession(session=first, **described(speakers=[]))
    await world.do("organiser", change, room=world.lobby)
    async with world.engine.database.read() as connection:
        names = (await connection.execute(sa.select(speakers.c.name, speakers.c.affiliation))).all()
    assert [tuple(row) for row in names] == [("Li Wei", "Tsinghua University")]


async def test_who_may_not_and_what_is_refused(world: World) -> None:
    await world.do("organiser", CreateSession(**described()), room=world.lobby)
    for who in ("attendee", "moderator", "colleague"):
        with refused("forbidden"):
            await world.do(who, CreateSession(**described()), room=world.lobby)
        with refused("forbidden"):
            await world.do(who, CancelSession(world.session), room=world.lobby)
    with refused("not_found"):
        await world.do("organiser", ChangeSession(session="a" * 20, **described()), room=world.lobby)
    with refused("invalid", "ends_at"):
        await world.do("organiser", CreateSession(**described(ends_at=START)), room=world.lobby)
    with refused("invalid", "ends_at"):
        later = START + timedelta(days=3)
        await world.do("organiser", CreateSession(**described(ends_at=later)), room=world.lobby)
    with refused("invalid", "title"):
        await world.do("organiser", CreateSession(**described(title="  ")), room=world.lobby)
    with refused("invalid", "texts"):
        texts = {"zh_Hans": {"colour": "red"}}
        await world.do("organiser", CreateSession(**described(texts=texts)), room=world.lobby)


async def test_a_moment_without_a_zone_is_refused() -> None:
    fields = {"title": "x", "starts_at": "2026-11-20T09:00:00", "ends_at": "2026-11-20T10:00:00Z"}
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert(fields, CreateSession)
    fields["starts_at"] += "Z"
    assert msgspec.convert(fields, CreateSession).starts_at == datetime(2026, 11, 20, 9, tzinfo=UTC)


async def test_a_speakers_new_affiliation_is_shown_in_all_their_sessions(world: World) -> None:
    first = await created(world, title="First", speakers=[SpeakerLine("Ada", "Old")])
    second = await created(world, title="Second", speakers=[SpeakerLine("Ada", "Old")])
    room = (await entry(world, second)).room
    there = await enter(world, "attendee", room=room)
    change = described(title="First", speakers=[SpeakerLine("Ada", "New")])
    await world.do("organiser", ChangeSession(session=first, **change), room=world.lobby)
    await settled(world.engine)
    for client in (there, await enter(world, "other", room=room)):
        await client.verify()
        assert client.state["snapshot"]["session"]["speakers"][0]["affiliation"] == "New", client
    third = await created(world, title="Third", speakers=[SpeakerLine("Ada", "Newest")])
    await settled(world.engine)
    await there.verify()
    assert there.state["snapshot"]["session"]["speakers"][0]["affiliation"] == "Newest", third
