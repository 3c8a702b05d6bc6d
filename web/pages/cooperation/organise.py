"""/c/…/organise/cooperation: types, entries that wait for approval, and what came of the interest shown."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from rooms.cooperation import queries
from rooms.cooperation.deletion import unanswerable
from rooms.cooperation.messages import DeclineReason, EntryReview, InterestOutcome
from rooms.cooperation.report import report_of
from web.conference import enter_as_organiser
from web.pages.cooperation.words import OUTCOMES, REASONS
from web.site import site_of


async def show(request: Request) -> Response:
    async with site_of(request).engine.database.read() as connection:
        entered = await enter_as_organiser(request, connection)
        conference = entered.conference.id
        types = await queries.types(connection, conference, archived=True)
        waits = queries.e.review == EntryReview.WAITING.value
        reviews = await queries.entry_rows(connection, queries.e.conference == conference, waits)
        silent = await unanswerable(connection, conference, entered.site.engine.clock())
        report = await report_of(connection, conference, entered.site.engine.clock())
    gettext = entered.site.languages.texts(entered.viewer.locale).gettext
    return await entered.page(
        request,
        "cooperation/organise.html",
        types=types,
        names={each.id: each for each in types},
        reviews=[(row, queries.draft_of(row)) for row in sorted(reviews, key=lambda row: row.submitted_at)],
        silent=[(each, queries.view_of(each.entry)) for each in silent],
        report=report,
        reasons=[(gettext(REASONS[DeclineReason(key)]), number) for key, number in report.reasons.items()],
        outcomes=[(gettext(OUTCOMES[InterestOutcome(key)]), number) for key, number in report.outcomes.items()],
        here=f"{entered.path}/organise/cooperation",
    )


routes = [Route("/c/{conference}/organise/cooperation", show)]
