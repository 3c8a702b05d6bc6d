"""Recruitment for tests: the world's organisation seeks somebody, and the attendee looks for work."""

from collections.abc import AsyncGenerator
from typing import Any

import msgspec
import sqlalchemy as sa

from rooms.core.ids import new_id
from rooms.meetings.bookings.slots import is_open
from rooms.meetings.bookings.tables import bookings
from rooms.recruitment.applications import messages as am
from rooms.recruitment.candidates import messages as cm
from rooms.recruitment.candidates.cv import take_cv
from rooms.recruitment.interviews import messages as im
from rooms.recruitment.jobs import messages as jm
from rooms.recruitment.tables import candidates, job_applications, job_invitations, profile_shares
from tests.support.bookings import open_times, slot
from tests.support.files import pdf
from tests.support.world import World
from web.site import Site

HERE = "/c/forum/recruitment"
SECRET = "zqsecret"
"""In everything that belongs to a candidate and an employer alone."""

JOB: dict[str, Any] = {
    "title": "Materials engineer",
    "about": "Make cells that last.",
    "texts": {"zh_Hans": {"title": "材料工程师"}},
    "country": "SE",
    "place": "Uppsala",
    "sciences": ["2.5"],
    "languages": ["en"],
    "degree": jm.Degree.MASTER,
    "visa": True,
}
PROFILE: dict[str, Any] = {
    "headline": "Chemist who likes membranes",
    "about": "Four years of electrolysis.",
    "links": ["https://people.example/ada"],
    "languages": ["en", "zh"],
    "degree": jm.Degree.MASTER,
    "sciences": ["2.5", "1.4"],
    "country": "CN",
    "permits": ["CN"],
    "years": 4,
}


async def job_draft(world: World, who: str = "staff", **changes: Any) -> str:
    """A job of the world's organisation."""
    said = {"organisation": world.organisation, **JOB, **changes}
    done = await world.do(who, jm.CreateJob(**said), room=world.lobby)
    return msgspec.json.decode(done.reply, type=jm.JobCreated).job


async def job_shown(world: World, **changes: Any) -> str:
    job = await job_draft(world, **changes)
    world.clock.advance(seconds=1)
    await world.do("staff", jm.PublishJob(job), room=world.lobby)
    return job


async def profile_of(world: World, who: str = "attendee", *, cv: bool = True, **changes: Any) -> str:
    """The id of a candidate; with `cv`, as if they had uploaded one."""
    await world.do(who, cm.EditProfile(**{**PROFILE, **changes}), room=world.lobby)
    c = candidates.c
    mine = sa.and_(c.person == world.people[who], c.conference == world.conference)
    async with world.engine.database.write() as connection:
        if cv:
            file = {"cv": new_id(), "cv_size": 9, "cv_digest": "0" * 64, "cv_at": world.clock()}
            await connection.execute(candidates.update().where(mine, c.cv.is_(None)).values(file))
        return (await connection.execute(sa.select(c.id).where(mine))).scalar_one()


async def applied(world: World, job: str = "", who: str = "attendee", **changes: Any) -> str:
    job = job or await job_shown(world)
    await profile_of(world, who)
    world.clock.advance(seconds=1)
    done = await world.do(who, am.ApplyForJob(job, **changes), room=world.lobby)
    return msgspec.json.decode(done.reply, type=am.JobApplied).application


async def share_of(world: World, who: str = "attendee") -> str:
    """The id of what somebody shares with the world's organisation."""
    s = profile_shares.c
    async with world.engine.database.read() as connection:
        select = sa.select(s.id).where(s.person == world.people[who], s.organisation == world.organisation)
        return (await connection.execute(select)).scalar_one()


async def state_of(world: World, application: str) -> str:
    select = sa.select(job_applications.c.state).where(job_applications.c.id == application)
    async with world.engine.database.read() as connection:
        return (await connection.execute(select)).scalar_one()


async def invited(world: World, job: str = "", who: str = "attendee") -> str:
    """The id of an invitation by the world's organisation."""
    candidate = await profile_of(world, who, invitable=True)
    await world.do("staff", cm.InviteCandidate(job or await job_shown(world), candidate), room=world.lobby)
    i = job_invitations.c
    async with world.engine.database.read() as connection:
        mine = sa.select(i.id).where(i.person == world.people[who]).order_by(i.at.desc()).limit(1)
        return (await connection.execute(mine)).scalar_one()


async def pieces(data: bytes) -> AsyncGenerator[bytes]:
    yield data


async def candidate(site: Site, world: World, **changes: Any) -> str:
    """The other one applies with a real CV, and the staff write a note; returns the id of the share."""
    job = await job_shown(world)
    await profile_of(world, "other", cv=False, about=f"{SECRET} about", headline=f"{SECRET} headline", **changes)
    await take_cv(site.intake, world.people["other"], world.lobby, pieces(pdf()))
    application = await applied(world, job, "other", text=f"{SECRET} letter")
    share = await share_of(world, "other")
    await world.do("staff", am.SaveCandidateNote(share, f"{SECRET} note"), room=world.lobby)
    await world.do("staff", am.ShortlistApplication(application, True), room=world.lobby)
    return share


async def with_times(world: World) -> None:
    """Opens times for meetings, unless they are open."""
    async with world.engine.database.read() as connection:
        found = await is_open(connection, world.conference)
    if not found:
        await open_times(world)


async def offered(world: World, application: str = "", interviewer: str = "staff") -> str:
    """An application for which an interview can be booked; times are open."""
    application = application or await applied(world)
    await with_times(world)
    await world.do("staff", im.OfferInterview(application, world.people[interviewer]), room=world.lobby)
    world.clock.advance(seconds=1)
    return application


async def group_session(world: World, capacity: int = 20, at: int = 0) -> str:
    """The booking of a session of the world's organisation."""
    await job_shown(world)
    await with_times(world)
    said = im.CreateInfoSession(world.organisation, "Working with us", slot(at).starts_at, capacity)
    await world.do("staff", said, room=world.lobby)
    async with world.engine.database.read() as connection:
        select = sa.select(bookings.c.id).where(bookings.c.kind == "group").order_by(bookings.c.created_at.desc())
        return (await connection.execute(select.limit(1))).scalar_one()


async def cv_path(world: World) -> str:
    """The address of the CV of the other one."""
    async with world.engine.database.read() as connection:
        select = sa.select(candidates.c.cv).where(candidates.c.person == world.people["other"])
        return f"{HERE}/cv/{(await connection.execute(select)).scalar_one()}"
