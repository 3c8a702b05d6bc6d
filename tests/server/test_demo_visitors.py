"""Visitors of the demonstration come once, and leave what real ones would."""

from zoneinfo import ZoneInfo

from rooms.core.ids import new_id
from rooms.exhibition.applications import actions as applying
from rooms.exhibition.booths.editing import make_booth, set_duty
from rooms.exhibition.booths.staff_messages import Duty
from rooms.exhibition.files.tables import files
from rooms.exhibition.leads import queries as lead_queries
from rooms.exhibition.statistics import figures
from rooms.people import accounts
from server.demo.exhibitors import EXHIBITORS
from server.demo.visitors import DAYS, LEADS, actor
from tests.support.world import World


async def test_visitors_of_the_demonstration_come_once(world: World) -> None:
    world.lift_limits()
    async with world.engine.database.write() as connection:
        said = {"name": EXHIBITORS[0].name}
        booth, room = await make_booth(connection, world.conference, world.floor, said, open=True)
        await set_duty(connection, booth, world.people["owner"], Duty.OWNER, world.clock())
        brochure = {"kind": "brochure", "ending": "pdf", "title": "What we do", "texts": {}, "added_at": world.clock()}
        await connection.execute(files.insert().values(id=new_id(), booth=booth, **brochure))
        for number in range(10):
            named = {"name": f"Guest {number}", "email": f"guest{number}@demo.example"}
            await accounts.create(connection, **named, verified=True, at=world.clock())
    for _ in range(2):
        await actor(world.engine, world.conference)
        async with world.engine.database.read() as connection:
            found = await figures(connection, booth, room, ZoneInfo("Asia/Shanghai"))
            shared = await lead_queries.found(connection, booth)
            applications = await applying.applications(connection)
        assert (found.chats, found.joins, found.talks, found.leads) == (3, 4, 4, len(LEADS))
        assert len(found.days) == DAYS
        assert [each.number for each in found.brochures] == [sum(moment.downloads for moment in found.moments)] != [0]
        assert len(shared) == len(LEADS) + 1, "one has yet to agree"
        assert [each.name for each in applications] == ["Fjord Batteries"]
