"""/c/…/organise/reports: reports about people, and who closed them."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from rooms.conduct import reports
from rooms.core.errors import Problem
from rooms.core.text import N_
from web.conference import enter_as_organiser
from web.forms import read_form, text
from web.site import site_of
from web.templating import go


async def show(request: Request) -> Response:
    async with site_of(request).engine.database.read() as connection:
        entered = await enter_as_organiser(request, connection)
        found = await reports.listed(connection, entered.conference.id)
    waiting = [each for each in found if each.done_at is None]
    done = [each for each in found if each.done_at is not None]
    here = f"{entered.path}/organise/reports"
    return await entered.page(request, "conduct/reports.html", waiting=waiting, done=done, here=here)


async def mark_done(request: Request) -> Response:
    site = site_of(request)
    async with site.engine.database.read() as connection:
        entered = await enter_as_organiser(request, connection)
    report = text(await read_form(request), "report")
    if not report:
        raise Problem("invalid", N_("Name the report."), field="report")
    await reports.mark_done(site.engine, entered.conference.id, report, by=entered.viewer.signed_in.id)
    gettext = site.languages.texts(entered.viewer.locale).gettext
    return go(request, f"{entered.path}/organise/reports", said=gettext(N_("The report is marked as resolved.")))


routes = [
    Route("/c/{conference}/organise/reports", show),
    Route("/c/{conference}/organise/reports", mark_done, methods=["POST"]),
]
