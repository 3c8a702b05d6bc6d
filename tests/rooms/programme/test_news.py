"""Everyone whose session moves or is cancelled is notified, once, on both databases."""

import asyncio
from datetime import timedelta

import sqlalchemy as sa

from rooms.core.commands.people import Role
from rooms.core.store.tables import conferences
from rooms.people import roles
from rooms.people.erasure import erase
from rooms.people.messages import DeskSnapshot, Notified, RemovePerson
from rooms.programme.conferences import ConferenceSettings, change
from rooms.programme.late import notify_of_late
from rooms.programme.messages import (
    CancelSession,
    ChangeSession,
    OpenSession,
    ReinstateSession,
    StarSession,
    StartSession,
)
from rooms.programme.news import News, NewsKind, deliver
from rooms.programme.queries import conference_by_id
from rooms.programme.tables import pending_news, session_speakers, speakers
from tests.rooms.programme.test_editing import created
from tests.support.world import START, World


def moved(world: World, session: str, hours: float, **changes: object) -> ChangeSession:
    times = {"starts_at": START + timedelta(hours=hours), "ends_at": START + timedelta(hours=hours + 1)}
    return ChangeSession(session=session, title="Talent centres", **{**times, "place": "Hall 1", **changes})  # pyright: ignore[reportArgumentType]


async def delivered(world: World) -> dict[str, News]:
    names = {id: name for name, id in world.people.items()}
    return {names[each.person]: each async for each in deliver(world.engine)}


async def on_desk(world: World, who: str) -> list[Notified]:
    view = await world.engine.view(world.people[who], await world.desk(who))
    assert isinstance(view.snapshot, DeskSnapshot)
    return view.snapshot.notices


async def test_a_moved_session_reaches_its_followers_once(each_world: World) -> None:
    world = each_world
    session = await created(world)
    for who in ("attendee", "organiser"):
        await world.do(who, StarSession(session), room=world.lobby)
    async with world.engine.database.write() as connection:
        at = {"conference": world.conference, "session": session, "by": None, "at": world.clock()}
        await roles.grant(connection, person=world.people["moderator"], role=Role.MODERATOR, **at)
        linked = sa.select(session_speakers.c.speaker).where(session_speakers.c.session == session).limit(1)
        mine = speakers.update().where(speakers.c.id.in_(linked))
        await connection.execute(mine.values(person=world.people["speaker"]))
    await world.join("attendee", room=await world.desk("attendee"))
    await world.do("organiser", moved(world, session, 30, speakers=[]), room=world.lobby)
    received = await delivered(world)
    assert set(received) == {"attendee", "speaker", "moderator"}, "not the organiser who moved it"
    item = received["attendee"].items[0]
    assert (item.kind, item.title) == (NewsKind.MOVED, "Talent centres")
    assert (item.before.starts_at, item.now.starts_at) == (START + timedelta(hours=2), START + timedelta(hours=30))
    [notice] = await on_desk(world, "attendee")
    assert (notice.kind, notice.values["session"], notice.values["place"]) == (
        "session.moved",
        "Talent centres",
        "Hall 1",
    )
    assert notice.href.endswith(f"/sessions/{session}")
    assert await delivered(world) == {}


async def test_two_processes_notify_once(each_world: World) -> None:
    world = each_world
    session = await created(world)
    for who in ("attendee", "other", "guest"):
        await world.do(who, StarSession(session), room=world.lobby)
    await world.do("organiser", CancelSession(session), room=world.lobby)

    async def run(engine: int) -> list[str]:
        return [each.person async for each in deliver(world.engines[engine])]

    found = await asyncio.gather(run(0), run(1))
    reached = [person for each in found for person in each]
    assert sorted(reached) == sorted(world.people[who] for who in ("attendee", "other", "guest"))
    assert [notice.kind for notice in await on_desk(world, "other")] == ["session.cancelled"]


async def test_there_and_back_again_is_no_news(world: World) -> None:
    session = await created(world)
    await world.do("attendee", StarSession(session), room=world.lobby)
    await world.do("organiser", moved(world, session, 30), room=world.lobby)
    world.clock.advance(seconds=1)
    await world.do("organiser", moved(world, session, 2), room=world.lobby)
    world.clock.advance(seconds=1)
    await world.do("organiser", moved(world, session, 2, abstract="About it."), room=world.lobby)
    assert await delivered(world) == {}
    await world.do("organiser", CancelSession(session), room=world.lobby)
    world.clock.advance(seconds=1)
    assert (await delivered(world))["attendee"].items[0].kind is NewsKind.CANCELLED
    await world.do("organiser", ReinstateSession(session), room=world.lobby)
    assert (await delivered(world))["attendee"].items[0].kind is NewsKind.REINSTATED


