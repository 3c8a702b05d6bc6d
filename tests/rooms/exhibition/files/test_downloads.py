"""How often brochures are taken, and when: in the figures of their booth. Their content is not needed here."""

from datetime import date
from zoneinfo import ZoneInfo

from rooms.core.ids import new_id
from rooms.exhibition.files import messages as f
from rooms.exhibition.files import queries
from rooms.exhibition.files.actions import add, note_download, replace
from rooms.exhibition.statistics import Figures, figures
from tests.support.world import World

TODAY, TOMORROW = date(2026, 11, 20), date(2026, 11, 21)


async def bring(world: World, title: str, *, old: str = "") -> str:
    values = {"id": new_id(), "kind": "brochure", "ending": "pdf", "size": 1, "title": title}
    actor = await world.engine.actor(world.people["owner"], world.stand)
    async with world.engine.transaction([world.stand]) as tx:
        tx.room = world.stand
        await (replace(tx, actor, old, values) if old else add(tx, actor, values))
    return values["id"]


async def take(world: World, file: str, who: str = "attendee") -> None:
    actor = await world.engine.actor(world.people[who], world.stand)
    async with world.engine.database.write() as connection:
        await note_download(connection, await queries.file_row(connection, file), actor, world.clock())


async def read(world: World, day: date | None = None, zone: str = "Asia/Shanghai") -> Figures:
    async with world.engine.database.read() as connection:
        return await figures(connection, world.booth, world.stand, ZoneInfo(zone), day)


def counts(found: Figures) -> list[tuple[str | None, int, int]]:
    return [(each.view and each.view.title, each.number, each.known) for each in found.brochures]


async def test_brochures_are_counted_each_by_itself_and_by_day(each_world: World) -> None:
    world = each_world
    lamps, prices = await bring(world, "Lamps"), await bring(world, "Prices")
    await world.do("other", f.ConsentToName(True), room=world.stand)
    for who in ("attendee", "other", "attendee"):
        await take(world, lamps, who)
        world.clock.advance(minutes=1)
    world.clock.advance(days=1)
    await take(world, prices)
    found = await read(world)
    assert counts(found) == [("Lamps", 3, 1), ("Prices", 1, 0)]
    assert [moment.downloads for moment in found.moments] == [3, 1]
    assert counts(await read(world, TODAY)) == [("Lamps", 3, 1), ("Prices", 0, 0)]
    assert counts(await read(world, TOMORROW)) == [("Lamps", 0, 1), ("Prices", 1, 0)]


async def test_an_hour_is_that_of_the_event_also_where_it_begins_at_half_past(world: World) -> None:
    lamps = await bring(world, "Lamps")
    for _ in range(4):  # 09:00, 09:20, 09:40 and 10:00 UTC
        await take(world, lamps)
        world.clock.advance(minutes=20)
    hours = (await read(world, TODAY, "Asia/Kolkata")).moments
    assert [(f"{moment.start:%H:%M}", moment.downloads) for moment in hours] == [("14:00", 2), ("15:00", 2)]


async def test_a_newer_edition_takes_the_counts_over_and_what_is_removed_stays_counted(world: World) -> None:
    lamps, prices = await bring(world, "Lamps"), await bring(world, "Prices")
    await take(world, lamps)
    await take(world, prices)
    newer = await bring(world, "Lamps 2027", old=lamps)
    await take(world, newer)
    await world.do("owner", f.RemoveFile(prices), room=world.stand)
    for day in (None, TODAY):
        found = await read(world, day)
        assert counts(found) == [("Lamps", 2, 0), (None, 1, 0)]
        assert sum(moment.downloads for moment in found.moments) == 3
