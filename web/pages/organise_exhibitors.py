"""/c/…/organise/exhibitors: who applies to exhibit, and the import of exhibitors (web.imports).

What organisers decide about applications are commands, posted to /do/….
"""

from collections.abc import Callable

from starlette.requests import Request
from starlette.responses import Response

from rooms.errors import Problem
from rooms.exhibition import applying, directory
from rooms.exhibition.importing import EXHIBITORS, Plan
from rooms.exhibition.listing import COLUMNS
from rooms.exhibition.record_tables import exhibitor_applications
from rooms.programme.planning import Act
from rooms.text import N_
from web.conference import Entered
from web.imports import Import, problem_of


async def show(request: Request, entered: Entered, problem: Problem | None) -> Response:
    async with entered.site.house.database.read() as connection:
        here = exhibitor_applications.c.conference == entered.conference.id
        applications = await applying.applications(connection, here)
        halls = await directory.halls(connection, entered.conference.id)
    return await entered.page(
        request,
        "organise_exhibitors.html",
        columns=COLUMNS,
        waiting=[each for each in applications if each.state in applying.OPEN],
        decided=[each for each in applications if each.state not in applying.OPEN],
        halls=[hall.name for hall in halls],
        here=f"{entered.path}/organise/exhibitors",
        **problem_of(request, entered, problem),
    )


def _summary(gettext: Callable[[str], str], plan: Plan) -> str:
    if plan.empty:
        return gettext(N_("There is nothing to change: the exhibition is as the file says."))
    counts = {"added": plan.count(Act.ADDED), "changed": plan.count(Act.CHANGED)}
    return gettext(N_("The exhibitors were imported: %(added)s added, %(changed)s changed.")) % counts


routes = Import(EXHIBITORS, "exhibitors", "organise_exhibitors_import.html", show, _summary).routes
