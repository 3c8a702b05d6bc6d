"""/c/…/organise/matchmaking: opens matchmaking, and makes, shows and publishes the automatic schedule."""

from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from rooms.matchmaking import queries
from rooms.matchmaking.messages import WishKind
from rooms.matchmaking.schedule import queries as schedules
from rooms.matchmaking.schedule import runner
from rooms.matchmaking.schedule.messages import LeftOut, RunState
from rooms.matchmaking.schedule.runs import CANCELLABLE, NOT_INSTALLED, OPEN
from rooms.matchmaking.schedule.task import ScheduleFigures
from rooms.meetings.bookings import slots
from web.conference import enter_as_organiser
from web.forms import asked_number
from web.pages.matchmaking.words import LEFT_OUT, STATES, WISHES, unplaced_text
from web.site import site_of

WORKING = {RunState.WAITING.value, RunState.RUNNING.value, RunState.PUBLISHING.value}


async def show(request: Request) -> Response:
    number = asked_number(request, "page") or 0
    async with site_of(request).engine.database.read() as connection:
        entered = await enter_as_organiser(request, connection)
        conference, now = entered.conference.id, entered.site.engine.clock()
        settings = await queries.settings_of(connection, conference)
        counts = await queries.counts(connection, conference, now)
        times = [slot for slot in await slots.all_slots(connection, conference) if slot.starts_at > now]
        runs = await schedules.runs(connection, conference)
        run = runs[0] if runs else None
        states = await schedules.counts(connection, run.id) if run else {}
        total = sum(states.values())
        number = min(number, max(total - 1, 0) // schedules.PAGE)
        planned = await schedules.planned(connection, run.id, number=number) if run else []
        objections = await schedules.objections(connection, run.id) if run else []
        left_out = await schedules.left_out(connection, run.id) if run else []
        unplaced = await schedules.unplaced_counts(connection, run.id) if run else {}
    gettext = entered.site.languages.texts(entered.viewer.locale).gettext
    return await entered.page(
        request,
        "matchmaking/organise.html",
        settings=settings,
        counts=counts,
        slots=len(times),
        run=run,
        running=run is not None and run.state in WORKING,
        unfinished=run is not None and run.state in {state.value for state in OPEN},
        cancellable=run is not None and run.state in {state.value for state in CANCELLABLE},
        installed=runner.is_installed(),
        not_installed=gettext(NOT_INSTALLED),
        state=gettext(STATES[RunState(run.state)]) if run else "",
        failure=gettext(run.failure) if run and run.failure else "",
        figures=_figures(run),
        states=states,
        total=total,
        planned=planned,
        objections=objections,
        left_out=[(each, gettext(LEFT_OUT[LeftOut(each.reason)])) for each in left_out],
        unplaced=[
            (gettext(WISHES[WishKind(wish)]), unplaced_text(reason, gettext, own=False), count)
            for (wish, reason), count in sorted(unplaced.items(), key=lambda each: -each[1])
        ],
        number=number,
        pages=(total + schedules.PAGE - 1) // schedules.PAGE,
        link_to=lambda to: str(request.url.include_query_params(page=to).query),
        here=f"{entered.path}/organise/matchmaking",
    )


def _figures(run: Any) -> ScheduleFigures | None:
    return msgspec.convert(run.figures, ScheduleFigures) if run is not None and run.figures else None


routes = [Route("/c/{conference}/organise/matchmaking", show)]
