"""An organiser's upload waits for their confirmation, is private to them, and expires after a day."""

import pytest
import sqlalchemy as sa
from alembic import command

from rooms.core.errors import Problem
from rooms.core.imports.plan import Act
from rooms.core.imports.tables import uploads
from rooms.core.imports.uploads import PlanChanged, Upload, find_upload, forget_upload, keep_upload
from rooms.core.store.database import Database
from rooms.migrations import config, differences, upgrade
from rooms.programme import queries
from rooms.programme.imports.importing import SCHEDULES, import_schedule
from rooms.programme.imports.plan import SchedulePlan
from rooms.programme.queries import Conference
from rooms.programme.schedules.frab import read
from rooms.programme.schedules.schedule import Schedule, ScheduleFaults
from tests.support.schedules import SECOND, event, file
from tests.support.world import World


async def conference(world: World, slug: str = "forum") -> Conference:
    async with world.engine.database.read() as connection:
        return await queries.conference(connection, slug)


async def keep(world: World, data: bytes, who: str = "organiser") -> str:
    here, person = await conference(world), world.people[who]
    return await keep_upload(world.engine, SCHEDULES, here, person, "schedule.json", data)


async def find(
    world: World, upload: str, who: str = "organiser", slug: str = "forum"
) -> Upload[Schedule, SchedulePlan]:
    return await find_upload(world.engine, SCHEDULES, await conference(world, slug), world.people[who], upload)


async def kept(world: World) -> int:
    async with world.engine.database.read() as connection:
        return (await connection.execute(sa.select(sa.func.count()).select_from(uploads))).scalar_one()


async def test_from_the_upload_to_the_programme(world: World):
    upload = await keep(world, file())
    found = await find(world, upload)
    assert (found.name, found.plan.count(Act.ADDED)) == ("schedule.json", 2)
    done = await import_schedule(world.engine, "forum", found.content, by=world.people["organiser"])
    assert done == found.plan
    assert (await find(world, upload)).plan.empty
    await forget_upload(world.engine, upload)
    assert await kept(world) == 0


async def test_the_plan_is_that_of_the_programme_now(world: World):
    upload = await keep(world, file())
    await import_schedule(world.engine, "forum", (await find(world, upload)).content, by=None)
    renamed = await keep(world, file(event(title="Grand opening"), SECOND))
    assert [item.act for item in (await find(world, renamed)).plan.sessions] == [Act.CHANGED]


async def test_a_file_without_a_zone_is_read_in_the_conferences(world: World):
    upload = await keep(world, file(event(date="2026-11-14T09:30:00"), time_zone_name=None))
    (session,) = (await find(world, upload)).content.sessions
    assert session.starts.isoformat() == "2026-11-14T01:30:00+00:00"


async def test_it_is_found_by_its_owner_in_its_conference_only(world: World):
    upload = await keep(world, file())
    assert (await find(world, upload)).id == upload
    for who, slug in (("colleague", "forum"), ("organiser", "elsewhere")):
        with pytest.raises(Problem) as caught:
            await find(world, upload, who, slug)
        assert caught.value.code == "not_found"


async def test_a_broken_file_is_not_kept(world: World):
    with pytest.raises(ScheduleFaults):
        await keep(world, file()[:-50])
    assert await kept(world) == 0


async def test_a_person_keeps_one_upload_and_for_a_day(world: World):
    first = await keep(world, file())
    second = await keep(world, file())
    with pytest.raises(Problem):
        await find(world, first)
    assert (await find(world, second)).id == second
    world.clock.advance(hours=25)
    await keep(world, file(), "colleague")
    with pytest.raises(Problem):
        await find(world, second)


async def test_an_upload_survives_a_migration_that_rebuilds_its_table(world: World):
    upload = await keep(world, file())
    for step, to in ((command.stamp, "head"), (command.downgrade, "0010"), (command.upgrade, "head")):
        async with world.engine.database.write() as connection:
            await connection.run_sync(lambda sync, step=step, to=to: step(config(sync), to))
    assert (await find(world, upload)).plan.count(Act.ADDED) == 2


async def test_the_migrations_make_the_tables(url: str):
    database = Database(url)
    await upgrade(database)
    assert await differences(database) == []
    await database.close()


async def test_the_plan_that_was_agreed_to_is_checked_under_the_lock(world: World):
    found = await find(world, await keep(world, file()))
    await import_schedule(world.engine, "forum", read(file(event(title="Grand opening"))), by=None)
    with pytest.raises(PlanChanged):
        await import_schedule(world.engine, "forum", found.content, by=None, agreed=found.digest)
    assert [item.act for item in (await find(world, found.id)).plan.sessions] == [Act.CHANGED, Act.ADDED]


async def test_a_session_that_cannot_be_read_is_neither_changed_nor_cancelled(world: World):
    await import_schedule(world.engine, "forum", read(file()), by=None)
    spoilt = read(file(event(title="Grand opening"), SECOND | {"duration": "soon"}))
    plan = await import_schedule(world.engine, "forum", spoilt, by=None)
    assert [(item.act, item.name) for item in plan.sessions] == [(Act.CHANGED, "Grand opening")]
