"""Interviews in the demonstration: one that is booked, and a group session of the employer that candidates have joined."""

from datetime import timedelta

import sqlalchemy as sa

from rooms.core.commands.messages import Command
from rooms.core.engine import Engine
from rooms.core.ids import new_id
from rooms.core.store.journal import room_of
from rooms.core.store.tables import persons
from rooms.meetings.bookings import calendar
from rooms.meetings.bookings.tables import bookings
from rooms.people import accounts
from rooms.recruitment.interviews import messages as im
from rooms.recruitment.tables import job_applications, jobs
from server.demo.jobs import JOBS
from server.demo.meetings import ZONE
from server.demo.recruitment import RECRUITER, SEEKER

TITLE = "Working with robots: ask us anything · 与机器人共事：答疑会"
TEXT = "Two of our engineers answer your questions about the work, the teams and moving here. 两位工程师将解答您关于工作、团队和迁居的问题。"
SEATS = 20


async def interview(engine: Engine, conference: str) -> None:
    """Runs once, after the times for meetings have been opened. Both are on the next day."""
    now, a, j = engine.clock(), job_applications.c, jobs.c
    async with engine.database.read() as connection:
        recruiter, seeker = [await accounts.by_email(connection, email) for email in (RECRUITER, SEEKER)]
        joined = job_applications.join(jobs, j.id == a.job).join(persons, persons.c.id == a.person)
        select = sa.select(a.id, a.person, j.organisation).select_from(joined).order_by(persons.c.email)
        here = sa.and_(j.conference == conference, j.title == JOBS[0].title)
        received = (await connection.execute(select.where(here))).all()
        first = next((each for each in received if seeker and each.person == seeker.id), None)
        if recruiter is None or seeker is None or first is None:
            return
        held = sa.select(bookings.c.id).where(bookings.c.host == first.organisation).limit(1)
        if (await connection.execute(held)).first() is not None:
            return
        lobby = await room_of(connection, "lobby", conference)
        applicants = [each.person for each in received]
        free = await calendar.free_slots(connection, conference, [recruiter.id, *applicants], now)
    tomorrow = now.astimezone(ZONE).date() + timedelta(days=1)
    times = [slot.starts_at for slot in free if slot.starts_at.astimezone(ZONE).date() == tomorrow]

    async def do(person: str, command: Command) -> None:
        await engine.perform(person, lobby, command, new_id())

    if not times:
        return
    await do(recruiter.id, im.OfferInterview(first.id, recruiter.id))
    await do(seeker.id, im.BookInterview(first.id, times[0]))
    await do(recruiter.id, im.CreateInfoSession(first.organisation, TITLE, times[-1], SEATS, TEXT))
    async with engine.database.read() as connection:
        group = sa.and_(bookings.c.kind == "group", bookings.c.host == first.organisation)
        session = (await connection.execute(sa.select(bookings.c.id).where(group))).scalar_one()
    for person in applicants:
        await do(person, im.JoinInfoSession(session))
