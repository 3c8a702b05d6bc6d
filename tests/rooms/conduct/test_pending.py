"""The number of open reports is sent to the desks of the conference's organisers, and to nobody else."""

from typing import Any

import pytest
import sqlalchemy as sa

from rooms.conduct import actions, reports
from rooms.core.commands.people import Role
from rooms.people.messages import GrantRole, ReportPerson, ReportReason
from rooms.people.tables import reports as table
from tests.support.refusals import refused
from tests.support.waiting import settled
from tests.support.world import ListSink, World


async def report(world: World, who: str, whom: str) -> None:
    world.clock.advance(milliseconds=1)  # notices of one instant have no order
    await world.do(who, ReportPerson(world.people[whom], ReportReason.SPAM))


async def desk(world: World, who: str, *, engine: int = 0) -> ListSink:
    _, sink = await world.join(who, room=await world.desk(who), engine=engine)
    return sink


def notices(sink: ListSink) -> list[tuple[str, str]]:
    return [(each["kind"], each["href"]) for each in sink.events if each.get("type") == "desk.notified"]


async def waiting(world: World, who: str) -> dict[str, Any]:
    """As somebody reads it who comes in now."""
    return (await world.engine.view(world.people[who], await world.desk(who))).latest["reports"]


async def test_organisers_see_open_reports_on_every_page_until_one_is_closed(each_world: World) -> None:
    world = each_world
    mine, theirs = await desk(world, "organiser", engine=1), await desk(world, "moderator")
    assert mine.latest("reports") == {world.conference: 0}
    await report(world, "attendee", "other")
    await report(world, "speaker", "other")
    await settled(*world.engines)
    assert mine.latest("reports") == {world.conference: 2} == await waiting(world, "organiser")
    assert notices(mine) == [("report", "/c/forum/organise/reports")] * 2
    assert theirs.latest("reports") == {}, "a moderator is no organiser"
    assert notices(theirs) == []
    async with world.engine.database.read() as connection:
        first, _ = (await connection.execute(sa.select(table.c.id).order_by(table.c.at))).scalars()
    for _ in range(2):
        await reports.mark_done(world.engine, world.conference, first, by=world.people["organiser"])
    await settled(*world.engines)
    assert mine.latest("reports") == {world.conference: 1} == await waiting(world, "organiser")


async def test_a_reported_organiser_gets_no_notification_of_it(world: World) -> None:
    await world.do("organiser", GrantRole(world.people["colleague"], Role.ORGANISER), room=world.lobby)
    reported, other = await desk(world, "organiser"), await desk(world, "colleague")
    await report(world, "attendee", "organiser")
    await settled(world.engine)
    assert [kind for kind, _ in notices(other)] == ["report"]
    assert notices(reported) == []
    assert reported.latest("reports") == other.latest("reports") == {world.conference: 1}


async def test_one_person_has_only_so_many_open_reports(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(actions, "MOST_REPORTS", 2)
    for _ in range(2):
        await report(world, "attendee", "other")
    with refused("conflict"):
        await report(world, "attendee", "other")
    await report(world, "speaker", "other")
