"""S18: who organises one conference reaches nothing of another, neither by commands nor by pages, even with the right ids."""

import re

import pytest
import sqlalchemy as sa
from starlette.routing import Route

from rooms.core.commands.messages import Command
from rooms.core.errors import Problem
from rooms.core.ids import is_id
from rooms.core.store.database import metadata
from rooms.core.store.journal import room_of
from rooms.core.store.tables import conferences
from tests.support.samples import every_sample
from tests.support.visitor import Visitor
from tests.support.world import World
from web.routes import routes
from web.site import Site

HARMLESS = {"job.unsave", "session.unstar"}
"""They delete a row of the person's own, and there is none."""
REFUSED = {"not_found", "forbidden"}
FIRST = {"wish.set": "conflict", "booth.create": "invalid"}
"""Refused for another reason, before they look for the id."""
COLUMNS = {
    "booking": "bookings.id",
    "booth": "booths.id",
    "cv": "candidates.cv",
    "document": "entry_files.id",
    "entry": "entries.id",
    "hall": "exhibition_halls.id",
    "job": "jobs.id",
    "meeting": "meetings.id",
    "meetup": "meetups.id",
    "organisation": "organisations.id",
    "review": "peer_reviews.id",
    "session": "sessions.id",
    "share": "profile_shares.id",
    "type": "entry_types.id",
}
"""Where the ids in addresses come from."""


async def elsewhere(world: World) -> str:
    """The lobby of the other conference."""
    async with world.engine.database.read() as connection:
        found = await connection.execute(sa.select(conferences.c.id).where(conferences.c.slug == "elsewhere"))
        return await room_of(connection, "lobby", found.scalar_one())


def ids_in(command: Command) -> bool:
    values = [getattr(command, name) for name in command.__struct_fields__]
    return any(isinstance(value, str) and is_id(value) for value in values)


async def test_no_command_reaches_into_another_conference(world: World) -> None:
    world.lift_limits()
    lobby, tried = await elsewhere(world), 0
    async for op, made in every_sample(world):
        if made.room == world.lobby and ids_in(made.command) and op not in HARMLESS:
            tried += 1
            with pytest.raises(Problem) as refusal:
                await world.do("stranger", made.command, room=lobby)
            assert refusal.value.code in {*REFUSED, FIRST.get(op)}, (op, refusal.value.code)
        world.clock.advance(seconds=1)
        try:
            await world.do(made.who, made.command, room=made.room)
        except Problem:
            continue
    assert tried > 60, "premise"


async def test_no_page_shows_what_belongs_to_another_conference(site: Site, world: World) -> None:
    world.lift_limits()
    async for _, made in every_sample(world):
        world.clock.advance(seconds=1)
        try:
            await world.do(made.who, made.command, room=made.room)
        except Problem:
            continue
    stranger = await Visitor(site).sign_in(world.people["stranger"])
    assert (await stranger.get("/c/elsewhere/organise/cooperation")).status_code == 200, "premise: an organiser there"
    tried: list[str] = []
    for route in routes():
        names = re.findall(r"{(\w+)(?::\w+)?}", route.path) if isinstance(route, Route) else []
        if names[:1] != ["conference"] or not set(names[1:]) & COLUMNS.keys() or "GET" not in (route.methods or ()):
            continue
        path = route.path.replace("{conference}", "elsewhere")
        for name in names[1:]:
            path = path.replace(f"{{{name}}}", await some_id(world, name))
        answer = await stranger.get(path)
        assert answer.status_code == 404, f"{path}: {answer.status_code}"
        tried.append(path)
    assert len(tried) > 30, "premise"


async def some_id(world: World, name: str) -> str:
    if name not in COLUMNS:
        return "csv"
    table, column = COLUMNS[name].split(".")
    select = sa.select(metadata.tables[table].c[column]).where(metadata.tables[table].c[column].is_not(None))
    async with world.engine.database.read() as connection:
        return (await connection.execute(select.limit(1))).scalar_one()
