"""/c/…/recruitment/employer: the jobs of an organisation, and the candidates who share their profile with it."""

from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from rooms.core.commands.access import ABSENT
from rooms.core.errors import Problem
from rooms.meetings.bookings.slots import all_slots
from rooms.organisations import members
from rooms.organisations.queries import mine
from rooms.people import rules
from rooms.recruitment.applications import booth_queue, shortlist
from rooms.recruitment.applications import queries as applications
from rooms.recruitment.candidates import queries as candidates
from rooms.recruitment.interviews import queries as interview_queries
from rooms.recruitment.jobs import queries
from web.conference import Entered, enter
from web.pages.recruitment.job import words_for
from web.pages.recruitment.words import MOVES, REASONS
from web.site import site_of
from web.stored_files import disposition


async def show(request: Request) -> Response:
    asked = request.query_params
    async with site_of(request).engine.database.read() as connection:
        entered = await enter(request, connection)
        rules.takes_part(entered.actor)
        conference = entered.conference.id
        own = [each for each, _ in await mine(connection, conference, entered.actor.known.id)]
        chosen = next((each for each in own if each.id == asked.get("organisation")), own[0] if own else None)
        organisation = chosen.id if chosen else ""
        jobs = await queries.job_rows(connection, queries.j.organisation == organisation)
        job = next((row.id for row in jobs if row.id == asked.get("job")), "")
        received = await applications.views(
            connection, *_wanted(organisation, job, asked.get("state", ""), asked.get("shortlist") == "1")
        )
        shared = await candidates.shared_with(connection, organisation)
        booths = await booth_queue.booths_of(connection, organisation)
        counts = await applications.counts(connection, [organisation])
        queue = await booth_queue.in_queue(connection, organisation)
        notes = await applications.notes(connection, list(shared))
        now, me = entered.site.engine.clock(), entered.actor.known.id
        sessions = await interview_queries.info_sessions(connection, conference, me, now, organisation)
        times = [each for each in await all_slots(connection, conference) if each.starts_at > now]
    applied = {each.share for each in received}
    filtered = bool(job or asked.get("state") or asked.get("shortlist"))
    return await entered.page(
        request,
        "recruitment/employer.html",
        own=own,
        organisation=chosen,
        jobs=jobs,
        published=any(row.state == queries.PUBLISHED for row in jobs),
        chosen={"job": job, "state": asked.get("state", ""), "shortlist": asked.get("shortlist") == "1"},
        applications=[each for each in received if each.share in shared],
        others=[] if filtered else [row for id, row in shared.items() if id not in applied],
        withdrawn=sum(each.state == "withdrawn" for each in received if each.share not in shared),
        booths=booths,
        counts=counts,
        queue=queue,
        notes=notes,
        sessions=sessions,
        times=times,
        **words_for(entered),
        here=f"{entered.path}/recruitment/employer",
    )


def _wanted(organisation: str, job: str, state: str, shortlist: bool) -> list[Any]:
    conditions: list[Any] = [applications.j.organisation == organisation]
    if job:
        conditions.append(applications.a.job == job)
    if state:
        conditions.append(applications.a.state == state)
    if shortlist:
        conditions.append(applications.a.shortlisted)
    return conditions


async def candidate(request: Request) -> Response:
    """One candidate: the profile, the CV, the applications, and the notes of all colleagues."""
    async with site_of(request).engine.database.read() as connection:
        entered = await enter(request, connection)
        rules.takes_part(entered.actor)
        share = await candidates.share_row(connection, entered.conference.id, request.path_params["share"])
        if await members.role_in(connection, share.organisation, entered.actor.known.id) is None:
            raise Problem("not_found", ABSENT)
        context = (
            await candidate_context(connection, entered, share) if share.withdrawn_at is None else {"profile": None}
        )
        colleagues = await members.members_of(connection, share.organisation)
    gettext = entered.site.languages.texts(entered.viewer.locale).gettext
    return await entered.page(
        request,
        "recruitment/candidate.html",
        share=share,
        **context,
        colleagues=[each.person for each in colleagues],
        moves=MOVES,
        reasons=[(reason.value, gettext(name)) for reason, name in REASONS.items()],
        **words_for(entered),
        here=f"{entered.path}/recruitment/candidates/{share.id}",
    )


async def candidate_context(connection: AsyncConnection, entered: Entered, share: Any) -> dict[str, Any]:
    """For the template of a candidate, beside a call too. `share` is active, and the viewer is a member of its organisation."""
    notes = (await applications.notes(connection, [share.id])).get(share.id, [])
    me = entered.actor.known.id
    received = await applications.views(connection, applications.a.share == share.id)
    here = [each.id for each in received]
    return {
        "profile": await candidates.profile(connection, entered.conference.id, share.person),
        "applications": received,
        "interviews": await interview_queries.interviews(connection, here, entered.site.engine.clock()),
        "own_note": next((each for each in notes if each.author.id == me), None),
        "notes": [each for each in notes if each.author.id != me],
        "place": (await booth_queue.in_queue(connection, share.organisation)).get(share.id),
    }


async def waiting(request: Request) -> Response:
    """Who in the queue of the employer's booth is a candidate: the share by place. The booth's page marks them."""
    async with site_of(request).engine.database.read() as connection:
        entered = await enter(request, connection)
        rules.takes_part(entered.actor)
        booth, viewer = request.path_params["booth"], entered.actor.known.id
        return JSONResponse(await booth_queue.candidates_here(connection, entered.conference.id, booth, viewer))


async def download(request: Request) -> Response:
    """The shortlist of a job as one ZIP: an index, and the CV and the notes of each candidate."""
    site = site_of(request)
    async with site.engine.database.read() as connection:
        entered = await enter(request, connection)
        rules.takes_part(entered.actor)
        row = await queries.job_row(connection, entered.conference.id, request.path_params["job"])
        if await members.role_in(connection, row.organisation, entered.actor.known.id) is None:
            raise Problem("not_found", ABSENT)
    content = shortlist.archive(site.engine.database, site.store, row.id)
    headers = {"Content-Disposition": disposition(True, f"{row.title}.zip"), "Cache-Control": "private, no-store"}
    return StreamingResponse(content, media_type="application/zip", headers=headers)


PATH = "/c/{conference}/recruitment"

routes = [
    Route(f"{PATH}/employer", show),
    Route(f"{PATH}/candidates/{{share}}", candidate),
    Route(f"{PATH}/waiting/{{booth}}", waiting),
    Route(f"{PATH}/jobs/{{job}}/shortlist.zip", download),
]
