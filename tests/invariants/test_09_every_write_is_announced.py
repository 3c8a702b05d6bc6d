"""Whatever is written, every member in every room can follow it (invariant 9): all commands, and all that is written without a command."""

from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest
import sqlalchemy as sa

from rooms.core.errors import Problem
from rooms.core.store.database import Database
from rooms.core.store.journal import room_of
from rooms.exhibition.imports.importing import import_exhibitors, read_exhibitors
from rooms.exhibition.presence.attendance import Attendance
from rooms.exhibition.queue.abandoned import end_abandoned_talks
from rooms.exhibition.queue.messages import AcceptCall, CallNext, JoinQueue
from rooms.exhibition.tables import queue_places
from rooms.meetings import call_expiry
from rooms.people import erasure
from rooms.people.lapsed import lift_lapsed
from rooms.people.messages import RemovePerson, SilencePerson
from rooms.programme import conferences
from rooms.programme.conferences import ConferenceSettings
from rooms.programme.imports.importing import import_schedule
from rooms.programme.queries import Conference, conference
from rooms.programme.schedules.frab import read_json
from tests.support.clients import Audience, enter
from tests.support.samples import call_between, every_sample
from tests.support.schedules import event, file
from tests.support.visitor import Visitor
from tests.support.world import World

PEOPLE = (None, "attendee", "other", "moderator", "organiser", "owner", "staff")
Write = Callable[[World, Visitor], Awaitable[None]]


async def everyone(world: World) -> Audience:
    """People of every kind in rooms of every kind."""
    here = await Audience(world).gather(PEOPLE, [world.room, world.lobby, world.stand, world.hall])
    for room in await meetings(world):
        for who in ("attendee", "staff"):
            here.clients.append(await enter(world, who, room=room))
    return here


async def meetings(world: World) -> list[str]:
    async with world.engine.database.read() as connection:
        found = (await connection.execute(sa.select(queue_places.c.meeting))).scalars()
        return [await room_of(connection, "meeting", meeting) for meeting in found if meeting]


async def compare(world: World) -> None:
    assert world.truth is not None
    await world.truth.compare_everywhere()


async def test_every_command_is_announced_to_everyone(world: World) -> None:
    world.lift_limits()
    await everyone(world)
    done = 0
    async for op, made in every_sample(world):
        world.clock.advance(seconds=1)
        try:
            await world.do(made.who, made.command, room=made.room)
        except Problem:
            continue
        done += 1
        try:
            await compare(world)
        except AssertionError as fault:
            raise AssertionError(f"after {op}: {fault}") from fault
    assert done > 60, "most could be done"


async def talk(world: World) -> str:
    """A talk of the attendee with the staff of the booth; gives the room of its meeting."""
    await world.do("attendee", JoinQueue(), room=world.stand)
    await world.do("staff", CallNext(), room=world.stand)
    await world.do("attendee", AcceptCall(), room=world.stand)
    return (await meetings(world))[0]


async def forum(world: World) -> Conference:
    async with world.engine.database.read() as connection:
        return await conference(connection, "forum")


async def schedules(world: World, visitor: Visitor) -> None:
    by = world.people["organiser"]
    first = event()
    for listed in (file(first), file(event(title="Another title")), file()):
        await import_schedule(world.engine, "forum", read_json(listed), by=by)
        await compare(world)


async def exhibitor_tables(world: World, visitor: Visitor) -> None:
    for table in (
        "name,hall,tagline,owner\nLumen,Hall 1,Brighter,other@example.org\nZenit,Hall 1,New,attendee@example.org\n",
        "name,hall,tagline,owner\nLumen,Hall 2,Brighter still,attendee@example.org\n",
    ):
        listed, _ = await read_exhibitors(table.encode())
        await import_exhibitors(world.engine, await forum(world), listed, by=world.people["organiser"])
        await compare(world)


