"""The demonstration shows an interview and a group session, once."""

from datetime import timedelta

import sqlalchemy as sa

from rooms.core.store.tables import persons
from rooms.meetings.bookings.messages import AddWindow
from rooms.meetings.bookings.tables import booking_people, bookings
from server.demo.interviews import interview
from server.demo.jobs import JOBS
from server.demo.recruitment import RECRUITER, SEEKER
from tests.support.recruitment import applied, job_shown, state_of
from tests.support.world import World


async def test_an_interview_is_booked_and_a_group_session_joined_once(world: World) -> None:
    world.lift_limits()
    async with world.engine.database.write() as connection:
        for who, email in (("staff", RECRUITER), ("attendee", SEEKER)):
            theirs = persons.update().where(persons.c.id == world.people[who])
            await connection.execute(theirs.values(email=email))
    job = await job_shown(world, title=JOBS[0].title)
    application = await applied(world, job)
    await applied(world, job, "other")
    for days in (0, 1, 2):
        day = (world.clock() + timedelta(days=days)).date().isoformat()
        await world.do("organiser", AddWindow(day, "09:00", "17:00"), room=world.lobby)
    for _ in range(2):
        await interview(world.engine, world.conference)
        async with world.engine.database.read() as connection:
            joined = bookings.join(booking_people, booking_people.c.booking == bookings.c.id)
            counted = (
                sa.select(bookings.c.kind, sa.func.count().label("people"))
                .select_from(joined)
                .group_by(bookings.c.kind)
            )
            found = {row.kind: row.people for row in await connection.execute(counted)}
        assert found == {"interview": 2, "group": 3}
    assert await state_of(world, application) == "interview"
