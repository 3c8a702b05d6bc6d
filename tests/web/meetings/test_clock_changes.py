"""Times in the nights in which the clocks of the conference change."""

from datetime import date

import pytest

from rooms.core.store.tables import conferences
from rooms.exhibition.demos import PublishDemo
from rooms.meetings.bookings.messages import AddWindow
from tests.support.refusals import refused
from tests.support.visitor import Visitor
from tests.support.world import World


@pytest.mark.parametrize(
    ("day", "problem"),
    [("2027-03-28", "This time does not exist on that day"), ("2027-10-31", "This time occurs twice on that day")],
)
async def test_a_time_that_the_clocks_skip_or_show_twice_is_refused(
    visitor: Visitor, world: World, day: str, problem: str
) -> None:
    held = {"zone": "Europe/Berlin", "starts_on": date.fromisoformat(day), "ends_on": date.fromisoformat(day)}
    async with world.engine.database.write() as connection:
        await connection.execute(conferences.update().where(conferences.c.id == world.conference).values(held))
    with refused("invalid", "day") as demo:
        await world.do("staff", PublishDemo("Lamps", day, "02:30", 20, 2), room=world.stand)
    with refused("invalid", "day") as window:
        await world.do("organiser", AddWindow(day, "02:30", "05:00"), room=world.lobby)
    assert problem in demo.problem.message
    assert problem in window.problem.message
    await visitor.sign_in(world.people["organiser"])
    for path in ("/c/forum/meetups/new", "/c/forum/organise/rounds"):
        await visitor.get(path)
        form = {"key": "one", "title": "Lamps", "starts_at": f"{day}T02:30"}
        await visitor.post(path, form)
        assert problem in visitor.page, path
