"""/c/…/organise/recruitment: the jobs of a conference, for organisers. They see numbers of applications, and no candidate."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from rooms.recruitment import report
from rooms.recruitment.jobs import queries
from web.conference import enter_as_organiser
from web.pages.recruitment.job import words_for
from web.site import site_of


async def show(request: Request) -> Response:
    async with site_of(request).engine.database.read() as connection:
        entered = await enter_as_organiser(request, connection)
        conference = entered.conference.id
        shown = queries.j.state == queries.PUBLISHED
        jobs = await queries.job_rows(connection, queries.j.conference == conference, shown)
        numbers = await report.report_of(connection, conference)
    return await entered.page(
        request,
        "recruitment/organise.html",
        jobs=jobs,
        report=numbers,
        **words_for(entered),
        here=f"{entered.path}/organise/recruitment",
    )


routes = [Route("/c/{conference}/organise/recruitment", show)]