async def access(world: World, visitor: Visitor) -> None:
    for changes in ({"title": "Another title"}, {"access": "members"}, {"access": "public", "guests": False}):
        found = await forum(world)
        about = ConferenceSettings(**{**{name: getattr(found, name) for name in ConferenceSettings._fields}, **changes})
        await conferences.change(world.engine, found, about, by=world.people["organiser"])
        await compare(world)


async def pages(world: World, visitor: Visitor) -> None:
    await visitor.sign_in(world.people["organiser"])
    granted = {"email": "attendee@example.org", "role": "moderator", "session": "", "key": "grant"}
    page = await visitor.post("/c/forum/organise/people/grant", granted)
    assert page.status_code < 400, page.text
    await compare(world)
    await visitor.post(f"/c/forum/exhibition/{world.booth}/edit", {"name": "Lumen and more", "do": "draft", "key": "e"})
    await compare(world)
    await visitor.post("/account", {"name": "Another Name", "listed": "on"})
    await compare(world)


async def talks(world: World, visitor: Visitor) -> None:
    room = await talk(world)
    for who in ("attendee", "staff"):
        await enter(world, who, room=room)
    await call_between(world, room, "attendee", "staff")
    attendance = Attendance(world.engine)
    await attendance.look()
    await compare(world)
    for _ in range(3):
        world.clock.advance(minutes=2)
        await call_expiry.expire_lost(world.engine)
        await compare(world)
        await attendance.look()
        await compare(world)
    for minutes in (0, 31):
        world.clock.advance(minutes=minutes)
        await end_abandoned_talks(world.engine)
        await compare(world)


async def silences(world: World, visitor: Visitor) -> None:
    for room in (world.room, world.lobby):
        await world.do("organiser", SilencePerson(world.people["attendee"], 5), room=room)
    world.clock.advance(minutes=6)
    assert await lift_lapsed(world.engine) == 2
    await compare(world)


async def pruning(world: World, visitor: Visitor) -> None:
    await world.ask()
    world.clock.advance(days=3)
    await world.engine.prune(timedelta(days=1))
    await compare(world)
    await world.ask("After that?")
    await compare(world)


async def erasures(world: World, visitor: Visitor) -> None:
    await world.ask()
    await talk(world)
    await world.do("other", JoinQueue(), room=world.stand)
    for who in ("attendee", "staff", "moderator"):
        await visitor.sign_in(world.people[who])  # only those who are signed in are connected; an erasure ends that
        await erasure.erase(world.engine, world.people[who])
        await compare(world)


@pytest.mark.parametrize(
    "write",
    [schedules, exhibitor_tables, access, pages, talks, silences, pruning, erasures],
    ids=lambda write: write.__name__,
)
async def test_what_is_written_without_a_command_is_announced_too(world: World, visitor: Visitor, write: Write) -> None:
    world.lift_limits()
    await everyone(world)
    await write(world, visitor)


async def test_a_write_that_announces_nothing_is_found(world: World) -> None:
    await everyone(world)
    database: Database = world.engine.database
    async with database.write() as connection:
        await connection.execute(sa.text("UPDATE sessions SET title = 'Silently changed'"))
    with pytest.raises(AssertionError, match="title is 'Opening' instead of 'Silently changed'"):
        await compare(world)
    world.unchecked("the fault is deliberate")


async def test_rights_that_end_without_an_event_are_found(world: World) -> None:
    await everyone(world)
    async with world.engine.database.write() as connection:
        await connection.execute(sa.text("DELETE FROM roles"))
    with pytest.raises(
        AssertionError, match="moderator in session> belongs to another audience now, and nothing says so"
    ):
        await compare(world)
    world.unchecked("the fault is deliberate")


async def test_a_ban_is_announced(world: World) -> None:
    await everyone(world)
    await world.do("organiser", RemovePerson(world.people["attendee"]), room=world.lobby)
    await compare(world)
