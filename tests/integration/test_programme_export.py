"""An exported programme can be imported again, here and elsewhere. On both databases."""

import json
from typing import Any

import pytest
from msgspec.structs import replace

from rooms.programme import queries
from rooms.programme.imports.importing import import_schedule, plan_import
from rooms.programme.imports.stored import load
from rooms.programme.schedules.frab import read, read_json
from rooms.programme.schedules.frab_export import write_json, write_xml
from tests.support.programmes import bring, stored
from tests.support.schedules import SECOND, camp, event, file
from tests.support.world import World


@pytest.mark.parametrize("writer", [write_json, write_xml])
async def test_what_is_exported_imports_without_a_change(world: World, writer: Any):
    pretalx = event(
        code="ABC",
        url="https://x.example/1",
        feedback_url="https://x.example/1/feedback",
        logo="https://x.example/1.png",
        links=[{"title": "L", "url": "https://x.example/l"}],
        attachments=[{"title": "A", "url": "https://x.example/a"}],
        do_not_record=True,
        persons=[{"code": "XYZ", "name": "王芳", "biography": "Two\n\nlines", "url": "https://x.example/w"}],
    )
    listed = [{"name": "Hall 1", "guid": "g1", "description": "Big", "capacity": 400}, {"name": "Hall 3"}]
    await bring(world, read_json(file(pretalx, SECOND, rooms=listed, tracks=[{"name": "Forum", "color": "#3aa57c"}])))
    exported = writer((await stored(world)).schedule)
    assert (await plan_import(world.engine, "forum", read(exported))).empty


@pytest.mark.parametrize("writer", [write_json, write_xml])
async def test_the_camp_moves_to_another_conference_by_its_export(world: World, writer: Any):
    await bring(world, read_json(camp()))
    exported = read(writer((await stored(world)).schedule))
    await import_schedule(world.engine, "elsewhere", exported, by=None)
    async with world.engine.database.read() as connection:
        there = (await load(connection, await queries.conference(connection, "elsewhere"))).schedule
    here = (await stored(world)).schedule
    assert (there.sessions, there.persons, there.tracks, there.halls) == (
        here.sessions,
        here.persons,
        here.tracks,
        here.halls,
    )
    assert replace(there.conference, acronym="") == replace(here.conference, acronym="")


async def test_what_was_made_here_exports_too_and_imports_without_a_change(world: World):
    exported = json.loads(write_json((await stored(world)).schedule))
    (day,) = [day for day in exported["schedule"]["conference"]["days"] if day["rooms"]]
    (made,) = day["rooms"][""]
    assert (made["title"], made["date"]) == ("Opening", "2026-11-20T17:00:00+08:00")
    assert made["id"] > 0
    assert (await plan_import(world.engine, "forum", read(json.dumps(exported).encode()))).empty