async def test_what_is_over_is_no_news(world: World) -> None:
    await world.do("attendee", StarSession(world.session), room=world.lobby)
    world.clock.advance(hours=3)
    await world.do("organiser", CancelSession(world.session), room=world.lobby)
    assert await delivered(world) == {}


async def test_another_zone_changes_the_announced_times(world: World) -> None:
    await world.do("attendee", StarSession(world.session), room=world.lobby)
    async with world.engine.database.read() as connection:
        conference = await conference_by_id(connection, world.conference)
    fields = {name: getattr(conference, name) for name in ConferenceSettings._fields}
    about = ConferenceSettings(**fields)
    organiser = world.people["organiser"]
    await change(world.engine, conference, about._replace(zone="Asia/Singapore"), by=organiser)
    assert await delivered(world) == {}, "the clocks there show the same"
    world.clock.advance(seconds=1)
    async with world.engine.database.read() as connection:
        conference = await conference_by_id(connection, world.conference)
    await change(world.engine, conference, about._replace(zone="Europe/Berlin"), by=organiser)
    [item] = (await delivered(world))["attendee"].items
    assert item.before.announced[0].hour == 17
    assert item.now.announced[0].hour == 10


async def test_many_changes_are_one_notice(world: World) -> None:
    ids = [await created(world, title=f"Talk {number}") for number in range(4)]
    for id in ids:
        await world.do("attendee", StarSession(id), room=world.lobby)
        await world.do("organiser", CancelSession(id), room=world.lobby)
    assert len((await delivered(world))["attendee"].items) == 4
    [notice] = await on_desk(world, "attendee")
    assert (notice.kind, notice.values["count"]) == ("programme.changed", "4")


async def test_an_erased_person_has_no_news(world: World) -> None:
    await world.do("other", StarSession(world.session), room=world.lobby)
    await world.do("organiser", CancelSession(world.session), room=world.lobby)
    await erase(world.engine, world.people["other"])
    async with world.engine.database.read() as connection:
        left = sa.select(pending_news.c.id).where(pending_news.c.person == world.people["other"])
        assert (await connection.execute(left)).all() == []


async def test_a_session_that_nobody_starts_raises_one_alarm(each_world: World) -> None:
    world = each_world
    world.clock.advance(minutes=4)
    assert await notify_of_late(world.engine) == 0
    world.clock.advance(minutes=2)
    found = await asyncio.gather(*(notify_of_late(engine) for engine in world.engines))
    assert sum(found) == 1
    for who in ("moderator", "colleague", "organiser"):
        [notice] = await on_desk(world, who)
        assert (notice.kind, notice.values) == ("session.late", {"session": "Opening"})
        assert notice.href.endswith(f"/sessions/{world.session}/moderate")
    assert await on_desk(world, "attendee") == []
    world.clock.advance(minutes=5)
    assert await notify_of_late(world.engine) == 0


async def test_no_alarm_for_what_has_started_and_another_after_a_move(world: World) -> None:
    world.clock.advance(minutes=6)
    assert await notify_of_late(world.engine) == 1
    await world.do("organiser", moved(world, world.session, 2), room=world.lobby)
    world.clock.advance(hours=2)
    assert await notify_of_late(world.engine) == 1, "it is late at its new time too"
    await world.do("organiser", moved(world, world.session, 5), room=world.lobby)
    world.clock.advance(hours=3)
    await world.do("moderator", OpenSession())
    await world.do("moderator", StartSession())
    assert await notify_of_late(world.engine) == 0


async def test_those_who_may_no_longer_enter_get_no_news(each_world: World) -> None:
    world = each_world
    session = await created(world)
    for who in ("attendee", "other", "speaker"):
        await world.do(who, StarSession(session), room=world.lobby)
    await world.do("organiser", RemovePerson(world.people["other"]), room=world.lobby)
    await world.do("organiser", moved(world, session, 30), room=world.lobby)
    assert set(await delivered(world)) == {"attendee", "speaker"}, "without the one who was removed"
    async with world.engine.database.write() as connection:
        await connection.execute(sa.update(conferences).values(access="members"))
        at = {"conference": world.conference, "session": session, "by": None, "at": world.clock()}
        await roles.grant(connection, person=world.people["speaker"], role=Role.SPEAKER, **at)
    await world.do("organiser", moved(world, session, 31), room=world.lobby)
    assert set(await delivered(world)) == {"speaker"}, "only members"
    assert await delivered(world) == {}
