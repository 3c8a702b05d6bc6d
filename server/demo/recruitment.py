"""Recruitment in the demonstration: jobs of several employers, a recruiter, and candidates with applications."""

from collections.abc import Awaitable, Callable

import msgspec
import sqlalchemy as sa

from rooms.core.commands.messages import Command
from rooms.core.engine import LONG, Engine
from rooms.core.files.store import Store
from rooms.core.ids import new_id
from rooms.core.store.journal import room_of
from rooms.core.store.tables import persons
from rooms.exhibition.booths.editing import set_duty
from rooms.exhibition.booths.staff_messages import Duty
from rooms.exhibition.tables import booths
from rooms.organisations import members
from rooms.organisations.messages import OrganisationRole
from rooms.organisations.tables import organisations
from rooms.people import accounts
from rooms.recruitment.applications import messages as am
from rooms.recruitment.candidates.messages import EditProfile
from rooms.recruitment.jobs import messages as jm
from rooms.recruitment.tables import candidates, job_applications, jobs
from server.demo import drawing
from server.demo.jobs import CANDIDATE, JOBS, OTHERS, ROBOTICS

RECRUITER, SEEKER = "recruiter@demo.example", "candidate@demo.example"
NAMES = {RECRUITER: "Zhao Ning 赵宁", SEEKER: "Amara Okafor"}

Do = Callable[[str, Command], Awaitable[bytes]]
"""(person, command) → the reply."""


async def recruit(engine: Engine, store: Store, conference: str) -> None:
    """Runs once; a conference with jobs is not changed."""
    async with engine.database.read() as connection:
        known = sa.select(jobs.c.id).where(jobs.c.conference == conference).limit(1)
        if (await connection.execute(known)).first() is not None:
            return
        lobby = await room_of(connection, "lobby", conference)
        o = organisations.c
        named = await connection.execute(sa.select(o.name, o.id).where(o.conference == conference))
        employers = {row.name: row.id for row in named}
        guests = sa.select(persons.c.id).where(persons.c.email.like("guest%@demo.example")).order_by(persons.c.email)
        people = list((await connection.execute(guests)).scalars())
    recruiter, seeker = [await _person(engine, email) for email in (RECRUITER, SEEKER)]
    staff = await _staffed(engine, conference, employers, recruiter, people)

    async def do(person: str, command: Command) -> bytes:
        return (await engine.perform(person, lobby, command, new_id())).reply

    made: list[str] = []
    for each in JOBS:
        texts = {"zh_Hans": {"title": each.title_zh, "about": each.about_zh, "place": each.place_zh}}
        said = {"title": each.title, "about": each.about, "place": each.place, "texts": texts, **each.said}
        create = jm.CreateJob(organisation=employers[each.organisation], **said)
        job = msgspec.json.decode(await do(staff[each.organisation], create), type=jm.JobCreated).job
        await do(staff[each.organisation], jm.PublishJob(job))
        made.append(job)
    seekers: list[tuple[str, EditProfile]] = [(seeker, CANDIDATE), *zip(people[-len(OTHERS) :], OTHERS, strict=True)]
    for number, (person, profile) in enumerate(seekers):
        await do(person, profile)
        await _give_cv(engine, store, conference, person, number, profile)
    await do(
        seeker, am.ApplyForJob(made[0], "I have packed medicine with two of your arms, and know what they dislike.")
    )
    await do(seeker, am.ApplyForJob(made[2], "I would like to learn why things fail."))
    await do(seeker, jm.SaveJob(made[4]))
    for person, _ in (seekers[1], seekers[3]):
        await do(person, am.ApplyForJob(made[0]))
    await _answer(engine, recruiter, do)


async def _answer(engine: Engine, recruiter: str, do: Do) -> None:
    """The recruiter has read the first application, and rated it."""
    a = job_applications.c
    async with engine.database.read() as connection:
        joined = job_applications.join(jobs, jobs.c.id == a.job).join(persons, persons.c.id == a.person)
        select = sa.select(a.id, a.share).select_from(joined).where(persons.c.email == SEEKER)
        first = (await connection.execute(select.where(jobs.c.title == JOBS[0].title))).one()
    await do(recruiter, am.MoveApplication(first.id, am.JobApplicationState.REVIEW))
    await do(recruiter, am.ShortlistApplication(first.id, True))
    note = "Knows our arms from a customer's side. Ask about the gripper that failed in Rotterdam."
    await do(recruiter, am.SaveCandidateNote(first.share, note, 4, "Call on the second day"))


async def _person(engine: Engine, email: str) -> str:
    async with engine.database.write(LONG) as connection:
        account = await accounts.by_email(connection, email)
        if account is not None:
            return account.id
        made = await accounts.create(connection, name=NAMES[email], email=email, verified=True, at=engine.clock())
        return made.id


async def _staffed(
    engine: Engine, conference: str, employers: dict[str, str], recruiter: str, people: list[str]
) -> dict[str, str]:
    """Somebody who works for each employer: the recruiter, and people from the audience. Returns them by the employer's name."""
    names = list(dict.fromkeys(each.organisation for each in JOBS))
    staff = {name: recruiter if name == ROBOTICS else people[number] for number, name in enumerate(names)}
    async with engine.database.write(LONG) as connection:
        for name, person in staff.items():
            now = engine.clock()
            await members.add(connection, employers[name], person, OrganisationRole.OWNER, now)
            if person == recruiter:
                here = sa.select(booths.c.id).where(booths.c.conference == conference, booths.c.name == name)
                booth = (await connection.execute(here)).scalar_one()
                await set_duty(connection, booth, person, Duty.OWNER, now)
    return staff


async def _give_cv(
    engine: Engine, store: Store, conference: str, person: str, number: int, profile: EditProfile
) -> None:
    """Our own drawing needs no inspection."""
    c, id = candidates.c, new_id()
    async with engine.database.read() as connection:
        name = (await connection.execute(sa.select(persons.c.name).where(persons.c.id == person))).scalar_one()
    lines = [profile.headline, "", *profile.about.split(". "), "", f"Languages: {', '.join(profile.languages)}"]
    drawn = drawing.brochure(number + 40, name, "Curriculum vitae", lines)
    async with store.arrival(len(drawn)) as arriving:
        await arriving.write(drawn)
        await arriving.end()
        digest = await store.keep(arriving.path, id)
    values = {"cv": id, "cv_size": len(drawn), "cv_digest": digest, "cv_at": engine.clock()}
    async with engine.database.write(LONG) as connection:
        mine = sa.and_(c.person == person, c.conference == conference)
        await connection.execute(candidates.update().where(mine).values(values))
